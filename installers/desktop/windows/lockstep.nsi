; The installer for Windows: for the person who runs it, without an administrator.
; makensis -DVERSION=… -DBUNDLE=… -DICON=… -DMADE=… lockstep.nsi

Unicode true
SetCompressor /SOLID lzma
!include "MUI2.nsh"
!include "FileFunc.nsh"
!include "LogicLib.nsh"

Name "Lockstep"
OutFile "${MADE}"
RequestExecutionLevel user
InstallDir "$LOCALAPPDATA\Programs\Lockstep"
InstallDirRegKey HKCU "Software\Lockstep" "Folder"
BrandingText "Lockstep ${VERSION}"
ManifestDPIAware true
VIProductVersion "${VERSION}.0"
VIAddVersionKey "ProductName" "Lockstep"
VIAddVersionKey "ProductVersion" "${VERSION}"
VIAddVersionKey "FileVersion" "${VERSION}"
VIAddVersionKey "FileDescription" "Installs Lockstep"
VIAddVersionKey "LegalCopyright" "The Lockstep developers, Apache License 2.0"

!define UNINSTALL "Software\Microsoft\Windows\CurrentVersion\Uninstall\Lockstep"
!define RUN "Software\Microsoft\Windows\CurrentVersion\Run"
!define MUI_ICON "${ICON}"
!define MUI_UNICON "${ICON}"
!define MUI_FINISHPAGE_RUN "$INSTDIR\lockstep-desktop.exe"
!define MUI_FINISHPAGE_RUN_PARAMETERS "desktop"

!insertmacro MUI_PAGE_LICENSE "${__FILEDIR__}\..\..\..\LICENSE"
!insertmacro MUI_PAGE_COMPONENTS
!insertmacro MUI_PAGE_DIRECTORY
!insertmacro MUI_PAGE_INSTFILES
!insertmacro MUI_PAGE_FINISH
!insertmacro MUI_UNPAGE_CONFIRM
!insertmacro MUI_UNPAGE_INSTFILES
!insertmacro MUI_LANGUAGE "English"
!insertmacro MUI_LANGUAGE "German"

; What runs has its files open: it is asked to end, with its server if that is on this computer.
!macro End un
Function ${un}End
    ${If} ${FileExists} "$INSTDIR\lockstep.exe"
        nsExec::Exec '"$INSTDIR\lockstep.exe" stop'
        Pop $0
    ${EndIf}
    nsExec::Exec 'taskkill /IM lockstep-desktop.exe'
    Pop $0
FunctionEnd
!macroend
!insertmacro End ""
!insertmacro End "un."

Section "Lockstep" Program
    SectionIn RO
    Call End
    RMDir /r "$INSTDIR\_internal" ; of an older version
    SetOutPath "$INSTDIR"
    File /r "${BUNDLE}/*"
    WriteUninstaller "$INSTDIR\uninstall.exe"
    CreateShortcut "$SMPROGRAMS\Lockstep.lnk" "$INSTDIR\lockstep-desktop.exe" "desktop"
    WriteRegStr HKCU "Software\Lockstep" "Folder" "$INSTDIR"
    WriteRegStr HKCU "${UNINSTALL}" "DisplayName" "Lockstep"
    WriteRegStr HKCU "${UNINSTALL}" "DisplayVersion" "${VERSION}"
    WriteRegStr HKCU "${UNINSTALL}" "Publisher" "The Lockstep developers"
    WriteRegStr HKCU "${UNINSTALL}" "DisplayIcon" "$INSTDIR\lockstep-desktop.exe"
    WriteRegStr HKCU "${UNINSTALL}" "UninstallString" '"$INSTDIR\uninstall.exe"'
    WriteRegStr HKCU "${UNINSTALL}" "QuietUninstallString" '"$INSTDIR\uninstall.exe" /S'
    WriteRegDWORD HKCU "${UNINSTALL}" "NoModify" 1
    WriteRegDWORD HKCU "${UNINSTALL}" "NoRepair" 1
    ${GetSize} "$INSTDIR" "/S=0K" $0 $1 $2
    WriteRegDWORD HKCU "${UNINSTALL}" "EstimatedSize" $0
SectionEnd

; The same value that the preferences set and take away.
Section /o "Start when I log in" Autostart
    WriteRegStr HKCU "${RUN}" "lockstep" '"$INSTDIR\lockstep-desktop.exe" desktop --in-tray'
SectionEnd

LangString ABOUT_PROGRAM ${LANG_ENGLISH} "The window, the tray, the command line and the server."
LangString ABOUT_PROGRAM ${LANG_GERMAN} "Das Fenster, das Symbol, die Befehlszeile und der Server."
LangString ABOUT_AUTOSTART ${LANG_ENGLISH} "Can be changed in the preferences at any time."
LangString ABOUT_AUTOSTART ${LANG_GERMAN} "Lässt sich in den Einstellungen jederzeit ändern."
!insertmacro MUI_FUNCTION_DESCRIPTION_BEGIN
    !insertmacro MUI_DESCRIPTION_TEXT ${Program} $(ABOUT_PROGRAM)
    !insertmacro MUI_DESCRIPTION_TEXT ${Autostart} $(ABOUT_AUTOSTART)
!insertmacro MUI_FUNCTION_DESCRIPTION_END

; The folder that is kept in step, and the profile in %LOCALAPPDATA%, are the person's and stay.
Section "Uninstall"
    Call un.End
    RMDir /r "$INSTDIR\_internal"
    Delete "$INSTDIR\lockstep.exe"
    Delete "$INSTDIR\lockstep-desktop.exe"
    Delete "$INSTDIR\THIRD-PARTY.txt"
    Delete "$INSTDIR\uninstall.exe"
    RMDir "$INSTDIR"
    Delete "$SMPROGRAMS\Lockstep.lnk"
    DeleteRegValue HKCU "${RUN}" "lockstep"
    DeleteRegKey HKCU "${UNINSTALL}"
    DeleteRegKey HKCU "Software\Lockstep"
SectionEnd
