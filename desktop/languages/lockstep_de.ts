<?xml version="1.0" encoding="utf-8"?>
<!DOCTYPE TS>
<TS version="2.1" language="de" sourcelanguage="en">
<context>
    <name>lockstep</name>
    <message>
        <source> MB</source>
        <translation> MB</translation>
    </message>
    <message numerus="yes">
        <source>%n bytes</source>
        <translation><numerusform>%n Byte</numerusform><numerusform>%n Bytes</numerusform></translation>
    </message>
    <message numerus="yes">
        <source>%n changes have waited for more than an hour</source>
        <translation><numerusform>%n Änderung wartet seit mehr als einer Stunde</numerusform><numerusform>%n Änderungen warten seit mehr als einer Stunde</numerusform></translation>
    </message>
    <message numerus="yes">
        <source>%n changes wait</source>
        <translation><numerusform>%n Änderung wartet</numerusform><numerusform>%n Änderungen warten</numerusform></translation>
    </message>
    <message numerus="yes">
        <source>%n conflicts</source>
        <translation><numerusform>%n Konflikt</numerusform><numerusform>%n Konflikte</numerusform></translation>
    </message>
    <message numerus="yes">
        <source>%n deletions wait for your decision</source>
        <translation><numerusform>%n Löschung wartet auf Ihre Entscheidung</numerusform><numerusform>%n Löschungen warten auf Ihre Entscheidung</numerusform></translation>
    </message>
    <message numerus="yes">
        <source>%n devices are silent</source>
        <translation><numerusform>%n Gerät meldet sich nicht</numerusform><numerusform>%n Geräte melden sich nicht</numerusform></translation>
    </message>
    <message numerus="yes">
        <source>%n downloads</source>
        <translation><numerusform>%n Download</numerusform><numerusform>%n Downloads</numerusform></translation>
    </message>
    <message numerus="yes">
        <source>%n files</source>
        <translation><numerusform>%n Datei</numerusform><numerusform>%n Dateien</numerusform></translation>
    </message>
    <message numerus="yes">
        <source>%n files ({size}) in it are added to your account; nothing is deleted.</source>
        <translation><numerusform>%n Datei ({size}) darin kommt zu Ihrem Konto hinzu; nichts wird gelöscht.</numerusform><numerusform>%n Dateien ({size}) darin kommen zu Ihrem Konto hinzu; nichts wird gelöscht.</numerusform></translation>
    </message>
    <message numerus="yes">
        <source>%n files are deleted here too.</source>
        <translation><numerusform>%n Datei wird auch hier gelöscht.</numerusform><numerusform>%n Dateien werden auch hier gelöscht.</numerusform></translation>
    </message>
    <message numerus="yes">
        <source>%n files are deleted on every device.</source>
        <translation><numerusform>%n Datei wird auf allen Geräten gelöscht.</numerusform><numerusform>%n Dateien werden auf allen Geräten gelöscht.</numerusform></translation>
    </message>
    <message numerus="yes">
        <source>%n files are moving</source>
        <translation><numerusform>%n Datei wird übertragen</numerusform><numerusform>%n Dateien werden übertragen</numerusform></translation>
    </message>
    <message numerus="yes">
        <source>%n files are not kept any more and stay as they are now</source>
        <translation><numerusform>%n Datei wird nicht mehr aufbewahrt und bleibt, wie sie jetzt ist</numerusform><numerusform>%n Dateien werden nicht mehr aufbewahrt und bleiben, wie sie jetzt sind</numerusform></translation>
    </message>
    <message numerus="yes">
        <source>%n files are still on their way</source>
        <translation><numerusform>%n Datei ist noch unterwegs</numerusform><numerusform>%n Dateien sind noch unterwegs</numerusform></translation>
    </message>
    <message numerus="yes">
        <source>%n files cannot be synced.</source>
        <translation><numerusform>%n Datei kann nicht synchronisiert werden.</numerusform><numerusform>%n Dateien können nicht synchronisiert werden.</numerusform></translation>
    </message>
    <message numerus="yes">
        <source>%n files come back here.</source>
        <translation><numerusform>%n Datei kommt hierher zurück.</numerusform><numerusform>%n Dateien kommen hierher zurück.</numerusform></translation>
    </message>
    <message numerus="yes">
        <source>%n files have come by your link</source>
        <translation><numerusform>%n Datei ist über Ihren Link gekommen</numerusform><numerusform>%n Dateien sind über Ihren Link gekommen</numerusform></translation>
    </message>
    <message numerus="yes">
        <source>%n files in it are not kept any more.</source>
        <translation><numerusform>%n Datei darin wird nicht mehr aufbewahrt.</numerusform><numerusform>%n Dateien darin werden nicht mehr aufbewahrt.</numerusform></translation>
    </message>
    <message numerus="yes">
        <source>%n files moving</source>
        <translation><numerusform>%n Datei wird übertragen</numerusform><numerusform>%n Dateien werden übertragen</numerusform></translation>
    </message>
    <message numerus="yes">
        <source>%n files received</source>
        <translation><numerusform>%n Datei erhalten</numerusform><numerusform>%n Dateien erhalten</numerusform></translation>
    </message>
    <message numerus="yes">
        <source>%n files stay, and go to all devices again.</source>
        <translation><numerusform>%n Datei bleibt und geht wieder auf alle Geräte.</numerusform><numerusform>%n Dateien bleiben und gehen wieder auf alle Geräte.</numerusform></translation>
    </message>
    <message numerus="yes">
        <source>%n files wait because you stopped them.</source>
        <translation><numerusform>%n Datei wartet, weil Sie ihre Übertragung abgebrochen haben.</numerusform><numerusform>%n Dateien warten, weil Sie sie angehalten haben.</numerusform></translation>
    </message>
    <message numerus="yes">
        <source>%n files were changed in two places</source>
        <translation><numerusform>%n Datei wurde an zwei Orten geändert</numerusform><numerusform>%n Dateien wurden an zwei Orten geändert</numerusform></translation>
    </message>
    <message numerus="yes">
        <source>%n files were deleted elsewhere</source>
        <translation><numerusform>%n Datei wurde anderswo gelöscht</numerusform><numerusform>%n Dateien wurden anderswo gelöscht</numerusform></translation>
    </message>
    <message numerus="yes">
        <source>%n files were deleted here</source>
        <translation><numerusform>%n Datei wurde hier gelöscht</numerusform><numerusform>%n Dateien wurden hier gelöscht</numerusform></translation>
    </message>
    <message numerus="yes">
        <source>%n files were deleted here within minutes</source>
        <translation><numerusform>%n Datei wurde hier innerhalb von Minuten gelöscht</numerusform><numerusform>%n Dateien wurden hier innerhalb von Minuten gelöscht</numerusform></translation>
    </message>
    <message numerus="yes">
        <source>%n files were deleted in one go. Nothing has been deleted anywhere else yet.</source>
        <translation><numerusform>%n Datei wurde auf einmal gelöscht. Anderswo ist noch nichts gelöscht.</numerusform><numerusform>%n Dateien wurden auf einmal gelöscht. Anderswo ist noch nichts gelöscht.</numerusform></translation>
    </message>
    <message numerus="yes">
        <source>%n files were deleted on another device within minutes</source>
        <translation><numerusform>%n Datei wurde auf einem anderen Gerät innerhalb von Minuten gelöscht</numerusform><numerusform>%n Dateien wurden auf einem anderen Gerät innerhalb von Minuten gelöscht</numerusform></translation>
    </message>
    <message numerus="yes">
        <source>%n folders come to this device.</source>
        <translation><numerusform>%n Ordner kommt auf dieses Gerät.</numerusform><numerusform>%n Ordner kommen auf dieses Gerät.</numerusform></translation>
    </message>
    <message numerus="yes">
        <source>%n folders go off this device.</source>
        <translation><numerusform>%n Ordner wird von diesem Gerät genommen.</numerusform><numerusform>%n Ordner werden von diesem Gerät genommen.</numerusform></translation>
    </message>
    <message numerus="yes">
        <source>%n folders stay on the server only.</source>
        <translation><numerusform>%n Ordner bleibt nur auf dem Server.</numerusform><numerusform>%n Ordner bleiben nur auf dem Server.</numerusform></translation>
    </message>
    <message numerus="yes">
        <source>%n items</source>
        <translation><numerusform>%n Eintrag</numerusform><numerusform>%n Einträge</numerusform></translation>
    </message>
    <message numerus="yes">
        <source>%n items are back.</source>
        <translation><numerusform>%n Eintrag ist wieder da.</numerusform><numerusform>%n Einträge sind wieder da.</numerusform></translation>
    </message>
    <message numerus="yes">
        <source>%n items cannot be synced</source>
        <translation><numerusform>%n Eintrag kann nicht synchronisiert werden</numerusform><numerusform>%n Einträge können nicht synchronisiert werden</numerusform></translation>
    </message>
    <message numerus="yes">
        <source>%n items come as copies: they are elsewhere now</source>
        <translation><numerusform>%n Eintrag kommt als Kopie: er ist jetzt woanders</numerusform><numerusform>%n Einträge kommen als Kopien: sie sind jetzt woanders</numerusform></translation>
    </message>
    <message numerus="yes">
        <source>%n items come back</source>
        <translation><numerusform>%n Eintrag kommt zurück</numerusform><numerusform>%n Einträge kommen zurück</numerusform></translation>
    </message>
    <message numerus="yes">
        <source>%n items did not come back: {why}</source>
        <translation><numerusform>%n Eintrag kam nicht zurück: {why}</numerusform><numerusform>%n Einträge kamen nicht zurück: {why}</numerusform></translation>
    </message>
    <message numerus="yes">
        <source>%n items get their earlier content</source>
        <translation><numerusform>%n Eintrag bekommt den früheren Inhalt zurück</numerusform><numerusform>%n Einträge bekommen ihren früheren Inhalt zurück</numerusform></translation>
    </message>
    <message numerus="yes">
        <source>%n items go back to their places or names</source>
        <translation><numerusform>%n Eintrag kehrt an seinen Platz oder zu seinem Namen zurück</numerusform><numerusform>%n Einträge kehren an ihre Plätze oder zu ihren Namen zurück</numerusform></translation>
    </message>
    <message numerus="yes">
        <source>%n items moved in since and go home</source>
        <translation><numerusform>%n Eintrag kam seitdem herein und kehrt heim</numerusform><numerusform>%n Einträge kamen seitdem herein und kehren heim</numerusform></translation>
    </message>
    <message numerus="yes">
        <source>%n items moved in since and stay: their homes are gone</source>
        <translation><numerusform>%n Eintrag kam seitdem herein und bleibt: sein früherer Ort ist weg</numerusform><numerusform>%n Einträge kamen seitdem herein und bleiben: ihre früheren Orte sind weg</numerusform></translation>
    </message>
    <message numerus="yes">
        <source>%n items were left deleted.</source>
        <translation><numerusform>%n Eintrag blieb gelöscht.</numerusform><numerusform>%n Einträge blieben gelöscht.</numerusform></translation>
    </message>
    <message numerus="yes">
        <source>%n items were made since and are deleted</source>
        <translation><numerusform>%n Eintrag wurde seitdem angelegt und wird gelöscht</numerusform><numerusform>%n Einträge wurden seitdem angelegt und werden gelöscht</numerusform></translation>
    </message>
    <message numerus="yes">
        <source>%n lines are gone</source>
        <translation><numerusform>%n Zeile ist weg</numerusform><numerusform>%n Zeilen sind weg</numerusform></translation>
    </message>
    <message numerus="yes">
        <source>%n lines are new</source>
        <translation><numerusform>%n Zeile ist neu</numerusform><numerusform>%n Zeilen sind neu</numerusform></translation>
    </message>
    <message numerus="yes">
        <source>%n lines only from {who}</source>
        <translation><numerusform>%n Zeile nur von {who}</numerusform><numerusform>%n Zeilen nur von {who}</numerusform></translation>
    </message>
    <message numerus="yes">
        <source>%n lines that are the same</source>
        <translation><numerusform>%n gleiche Zeile</numerusform><numerusform>%n gleiche Zeilen</numerusform></translation>
    </message>
    <message numerus="yes">
        <source>%n links</source>
        <translation><numerusform>%n Link</numerusform><numerusform>%n Links</numerusform></translation>
    </message>
    <message numerus="yes">
        <source>%n more</source>
        <translation><numerusform>%n weiterer</numerusform><numerusform>%n weitere</numerusform></translation>
    </message>
    <message numerus="yes">
        <source>%n more characters at least.</source>
        <translation><numerusform>Noch mindestens %n Zeichen.</numerusform><numerusform>Noch mindestens %n Zeichen.</numerusform></translation>
    </message>
    <message numerus="yes">
        <source>%n of these things are not on this device, so nothing was done with them.</source>
        <translation><numerusform>%n dieser Einträge ist nicht auf diesem Gerät und blieb deshalb, wie er ist.</numerusform><numerusform>%n dieser Einträge sind nicht auf diesem Gerät und blieben deshalb, wie sie sind.</numerusform></translation>
    </message>
    <message numerus="yes">
        <source>%n problems</source>
        <translation><numerusform>%n Problem</numerusform><numerusform>%n Probleme</numerusform></translation>
    </message>
    <message numerus="yes">
        <source>%n selected</source>
        <translation><numerusform>%n ausgewählt</numerusform><numerusform>%n ausgewählt</numerusform></translation>
    </message>
    <message numerus="yes">
        <source>%n versions of it are known.</source>
        <translation><numerusform>%n Version davon ist bekannt.</numerusform><numerusform>%n Versionen davon sind bekannt.</numerusform></translation>
    </message>
    <message numerus="yes">
        <source>%n wait for you</source>
        <translation><numerusform>%n wartet auf Sie</numerusform><numerusform>%n warten auf Sie</numerusform></translation>
    </message>
    <message>
        <source>&amp;Add another device…</source>
        <translation>Weiteres &amp;Gerät hinzufügen …</translation>
    </message>
    <message>
        <source>&amp;Add these files and continue</source>
        <translation>Diese Dateien &amp;hinzufügen und weiter</translation>
    </message>
    <message>
        <source>&amp;Ask once a day whether there is a newer version</source>
        <translation>&amp;Einmal am Tag fragen, ob es eine neuere Version gibt</translation>
    </message>
    <message>
        <source>&amp;Back</source>
        <translation>&amp;Zurück</translation>
    </message>
    <message>
        <source>&amp;Change the password…</source>
        <translation>&amp;Passwort ändern …</translation>
    </message>
    <message>
        <source>&amp;Colours</source>
        <translation>&amp;Farben</translation>
    </message>
    <message>
        <source>&amp;Compare with now</source>
        <translation>&amp;Mit jetzt vergleichen</translation>
    </message>
    <message>
        <source>&amp;Continue</source>
        <translation>&amp;Weiter</translation>
    </message>
    <message>
        <source>&amp;Copy link</source>
        <translation>Link &amp;kopieren</translation>
    </message>
    <message>
        <source>&amp;Edit link…</source>
        <translation>Link &amp;bearbeiten …</translation>
    </message>
    <message>
        <source>&amp;Email</source>
        <translation>&amp;E-Mail</translation>
    </message>
    <message>
        <source>&amp;Expires</source>
        <translation>&amp;Läuft ab</translation>
    </message>
    <message>
        <source>&amp;Finish</source>
        <translation>&amp;Fertigstellen</translation>
    </message>
    <message>
        <source>&amp;Invitation</source>
        <translation>E&amp;inladung</translation>
    </message>
    <message>
        <source>&amp;Make a support bundle…</source>
        <translation>&amp;Supportpaket zusammenstellen …</translation>
    </message>
    <message>
        <source>&amp;No proxy</source>
        <translation>&amp;Kein Proxy</translation>
    </message>
    <message>
        <source>&amp;Note</source>
        <translation>&amp;Notiz</translation>
    </message>
    <message>
        <source>&amp;Open in the browser</source>
        <translation>Im &amp;Browser öffnen</translation>
    </message>
    <message>
        <source>&amp;Open the folder</source>
        <translation>&amp;Ordner öffnen</translation>
    </message>
    <message>
        <source>&amp;Open the folder of the logs</source>
        <translation>&amp;Ordner der Protokolle öffnen</translation>
    </message>
    <message>
        <source>&amp;Password</source>
        <translation>&amp;Passwort</translation>
    </message>
    <message>
        <source>&amp;Pause link</source>
        <translation>Link an&amp;halten</translation>
    </message>
    <message>
        <source>&amp;Resume link</source>
        <translation>Link &amp;wieder aufnehmen</translation>
    </message>
    <message>
        <source>&amp;Save as…</source>
        <translation>&amp;Speichern unter …</translation>
    </message>
    <message>
        <source>&amp;Save the bundle…</source>
        <translation>Paket &amp;speichern …</translation>
    </message>
    <message>
        <source>&amp;Save the patterns</source>
        <translation>Muster &amp;speichern</translation>
    </message>
    <message>
        <source>&amp;Sign in</source>
        <translation>&amp;Anmelden</translation>
    </message>
    <message>
        <source>&amp;Sign in instead</source>
        <translation>Stattdessen &amp;anmelden</translation>
    </message>
    <message>
        <source>&amp;Sign out this device…</source>
        <translation>Dieses Gerät &amp;abmelden …</translation>
    </message>
    <message>
        <source>&amp;Stop</source>
        <translation>&amp;Abbrechen</translation>
    </message>
    <message>
        <source>&amp;Title</source>
        <translation>&amp;Titel</translation>
    </message>
    <message>
        <source>&amp;Try again</source>
        <translation>&amp;Erneut versuchen</translation>
    </message>
    <message>
        <source>&amp;Use this one:</source>
        <translation>&amp;Diesen benutzen:</translation>
    </message>
    <message>
        <source>&amp;View only: no download button</source>
        <translation>Nur &amp;ansehen: kein Knopf zum Herunterladen</translation>
    </message>
    <message>
        <source>&amp;What is new</source>
        <translation>&amp;Was ist neu</translation>
    </message>
    <message>
        <source>&amp;Withdraw link…</source>
        <translation>Link &amp;zurückziehen …</translation>
    </message>
    <message>
        <source>1. Choose a password</source>
        <translation>1. Ein Passwort wählen</translation>
    </message>
    <message>
        <source>2. Let it reach this computer</source>
        <translation>2. Es diesen Computer erreichen lassen</translation>
    </message>
    <message>
        <source>3. Sign in there</source>
        <translation>3. Dort anmelden</translation>
    </message>
    <message>
        <source>; it needs the package {package} as well</source>
        <translation>; dafür wird auch das Paket {package} gebraucht</translation>
    </message>
    <message>
        <source>A Lockstep server.</source>
        <translation>Ein Lockstep-Server.</translation>
    </message>
    <message>
        <source>A Lockstep server. It takes no new accounts.</source>
        <translation>Ein Lockstep-Server. Er nimmt keine neuen Konten an.</translation>
    </message>
    <message>
        <source>A Lockstep server. New accounts need an invitation.</source>
        <translation>Ein Lockstep-Server. Für neue Konten braucht es eine Einladung.</translation>
    </message>
    <message>
        <source>A courtesy, no protection: whoever sees it can keep it all the same.</source>
        <translation>Eine Höflichkeit, kein Schutz: wer es sieht, kann es trotzdem behalten.</translation>
    </message>
    <message>
        <source>A device has not been heard of for a week</source>
        <translation>Ein Gerät hat sich seit einer Woche nicht gemeldet</translation>
    </message>
    <message>
        <source>A file could not be read or written. It is tried again by itself.</source>
        <translation>Eine Datei konnte nicht gelesen oder geschrieben werden. Es wird von selbst wieder versucht.</translation>
    </message>
    <message>
        <source>A file was changed in two places</source>
        <translation>Eine Datei wurde an zwei Orten geändert</translation>
    </message>
    <message>
        <source>A file went away while it was being synced. It is looked at again by itself.</source>
        <translation>Eine Datei verschwand während des Synchronisierens. Es wird von selbst wieder nachgesehen.</translation>
    </message>
    <message>
        <source>A hint</source>
        <translation>Ein Hinweis</translation>
    </message>
    <message>
        <source>A name cannot have a / in it.</source>
        <translation>Ein Name kann kein / enthalten.</translation>
    </message>
    <message>
        <source>A name needs at least one character.</source>
        <translation>Ein Name braucht mindestens ein Zeichen.</translation>
    </message>
    <message>
        <source>A newer request of this device was there first. Try again.</source>
        <translation>Eine neuere Anfrage dieses Geräts war zuerst da. Versuchen Sie es noch einmal.</translation>
    </message>
    <message>
        <source>A pattern keeps this from being synced. The preferences show all, under ignored files.</source>
        <translation>Ein Muster verhindert, dass dies synchronisiert wird. Die Einstellungen zeigen alle unter „Ignoriert“.</translation>
    </message>
    <message>
        <source>A permission to transfer did not hold. It is asked for again by itself.</source>
        <translation>Eine Erlaubnis zum Übertragen galt nicht. Sie wird von selbst noch einmal erbeten.</translation>
    </message>
    <message>
        <source>A problem</source>
        <translation>Ein Problem</translation>
    </message>
    <message>
        <source>A support bundle has logs and versions in it, for somebody who helps you. You see all of it before it is saved, and nothing is sent anywhere.</source>
        <translation>Ein Supportpaket enthält Protokolle und Versionen, für jemanden, der Ihnen hilft. Sie sehen alles davon vor dem Speichern, und nichts wird irgendwohin gesendet.</translation>
    </message>
    <message>
        <source>A transfer took too long and its permission ran out. It is tried again by itself.</source>
        <translation>Eine Übertragung dauerte zu lange, und ihre Erlaubnis lief ab. Sie wird von selbst wieder versucht.</translation>
    </message>
    <message>
        <source>A version cannot be read.</source>
        <translation>Eine Version kann nicht gelesen werden.</translation>
    </message>
    <message>
        <source>About</source>
        <translation>Über</translation>
    </message>
    <message>
        <source>About Lockstep</source>
        <translation>Über Lockstep</translation>
    </message>
    <message>
        <source>About what is chosen</source>
        <translation>Über das Ausgewählte</translation>
    </message>
    <message>
        <source>Account</source>
        <translation>Konto</translation>
    </message>
    <message>
        <source>Activity</source>
        <translation>Verlauf</translation>
    </message>
    <message>
        <source>Add</source>
        <translation>Hinzufügen</translation>
    </message>
    <message>
        <source>Add another device</source>
        <translation>Weiteres Gerät hinzufügen</translation>
    </message>
    <message>
        <source>Add files</source>
        <translation>Dateien hinzufügen</translation>
    </message>
    <message>
        <source>Add files…</source>
        <translation>Dateien hinzufügen …</translation>
    </message>
    <message>
        <source>Added</source>
        <translation>Hinzugefügt</translation>
    </message>
    <message numerus="yes">
        <source>Added %n items.</source>
        <translation><numerusform>%n Eintrag hinzugefügt.</numerusform><numerusform>%n Einträge hinzugefügt.</numerusform></translation>
    </message>
    <message>
        <source>Added here</source>
        <translation>Hier hinzugefügt</translation>
    </message>
    <message numerus="yes">
        <source>Adding %n files</source>
        <translation><numerusform>%n Datei wird hinzugefügt</numerusform><numerusform>%n Dateien werden hinzugefügt</numerusform></translation>
    </message>
    <message>
        <source>Address of the proxy</source>
        <translation>Adresse des Proxys</translation>
    </message>
    <message>
        <source>Address of the server</source>
        <translation>Adresse des Servers</translation>
    </message>
    <message>
        <source>All files</source>
        <translation>Alle Dateien</translation>
    </message>
    <message>
        <source>All of it was read back from the server’s store and found whole: {when}.</source>
        <translation>Alles davon wurde aus dem Speicher des Servers zurückgelesen und ist vollständig: {when}.</translation>
    </message>
    <message>
        <source>All other devices are signed out then. Their files stay.</source>
        <translation>Alle anderen Geräte werden dann abgemeldet. Ihre Dateien bleiben.</translation>
    </message>
    <message>
        <source>All set</source>
        <translation>Alles bereit</translation>
    </message>
    <message>
        <source>All that is in it is kept in step with your account.</source>
        <translation>Alles darin wird mit Ihrem Konto auf gleichem Stand gehalten.</translation>
    </message>
    <message>
        <source>All that is in it is kept in step. You can use it as any other folder, with any program.</source>
        <translation>Alles darin wird auf gleichem Stand gehalten. Der Ordner lässt sich benutzen wie jeder andere, mit jedem Programm.</translation>
    </message>
    <message>
        <source>All that is moving</source>
        <translation>Alles, was übertragen wird</translation>
    </message>
    <message>
        <source>All together at most</source>
        <translation>Alle zusammen höchstens</translation>
    </message>
    <message>
        <source>Also changed on</source>
        <translation>Auch geändert auf</translation>
    </message>
    <message>
        <source>Also on</source>
        <translation>Auch auf</translation>
    </message>
    <message>
        <source>Also on {devices}.</source>
        <translation>Auch auf {devices}.</translation>
    </message>
    <message>
        <source>Alt+Left</source>
        <translation>Alt+Left</translation>
    </message>
    <message>
        <source>Alt+Right</source>
        <translation>Alt+Right</translation>
    </message>
    <message>
        <source>Always show it as it is &amp;now, even if it changes</source>
        <translation>Immer so zeigen, wie es &amp;jetzt ist, auch wenn es sich ändert</translation>
    </message>
    <message>
        <source>Another Lockstep works on this folder. Stop it first.</source>
        <translation>Ein anderes Lockstep arbeitet mit diesem Ordner. Beenden Sie es zuerst.</translation>
    </message>
    <message>
        <source>Another file here differs only in case, and this disk does not tell them apart. Rename one of them.</source>
        <translation>Eine andere Datei hier unterscheidet sich nur in Groß- und Kleinschreibung, und dieser Datenträger unterscheidet sie nicht. Benennen Sie eine davon um.</translation>
    </message>
    <message>
        <source>Another file here has a name that looks the same. Rename one of them.</source>
        <translation>Eine andere Datei hier hat einen Namen, der gleich aussieht. Benennen Sie eine davon um.</translation>
    </message>
    <message>
        <source>Another name for this file or folder:</source>
        <translation>Ein anderer Name für diese Datei oder diesen Ordner:</translation>
    </message>
    <message>
        <source>Another program holds this file. Close it there; it is tried again by itself.</source>
        <translation>Ein anderes Programm hält diese Datei fest. Schließen Sie sie dort; es wird von selbst wieder versucht.</translation>
    </message>
    <message>
        <source>Any number</source>
        <translation>Beliebig viele</translation>
    </message>
    <message>
        <source>Any size</source>
        <translation>Beliebig groß</translation>
    </message>
    <message>
        <source>Anyone</source>
        <translation>Jeder</translation>
    </message>
    <message>
        <source>Arrived</source>
        <translation>Angekommen</translation>
    </message>
    <message>
        <source>As it is</source>
        <translation>Unverändert</translation>
    </message>
    <message>
        <source>As it is: {until}</source>
        <translation>Unverändert: {until}</translation>
    </message>
    <message>
        <source>As of {when}</source>
        <translation>Stand: {when}</translation>
    </message>
    <message>
        <source>Ask &amp;now</source>
        <translation>&amp;Jetzt fragen</translation>
    </message>
    <message>
        <source>Ask for a &amp;password</source>
        <translation>Nach einem &amp;Passwort fragen</translation>
    </message>
    <message>
        <source>Asking the server…</source>
        <translation>Der Server wird gefragt …</translation>
    </message>
    <message>
        <source>Back</source>
        <translation>Zurück</translation>
    </message>
    <message>
        <source>Beginning of the text</source>
        <translation>Anfang des Textes</translation>
    </message>
    <message>
        <source>Both are kept: the other one is {names} now.</source>
        <translation>Beide sind behalten: die andere heißt jetzt {names}.</translation>
    </message>
    <message>
        <source>Both versions kept</source>
        <translation>Beide Versionen behalten</translation>
    </message>
    <message>
        <source>Both versions of each are kept. Choose which to go on with.</source>
        <translation>Von jeder sind beide Versionen behalten. Wählen Sie, mit welcher es weitergeht.</translation>
    </message>
    <message numerus="yes">
        <source>Bring %n folders here</source>
        <translation><numerusform>%n Ordner hierher holen</numerusform><numerusform>%n Ordner hierher holen</numerusform></translation>
    </message>
    <message>
        <source>Bring them back</source>
        <translation>Zurückholen</translation>
    </message>
    <message>
        <source>Brought back</source>
        <translation>Zurückgeholt</translation>
    </message>
    <message>
        <source>Brought back.</source>
        <translation>Zurückgeholt.</translation>
    </message>
    <message>
        <source>By</source>
        <translation>Von</translation>
    </message>
    <message>
        <source>Bytes arrived damaged and were thrown away. They are fetched again by itself.</source>
        <translation>Daten kamen beschädigt an und wurden verworfen. Sie werden von selbst noch einmal geholt.</translation>
    </message>
    <message>
        <source>C&amp;hoose…</source>
        <translation>A&amp;uswählen …</translation>
    </message>
    <message>
        <source>Cannot be told now</source>
        <translation>Lässt sich jetzt nicht sagen</translation>
    </message>
    <message>
        <source>Certificates</source>
        <translation>Zertifikate</translation>
    </message>
    <message>
        <source>Change link</source>
        <translation>Link ändern</translation>
    </message>
    <message>
        <source>Change the password</source>
        <translation>Passwort ändern</translation>
    </message>
    <message>
        <source>Changed</source>
        <translation>Geändert</translation>
    </message>
    <message>
        <source>Changed {time}</source>
        <translation>Geändert {time}</translation>
    </message>
    <message>
        <source>Changes are noticed late</source>
        <translation>Änderungen werden spät bemerkt</translation>
    </message>
    <message>
        <source>Check &amp;again</source>
        <translation>&amp;Noch einmal prüfen</translation>
    </message>
    <message>
        <source>Checked there</source>
        <translation>Dort geprüft</translation>
    </message>
    <message>
        <source>Choose a file or folder and share it: whoever has the link can open it, without an account.</source>
        <translation>Wählen Sie eine Datei oder einen Ordner und teilen Sie sie: wer den Link hat, kann sie öffnen, ohne Konto.</translation>
    </message>
    <message>
        <source>Choose a file or folder to see its versions, links and details.</source>
        <translation>Wählen Sie eine Datei oder einen Ordner, um Versionen, Links und Einzelheiten zu sehen.</translation>
    </message>
    <message>
        <source>Choose a folder</source>
        <translation>Ordner auswählen</translation>
    </message>
    <message>
        <source>Choose a moment</source>
        <translation>Zeitpunkt wählen</translation>
    </message>
    <message>
        <source>Choose its &amp;authority…</source>
        <translation>Dessen &amp;Stelle auswählen …</translation>
    </message>
    <message>
        <source>Choose what to keep here…</source>
        <translation>Auswählen, was hier aufbewahrt wird …</translation>
    </message>
    <message>
        <source>Clear the search</source>
        <translation>Suche leeren</translation>
    </message>
    <message>
        <source>Close</source>
        <translation>Schließen</translation>
    </message>
    <message>
        <source>Close the side panel</source>
        <translation>Seitenleiste schließen</translation>
    </message>
    <message>
        <source>Close the window</source>
        <translation>Fenster schließen</translation>
    </message>
    <message>
        <source>Close the window?</source>
        <translation>Fenster schließen?</translation>
    </message>
    <message>
        <source>Close without it</source>
        <translation>Trotzdem schließen</translation>
    </message>
    <message>
        <source>Code</source>
        <translation>Code</translation>
    </message>
    <message>
        <source>Command for the other computer</source>
        <translation>Befehl für den anderen Computer</translation>
    </message>
    <message>
        <source>Compare</source>
        <translation>Vergleichen</translation>
    </message>
    <message>
        <source>Compare them</source>
        <translation>Vergleichen</translation>
    </message>
    <message>
        <source>Compared anew</source>
        <translation>Neu verglichen</translation>
    </message>
    <message>
        <source>Comparing…</source>
        <translation>Wird verglichen …</translation>
    </message>
    <message>
        <source>Conflict</source>
        <translation>Konflikt</translation>
    </message>
    <message>
        <source>Conflicts</source>
        <translation>Konflikte</translation>
    </message>
    <message>
        <source>Conflicts cannot be shown now</source>
        <translation>Die Konflikte lassen sich jetzt nicht zeigen</translation>
    </message>
    <message>
        <source>Copy</source>
        <translation>Kopieren</translation>
    </message>
    <message>
        <source>Copy link</source>
        <translation>Link kopieren</translation>
    </message>
    <message>
        <source>Copy password</source>
        <translation>Passwort kopieren</translation>
    </message>
    <message>
        <source>Copy share link</source>
        <translation>Freigabelink kopieren</translation>
    </message>
    <message>
        <source>Copy this link</source>
        <translation>Diesen Link kopieren</translation>
    </message>
    <message>
        <source>Create an &amp;account</source>
        <translation>&amp;Konto anlegen</translation>
    </message>
    <message>
        <source>Create and copy link</source>
        <translation>Link anlegen und kopieren</translation>
    </message>
    <message>
        <source>Created</source>
        <translation>Angelegt</translation>
    </message>
    <message>
        <source>Current password</source>
        <translation>Jetziges Passwort</translation>
    </message>
    <message>
        <source>Cut</source>
        <translation>Ausschneiden</translation>
    </message>
    <message>
        <source>Dark</source>
        <translation>Dunkel</translation>
    </message>
    <message numerus="yes">
        <source>Decide on %n held deletions…</source>
        <translation><numerusform>Über %n zurückgehaltene Löschung entscheiden …</numerusform><numerusform>Über %n zurückgehaltene Löschungen entscheiden …</numerusform></translation>
    </message>
    <message>
        <source>Decide…</source>
        <translation>Entscheiden …</translation>
    </message>
    <message>
        <source>Delete</source>
        <translation>Löschen</translation>
    </message>
    <message numerus="yes">
        <source>Delete %n files everywhere</source>
        <translation><numerusform>%n Datei überall löschen</numerusform><numerusform>%n Dateien überall löschen</numerusform></translation>
    </message>
    <message numerus="yes">
        <source>Delete %n files everywhere?</source>
        <translation><numerusform>%n Datei überall löschen?</numerusform><numerusform>%n Dateien überall löschen?</numerusform></translation>
    </message>
    <message numerus="yes">
        <source>Delete %n files here too</source>
        <translation><numerusform>%n Datei auch hier löschen</numerusform><numerusform>%n Dateien auch hier löschen</numerusform></translation>
    </message>
    <message>
        <source>Delete without the trash</source>
        <translation>Ohne Papierkorb löschen</translation>
    </message>
    <message>
        <source>Deleted</source>
        <translation>Gelöscht</translation>
    </message>
    <message numerus="yes">
        <source>Deleted %n items.</source>
        <translation><numerusform>%n Eintrag gelöscht.</numerusform><numerusform>%n Einträge gelöscht.</numerusform></translation>
    </message>
    <message>
        <source>Deleted elsewhere</source>
        <translation>Anderswo gelöscht</translation>
    </message>
    <message>
        <source>Deleted file</source>
        <translation>Gelöschte Datei</translation>
    </message>
    <message>
        <source>Deleted files</source>
        <translation>Gelöschte Dateien</translation>
    </message>
    <message>
        <source>Deleted here</source>
        <translation>Hier gelöscht</translation>
    </message>
    <message>
        <source>Deleted without it, only what the server has is in “Deleted”, for as long as it is kept.</source>
        <translation>Ohne ihn gelöscht, steht nur das unter „Gelöscht“, was der Server hat, solange es aufbewahrt wird.</translation>
    </message>
    <message numerus="yes">
        <source>Deleted {done} of %n items. The rest is still there.</source>
        <translation><numerusform>{done} von %n Eintrag gelöscht. Der Rest ist noch da.</numerusform><numerusform>{done} von %n Einträgen gelöscht. Der Rest ist noch da.</numerusform></translation>
    </message>
    <message>
        <source>Deleted “{name}”.</source>
        <translation>„{name}“ gelöscht.</translation>
    </message>
    <message>
        <source>Deleted. What the server had is in “Deleted”.</source>
        <translation>Gelöscht. Was der Server hatte, steht unter „Gelöscht“.</translation>
    </message>
    <message numerus="yes">
        <source>Deleting %n items</source>
        <translation><numerusform>%n Eintrag wird gelöscht</numerusform><numerusform>%n Einträge werden gelöscht</numerusform></translation>
    </message>
    <message>
        <source>Deleting…</source>
        <translation>Wird gelöscht …</translation>
    </message>
    <message>
        <source>Details</source>
        <translation>Einzelheiten</translation>
    </message>
    <message>
        <source>Devices</source>
        <translation>Geräte</translation>
    </message>
    <message>
        <source>Done</source>
        <translation>Erledigt</translation>
    </message>
    <message>
        <source>Done. It shows in the folder once it is in step.</source>
        <translation>Erledigt. Im Ordner zeigt es sich, sobald er auf gleichem Stand ist.</translation>
    </message>
    <message>
        <source>Don’t keep on this device</source>
        <translation>Nicht auf diesem Gerät aufbewahren</translation>
    </message>
    <message>
        <source>Downloading</source>
        <translation>Wird heruntergeladen</translation>
    </message>
    <message>
        <source>Downloads at &amp;most</source>
        <translation>&amp;Höchstzahl der Downloads</translation>
    </message>
    <message>
        <source>Drop files here, or add them. They will be on your other devices too.</source>
        <translation>Ziehen Sie Dateien hierher, oder fügen Sie welche hinzu. Sie sind dann auch auf Ihren anderen Geräten.</translation>
    </message>
    <message>
        <source>Edit link</source>
        <translation>Link bearbeiten</translation>
    </message>
    <message>
        <source>Edit link…</source>
        <translation>Link bearbeiten …</translation>
    </message>
    <message>
        <source>Edited</source>
        <translation>Bearbeitet</translation>
    </message>
    <message>
        <source>Edited here</source>
        <translation>Hier bearbeitet</translation>
    </message>
    <message>
        <source>Email</source>
        <translation>E-Mail</translation>
    </message>
    <message>
        <source>Email or password is wrong. Try again.</source>
        <translation>E-Mail-Adresse oder Passwort stimmt nicht. Versuchen Sie es noch einmal.</translation>
    </message>
    <message>
        <source>Enter its address, and press Return.</source>
        <translation>Geben Sie die Adresse ein, und drücken Sie die Eingabetaste.</translation>
    </message>
    <message>
        <source>Enter the address of its web page. Whoever runs the server can tell you.</source>
        <translation>Geben Sie die Adresse seiner Webseite ein. Der Betreiber des Servers kann sie Ihnen nennen.</translation>
    </message>
    <message>
        <source>Enter the code of the invitation.</source>
        <translation>Geben Sie den Code der Einladung ein.</translation>
    </message>
    <message>
        <source>Enter the email address of the account.</source>
        <translation>Geben Sie die E-Mail-Adresse des Kontos ein.</translation>
    </message>
    <message>
        <source>Enter the password.</source>
        <translation>Geben Sie das Passwort ein.</translation>
    </message>
    <message>
        <source>Enter the path of a folder, or choose one.</source>
        <translation>Geben Sie den Pfad eines Ordners ein, oder wählen Sie einen aus.</translation>
    </message>
    <message>
        <source>Enter your code</source>
        <translation>Geben Sie Ihren Code ein</translation>
    </message>
    <message>
        <source>Everything comes to this device.</source>
        <translation>Alles kommt auf dieses Gerät.</translation>
    </message>
    <message>
        <source>Everything else goes on. Lockstep shows what to do about each.</source>
        <translation>Alles andere geht weiter. Lockstep zeigt, was in jedem Fall zu tun ist.</translation>
    </message>
    <message>
        <source>Everything in this folder that is to be synced is in step.</source>
        <translation>Alles in diesem Ordner, was synchronisiert werden soll, ist auf gleichem Stand.</translation>
    </message>
    <message>
        <source>Everything in {folder} is kept on this computer, with all its versions.</source>
        <translation>Alles in {folder} wird auf diesem Computer aufbewahrt, mit allen Versionen.</translation>
    </message>
    <message>
        <source>Everywhere</source>
        <translation>Überall</translation>
    </message>
    <message>
        <source>Existing links</source>
        <translation>Bestehende Links</translation>
    </message>
    <message>
        <source>Expires</source>
        <translation>Läuft ab</translation>
    </message>
    <message>
        <source>Failed</source>
        <translation>Fehlgeschlagen</translation>
    </message>
    <message>
        <source>Fetching “{name}”…</source>
        <translation>„{name}“ wird geholt …</translation>
    </message>
    <message>
        <source>File</source>
        <translation>Datei</translation>
    </message>
    <message>
        <source>Files</source>
        <translation>Dateien</translation>
    </message>
    <message>
        <source>Files added later are shared too.</source>
        <translation>Später hinzugefügte Dateien sind auch geteilt.</translation>
    </message>
    <message>
        <source>Files are still being copied, deleted or brought back</source>
        <translation>Es werden noch Dateien kopiert, gelöscht oder zurückgeholt</translation>
    </message>
    <message>
        <source>Files at &amp;most</source>
        <translation>Höchstzahl der &amp;Dateien</translation>
    </message>
    <message>
        <source>Files of the bundle</source>
        <translation>Dateien des Pakets</translation>
    </message>
    <message>
        <source>Files stay as they are. Sign in to go on syncing.</source>
        <translation>Die Dateien bleiben, wie sie sind. Melden Sie sich an, damit das Synchronisieren weitergeht.</translation>
    </message>
    <message>
        <source>First</source>
        <translation>Erste</translation>
    </message>
    <message>
        <source>Folder</source>
        <translation>Ordner</translation>
    </message>
    <message>
        <source>Folders</source>
        <translation>Ordner</translation>
    </message>
    <message>
        <source>Folders on the server</source>
        <translation>Ordner auf dem Server</translation>
    </message>
    <message>
        <source>Folders would contain one another. It is compared again by itself.</source>
        <translation>Ordner würden einander enthalten. Es wird von selbst neu verglichen.</translation>
    </message>
    <message>
        <source>For an hour</source>
        <translation>Für eine Stunde</translation>
    </message>
    <message>
        <source>Forward</source>
        <translation>Vor</translation>
    </message>
    <message>
        <source>Found in all files</source>
        <translation>In allen Dateien gefunden</translation>
    </message>
    <message>
        <source>From {device}</source>
        <translation>Von {device}</translation>
    </message>
    <message>
        <source>From {device}, this device</source>
        <translation>Von {device}, diesem Gerät</translation>
    </message>
    <message>
        <source>Gathering…</source>
        <translation>Wird zusammengestellt …</translation>
    </message>
    <message>
        <source>General</source>
        <translation>Allgemein</translation>
    </message>
    <message>
        <source>Getting both versions…</source>
        <translation>Beide Versionen werden geholt …</translation>
    </message>
    <message>
        <source>Give the path from the top, as in Photos/Lisbon.</source>
        <translation>Geben Sie den Pfad von oben an, wie in Photos/Lisbon.</translation>
    </message>
    <message>
        <source>Go back to just before</source>
        <translation>Zurück auf den Stand kurz vor</translation>
    </message>
    <message>
        <source>Go to all files</source>
        <translation>Zu allen Dateien</translation>
    </message>
    <message>
        <source>Go up</source>
        <translation>Nach oben</translation>
    </message>
    <message>
        <source>If a file is changed on two devices at once, both are kept, and you choose here.</source>
        <translation>Wird eine Datei auf zwei Geräten zugleich geändert, bleiben beide Fassungen, und Sie wählen hier.</translation>
    </message>
    <message>
        <source>If something is wrong</source>
        <translation>Wenn etwas nicht stimmt</translation>
    </message>
    <message>
        <source>Ignored</source>
        <translation>Ignoriert</translation>
    </message>
    <message>
        <source>In</source>
        <translation>In</translation>
    </message>
    <message>
        <source>In 1 day</source>
        <translation>Nach 1 Tag</translation>
    </message>
    <message>
        <source>In 30 days</source>
        <translation>Nach 30 Tagen</translation>
    </message>
    <message>
        <source>In 7 days</source>
        <translation>Nach 7 Tagen</translation>
    </message>
    <message>
        <source>In step</source>
        <translation>Auf gleichem Stand</translation>
    </message>
    <message>
        <source>In this file or folder</source>
        <translation>In dieser Datei oder diesem Ordner</translation>
    </message>
    <message>
        <source>Is it safe?</source>
        <translation>Ist es sicher?</translation>
    </message>
    <message>
        <source>It becomes a file like any other, under a name of its own.</source>
        <translation>Es wird eine Datei wie jede andere, unter einem eigenen Namen.</translation>
    </message>
    <message>
        <source>It becomes “{name}” on every device. The other one stays among its versions.</source>
        <translation>Sie wird auf allen Geräten zu „{name}“. Die andere bleibt unter ihren Versionen.</translation>
    </message>
    <message>
        <source>It can be shared once it is on the server.</source>
        <translation>Es kann geteilt werden, sobald es auf dem Server ist.</translation>
    </message>
    <message>
        <source>It cannot be synced. Problems tells why, and what to do.</source>
        <translation>Es kann nicht synchronisiert werden. „Probleme“ zeigt, warum, und was zu tun ist.</translation>
    </message>
    <message>
        <source>It could not be saved: {reason}</source>
        <translation>Es konnte nicht gespeichert werden: {reason}</translation>
    </message>
    <message>
        <source>It does not install itself. You can switch these messages off.</source>
        <translation>Es installiert sich nicht von selbst. Diese Meldungen lassen sich abschalten.</translation>
    </message>
    <message>
        <source>It does not start by itself any more.</source>
        <translation>Es startet nicht mehr von selbst.</translation>
    </message>
    <message>
        <source>It goes with “{name}”: choose there.</source>
        <translation>Es gehört zu „{name}“: wählen Sie dort.</translation>
    </message>
    <message>
        <source>It holds from now on.</source>
        <translation>Gilt ab jetzt.</translation>
    </message>
    <message>
        <source>It is ignored: Lockstep does not sync it.</source>
        <translation>Es ist ignoriert: Lockstep synchronisiert es nicht.</translation>
    </message>
    <message>
        <source>It is not on this device, as you chose.</source>
        <translation>Es ist nicht auf diesem Gerät, wie Sie es gewählt haben.</translation>
    </message>
    <message>
        <source>It is not on this device.</source>
        <translation>Es ist nicht auf diesem Gerät.</translation>
    </message>
    <message>
        <source>It is not there any more</source>
        <translation>Es ist nicht mehr da</translation>
    </message>
    <message>
        <source>It is on its way to the server.</source>
        <translation>Es ist auf dem Weg zum Server.</translation>
    </message>
    <message>
        <source>It is on its way to this device.</source>
        <translation>Es ist auf dem Weg zu diesem Gerät.</translation>
    </message>
    <message>
        <source>It is on this device too.</source>
        <translation>Es ist auch auf diesem Gerät.</translation>
    </message>
    <message>
        <source>It keeps a folder in step on every device you own. Where are your files to be kept?</source>
        <translation>Es hält einen Ordner auf all Ihren Geräten auf gleichem Stand. Wo sollen Ihre Dateien aufbewahrt werden?</translation>
    </message>
    <message>
        <source>It starts when you log in.</source>
        <translation>Startet ab jetzt beim Anmelden.</translation>
    </message>
    <message>
        <source>It stays on the server.</source>
        <translation>Er bleibt auf dem Server.</translation>
    </message>
    <message>
        <source>It uses Qt and PySide under the GNU Lesser General Public License 3.</source>
        <translation>Es benutzt Qt und PySide unter der GNU Lesser General Public License 3.</translation>
    </message>
    <message>
        <source>It waits for another change that was refused. It is compared again by itself.</source>
        <translation>Es wartet auf eine andere Änderung, die abgelehnt wurde. Es wird von selbst neu verglichen.</translation>
    </message>
    <message>
        <source>It waits for its turn.</source>
        <translation>Es wartet, bis es an der Reihe ist.</translation>
    </message>
    <message>
        <source>It was changed here and on {device}. Both versions are kept.</source>
        <translation>Es wurde hier und auf {device} geändert. Beide Versionen sind behalten.</translation>
    </message>
    <message>
        <source>It was changed in two places at once. Both are kept; choose which one stays in Conflicts.</source>
        <translation>Es wurde an zwei Orten zugleich geändert. Beide sind behalten; wählen Sie unter „Konflikte“, welche bleibt.</translation>
    </message>
    <message>
        <source>It was changed in two places at once. Both versions are kept.</source>
        <translation>Es wurde an zwei Orten zugleich geändert. Beide Versionen sind behalten.</translation>
    </message>
    <message>
        <source>It was changed meanwhile, and stays as it is. Look at it, then try again.</source>
        <translation>Es wurde inzwischen geändert und bleibt, wie es ist. Sehen Sie es an, und versuchen Sie es dann noch einmal.</translation>
    </message>
    <message>
        <source>It was heard of last on {time}. What was changed there since is not here.</source>
        <translation>Zuletzt gemeldet hat es sich {time}. Was dort seitdem geändert wurde, ist nicht hier.</translation>
    </message>
    <message>
        <source>Its content was not read back from the store yet; the server does that by itself.</source>
        <translation>Der Inhalt wurde noch nicht aus dem Speicher zurückgelesen; das macht der Server von selbst.</translation>
    </message>
    <message>
        <source>Its folder did not come along from the server. It is looked up again by itself.</source>
        <translation>Der Ordner dazu kam nicht mit vom Server. Er wird von selbst nachgeschlagen.</translation>
    </message>
    <message>
        <source>Its folder was deleted on the server. It is compared again by itself.</source>
        <translation>Der Ordner dazu wurde auf dem Server gelöscht. Es wird von selbst neu verglichen.</translation>
    </message>
    <message>
        <source>Its name</source>
        <translation>Name</translation>
    </message>
    <message>
        <source>Keep both</source>
        <translation>Beide behalten</translation>
    </message>
    <message>
        <source>Keep it as a file of its own</source>
        <translation>Als eigene Datei behalten</translation>
    </message>
    <message>
        <source>Keep it here</source>
        <translation>Hier aufbewahren</translation>
    </message>
    <message>
        <source>Keep it open</source>
        <translation>Offen lassen</translation>
    </message>
    <message>
        <source>Keep link</source>
        <translation>Link behalten</translation>
    </message>
    <message>
        <source>Keep on this device</source>
        <translation>Auf diesem Gerät aufbewahren</translation>
    </message>
    <message>
        <source>Keep the name</source>
        <translation>Namen behalten</translation>
    </message>
    <message>
        <source>Keep the one from {device}</source>
        <translation>Die von {device} behalten</translation>
    </message>
    <message>
        <source>Keep the other one</source>
        <translation>Die andere behalten</translation>
    </message>
    <message>
        <source>Keep the password</source>
        <translation>Passwort behalten</translation>
    </message>
    <message>
        <source>Keep them</source>
        <translation>Behalten</translation>
    </message>
    <message>
        <source>Kept twice</source>
        <translation>Zweimal behalten</translation>
    </message>
    <message>
        <source>Kind</source>
        <translation>Art</translation>
    </message>
    <message>
        <source>L&amp;anguage</source>
        <translation>S&amp;prache</translation>
    </message>
    <message>
        <source>Last day</source>
        <translation>Letzter Tag</translation>
    </message>
    <message>
        <source>Last seen</source>
        <translation>Zuletzt gesehen</translation>
    </message>
    <message>
        <source>Last seen {when}</source>
        <translation>Zuletzt gesehen {when}</translation>
    </message>
    <message>
        <source>Leave as it is</source>
        <translation>Lassen, wie es ist</translation>
    </message>
    <message>
        <source>Leave it as it was</source>
        <translation>Lassen, wie es war</translation>
    </message>
    <message>
        <source>Leave it signed in</source>
        <translation>Angemeldet lassen</translation>
    </message>
    <message>
        <source>Leave them as they were</source>
        <translation>Lassen, wie sie waren</translation>
    </message>
    <message>
        <source>Let go over a folder: these things were found in several.</source>
        <translation>Über einem Ordner loslassen: Diese Einträge wurden in mehreren gefunden.</translation>
    </message>
    <message>
        <source>Let it finish</source>
        <translation>Zu Ende bringen</translation>
    </message>
    <message>
        <source>Licences</source>
        <translation>Lizenzen</translation>
    </message>
    <message>
        <source>Light</source>
        <translation>Hell</translation>
    </message>
    <message>
        <source>Limit &amp;downloads to</source>
        <translation>&amp;Herunterladen begrenzen auf</translation>
    </message>
    <message>
        <source>Limit &amp;uploads to</source>
        <translation>Hoch&amp;laden begrenzen auf</translation>
    </message>
    <message>
        <source>Link copied.</source>
        <translation>Link kopiert.</translation>
    </message>
    <message>
        <source>Link copied. It works in the server’s own network only.</source>
        <translation>Link kopiert. Er gilt nur im eigenen Netz des Servers.</translation>
    </message>
    <message>
        <source>Link copied. It works on this computer only, until the server has a public address.</source>
        <translation>Link kopiert. Er gilt nur auf diesem Computer, bis der Server eine öffentliche Adresse hat.</translation>
    </message>
    <message>
        <source>Link to “{name}”</source>
        <translation>Link zu „{name}“</translation>
    </message>
    <message>
        <source>Links</source>
        <translation>Links</translation>
    </message>
    <message>
        <source>Lockstep</source>
        <translation>Lockstep</translation>
    </message>
    <message>
        <source>Lockstep is free software under the Apache License 2.0.</source>
        <translation>Lockstep ist freie Software unter der Apache License 2.0.</translation>
    </message>
    <message>
        <source>Lockstep is not running</source>
        <translation>Lockstep läuft nicht</translation>
    </message>
    <message>
        <source>Lockstep is not running in the background</source>
        <translation>Lockstep läuft nicht im Hintergrund</translation>
    </message>
    <message>
        <source>Lockstep is not running in the background. Start it again from the tray or the menu.</source>
        <translation>Lockstep läuft nicht im Hintergrund. Starten Sie es wieder, vom Symbol in der Leiste oder vom Menü aus.</translation>
    </message>
    <message>
        <source>Lockstep is not running, so nothing is kept in step.</source>
        <translation>Lockstep läuft nicht, deshalb wird nichts auf gleichem Stand gehalten.</translation>
    </message>
    <message>
        <source>Lockstep is not set up</source>
        <translation>Lockstep ist nicht eingerichtet</translation>
    </message>
    <message>
        <source>Lockstep keeps here what it needs itself, so this is not synced. Leave it as it is.</source>
        <translation>Lockstep bewahrt hier auf, was es selbst braucht; das wird nicht synchronisiert. Lassen Sie es, wie es ist.</translation>
    </message>
    <message>
        <source>Lockstep keeps its own data there. Choose a folder apart from it.</source>
        <translation>Dort bewahrt Lockstep eigene Daten auf. Wählen Sie einen Ordner abseits davon.</translation>
    </message>
    <message>
        <source>Lockstep may not read or write this. Change its permissions; it is tried again by itself.</source>
        <translation>Lockstep darf dies nicht lesen oder schreiben. Ändern Sie die Berechtigungen; es wird von selbst wieder versucht.</translation>
    </message>
    <message>
        <source>Lockstep {version} is out</source>
        <translation>Lockstep {version} ist da</translation>
    </message>
    <message>
        <source>Lockstep’s records are damaged. They are set aside and made anew by comparing; nothing is deleted.</source>
        <translation>Die Aufzeichnungen von Lockstep sind beschädigt. Sie werden beiseitegelegt und durch Vergleichen neu gemacht; nichts wird gelöscht.</translation>
    </message>
    <message>
        <source>Lockstep’s records cannot be used. Check the disk and the permissions of the profile; the files are safe.</source>
        <translation>Die Aufzeichnungen von Lockstep lassen sich nicht benutzen. Prüfen Sie den Datenträger und die Berechtigungen des Profils; die Dateien sind sicher.</translation>
    </message>
    <message>
        <source>Lockstep’s records were made by a newer Lockstep. Update Lockstep; the files are safe.</source>
        <translation>Die Aufzeichnungen von Lockstep stammen von einem neueren Lockstep. Aktualisieren Sie Lockstep; die Dateien sind sicher.</translation>
    </message>
    <message>
        <source>Look</source>
        <translation>Aussehen</translation>
    </message>
    <message numerus="yes">
        <source>Look at %n conflicts…</source>
        <translation><numerusform>%n Konflikt ansehen …</numerusform><numerusform>%n Konflikte ansehen …</numerusform></translation>
    </message>
    <message numerus="yes">
        <source>Look at %n problems…</source>
        <translation><numerusform>%n Problem ansehen …</numerusform><numerusform>%n Probleme ansehen …</numerusform></translation>
    </message>
    <message>
        <source>Look at the deletions</source>
        <translation>Löschungen ansehen</translation>
    </message>
    <message>
        <source>Look at the folder’s settings…</source>
        <translation>Einstellungen des Ordners ansehen …</translation>
    </message>
    <message>
        <source>Look for a part of a name: case and accents do not matter.</source>
        <translation>Suchen Sie nach einem Teil eines Namens: Groß- und Kleinschreibung und Akzente zählen nicht.</translation>
    </message>
    <message>
        <source>Looking for changes</source>
        <translation>Änderungen werden gesucht</translation>
    </message>
    <message>
        <source>Looking for conflicts…</source>
        <translation>Konflikte werden gesucht …</translation>
    </message>
    <message>
        <source>Looking for links…</source>
        <translation>Links werden gesucht …</translation>
    </message>
    <message>
        <source>Looking for versions…</source>
        <translation>Versionen werden gesucht …</translation>
    </message>
    <message>
        <source>Looking for what happened…</source>
        <translation>Geschehenes wird gesucht …</translation>
    </message>
    <message>
        <source>Looking for what was deleted…</source>
        <translation>Gelöschtes wird gesucht …</translation>
    </message>
    <message>
        <source>Looking further back…</source>
        <translation>Es wird weiter zurück gesucht …</translation>
    </message>
    <message>
        <source>Looking into the folder…</source>
        <translation>Der Ordner wird angesehen …</translation>
    </message>
    <message>
        <source>Looking through the folder</source>
        <translation>Der Ordner wird durchgesehen</translation>
    </message>
    <message>
        <source>Looking through the folder…</source>
        <translation>Der Ordner wird durchgesehen …</translation>
    </message>
    <message>
        <source>Looking what is in it…</source>
        <translation>Es wird nachgesehen, was darin ist …</translation>
    </message>
    <message>
        <source>Looking what is there…</source>
        <translation>Es wird nachgesehen, was dort ist …</translation>
    </message>
    <message>
        <source>Looking what the server has…</source>
        <translation>Es wird nachgesehen, was der Server hat …</translation>
    </message>
    <message>
        <source>Looking what would change…</source>
        <translation>Es wird nachgesehen, was sich ändern würde …</translation>
    </message>
    <message>
        <source>Looking whether something is wrong…</source>
        <translation>Es wird nachgesehen, ob etwas nicht stimmt …</translation>
    </message>
    <message>
        <source>Many deletions wait for a decision</source>
        <translation>Viele Löschungen warten auf eine Entscheidung</translation>
    </message>
    <message>
        <source>Menu</source>
        <translation>Menü</translation>
    </message>
    <message>
        <source>More for the version of {when}</source>
        <translation>Mehr zur Version von {when}</translation>
    </message>
    <message>
        <source>More for this link</source>
        <translation>Mehr zu diesem Link</translation>
    </message>
    <message>
        <source>More for what is chosen</source>
        <translation>Mehr zu dem, was ausgewählt ist</translation>
    </message>
    <message>
        <source>Most that is downloaded</source>
        <translation>Höchstens heruntergeladen</translation>
    </message>
    <message>
        <source>Most that is uploaded</source>
        <translation>Höchstens hochgeladen</translation>
    </message>
    <message>
        <source>Moved</source>
        <translation>Verschoben</translation>
    </message>
    <message numerus="yes">
        <source>Moved %n items to “{name}”.</source>
        <translation><numerusform>%n Eintrag nach „{name}“ verschoben.</numerusform><numerusform>%n Einträge nach „{name}“ verschoben.</numerusform></translation>
    </message>
    <message>
        <source>Moved back.</source>
        <translation>Zurück verschoben.</translation>
    </message>
    <message>
        <source>Moved elsewhere</source>
        <translation>Anderswo verschoben</translation>
    </message>
    <message>
        <source>Moved here</source>
        <translation>Hier verschoben</translation>
    </message>
    <message>
        <source>Name</source>
        <translation>Name</translation>
    </message>
    <message>
        <source>Needs you</source>
        <translation>Braucht Ihre Hilfe</translation>
    </message>
    <message>
        <source>Network</source>
        <translation>Netzwerk</translation>
    </message>
    <message>
        <source>Never</source>
        <translation>Nie</translation>
    </message>
    <message>
        <source>New folder</source>
        <translation>Neuer Ordner</translation>
    </message>
    <message>
        <source>New link</source>
        <translation>Neuer Link</translation>
    </message>
    <message>
        <source>New name</source>
        <translation>Neuer Name</translation>
    </message>
    <message>
        <source>New password</source>
        <translation>Neues Passwort</translation>
    </message>
    <message>
        <source>New version arrived</source>
        <translation>Neue Version gekommen</translation>
    </message>
    <message>
        <source>New versions</source>
        <translation>Neue Versionen</translation>
    </message>
    <message>
        <source>No Lockstep server answers at this address. Check it.</source>
        <translation>Unter dieser Adresse antwortet kein Lockstep-Server. Prüfen Sie sie.</translation>
    </message>
    <message>
        <source>No conflicts</source>
        <translation>Keine Konflikte</translation>
    </message>
    <message>
        <source>No link leads here yet. Whoever gets one can download this, without an account.</source>
        <translation>Noch führt kein Link hierher. Wer einen bekommt, kann dies herunterladen, ohne Konto.</translation>
    </message>
    <message>
        <source>No other device has said that it has it as it is now.</source>
        <translation>Kein anderes Gerät hat gemeldet, dass es den jetzigen Stand hat.</translation>
    </message>
    <message>
        <source>No problems</source>
        <translation>Keine Probleme</translation>
    </message>
    <message>
        <source>Not all of it yet</source>
        <translation>Noch nicht alles davon</translation>
    </message>
    <message>
        <source>Not kept</source>
        <translation>Nicht mehr da</translation>
    </message>
    <message>
        <source>Not on the server</source>
        <translation>Nicht auf dem Server</translation>
    </message>
    <message>
        <source>Not on this device</source>
        <translation>Nicht auf diesem Gerät</translation>
    </message>
    <message>
        <source>Not on this device. {size} would be downloaded to show it.</source>
        <translation>Nicht auf diesem Gerät. Um es zu zeigen, würden {size} heruntergeladen.</translation>
    </message>
    <message>
        <source>Not safe</source>
        <translation>Nicht sicher</translation>
    </message>
    <message>
        <source>Not safe yet</source>
        <translation>Noch nicht sicher</translation>
    </message>
    <message>
        <source>Not synced</source>
        <translation>Nicht synchronisiert</translation>
    </message>
    <message>
        <source>Not yet</source>
        <translation>Noch nicht</translation>
    </message>
    <message>
        <source>Nothing answers at this address. Check it, and your network.</source>
        <translation>Unter dieser Adresse antwortet nichts. Prüfen Sie sie und Ihr Netzwerk.</translation>
    </message>
    <message>
        <source>Nothing chosen</source>
        <translation>Nichts ausgewählt</translation>
    </message>
    <message>
        <source>Nothing deleted has “{text}” in its name</source>
        <translation>Nichts Gelöschtes hat „{text}“ im Namen</translation>
    </message>
    <message>
        <source>Nothing differs.</source>
        <translation>Nichts ist anders.</translation>
    </message>
    <message>
        <source>Nothing else is needed. Every version is kept; more devices can join later.</source>
        <translation>Mehr braucht es nicht. Jede Version wird aufbewahrt; weitere Geräte können später dazukommen.</translation>
    </message>
    <message>
        <source>Nothing has happened here yet</source>
        <translation>Hier ist noch nichts geschehen</translation>
    </message>
    <message>
        <source>Nothing has happened yet</source>
        <translation>Es ist noch nichts geschehen</translation>
    </message>
    <message>
        <source>Nothing is called “{text}”</source>
        <translation>Nichts heißt „{text}“</translation>
    </message>
    <message>
        <source>Nothing is deleted anywhere else until you decide.</source>
        <translation>Anderswo wird nichts gelöscht, bevor Sie entscheiden.</translation>
    </message>
    <message>
        <source>Nothing is deleted anywhere else until you say so. What is deleted can be restored for a while.</source>
        <translation>Anderswo wird nichts gelöscht, bevor Sie es sagen. Was gelöscht ist, lässt sich eine Zeit lang wiederherstellen.</translation>
    </message>
    <message>
        <source>Nothing is deleted here until you say so. What you keep goes to the server and all devices again.</source>
        <translation>Hier wird nichts gelöscht, bevor Sie es sagen. Was Sie behalten, geht wieder auf den Server und alle Geräte.</translation>
    </message>
    <message>
        <source>Nothing is deleted on this device until you decide.</source>
        <translation>Auf diesem Gerät wird nichts gelöscht, bevor Sie entscheiden.</translation>
    </message>
    <message>
        <source>Nothing is moving.</source>
        <translation>Nichts wird übertragen.</translation>
    </message>
    <message>
        <source>Nothing is moving. Everything is in step.</source>
        <translation>Nichts wird übertragen. Alles ist auf gleichem Stand.</translation>
    </message>
    <message>
        <source>Nothing is shared</source>
        <translation>Nichts ist geteilt</translation>
    </message>
    <message>
        <source>Nothing is synced at the moment</source>
        <translation>Zurzeit wird nichts synchronisiert</translation>
    </message>
    <message>
        <source>Nothing of that kind has happened</source>
        <translation>Nichts dieser Art ist geschehen</translation>
    </message>
    <message>
        <source>Nothing was deleted</source>
        <translation>Nichts wurde gelöscht</translation>
    </message>
    <message>
        <source>Nothing was done: not everything in the folder had been loaded.</source>
        <translation>Nichts wurde getan: Noch nicht alles in dem Ordner war geladen.</translation>
    </message>
    <message>
        <source>Nothing was done: what waits for you has changed meanwhile. Look at it again.</source>
        <translation>Nichts ist geschehen: Was auf Sie wartet, hat sich inzwischen geändert. Sehen Sie es noch einmal an.</translation>
    </message>
    <message>
        <source>Now</source>
        <translation>Jetzt</translation>
    </message>
    <message>
        <source>Offline</source>
        <translation>Offline</translation>
    </message>
    <message>
        <source>Old versions are thinned out after a while. Of this one only the time is still known.</source>
        <translation>Alte Versionen werden nach einer Weile ausgedünnt. Von dieser ist nur noch die Zeit bekannt.</translation>
    </message>
    <message>
        <source>On</source>
        <translation>Auf</translation>
    </message>
    <message>
        <source>On &amp;this computer</source>
        <translation>Auf &amp;diesem Computer</translation>
    </message>
    <message>
        <source>On a &amp;server</source>
        <translation>Auf einem &amp;Server</translation>
    </message>
    <message>
        <source>On a day…</source>
        <translation>An einem Tag …</translation>
    </message>
    <message>
        <source>On the server</source>
        <translation>Auf dem Server</translation>
    </message>
    <message>
        <source>On the server since</source>
        <translation>Auf dem Server seit</translation>
    </message>
    <message>
        <source>On the server since {when}.</source>
        <translation>Auf dem Server seit {when}.</translation>
    </message>
    <message>
        <source>On the server, not checked yet</source>
        <translation>Auf dem Server, noch nicht geprüft</translation>
    </message>
    <message>
        <source>On this device</source>
        <translation>Auf diesem Gerät</translation>
    </message>
    <message>
        <source>On this device only</source>
        <translation>Nur auf diesem Gerät</translation>
    </message>
    <message>
        <source>On this disk</source>
        <translation>Auf diesem Datenträger</translation>
    </message>
    <message>
        <source>On {devices}.</source>
        <translation>Auf {devices}.</translation>
    </message>
    <message>
        <source>One file at most</source>
        <translation>Eine Datei höchstens</translation>
    </message>
    <message>
        <source>One pattern per line, such as *.iso or build/. They apply on all devices of the account. What is synced already goes on being synced.</source>
        <translation>Ein Muster je Zeile, zum Beispiel *.iso oder build/. Sie gelten auf allen Geräten des Kontos. Was schon synchronisiert ist, wird weiter synchronisiert.</translation>
    </message>
    <message>
        <source>Only the version is asked for. Nothing is downloaded or installed.</source>
        <translation>Es wird nur nach der Version gefragt. Nichts wird heruntergeladen oder installiert.</translation>
    </message>
    <message>
        <source>Open</source>
        <translation>Öffnen</translation>
    </message>
    <message>
        <source>Open Lockstep</source>
        <translation>Lockstep öffnen</translation>
    </message>
    <message>
        <source>Open Lockstep on the other device, choose “On a server”, and type:</source>
        <translation>Öffnen Sie Lockstep auf dem anderen Gerät, wählen Sie „Auf einem Server“, und geben Sie ein:</translation>
    </message>
    <message>
        <source>Open folder</source>
        <translation>Ordner öffnen</translation>
    </message>
    <message>
        <source>Open in the browser</source>
        <translation>Im Browser öffnen</translation>
    </message>
    <message>
        <source>Open preferences…</source>
        <translation>Einstellungen öffnen …</translation>
    </message>
    <message>
        <source>Open the version of {when}</source>
        <translation>Version von {when} öffnen</translation>
    </message>
    <message>
        <source>Opening “{name}”…</source>
        <translation>„{name}“ wird geöffnet …</translation>
    </message>
    <message>
        <source>Or as it was at</source>
        <translation>Oder wie es war um</translation>
    </message>
    <message>
        <source>Other files are still being copied. Wait for them, or stop that.</source>
        <translation>Es werden noch andere Dateien kopiert. Warten Sie auf sie, oder brechen Sie das ab.</translation>
    </message>
    <message>
        <source>Others can &amp;add files, but not see what is there</source>
        <translation>Andere können Dateien &amp;hinzufügen, sehen aber nicht, was da ist</translation>
    </message>
    <message>
        <source>Others can &amp;download it</source>
        <translation>Andere können es &amp;herunterladen</translation>
    </message>
    <message>
        <source>Others changed this first. It is compared again by itself.</source>
        <translation>Andere haben es zuerst geändert. Es wird von selbst neu verglichen.</translation>
    </message>
    <message>
        <source>Others on the way could read what is sent to this address.</source>
        <translation>Andere könnten unterwegs mitlesen, was an diese Adresse gesendet wird.</translation>
    </message>
    <message>
        <source>Others on the way could read what is sent to this address. Use one with https.</source>
        <translation>Andere könnten unterwegs mitlesen, was an diese Adresse gesendet wird. Benutzen Sie eine mit https.</translation>
    </message>
    <message>
        <source>PDF document</source>
        <translation>PDF-Dokument</translation>
    </message>
    <message>
        <source>Password</source>
        <translation>Passwort</translation>
    </message>
    <message>
        <source>Password copied.</source>
        <translation>Passwort kopiert.</translation>
    </message>
    <message>
        <source>Password of the account</source>
        <translation>Passwort des Kontos</translation>
    </message>
    <message>
        <source>Paste</source>
        <translation>Einfügen</translation>
    </message>
    <message>
        <source>Patterns</source>
        <translation>Muster</translation>
    </message>
    <message>
        <source>Pause</source>
        <translation>Anhalten</translation>
    </message>
    <message>
        <source>Pause link</source>
        <translation>Link anhalten</translation>
    </message>
    <message>
        <source>Paused</source>
        <translation>Abgebrochen</translation>
    </message>
    <message>
        <source>Paused until {time}</source>
        <translation>Angehalten bis {time}</translation>
    </message>
    <message>
        <source>Paused. Changes wait here until you resume.</source>
        <translation>Angehalten. Änderungen warten hier, bis Sie fortsetzen.</translation>
    </message>
    <message>
        <source>Paused: nothing moves until it is resumed.</source>
        <translation>Angehalten: nichts wird übertragen, bis Sie fortsetzen.</translation>
    </message>
    <message>
        <source>Permission changed</source>
        <translation>Berechtigung geändert</translation>
    </message>
    <message>
        <source>Permission changed elsewhere</source>
        <translation>Berechtigung anderswo geändert</translation>
    </message>
    <message>
        <source>Permission changed here</source>
        <translation>Berechtigung hier geändert</translation>
    </message>
    <message>
        <source>Phones and all others need a Lockstep server with an address of its own, on a computer that is always on. Once you or somebody you know runs one, sign in to it on each device, also on this one.</source>
        <translation>Telefone und alle anderen brauchen einen Lockstep-Server mit eigener Adresse auf einem Computer, der immer läuft. Sobald Sie oder jemand, den Sie kennen, einen betreibt, melden Sie sich auf jedem Gerät dort an, auch auf diesem.</translation>
    </message>
    <message>
        <source>Preferences</source>
        <translation>Einstellungen</translation>
    </message>
    <message>
        <source>Preferences…</source>
        <translation>Einstellungen …</translation>
    </message>
    <message>
        <source>Preview</source>
        <translation>Vorschau</translation>
    </message>
    <message>
        <source>Preview being downloaded</source>
        <translation>Vorschau wird heruntergeladen</translation>
    </message>
    <message>
        <source>Problem</source>
        <translation>Problem</translation>
    </message>
    <message>
        <source>Problems</source>
        <translation>Probleme</translation>
    </message>
    <message>
        <source>Programs make files of such a name for themselves, so they are not synced. Rename it to have it synced.</source>
        <translation>Programme legen Dateien mit solchen Namen für sich selbst an, deshalb werden sie nicht synchronisiert. Benennen Sie sie um, damit sie synchronisiert werden.</translation>
    </message>
    <message>
        <source>Progress</source>
        <translation>Fortschritt</translation>
    </message>
    <message>
        <source>Properties</source>
        <translation>Eigenschaften</translation>
    </message>
    <message>
        <source>Proxy</source>
        <translation>Proxy</translation>
    </message>
    <message>
        <source>Put into the trash.</source>
        <translation>In den Papierkorb gelegt.</translation>
    </message>
    <message>
        <source>Qt</source>
        <translation>Qt</translation>
    </message>
    <message>
        <source>Quit</source>
        <translation>Beenden</translation>
    </message>
    <message>
        <source>Quit Lockstep</source>
        <translation>Lockstep beenden</translation>
    </message>
    <message>
        <source>Quit, and go on syncing</source>
        <translation>Beenden und weiter synchronisieren</translation>
    </message>
    <message>
        <source>Recent files</source>
        <translation>Zuletzt benutzte Dateien</translation>
    </message>
    <message>
        <source>Records made anew</source>
        <translation>Aufzeichnungen neu gemacht</translation>
    </message>
    <message>
        <source>Refresh</source>
        <translation>Aktualisieren</translation>
    </message>
    <message>
        <source>Rename</source>
        <translation>Umbenennen</translation>
    </message>
    <message>
        <source>Renamed</source>
        <translation>Umbenannt</translation>
    </message>
    <message>
        <source>Rename…</source>
        <translation>Umbenennen …</translation>
    </message>
    <message>
        <source>Restart Lockstep to see it in this language. Your files go on being synced meanwhile.</source>
        <translation>Starten Sie Lockstep neu, um es in dieser Sprache zu sehen. Ihre Dateien werden inzwischen weiter synchronisiert.</translation>
    </message>
    <message>
        <source>Restart now</source>
        <translation>Jetzt neu starten</translation>
    </message>
    <message>
        <source>Restore</source>
        <translation>Wiederherstellen</translation>
    </message>
    <message numerus="yes">
        <source>Restore %n items</source>
        <translation><numerusform>%n Eintrag wiederherstellen</numerusform><numerusform>%n Einträge wiederherstellen</numerusform></translation>
    </message>
    <message>
        <source>Restore the version of {when}</source>
        <translation>Version von {when} wiederherstellen</translation>
    </message>
    <message>
        <source>Restoring</source>
        <translation>Wird wiederhergestellt</translation>
    </message>
    <message>
        <source>Resume</source>
        <translation>Fortsetzen</translation>
    </message>
    <message>
        <source>Resume link</source>
        <translation>Link wieder aufnehmen</translation>
    </message>
    <message>
        <source>Retry</source>
        <translation>Erneut versuchen</translation>
    </message>
    <message>
        <source>Retry {name}</source>
        <translation>{name} erneut versuchen</translation>
    </message>
    <message>
        <source>Rewind {name}</source>
        <translation>{name} zurückdrehen</translation>
    </message>
    <message>
        <source>Rewind {name} to {moment}</source>
        <translation>{name} auf {moment} zurückdrehen</translation>
    </message>
    <message>
        <source>Rewinding…</source>
        <translation>Wird zurückgedreht …</translation>
    </message>
    <message>
        <source>Rewind…</source>
        <translation>Zurückdrehen …</translation>
    </message>
    <message>
        <source>Room</source>
        <translation>Platz</translation>
    </message>
    <message>
        <source>S&amp;hare this version…</source>
        <translation>Diese Version &amp;teilen …</translation>
    </message>
    <message>
        <source>Safe</source>
        <translation>Sicher</translation>
    </message>
    <message>
        <source>Same as the system</source>
        <translation>Wie im System</translation>
    </message>
    <message>
        <source>Save the support bundle</source>
        <translation>Supportpaket speichern</translation>
    </message>
    <message>
        <source>Save this version</source>
        <translation>Diese Version speichern</translation>
    </message>
    <message>
        <source>Saved as “{name}”.</source>
        <translation>Gespeichert als „{name}“.</translation>
    </message>
    <message>
        <source>Saved. They hold from now on.</source>
        <translation>Gespeichert. Sie gelten ab jetzt.</translation>
    </message>
    <message>
        <source>Saving “{name}”…</source>
        <translation>„{name}“ wird gespeichert …</translation>
    </message>
    <message>
        <source>Search all files</source>
        <translation>Alle Dateien durchsuchen</translation>
    </message>
    <message>
        <source>Search deleted files</source>
        <translation>Gelöschte Dateien durchsuchen</translation>
    </message>
    <message>
        <source>Search links</source>
        <translation>Links durchsuchen</translation>
    </message>
    <message>
        <source>Searching…</source>
        <translation>Es wird gesucht …</translation>
    </message>
    <message>
        <source>Second</source>
        <translation>Zweite</translation>
    </message>
    <message>
        <source>Sections</source>
        <translation>Abschnitte</translation>
    </message>
    <message>
        <source>See the devices</source>
        <translation>Geräte ansehen</translation>
    </message>
    <message>
        <source>See what to do</source>
        <translation>Ansehen, was zu tun ist</translation>
    </message>
    <message>
        <source>See what would change</source>
        <translation>Ansehen, was sich ändern würde</translation>
    </message>
    <message>
        <source>Server</source>
        <translation>Server</translation>
    </message>
    <message>
        <source>Set this password</source>
        <translation>Dieses Passwort setzen</translation>
    </message>
    <message>
        <source>Set up Lockstep…</source>
        <translation>Lockstep einrichten…</translation>
    </message>
    <message>
        <source>Setting the password…</source>
        <translation>Das Passwort wird gesetzt…</translation>
    </message>
    <message>
        <source>Setting up</source>
        <translation>Einrichten</translation>
    </message>
    <message>
        <source>Share</source>
        <translation>Teilen</translation>
    </message>
    <message>
        <source>Share “{name}”</source>
        <translation>„{name}“ teilen</translation>
    </message>
    <message>
        <source>Share “{name}” as it was {when}</source>
        <translation>„{name}“ teilen, wie es {when} war</translation>
    </message>
    <message>
        <source>Shared</source>
        <translation>Geteilt</translation>
    </message>
    <message>
        <source>Share…</source>
        <translation>Teilen …</translation>
    </message>
    <message>
        <source>Sharing</source>
        <translation>Teilen</translation>
    </message>
    <message>
        <source>Show</source>
        <translation>Zeigen</translation>
    </message>
    <message numerus="yes">
        <source>Show %n more</source>
        <translation><numerusform>%n weiteren zeigen</numerusform><numerusform>%n weitere zeigen</numerusform></translation>
    </message>
    <message>
        <source>Show &amp;theirs</source>
        <translation>&amp;Die anderen zeigen</translation>
    </message>
    <message>
        <source>Show all</source>
        <translation>Alle zeigen</translation>
    </message>
    <message>
        <source>Show as gallery</source>
        <translation>Als Galerie zeigen</translation>
    </message>
    <message>
        <source>Show as list</source>
        <translation>Als Liste zeigen</translation>
    </message>
    <message>
        <source>Show in &amp;files</source>
        <translation>In den &amp;Dateien zeigen</translation>
    </message>
    <message>
        <source>Show in Lockstep</source>
        <translation>In Lockstep zeigen</translation>
    </message>
    <message>
        <source>Show in file manager</source>
        <translation>Im Dateimanager zeigen</translation>
    </message>
    <message>
        <source>Show in files</source>
        <translation>In den Dateien zeigen</translation>
    </message>
    <message>
        <source>Show older versions</source>
        <translation>Ältere Versionen zeigen</translation>
    </message>
    <message>
        <source>Show patterns…</source>
        <translation>Muster zeigen …</translation>
    </message>
    <message>
        <source>Show preview</source>
        <translation>Vorschau zeigen</translation>
    </message>
    <message>
        <source>Show properties</source>
        <translation>Eigenschaften zeigen</translation>
    </message>
    <message>
        <source>Show the log…</source>
        <translation>Protokoll zeigen …</translation>
    </message>
    <message>
        <source>Show the password</source>
        <translation>Passwort zeigen</translation>
    </message>
    <message>
        <source>Show them</source>
        <translation>Zeigen</translation>
    </message>
    <message>
        <source>Show transfers</source>
        <translation>Übertragungen zeigen</translation>
    </message>
    <message>
        <source>Show what is wrong</source>
        <translation>Zeigen, was nicht stimmt</translation>
    </message>
    <message>
        <source>Show {name}</source>
        <translation>{name} zeigen</translation>
    </message>
    <message>
        <source>Sign in</source>
        <translation>Anmelden</translation>
    </message>
    <message>
        <source>Sign in again</source>
        <translation>Wieder anmelden</translation>
    </message>
    <message>
        <source>Sign in again…</source>
        <translation>Wieder anmelden …</translation>
    </message>
    <message>
        <source>Sign out {name}</source>
        <translation>{name} abmelden</translation>
    </message>
    <message>
        <source>Signed out</source>
        <translation>Abgemeldet</translation>
    </message>
    <message>
        <source>Signing in…</source>
        <translation>Anmeldung läuft …</translation>
    </message>
    <message>
        <source>Size</source>
        <translation>Größe</translation>
    </message>
    <message>
        <source>Sockets, pipes, devices and other mounts are not synced. Move it out, or leave it: nothing waits for it.</source>
        <translation>Sockets, Pipes, Geräte und andere Einhängepunkte werden nicht synchronisiert. Verschieben Sie es nach außerhalb, oder lassen Sie es: nichts wartet darauf.</translation>
    </message>
    <message>
        <source>Some changes wait for others that do not come. Nothing was lost; try them again.</source>
        <translation>Einige Änderungen warten auf andere, die nicht kommen. Nichts ging verloren; versuchen Sie es noch einmal.</translation>
    </message>
    <message>
        <source>Some of this could not be done. Look at it again, and continue.</source>
        <translation>Einiges davon ließ sich nicht machen. Sehen Sie es noch einmal durch, und gehen Sie weiter.</translation>
    </message>
    <message>
        <source>Something answers at this address, but it is no Lockstep server. Check the address.</source>
        <translation>Unter dieser Adresse antwortet etwas, aber kein Lockstep-Server. Prüfen Sie die Adresse.</translation>
    </message>
    <message>
        <source>Something cannot be synced without me</source>
        <translation>Etwas kann ohne mich nicht synchronisiert werden</translation>
    </message>
    <message>
        <source>Something else has this name on the server. It is compared again by itself.</source>
        <translation>Auf dem Server hat etwas anderes diesen Namen. Es wird von selbst neu verglichen.</translation>
    </message>
    <message>
        <source>Something in this folder still waits to be synced.</source>
        <translation>Etwas in diesem Ordner wartet noch darauf, synchronisiert zu werden.</translation>
    </message>
    <message>
        <source>Something needs you before everything is in step.</source>
        <translation>Etwas braucht Sie, bevor alles auf gleichem Stand ist.</translation>
    </message>
    <message>
        <source>Something needs you.</source>
        <translation>Etwas braucht Sie.</translation>
    </message>
    <message>
        <source>Something that is not kept on this device has this name. Rename this one, or keep the other here again.</source>
        <translation>Etwas, das nicht auf diesem Gerät aufbewahrt wird, hat diesen Namen. Benennen Sie dieses um, oder bewahren Sie das andere wieder hier auf.</translation>
    </message>
    <message>
        <source>Something that is not synced has this name here. Rename it, and the other comes.</source>
        <translation>Etwas, das nicht synchronisiert wird, hat hier diesen Namen. Benennen Sie es um, dann kommt das andere.</translation>
    </message>
    <message>
        <source>Something went wrong inside Lockstep. Nothing was lost; try again.</source>
        <translation>In Lockstep ist etwas schiefgegangen. Nichts ging verloren; versuchen Sie es noch einmal.</translation>
    </message>
    <message>
        <source>Speed</source>
        <translation>Geschwindigkeit</translation>
    </message>
    <message>
        <source>Start Lockstep</source>
        <translation>Lockstep starten</translation>
    </message>
    <message>
        <source>Start Lockstep when I &amp;log in</source>
        <translation>Lockstep beim &amp;Anmelden starten</translation>
    </message>
    <message>
        <source>Start syncing</source>
        <translation>Synchronisieren starten</translation>
    </message>
    <message>
        <source>Starting the server of this computer…</source>
        <translation>Der Server dieses Computers wird gestartet …</translation>
    </message>
    <message>
        <source>Starting…</source>
        <translation>Wird gestartet …</translation>
    </message>
    <message>
        <source>State</source>
        <translation>Zustand</translation>
    </message>
    <message>
        <source>Stay here</source>
        <translation>Hier bleiben</translation>
    </message>
    <message>
        <source>Stop</source>
        <translation>Abbrechen</translation>
    </message>
    <message>
        <source>Stop copying</source>
        <translation>Kopieren abbrechen</translation>
    </message>
    <message>
        <source>Stop deleting</source>
        <translation>Löschen abbrechen</translation>
    </message>
    <message>
        <source>Stop it and quit</source>
        <translation>Abbrechen und beenden</translation>
    </message>
    <message>
        <source>Stop it and restart</source>
        <translation>Abbrechen und neu starten</translation>
    </message>
    <message>
        <source>Stop restoring</source>
        <translation>Wiederherstellen abbrechen</translation>
    </message>
    <message>
        <source>Stop {name}</source>
        <translation>{name}: Übertragung abbrechen</translation>
    </message>
    <message>
        <source>Stopped</source>
        <translation>Abgebrochen</translation>
    </message>
    <message>
        <source>Stopped or failed</source>
        <translation>Abgebrochen oder fehlgeschlagen</translation>
    </message>
    <message>
        <source>Stopped. Nothing was changed.</source>
        <translation>Abgebrochen. Nichts wurde geändert.</translation>
    </message>
    <message>
        <source>Stored</source>
        <translation>Gespeichert</translation>
    </message>
    <message>
        <source>Suggest one</source>
        <translation>Vorschlagen</translation>
    </message>
    <message>
        <source>Support bundle</source>
        <translation>Supportpaket</translation>
    </message>
    <message>
        <source>Symbolic link</source>
        <translation>Symbolische Verknüpfung</translation>
    </message>
    <message>
        <source>Syncing</source>
        <translation>Wird synchronisiert</translation>
    </message>
    <message numerus="yes">
        <source>Syncing %n files</source>
        <translation><numerusform>%n Datei wird synchronisiert</numerusform><numerusform>%n Dateien werden synchronisiert</numerusform></translation>
    </message>
    <message>
        <source>Syncing goes on in the background without tray and window. To stop that as well, pause it first.</source>
        <translation>Das Synchronisieren geht im Hintergrund weiter, ohne Symbol und Fenster. Um auch das zu beenden, halten Sie es zuerst an.</translation>
    </message>
    <message>
        <source>Syncing has stopped</source>
        <translation>Das Synchronisieren steht still</translation>
    </message>
    <message numerus="yes">
        <source>Take %n folders off this device</source>
        <translation><numerusform>%n Ordner von diesem Gerät nehmen</numerusform><numerusform>%n Ordner von diesem Gerät nehmen</numerusform></translation>
    </message>
    <message>
        <source>Take off and bring these folders</source>
        <translation>Diese Ordner wegnehmen und holen</translation>
    </message>
    <message numerus="yes">
        <source>Taking back %n items</source>
        <translation><numerusform>%n Eintrag wird zurückgeholt</numerusform><numerusform>%n Einträge werden zurückgeholt</numerusform></translation>
    </message>
    <message>
        <source>Tell me when</source>
        <translation>Benachrichtigen, wenn</translation>
    </message>
    <message>
        <source>Tell the password by another way than the link:</source>
        <translation>Sagen Sie das Passwort auf anderem Weg weiter als den Link:</translation>
    </message>
    <message>
        <source>Text</source>
        <translation>Text</translation>
    </message>
    <message>
        <source>Text on this computer has another size now. Restart Lockstep to have it here too.</source>
        <translation>Text hat auf diesem Computer jetzt eine andere Größe. Starten Sie Lockstep neu, damit das auch hier gilt.</translation>
    </message>
    <message>
        <source>That cannot be done this way. Change it and try again.</source>
        <translation>Das geht so nicht. Ändern Sie es, und versuchen Sie es noch einmal.</translation>
    </message>
    <message>
        <source>That could not be done</source>
        <translation>Das ließ sich nicht machen</translation>
    </message>
    <message>
        <source>That day is over. Choose a later one.</source>
        <translation>Dieser Tag ist vorbei. Wählen Sie einen späteren.</translation>
    </message>
    <message>
        <source>That did not work: {reason}</source>
        <translation>Das hat nicht geklappt: {reason}</translation>
    </message>
    <message>
        <source>That is more than the server takes at once. Update Lockstep; nothing was lost.</source>
        <translation>Das ist mehr, als der Server auf einmal nimmt. Aktualisieren Sie Lockstep; nichts ging verloren.</translation>
    </message>
    <message>
        <source>That profile is gone: take the folder over</source>
        <translation>Dieses Profil gibt es nicht mehr: Ordner übernehmen</translation>
    </message>
    <message>
        <source>The account’s password was made up for this computer. Choose one that you know. Devices and browsers that are signed in have to sign in again, except this one; their files stay.</source>
        <translation>Das Passwort des Kontos wurde für diesen Computer ausgedacht. Wählen Sie eines, das Sie kennen. Angemeldete Geräte und Browser außer diesem müssen sich dann neu anmelden; ihre Dateien bleiben.</translation>
    </message>
    <message>
        <source>The answer could not be read. Something lies between, such as a proxy or a page to sign in to a network; changes wait here until it can.</source>
        <translation>Die Antwort ließ sich nicht lesen. Etwas liegt dazwischen, zum Beispiel ein Proxy oder eine Anmeldeseite des Netzwerks; Änderungen warten hier so lange.</translation>
    </message>
    <message>
        <source>The code is wrong or was used already. Wait for the next one, or use a recovery code.</source>
        <translation>Der Code ist falsch oder wurde schon benutzt. Warten Sie auf den nächsten, oder benutzen Sie einen Wiederherstellungscode.</translation>
    </message>
    <message>
        <source>The disk is full. Free some space; everything else goes on, and this is tried again by itself.</source>
        <translation>Der Datenträger ist voll. Schaffen Sie Platz; alles andere geht weiter, und dies wird von selbst wieder versucht.</translation>
    </message>
    <message>
        <source>The disk is full. “{name}” was left as it is.</source>
        <translation>Der Datenträger ist voll. „{name}“ blieb, wie es war.</translation>
    </message>
    <message>
        <source>The disk reported an error. Check the disk; nothing was deleted.</source>
        <translation>Der Datenträger meldet einen Fehler. Prüfen Sie ihn; nichts wurde gelöscht.</translation>
    </message>
    <message>
        <source>The disk that holds Lockstep’s records is full. Free some space; nothing was lost.</source>
        <translation>Der Datenträger mit den Aufzeichnungen von Lockstep ist voll. Schaffen Sie Platz; nichts ging verloren.</translation>
    </message>
    <message>
        <source>The file cannot be read.</source>
        <translation>Die Datei kann nicht gelesen werden.</translation>
    </message>
    <message>
        <source>The file has too many lines to be compared. Open both versions instead.</source>
        <translation>Die Datei hat zu viele Zeilen zum Vergleichen. Öffnen Sie stattdessen beide Versionen.</translation>
    </message>
    <message>
        <source>The file is too large to be compared line by line. Open both versions instead.</source>
        <translation>Die Datei ist zu groß, um sie Zeile für Zeile zu vergleichen. Öffnen Sie stattdessen beide Versionen.</translation>
    </message>
    <message>
        <source>The file under its own name is not there any more.</source>
        <translation>Die Datei unter dem eigentlichen Namen ist nicht mehr da.</translation>
    </message>
    <message numerus="yes">
        <source>The first %n found, there are more</source>
        <translation><numerusform>Der erste %n Treffer, es gibt mehr</numerusform><numerusform>Die ersten %n Treffer, es gibt mehr</numerusform></translation>
    </message>
    <message>
        <source>The folder cannot be watched, so changes are looked for every 30 seconds. The log tells why.</source>
        <translation>Der Ordner kann nicht beobachtet werden, deshalb wird alle 30 Sekunden nach Änderungen gesehen. Das Protokoll sagt, warum.</translation>
    </message>
    <message>
        <source>The folder does not carry this device’s mark. Mount the right one, or set this device up again; nothing was deleted.</source>
        <translation>Der Ordner trägt nicht die Markierung dieses Geräts. Hängen Sie den richtigen ein, oder richten Sie dieses Gerät neu ein; nichts wurde gelöscht.</translation>
    </message>
    <message>
        <source>The folder is empty.</source>
        <translation>Der Ordner ist leer.</translation>
    </message>
    <message>
        <source>The folder is made.</source>
        <translation>Der Ordner wird angelegt.</translation>
    </message>
    <message>
        <source>The link</source>
        <translation>Der Link</translation>
    </message>
    <message>
        <source>The link has changed.</source>
        <translation>Der Link hat sich geändert.</translation>
    </message>
    <message>
        <source>The link is kept as a link; what it points to is synced only if it is in the folder too.</source>
        <translation>Die Verknüpfung bleibt eine Verknüpfung; worauf sie zeigt, wird nur synchronisiert, wenn es auch im Ordner ist.</translation>
    </message>
    <message>
        <source>The link is made and copied.</source>
        <translation>Der Link ist angelegt und kopiert.</translation>
    </message>
    <message>
        <source>The link is paused: it leads to nothing until you resume it.</source>
        <translation>Der Link ist angehalten: er führt zu nichts, bis Sie ihn wieder aufnehmen.</translation>
    </message>
    <message>
        <source>The link is withdrawn. It leads to nothing any more.</source>
        <translation>Der Link ist zurückgezogen. Er führt zu nichts mehr.</translation>
    </message>
    <message>
        <source>The link works again.</source>
        <translation>Der Link gilt wieder.</translation>
    </message>
    <message>
        <source>The links cannot be shown now</source>
        <translation>Die Links lassen sich jetzt nicht zeigen</translation>
    </message>
    <message>
        <source>The name “{name}” is too long for this disk.</source>
        <translation>Der Name „{name}“ ist zu lang für diesen Datenträger.</translation>
    </message>
    <message>
        <source>The new folder is gone again.</source>
        <translation>Der neue Ordner ist wieder weg.</translation>
    </message>
    <message>
        <source>The password is changed. Other devices have to sign in again.</source>
        <translation>Das Passwort ist geändert. Andere Geräte müssen sich neu anmelden.</translation>
    </message>
    <message>
        <source>The password is set.</source>
        <translation>Das Passwort ist gesetzt.</translation>
    </message>
    <message>
        <source>The password is wrong. Try again.</source>
        <translation>Das Passwort stimmt nicht. Versuchen Sie es noch einmal.</translation>
    </message>
    <message>
        <source>The password was changed elsewhere, by somebody who knows it. Sign in with that one.</source>
        <translation>Das Passwort wurde anderswo geändert, von jemandem, der es kennt. Melden Sie sich mit diesem an.</translation>
    </message>
    <message>
        <source>The patterns were changed meanwhile, by another device or program.</source>
        <translation>Die Muster wurden inzwischen geändert, von einem anderen Gerät oder Programm.</translation>
    </message>
    <message>
        <source>The picture is damaged, or not whole.</source>
        <translation>Das Bild ist beschädigt oder nicht vollständig.</translation>
    </message>
    <message>
        <source>The picture is too large for a preview.</source>
        <translation>Das Bild ist zu groß für eine Vorschau.</translation>
    </message>
    <message>
        <source>The proxy wants a name and a password, or others. Set them in the preferences, under network.</source>
        <translation>Der Proxy verlangt Namen und Passwort, oder andere. Tragen Sie sie in den Einstellungen unter „Netzwerk“ ein.</translation>
    </message>
    <message>
        <source>The server asks for a pause. Wait a moment and try again.</source>
        <translation>Der Server bittet um eine Pause. Warten Sie einen Moment, und versuchen Sie es noch einmal.</translation>
    </message>
    <message>
        <source>The server cannot be reached. Changes wait here until it answers.</source>
        <translation>Der Server ist nicht zu erreichen. Änderungen warten hier, bis er antwortet.</translation>
    </message>
    <message>
        <source>The server cannot be reached. Changes wait here until it answers; check the network if it lasts.</source>
        <translation>Der Server ist nicht zu erreichen. Änderungen warten hier, bis er antwortet; prüfen Sie das Netzwerk, wenn es andauert.</translation>
    </message>
    <message>
        <source>The server cannot be reached. What is to move waits for it.</source>
        <translation>Der Server ist nicht zu erreichen. Was zu übertragen ist, wartet auf ihn.</translation>
    </message>
    <message>
        <source>The server could not do this. Try again in a while.</source>
        <translation>Der Server konnte das nicht. Versuchen Sie es nach einer Weile noch einmal.</translation>
    </message>
    <message>
        <source>The server did not take what was sent. It is sent again by itself.</source>
        <translation>Der Server nahm das Gesendete nicht an. Es wird von selbst noch einmal gesendet.</translation>
    </message>
    <message>
        <source>The server did not understand. Update Lockstep.</source>
        <translation>Der Server hat es nicht verstanden. Aktualisieren Sie Lockstep.</translation>
    </message>
    <message>
        <source>The server does not have it yet.</source>
        <translation>Der Server hat es noch nicht.</translation>
    </message>
    <message>
        <source>The server does not know this request. Check the address.</source>
        <translation>Der Server kennt diese Anfrage nicht. Prüfen Sie die Adresse.</translation>
    </message>
    <message>
        <source>The server does not take this name or kind of file. Rename it.</source>
        <translation>Der Server nimmt diesen Namen oder diese Art von Datei nicht an. Benennen Sie sie um.</translation>
    </message>
    <message>
        <source>The server has nothing of this name at this moment.</source>
        <translation>Der Server hat zu diesem Zeitpunkt nichts dieses Namens.</translation>
    </message>
    <message>
        <source>The server has the version of {when}.</source>
        <translation>Der Server hat die Version von {when}.</translation>
    </message>
    <message>
        <source>The server has this already. It goes on by itself.</source>
        <translation>Der Server hat das schon. Es geht von selbst weiter.</translation>
    </message>
    <message>
        <source>The server is at {address}, which leads to this computer only. A computer that reaches this one by ssh has it there too, once this runs on it:</source>
        <translation>Der Server ist unter {address}, was nur zu diesem Computer selbst führt. Ein Computer, der diesen per ssh erreicht, hat ihn dort ebenfalls, sobald auf ihm dies läuft:</translation>
    </message>
    <message>
        <source>The server is busy or being restarted. It is tried again by itself.</source>
        <translation>Der Server ist beschäftigt oder startet neu. Es wird von selbst wieder versucht.</translation>
    </message>
    <message>
        <source>The server lacks part of the content. It is sent again by itself.</source>
        <translation>Dem Server fehlt ein Teil des Inhalts. Er wird von selbst noch einmal gesendet.</translation>
    </message>
    <message>
        <source>The server lacks part of this file. It comes once a device that has the file sends it again; have Lockstep look at all files there.</source>
        <translation>Dem Server fehlt ein Teil dieser Datei. Sie kommt, sobald ein Gerät, das sie hat, sie noch einmal sendet; lassen Sie Lockstep dort alle Dateien ansehen.</translation>
    </message>
    <message>
        <source>The server refused this. Nothing was lost; the log tells its reason.</source>
        <translation>Der Server hat das abgelehnt. Nichts ging verloren; das Protokoll nennt den Grund.</translation>
    </message>
    <message>
        <source>The server saw this change before, with other contents. Try again.</source>
        <translation>Der Server sah diese Änderung schon, mit anderem Inhalt. Versuchen Sie es noch einmal.</translation>
    </message>
    <message>
        <source>The server sent a name that no device may hold. It is left alone; tell who runs the server.</source>
        <translation>Der Server sandte einen Namen, den kein Gerät tragen darf. Er bleibt unberührt; sagen Sie es dem Betreiber des Servers.</translation>
    </message>
    <message>
        <source>The server wants files to go over a connection that is not encrypted. Tell who runs it.</source>
        <translation>Der Server will, dass Dateien über eine unverschlüsselte Verbindung gehen. Sagen Sie es dem Betreiber.</translation>
    </message>
    <message>
        <source>The server was restored or replaced. Everything is compared again; nothing is deleted.</source>
        <translation>Der Server wurde wiederhergestellt oder ersetzt. Alles wird neu verglichen; nichts wird gelöscht.</translation>
    </message>
    <message>
        <source>The server’s authority</source>
        <translation>Die Zertifizierungsstelle des Servers</translation>
    </message>
    <message>
        <source>The server’s certificate is not trusted here any more. Tell who runs it; changes wait here until it is.</source>
        <translation>Dem Zertifikat des Servers wird hier nicht mehr vertraut. Sagen Sie es dem Betreiber; Änderungen warten hier so lange.</translation>
    </message>
    <message>
        <source>The server’s disk is full. Tell who runs it; changes wait here until there is room.</source>
        <translation>Der Datenträger des Servers ist voll. Sagen Sie es dem Betreiber; Änderungen warten hier, bis Platz ist.</translation>
    </message>
    <message>
        <source>The server’s list of changes has no end. Tell who runs it; it is tried again by itself.</source>
        <translation>Die Liste der Änderungen des Servers nimmt kein Ende. Sagen Sie es dem Betreiber; es wird von selbst wieder versucht.</translation>
    </message>
    <message>
        <source>The server’s store refused a transfer. Tell who runs it; changes wait here until it answers.</source>
        <translation>Der Speicher des Servers hat eine Übertragung abgelehnt. Sagen Sie es dem Betreiber; Änderungen warten hier, bis er antwortet.</translation>
    </message>
    <message>
        <source>The settings make no sense. Look through the preferences.</source>
        <translation>Die Einstellungen ergeben keinen Sinn. Sehen Sie sie durch.</translation>
    </message>
    <message>
        <source>The settings of this device are damaged. Set it up again; files stay as they are.</source>
        <translation>Die Einstellungen dieses Geräts sind beschädigt. Richten Sie es neu ein; die Dateien bleiben, wie sie sind.</translation>
    </message>
    <message>
        <source>The support bundle is saved: {path}</source>
        <translation>Das Supportpaket ist gespeichert: {path}</translation>
    </message>
    <message>
        <source>The synced folder cannot be read. Check its permissions and its disk; nothing was deleted.</source>
        <translation>Der synchronisierte Ordner kann nicht gelesen werden. Prüfen Sie seine Berechtigungen und den Datenträger; nichts wurde gelöscht.</translation>
    </message>
    <message>
        <source>The synced folder cannot be used. Check that it is there and can be read; nothing was deleted.</source>
        <translation>Der synchronisierte Ordner lässt sich nicht benutzen. Prüfen Sie, ob er da ist und gelesen werden kann; nichts wurde gelöscht.</translation>
    </message>
    <message>
        <source>The synced folder is not there. Mount or move it back; nothing was deleted.</source>
        <translation>Der synchronisierte Ordner ist nicht da. Hängen Sie ihn ein, oder verschieben Sie ihn zurück; nichts wurde gelöscht.</translation>
    </message>
    <message>
        <source>The target of this link is too long or has damaged characters in it, so it is not synced. Make it anew.</source>
        <translation>Das Ziel dieser Verknüpfung ist zu lang oder enthält beschädigte Zeichen, deshalb wird sie nicht synchronisiert. Legen Sie sie neu an.</translation>
    </message>
    <message>
        <source>The trash does not take all of it</source>
        <translation>Der Papierkorb nimmt nicht alles auf</translation>
    </message>
    <message>
        <source>The trash does not take all of it. The rest stays.</source>
        <translation>Der Papierkorb nimmt nicht alles auf. Der Rest bleibt.</translation>
    </message>
    <message>
        <source>The trash takes no such name as “{name}”. Rename it first.</source>
        <translation>Der Papierkorb nimmt keinen Namen wie „{name}“. Benennen Sie es zuerst um.</translation>
    </message>
    <message>
        <source>Then</source>
        <translation>Damals</translation>
    </message>
    <message>
        <source>There are no folders on the server yet.</source>
        <translation>Auf dem Server gibt es noch keine Ordner.</translation>
    </message>
    <message>
        <source>There is already something called “{name}” here. Nothing was changed.</source>
        <translation>Hier gibt es schon etwas namens „{name}“. Nichts wurde geändert.</translation>
    </message>
    <message>
        <source>There is an account with this address already. Sign in to it instead.</source>
        <translation>Zu dieser Adresse gibt es schon ein Konto. Melden Sie sich stattdessen dort an.</translation>
    </message>
    <message>
        <source>There is no display, and so no clipboard: `lockstep share` makes links.</source>
        <translation>Es gibt keinen Bildschirm und damit keine Zwischenablage: `lockstep share` legt Links an.</translation>
    </message>
    <message>
        <source>There is no room left on the server. Delete something there or ask for more; it goes on by itself then.</source>
        <translation>Auf dem Server ist kein Platz mehr. Löschen Sie dort etwas, oder bitten Sie um mehr; es geht dann von selbst weiter.</translation>
    </message>
    <message>
        <source>There is no room left on the server. Delete something there or ask for more; it goes on then.</source>
        <translation>Auf dem Server ist kein Platz mehr. Löschen Sie dort etwas, oder bitten Sie um mehr; dann geht es weiter.</translation>
    </message>
    <message>
        <source>There is no such file or folder, here or on the server. It may have been moved or deleted; look there.</source>
        <translation>Eine solche Datei oder einen solchen Ordner gibt es weder hier noch auf dem Server. Vielleicht wurde sie verschoben oder gelöscht; sehen Sie dort nach.</translation>
    </message>
    <message>
        <source>There is no such thing on the server any more. It may have been moved or deleted; look there.</source>
        <translation>So etwas gibt es auf dem Server nicht mehr. Vielleicht wurde es verschoben oder gelöscht; sehen Sie dort nach.</translation>
    </message>
    <message>
        <source>There is no version on the server yet. Each time the file changes, one is kept there.</source>
        <translation>Auf dem Server ist noch keine Version. Jedes Mal, wenn sich die Datei ändert, wird dort eine aufbewahrt.</translation>
    </message>
    <message>
        <source>There is no “{path}”</source>
        <translation>„{path}“ gibt es nicht</translation>
    </message>
    <message>
        <source>They are in {name}.</source>
        <translation>Sie sind in {name}.</translation>
    </message>
    <message>
        <source>They are on this device alone, or on the server alone, until they move.</source>
        <translation>Sie sind nur auf diesem Gerät oder nur auf dem Server, bis sie übertragen sind.</translation>
    </message>
    <message>
        <source>They go into this computer’s trash, and are deleted on the server and on all your devices.</source>
        <translation>Sie kommen in den Papierkorb dieses Computers und werden auf dem Server und all Ihren Geräten gelöscht.</translation>
    </message>
    <message>
        <source>They have not been heard of for a week.</source>
        <translation>Sie haben sich seit einer Woche nicht gemeldet.</translation>
    </message>
    <message numerus="yes">
        <source>They match %n items here, or more:</source>
        <translation><numerusform>Sie treffen auf %n Eintrag hier zu, oder mehr:</numerusform><numerusform>Sie treffen auf %n Einträge hier zu, oder mehr:</numerusform></translation>
    </message>
    <message numerus="yes">
        <source>They match %n items here:</source>
        <translation><numerusform>Sie treffen auf %n Eintrag hier zu:</numerusform><numerusform>Sie treffen auf %n Einträge hier zu:</numerusform></translation>
    </message>
    <message>
        <source>They match nothing in this folder.</source>
        <translation>Sie treffen auf nichts in diesem Ordner zu.</translation>
    </message>
    <message>
        <source>They stay on the server.</source>
        <translation>Sie bleiben auf dem Server.</translation>
    </message>
    <message>
        <source>This Lockstep and the server’s are too far apart. Update the older one.</source>
        <translation>Dieses Lockstep und das des Servers sind zu weit auseinander. Aktualisieren Sie das ältere.</translation>
    </message>
    <message>
        <source>This account needs a code as well. Take it from the app that makes its codes.</source>
        <translation>Dieses Konto braucht auch einen Code. Nehmen Sie ihn aus der App, die seine Codes macht.</translation>
    </message>
    <message>
        <source>This build has no address to ask for newer versions, so nothing is asked.</source>
        <translation>Diese Ausgabe hat keine Adresse, bei der sie nach neueren Versionen fragen könnte, und fragt deshalb nicht.</translation>
    </message>
    <message>
        <source>This cannot be shown</source>
        <translation>Dies kann nicht gezeigt werden</translation>
    </message>
    <message>
        <source>This could not be asked: {reason}</source>
        <translation>Das ließ sich nicht erfragen: {reason}</translation>
    </message>
    <message>
        <source>This could not be changed: {reason}</source>
        <translation>Das ließ sich nicht ändern: {reason}</translation>
    </message>
    <message>
        <source>This device</source>
        <translation>Dieses Gerät</translation>
    </message>
    <message>
        <source>This device is not set up yet. Sign in first.</source>
        <translation>Dieses Gerät ist noch nicht eingerichtet. Melden Sie sich zuerst an.</translation>
    </message>
    <message>
        <source>This device is paused. Resume it to go on.</source>
        <translation>Dieses Gerät ist angehalten. Setzen Sie es fort, damit es weitergeht.</translation>
    </message>
    <message>
        <source>This device is signed out</source>
        <translation>Dieses Gerät ist abgemeldet</translation>
    </message>
    <message>
        <source>This device is signed out, and the account’s owner wants what it synced removed from it. That happens now; until it has, it can be taken back on another device.</source>
        <translation>Dieses Gerät ist abgemeldet, und der Inhaber des Kontos will entfernt haben, was es synchronisiert hat. Das geschieht jetzt; bis es geschehen ist, lässt es sich auf einem anderen Gerät zurücknehmen.</translation>
    </message>
    <message>
        <source>This device is signed out. Sign in again.</source>
        <translation>Dieses Gerät ist abgemeldet. Melden Sie sich wieder an.</translation>
    </message>
    <message>
        <source>This device is signed out. Sign in again; files stay as they are.</source>
        <translation>Dieses Gerät ist abgemeldet. Melden Sie sich wieder an; die Dateien bleiben, wie sie sind.</translation>
    </message>
    <message>
        <source>This device is signed out. What is to move waits until it is signed in again.</source>
        <translation>Dieses Gerät ist abgemeldet. Was zu übertragen ist, wartet, bis es wieder angemeldet ist.</translation>
    </message>
    <message>
        <source>This device is to be wiped, or has begun with it. Until it has, another device can take that back.</source>
        <translation>Dieses Gerät soll gelöscht werden oder hat damit begonnen. Bis dahin kann ein anderes Gerät das zurücknehmen.</translation>
    </message>
    <message>
        <source>This device was signed out or removed from the account. Sign in again; files stay.</source>
        <translation>Dieses Gerät wurde abgemeldet oder aus dem Konto entfernt. Melden Sie sich wieder an; die Dateien bleiben.</translation>
    </message>
    <message>
        <source>This device was signed out. Its files are as they were; sign in, and they go on.</source>
        <translation>Dieses Gerät wurde abgemeldet. Seine Dateien sind, wie sie waren; melden Sie sich an, dann geht es weiter.</translation>
    </message>
    <message>
        <source>This device was signed out. Your files stay here; changes wait until you sign in again.</source>
        <translation>Dieses Gerät wurde abgemeldet. Ihre Dateien bleiben hier; Änderungen warten, bis Sie sich wieder anmelden.</translation>
    </message>
    <message>
        <source>This file is not kept any more: the server keeps what was deleted for a time only.</source>
        <translation>Diese Datei wird nicht mehr aufbewahrt: der Server behält Gelöschtes nur eine Zeit lang.</translation>
    </message>
    <message>
        <source>This file system cannot hold this name or kind of file. Rename it where it was made.</source>
        <translation>Dieses Dateisystem kann diesen Namen oder diese Art von Datei nicht aufnehmen. Benennen Sie sie dort um, wo sie herkommt.</translation>
    </message>
    <message>
        <source>This folder belongs to another Lockstep profile on this computer. Unlink it there, or choose another one.</source>
        <translation>Dieser Ordner gehört einem anderen Lockstep-Profil auf diesem Computer. Trennen Sie ihn dort, oder wählen Sie einen anderen.</translation>
    </message>
    <message>
        <source>This folder cannot be made, read or written. Choose another one.</source>
        <translation>Dieser Ordner kann nicht angelegt, gelesen oder beschrieben werden. Wählen Sie einen anderen.</translation>
    </message>
    <message>
        <source>This folder is empty</source>
        <translation>Dieser Ordner ist leer</translation>
    </message>
    <message>
        <source>This folder is not there any more</source>
        <translation>Diesen Ordner gibt es nicht mehr</translation>
    </message>
    <message>
        <source>This folder is still being loaded. Drag all of it once it is there.</source>
        <translation>Dieser Ordner wird noch geladen. Ziehen Sie alles, sobald es da ist.</translation>
    </message>
    <message>
        <source>This folder lies inside one that is kept in step already. Choose another one.</source>
        <translation>Dieser Ordner liegt in einem, der schon auf gleichem Stand gehalten wird. Wählen Sie einen anderen.</translation>
    </message>
    <message>
        <source>This is all that is in it. Passwords, tokens and email addresses are taken out.</source>
        <translation>Das ist alles, was darin ist. Passwörter, Schlüssel und E-Mail-Adressen sind herausgenommen.</translation>
    </message>
    <message>
        <source>This is no address of a proxy. It looks like http://proxy.example.org:3128.</source>
        <translation>Das ist keine Adresse eines Proxys. Sie sieht aus wie http://proxy.example.org:3128.</translation>
    </message>
    <message>
        <source>This is no address of a server. It looks like files.example.org.</source>
        <translation>Das ist keine Adresse eines Servers. Sie sieht aus wie files.example.org.</translation>
    </message>
    <message>
        <source>This is no picture that can be shown here.</source>
        <translation>Dies ist kein Bild, das hier gezeigt werden kann.</translation>
    </message>
    <message>
        <source>This is not an email address. Check what you typed.</source>
        <translation>Das ist keine E-Mail-Adresse. Prüfen Sie, was Sie eingegeben haben.</translation>
    </message>
    <message>
        <source>This is not saved yet.</source>
        <translation>Das ist noch nicht gespeichert.</translation>
    </message>
    <message>
        <source>This is the newest version.</source>
        <translation>Das ist die neueste Version.</translation>
    </message>
    <message>
        <source>This kind of file cannot be compared here. Open both versions instead.</source>
        <translation>Dateien dieser Art lassen sich hier nicht vergleichen. Öffnen Sie stattdessen beide Versionen.</translation>
    </message>
    <message>
        <source>This line is no pattern: {line}</source>
        <translation>Diese Zeile ist kein Muster: {line}</translation>
    </message>
    <message>
        <source>This name has damaged characters in it. Rename it.</source>
        <translation>Dieser Name enthält beschädigte Zeichen. Benennen Sie es um.</translation>
    </message>
    <message>
        <source>This name is reserved for Lockstep. Rename it.</source>
        <translation>Dieser Name ist Lockstep vorbehalten. Benennen Sie es um.</translation>
    </message>
    <message>
        <source>This name is too long, has damaged characters in it or is reserved for Lockstep. Rename it.</source>
        <translation>Dieser Name ist zu lang, enthält beschädigte Zeichen oder ist Lockstep vorbehalten. Benennen Sie es um.</translation>
    </message>
    <message>
        <source>This name is too long. Choose a shorter one.</source>
        <translation>Dieser Name ist zu lang. Wählen Sie einen kürzeren.</translation>
    </message>
    <message>
        <source>This name is too long. Shorten it where it was made.</source>
        <translation>Dieser Name ist zu lang. Kürzen Sie ihn dort, wo er herkommt.</translation>
    </message>
    <message>
        <source>This needs your password again. Give it, and try again.</source>
        <translation>Dafür braucht es noch einmal Ihr Passwort. Geben Sie es ein, und versuchen Sie es noch einmal.</translation>
    </message>
    <message>
        <source>This password is too easy to guess. Choose one of 8 characters or more, not the address.</source>
        <translation>Dieses Passwort ist zu leicht zu erraten. Wählen Sie eines mit 8 oder mehr Zeichen, nicht die Adresse.</translation>
    </message>
    <message>
        <source>This picture cannot be shown.</source>
        <translation>Dieses Bild kann nicht gezeigt werden.</translation>
    </message>
    <message>
        <source>This server takes new accounts by invitation. Ask for a code, and enter it.</source>
        <translation>Dieser Server nimmt neue Konten auf Einladung an. Bitten Sie um einen Code, und geben Sie ihn ein.</translation>
    </message>
    <message>
        <source>This server takes no new accounts. Ask who runs it.</source>
        <translation>Dieser Server nimmt keine neuen Konten an. Fragen Sie den Betreiber.</translation>
    </message>
    <message>
        <source>This server takes no new accounts. Ask whoever runs it, or sign in.</source>
        <translation>Dieser Server nimmt keine neuen Konten an. Fragen Sie den Betreiber, oder melden Sie sich an.</translation>
    </message>
    <message>
        <source>This server’s certificate is not trusted here. If it has its own authority, choose it.</source>
        <translation>Dem Zertifikat dieses Servers wird hier nicht vertraut. Wenn er eine eigene Zertifizierungsstelle hat, wählen Sie sie aus.</translation>
    </message>
    <message>
        <source>This share link is over. Ask whoever sent it for a new one.</source>
        <translation>Dieser Freigabelink ist abgelaufen. Bitten Sie den Absender um einen neuen.</translation>
    </message>
    <message>
        <source>This share link is paused. Ask whoever sent it.</source>
        <translation>Dieser Freigabelink ist angehalten. Fragen Sie den Absender.</translation>
    </message>
    <message>
        <source>This system cannot hold this name. Rename it on another device.</source>
        <translation>Dieses System kann diesen Namen nicht aufnehmen. Benennen Sie es auf einem anderen Gerät um.</translation>
    </message>
    <message>
        <source>This system lets too few folders be watched, so changes are looked for every 30 seconds. Raise the limit fs.inotify.max_user_watches.</source>
        <translation>Dieses System lässt zu wenige Ordner beobachten, deshalb wird alle 30 Sekunden nach Änderungen gesehen. Erhöhen Sie die Grenze fs.inotify.max_user_watches.</translation>
    </message>
    <message>
        <source>This system reserves this name. Rename it on another device.</source>
        <translation>Dieses System behält sich diesen Namen vor. Benennen Sie es auf einem anderen Gerät um.</translation>
    </message>
    <message>
        <source>This would change</source>
        <translation>Das würde sich ändern</translation>
    </message>
    <message>
        <source>Time to go back to</source>
        <translation>Zeit, zu der zurückgegangen wird</translation>
    </message>
    <message>
        <source>Today</source>
        <translation>Heute</translation>
    </message>
    <message>
        <source>Today {time}</source>
        <translation>Heute {time}</translation>
    </message>
    <message>
        <source>Too much of it repeats to be compared line by line. Open both versions instead.</source>
        <translation>Zu vieles darin wiederholt sich, um es Zeile für Zeile zu vergleichen. Öffnen Sie stattdessen beide Versionen.</translation>
    </message>
    <message>
        <source>Transfers</source>
        <translation>Übertragungen</translation>
    </message>
    <message>
        <source>Try again</source>
        <translation>Erneut versuchen</translation>
    </message>
    <message>
        <source>Try all again</source>
        <translation>Alle erneut versuchen</translation>
    </message>
    <message>
        <source>Try now</source>
        <translation>Jetzt versuchen</translation>
    </message>
    <message>
        <source>Two versions of {name}</source>
        <translation>Zwei Versionen von {name}</translation>
    </message>
    <message>
        <source>Type a password, or choose to have none.</source>
        <translation>Geben Sie ein Passwort ein, oder wählen Sie, keines zu haben.</translation>
    </message>
    <message>
        <source>Undo</source>
        <translation>Rückgängig</translation>
    </message>
    <message>
        <source>Undo the rewind</source>
        <translation>Zurückdrehen rückgängig machen</translation>
    </message>
    <message>
        <source>Unit</source>
        <translation>Einheit</translation>
    </message>
    <message>
        <source>Until I resume</source>
        <translation>Bis ich fortsetze</translation>
    </message>
    <message>
        <source>Until then, what changed last is on this device only.</source>
        <translation>Bis dahin ist, was sich zuletzt geändert hat, nur auf diesem Gerät.</translation>
    </message>
    <message>
        <source>Until tomorrow, 8:00</source>
        <translation>Bis morgen, 8:00</translation>
    </message>
    <message>
        <source>Uploading</source>
        <translation>Wird hochgeladen</translation>
    </message>
    <message>
        <source>Use it all the same: I know who could read along</source>
        <translation>Trotzdem benutzen: ich weiß, wer mitlesen könnte</translation>
    </message>
    <message>
        <source>Use the &amp;system’s proxy</source>
        <translation>Proxy des &amp;Systems benutzen</translation>
    </message>
    <message>
        <source>Used</source>
        <translation>Benutzt</translation>
    </message>
    <message>
        <source>Version {version} is out. It does not install itself.</source>
        <translation>Version {version} ist da. Sie installiert sich nicht von selbst.</translation>
    </message>
    <message>
        <source>Versions</source>
        <translation>Versionen</translation>
    </message>
    <message>
        <source>Visitors added files by one of my links</source>
        <translation>Besucher haben über einen meiner Links Dateien hinzugefügt</translation>
    </message>
    <message>
        <source>Waiting</source>
        <translation>Wartet</translation>
    </message>
    <message>
        <source>Waiting for Lockstep to start…</source>
        <translation>Warten auf den Start von Lockstep …</translation>
    </message>
    <message>
        <source>Waiting for the rest of the folder…</source>
        <translation>Warten auf den Rest des Ordners …</translation>
    </message>
    <message>
        <source>Was in</source>
        <translation>War in</translation>
    </message>
    <message>
        <source>Welcome to Lockstep</source>
        <translation>Willkommen bei Lockstep</translation>
    </message>
    <message>
        <source>What</source>
        <translation>Was</translation>
    </message>
    <message>
        <source>What cannot be synced is shown here, with the reason and what helps.</source>
        <translation>Was nicht synchronisiert werden kann, wird hier gezeigt, mit dem Grund und dem, was hilft.</translation>
    </message>
    <message>
        <source>What differs</source>
        <translation>Was anders ist</translation>
    </message>
    <message>
        <source>What happened</source>
        <translation>Was geschehen ist</translation>
    </message>
    <message>
        <source>What happened cannot be shown now</source>
        <translation>Was geschehen ist, lässt sich jetzt nicht zeigen</translation>
    </message>
    <message>
        <source>What happens to it</source>
        <translation>Was damit geschieht</translation>
    </message>
    <message>
        <source>What is deleted on any device is kept for a time, and can be brought back from here.</source>
        <translation>Was auf einem Gerät gelöscht wird, wird eine Zeit lang aufbewahrt und lässt sich von hier zurückholen.</translation>
    </message>
    <message>
        <source>What is done by now stays so. The rest of it is left undone.</source>
        <translation>Was bis jetzt erledigt ist, bleibt so. Der Rest unterbleibt.</translation>
    </message>
    <message>
        <source>What is in the file</source>
        <translation>Was in der Datei steht</translation>
    </message>
    <message>
        <source>What is new</source>
        <translation>Was ist neu</translation>
    </message>
    <message>
        <source>What is not ticked is on the server and on other devices only.</source>
        <translation>Was nicht angekreuzt ist, ist nur auf dem Server und auf anderen Geräten.</translation>
    </message>
    <message>
        <source>What is not ticked stays on the server. You can change this at any time, in the preferences.</source>
        <translation>Was nicht angekreuzt ist, bleibt auf dem Server. Das lässt sich jederzeit in den Einstellungen ändern.</translation>
    </message>
    <message>
        <source>What is sent and fetched is shown here, with how long it takes.</source>
        <translation>Was gesendet und geholt wird, wird hier gezeigt, und wie lange es dauert.</translation>
    </message>
    <message>
        <source>What is wanted on this device?</source>
        <translation>Was soll auf dieses Gerät?</translation>
    </message>
    <message>
        <source>What reached the server first</source>
        <translation>Was zuerst beim Server war</translation>
    </message>
    <message>
        <source>What they match</source>
        <translation>Worauf sie zutreffen</translation>
    </message>
    <message>
        <source>What was changed there since is not here yet. Switch it on and see that Lockstep runs there.</source>
        <translation>Was dort seitdem geändert wurde, ist noch nicht hier. Schalten Sie es ein, und sehen Sie nach, ob Lockstep dort läuft.</translation>
    </message>
    <message>
        <source>What was deleted</source>
        <translation>Was gelöscht wurde</translation>
    </message>
    <message>
        <source>What was deleted cannot be shown now</source>
        <translation>Was gelöscht wurde, lässt sich jetzt nicht zeigen</translation>
    </message>
    <message>
        <source>What would change</source>
        <translation>Was sich ändern würde</translation>
    </message>
    <message>
        <source>What would change is shown here first. It can be undone afterwards.</source>
        <translation>Was sich ändern würde, wird zuerst hier gezeigt. Danach lässt es sich rückgängig machen.</translation>
    </message>
    <message>
        <source>When</source>
        <translation>Wann</translation>
    </message>
    <message>
        <source>Where</source>
        <translation>Wo</translation>
    </message>
    <message>
        <source>Where you are</source>
        <translation>Wo Sie sind</translation>
    </message>
    <message>
        <source>Whether something is wrong cannot be told now</source>
        <translation>Ob etwas nicht stimmt, lässt sich jetzt nicht sagen</translation>
    </message>
    <message>
        <source>Which folder?</source>
        <translation>Welcher Ordner?</translation>
    </message>
    <message>
        <source>Which server?</source>
        <translation>Welcher Server?</translation>
    </message>
    <message>
        <source>Who</source>
        <translation>Wer</translation>
    </message>
    <message>
        <source>Who added, changed, moved or deleted what, and when, is told here.</source>
        <translation>Wer was wann hinzugefügt, geändert, verschoben oder gelöscht hat, steht hier.</translation>
    </message>
    <message>
        <source>Who did it</source>
        <translation>Wer es war</translation>
    </message>
    <message>
        <source>Whoever has it finds nothing any more. It cannot be brought back; the file stays.</source>
        <translation>Wer ihn hat, findet nichts mehr. Er lässt sich nicht zurückholen; die Datei bleibt.</translation>
    </message>
    <message>
        <source>Whoever opens it is asked for the password.</source>
        <translation>Wer ihn öffnet, wird nach dem Passwort gefragt.</translation>
    </message>
    <message>
        <source>Whoever opens the link reads this</source>
        <translation>Wer den Link öffnet, liest dies</translation>
    </message>
    <message>
        <source>With the &amp;names of my files and folders</source>
        <translation>Mit den &amp;Namen meiner Dateien und Ordner</translation>
    </message>
    <message>
        <source>Withdraw link</source>
        <translation>Link zurückziehen</translation>
    </message>
    <message>
        <source>Withdraw link…</source>
        <translation>Link zurückziehen …</translation>
    </message>
    <message>
        <source>Withdraw the link to “{name}”?</source>
        <translation>Link zu „{name}“ zurückziehen?</translation>
    </message>
    <message>
        <source>Works in the server’s own network only. From elsewhere it cannot be opened.</source>
        <translation>Gilt nur im eigenen Netz des Servers. Von anderswo lässt er sich nicht öffnen.</translation>
    </message>
    <message>
        <source>Works on this computer only. To share with others, the server needs an address that they can reach.</source>
        <translation>Gilt nur auf diesem Computer. Um mit anderen zu teilen, braucht der Server eine Adresse, die sie erreichen.</translation>
    </message>
    <message>
        <source>Written by</source>
        <translation>Geschrieben von</translation>
    </message>
    <message>
        <source>Yesterday</source>
        <translation>Gestern</translation>
    </message>
    <message>
        <source>You have an account on a Lockstep server, or can make one there.</source>
        <translation>Sie haben ein Konto auf einem Lockstep-Server oder können dort eines anlegen.</translation>
    </message>
    <message>
        <source>You may not change this. Ask its owner for the right to; your change stays on this device.</source>
        <translation>Sie dürfen dies nicht ändern. Bitten Sie den Inhaber um das Recht dazu; Ihre Änderung bleibt auf diesem Gerät.</translation>
    </message>
    <message>
        <source>You may not change “{name}”: its permissions do not allow it.</source>
        <translation>Sie dürfen „{name}“ nicht ändern: die Berechtigungen lassen es nicht zu.</translation>
    </message>
    <message>
        <source>You stopped it, so both sides stay as they are. It goes on when you retry it, or when the file changes.</source>
        <translation>Sie haben die Übertragung abgebrochen, also bleiben beide Seiten, wie sie sind. Es geht weiter, wenn Sie es erneut versuchen oder die Datei sich ändert.</translation>
    </message>
    <message>
        <source>Your account</source>
        <translation>Ihr Konto</translation>
    </message>
    <message>
        <source>Your account asks for a code as well: from your authenticator app, or one of the recovery codes.</source>
        <translation>Ihr Konto verlangt auch einen Code: aus Ihrer Authentifizierungs-App, oder einen der Wiederherstellungscodes.</translation>
    </message>
    <message>
        <source>Your files go on being synced in the background. Open Lockstep again to see them here.</source>
        <translation>Ihre Dateien werden im Hintergrund weiter synchronisiert. Öffnen Sie Lockstep wieder, um sie hier zu sehen.</translation>
    </message>
    <message>
        <source>Your package manager looks after new versions.</source>
        <translation>Um neue Versionen kümmert sich die Paketverwaltung.</translation>
    </message>
    <message>
        <source>active</source>
        <translation>aktiv</translation>
    </message>
    <message>
        <source>added; start it again to see it</source>
        <translation>hinzugefügt; starten Sie ihn neu, um es zu sehen</translation>
    </message>
    <message>
        <source>all files</source>
        <translation>alle Dateien</translation>
    </message>
    <message numerus="yes">
        <source>and %n more</source>
        <translation><numerusform>und %n weiterer</numerusform><numerusform>und %n weitere</numerusform></translation>
    </message>
    <message>
        <source>before {moment}</source>
        <translation>vor {moment}</translation>
    </message>
    <message>
        <source>comes as a copy</source>
        <translation>kommt als Kopie</translation>
    </message>
    <message>
        <source>comes back</source>
        <translation>kommt zurück</translation>
    </message>
    <message>
        <source>d MMM</source>
        <translation>d. MMM</translation>
    </message>
    <message>
        <source>d MMM yyyy</source>
        <translation>d. MMM yyyy</translation>
    </message>
    <message>
        <source>d MMMM yyyy</source>
        <translation>d. MMMM yyyy</translation>
    </message>
    <message>
        <source>dddd, d MMMM</source>
        <translation>dddd, d. MMMM</translation>
    </message>
    <message>
        <source>deleted</source>
        <translation>gelöscht</translation>
    </message>
    <message>
        <source>expired</source>
        <translation>abgelaufen</translation>
    </message>
    <message>
        <source>expired {when}</source>
        <translation>abgelaufen {when}</translation>
    </message>
    <message>
        <source>file</source>
        <translation>Datei</translation>
    </message>
    <message>
        <source>folder</source>
        <translation>Ordner</translation>
    </message>
    <message>
        <source>gets its earlier content</source>
        <translation>bekommt früheren Inhalt</translation>
    </message>
    <message>
        <source>goes back to its place</source>
        <translation>kehrt an seinen Platz zurück</translation>
    </message>
    <message>
        <source>goes home</source>
        <translation>kehrt heim</translation>
    </message>
    <message>
        <source>is deleted</source>
        <translation>wird gelöscht</translation>
    </message>
    <message>
        <source>is not kept any more</source>
        <translation>wird nicht mehr aufbewahrt</translation>
    </message>
    <message>
        <source>is now at {path}</source>
        <translation>ist jetzt in {path}</translation>
    </message>
    <message>
        <source>link</source>
        <translation>Link</translation>
    </message>
    <message>
        <source>never expires</source>
        <translation>läuft nie ab</translation>
    </message>
    <message>
        <source>not changed: {reason}</source>
        <translation>nicht geändert: {reason}</translation>
    </message>
    <message>
        <source>not kept any more</source>
        <translation>nicht mehr aufbewahrt</translation>
    </message>
    <message>
        <source>not known while nothing runs</source>
        <translation>nicht bekannt, solange nichts läuft</translation>
    </message>
    <message>
        <source>on {day}</source>
        <translation>am {day}</translation>
    </message>
    <message>
        <source>one version</source>
        <translation>eine Version</translation>
    </message>
    <message>
        <source>others add files</source>
        <translation>andere fügen Dateien hinzu</translation>
    </message>
    <message>
        <source>paused</source>
        <translation>angehalten</translation>
    </message>
    <message>
        <source>removed</source>
        <translation>entfernt</translation>
    </message>
    <message>
        <source>stays: its home is gone</source>
        <translation>bleibt: der frühere Ort ist weg</translation>
    </message>
    <message>
        <source>stopped by the server</source>
        <translation>vom Server gesperrt</translation>
    </message>
    <message>
        <source>the server’s operator</source>
        <translation>der Betreiber des Servers</translation>
    </message>
    <message>
        <source>this computer</source>
        <translation>dieser Computer</translation>
    </message>
    <message>
        <source>today {time}</source>
        <translation>heute {time}</translation>
    </message>
    <message>
        <source>tomorrow, {time}</source>
        <translation>morgen, {time}</translation>
    </message>
    <message>
        <source>until today {time}</source>
        <translation>bis heute {time}</translation>
    </message>
    <message>
        <source>until tomorrow</source>
        <translation>bis morgen</translation>
    </message>
    <message>
        <source>until {when}</source>
        <translation>bis {when}</translation>
    </message>
    <message>
        <source>used up</source>
        <translation>aufgebraucht</translation>
    </message>
    <message>
        <source>view only</source>
        <translation>nur ansehen</translation>
    </message>
    <message>
        <source>with a password</source>
        <translation>mit einem Passwort</translation>
    </message>
    <message>
        <source>yesterday</source>
        <translation>gestern</translation>
    </message>
    <message>
        <source>your folder</source>
        <translation>Ihr Ordner</translation>
    </message>
    <message>
        <source>{chosen}, more are coming</source>
        <translation>{chosen}, weitere kommen</translation>
    </message>
    <message>
        <source>{count} of {limit} downloads</source>
        <translation>{count} von {limit} Downloads</translation>
    </message>
    <message>
        <source>{count} of {limit} files</source>
        <translation>{count} von {limit} Dateien</translation>
    </message>
    <message>
        <source>{count}, {size}</source>
        <translation>{count}, {size}</translation>
    </message>
    <message>
        <source>{day} {time}</source>
        <translation>{day} {time}</translation>
    </message>
    <message>
        <source>{day}, {time}</source>
        <translation>{day}, {time}</translation>
    </message>
    <message>
        <source>{device} (as of {when})</source>
        <translation>{device} (Stand: {when})</translation>
    </message>
    <message>
        <source>{device} is silent</source>
        <translation>{device} meldet sich nicht</translation>
    </message>
    <message>
        <source>{device} was last seen {when}</source>
        <translation>{device} war zuletzt {when} da</translation>
    </message>
    <message>
        <source>{done} of {all}</source>
        <translation>{done} von {all}</translation>
    </message>
    <message>
        <source>{ending} archive</source>
        <translation>{ending}-Archiv</translation>
    </message>
    <message>
        <source>{ending} document</source>
        <translation>{ending}-Dokument</translation>
    </message>
    <message>
        <source>{ending} file</source>
        <translation>{ending}-Datei</translation>
    </message>
    <message>
        <source>{ending} film</source>
        <translation>{ending}-Film</translation>
    </message>
    <message>
        <source>{ending} picture</source>
        <translation>{ending}-Bild</translation>
    </message>
    <message>
        <source>{ending} sound</source>
        <translation>{ending}-Tonaufnahme</translation>
    </message>
    <message>
        <source>{folder} is kept in step with your account.</source>
        <translation>{folder} wird mit Ihrem Konto auf gleichem Stand gehalten.</translation>
    </message>
    <message>
        <source>{kind}, {size}</source>
        <translation>{kind}, {size}</translation>
    </message>
    <message>
        <source>{made} The files of your account come into it.</source>
        <translation>{made} Die Dateien Ihres Kontos kommen hinein.</translation>
    </message>
    <message>
        <source>{made} What you put into it is kept, with all its versions.</source>
        <translation>{made} Was Sie hineinlegen, wird mit allen Versionen aufbewahrt.</translation>
    </message>
    <message>
        <source>{name}
Not on this device</source>
        <translation>{name}
Nicht auf diesem Gerät</translation>
    </message>
    <message>
        <source>{name} (browser)</source>
        <translation>{name} (Browser)</translation>
    </message>
    <message>
        <source>{name} cannot be synced</source>
        <translation>{name} kann nicht synchronisiert werden</translation>
    </message>
    <message>
        <source>{name} cannot reach the account any more then, until somebody signs in there. Its files stay.</source>
        <translation>{name} erreicht das Konto dann nicht mehr, bis sich dort jemand anmeldet. Die Dateien dort bleiben.</translation>
    </message>
    <message>
        <source>{name} did not come back: {why}</source>
        <translation>{name} kam nicht zurück: {why}</translation>
    </message>
    <message>
        <source>{name} is as before again</source>
        <translation>{name} ist wieder wie zuvor</translation>
    </message>
    <message>
        <source>{name} is as before again.</source>
        <translation>{name} ist wieder wie zuvor.</translation>
    </message>
    <message>
        <source>{name} is as it was then</source>
        <translation>{name} ist wie damals</translation>
    </message>
    <message>
        <source>{name} is as it was {moment}</source>
        <translation>{name} ist, wie es {moment} war</translation>
    </message>
    <message>
        <source>{name} is as it was {moment}.</source>
        <translation>{name} ist, wie es {moment} war.</translation>
    </message>
    <message>
        <source>{name} is back.</source>
        <translation>{name} ist wieder da.</translation>
    </message>
    <message>
        <source>{name} is signed out.</source>
        <translation>{name} ist abgemeldet.</translation>
    </message>
    <message>
        <source>{name} was not there at that time, or is not there any more. Choose a later moment.</source>
        <translation>Zu dieser Zeit gab es {name} noch nicht, oder inzwischen nicht mehr. Wählen Sie einen späteren Zeitpunkt.</translation>
    </message>
    <message>
        <source>{name}, {kind}, {state}</source>
        <translation>{name}, {kind}, {state}</translation>
    </message>
    <message>
        <source>{path} and {others}</source>
        <translation>{path} und {others}</translation>
    </message>
    <message>
        <source>{path} is not in the synced folder.</source>
        <translation>{path} ist nicht im synchronisierten Ordner.</translation>
    </message>
    <message>
        <source>{path}, before: {was}</source>
        <translation>{path}, zuvor: {was}</translation>
    </message>
    <message>
        <source>{paused}. Changes wait here until then.</source>
        <translation>{paused}. Änderungen warten bis dahin hier.</translation>
    </message>
    <message>
        <source>{percent} %</source>
        <translation>{percent} %</translation>
    </message>
    <message>
        <source>{size} in {store}</source>
        <translation>{size} in {store}</translation>
    </message>
    <message>
        <source>{size} in {store}, where old versions go</source>
        <translation>{size} in {store}, wo alte Versionen liegen</translation>
    </message>
    <message>
        <source>{size} less on this disk.</source>
        <translation>{size} weniger auf diesem Datenträger.</translation>
    </message>
    <message>
        <source>{size} more room here.</source>
        <translation>{size} mehr Platz hier.</translation>
    </message>
    <message>
        <source>{size} of {limit}</source>
        <translation>{size} von {limit}</translation>
    </message>
    <message>
        <source>{size}/s</source>
        <translation>{size}/s</translation>
    </message>
    <message>
        <source>{time} left</source>
        <translation>noch {time}</translation>
    </message>
    <message>
        <source>{used} in use</source>
        <translation>{used} belegt</translation>
    </message>
    <message>
        <source>{used} in use, no limit</source>
        <translation>{used} belegt, keine Grenze</translation>
    </message>
    <message>
        <source>{used} of {limit} in use</source>
        <translation>{used} von {limit} belegt</translation>
    </message>
    <message>
        <source>{when} · current</source>
        <translation>{when} · jetzige</translation>
    </message>
    <message>
        <source>“{name}” and its copy</source>
        <translation>„{name}“ und die Kopie davon</translation>
    </message>
    <message>
        <source>“{name}” cannot be copied into itself.</source>
        <translation>„{name}“ kann nicht in sich selbst kopiert werden.</translation>
    </message>
    <message>
        <source>“{name}” cannot be moved into itself.</source>
        <translation>„{name}“ kann nicht in sich selbst verschoben werden.</translation>
    </message>
    <message>
        <source>“{name}” cannot be used as a name. Choose another one.</source>
        <translation>„{name}“ geht nicht als Name. Wählen Sie einen anderen.</translation>
    </message>
    <message>
        <source>“{name}” has its old name again.</source>
        <translation>„{name}“ hat wieder den alten Namen.</translation>
    </message>
    <message>
        <source>“{name}” has no conflict any more. Nothing was changed.</source>
        <translation>„{name}“ hat keinen Konflikt mehr. Nichts wurde geändert.</translation>
    </message>
    <message>
        <source>“{name}” has several copies. Choose one of them in the list.</source>
        <translation>Von „{name}“ gibt es mehrere Kopien. Wählen Sie eine davon in der Liste.</translation>
    </message>
    <message>
        <source>“{name}” has the content of the copy now. What it had is among its versions.</source>
        <translation>„{name}“ hat jetzt den Inhalt der Kopie. Der bisherige ist unter den Versionen.</translation>
    </message>
    <message>
        <source>“{name}” is as it was before.</source>
        <translation>„{name}“ ist, wie es vorher war.</translation>
    </message>
    <message>
        <source>“{name}” is as it was {when}. The version before is kept.</source>
        <translation>„{name}“ ist, wie es {when} war. Die Version davor ist aufbewahrt.</translation>
    </message>
    <message>
        <source>“{name}” is not empty any more, so it stays.</source>
        <translation>„{name}“ ist nicht mehr leer und bleibt deshalb.</translation>
    </message>
    <message>
        <source>“{name}” is not in step yet, so nothing was changed. Try again in a moment.</source>
        <translation>„{name}“ ist noch nicht auf gleichem Stand, deshalb wurde nichts geändert. Versuchen Sie es gleich noch einmal.</translation>
    </message>
    <message>
        <source>“{name}” is not kept on this device, and stays on the server.</source>
        <translation>„{name}“ wird nicht auf diesem Gerät aufbewahrt und bleibt auf dem Server.</translation>
    </message>
    <message>
        <source>“{name}” is not kept on this device, as all of “{folder}” is not.</source>
        <translation>„{name}“ wird nicht auf diesem Gerät aufbewahrt, weil ganz „{folder}“ es nicht wird.</translation>
    </message>
    <message>
        <source>“{name}” is not on the server, so it stays on this device.</source>
        <translation>„{name}“ ist nicht auf dem Server und bleibt deshalb auf diesem Gerät.</translation>
    </message>
    <message>
        <source>“{name}” is not on this device, so nothing can be put there.</source>
        <translation>„{name}“ ist nicht auf diesem Gerät, deshalb lässt sich dort nichts ablegen.</translation>
    </message>
    <message>
        <source>“{name}” is not on this device, so nothing was done with it.</source>
        <translation>„{name}“ ist nicht auf diesem Gerät und blieb deshalb, wie es ist.</translation>
    </message>
    <message>
        <source>“{name}” is not there any more.</source>
        <translation>„{name}“ ist nicht mehr da.</translation>
    </message>
    <message>
        <source>“{name}” is not there any more. Keep both: then the copy stays.</source>
        <translation>„{name}“ ist nicht mehr da. Behalten Sie beide: dann bleibt die Kopie.</translation>
    </message>
    <message>
        <source>“{name}” is not there any more. Nothing was changed.</source>
        <translation>„{name}“ ist nicht mehr da. Nichts wurde geändert.</translation>
    </message>
    <message>
        <source>“{name}” is on another disk. Copy it instead.</source>
        <translation>„{name}“ ist auf einem anderen Datenträger. Kopieren Sie es stattdessen.</translation>
    </message>
    <message>
        <source>“{name}” stays as it is, and the other one becomes a file beside it, under a name of its own.</source>
        <translation>„{name}“ bleibt, wie es ist, und die andere wird eine Datei daneben, unter einem eigenen Namen.</translation>
    </message>
    <message>
        <source>“{name}” stays as it is. The copy is among the deleted files.</source>
        <translation>„{name}“ bleibt, wie es ist. Die Kopie ist unter den gelöschten Dateien.</translation>
    </message>
    <message>
        <source>“{name}” stays as it is. The other one goes to the deleted files.</source>
        <translation>„{name}“ bleibt, wie es ist. Die andere kommt zu den gelöschten Dateien.</translation>
    </message>
    <message>
        <source>“{name}” was changed meanwhile, and stays. Look at it, then try again.</source>
        <translation>„{name}“ wurde inzwischen geändert und bleibt. Sehen Sie es an, und versuchen Sie es dann noch einmal.</translation>
    </message>
    <message>
        <source>“{name}” will be kept on this device.</source>
        <translation>„{name}“ wird auf diesem Gerät aufbewahrt.</translation>
    </message>
    <message>
        <source>“{name}”: {old} and {new}</source>
        <translation>„{name}“: {old} und {new}</translation>
    </message>
    <message>
        <source>“{name}”: {reason}</source>
        <translation>„{name}“: {reason}</translation>
    </message>
    <message>
        <source>“{name}”: {when} and now</source>
        <translation>„{name}“: {when} und jetzt</translation>
    </message>
    <message>
        <source>… the rest is not shown here.</source>
        <translation>… der Rest wird hier nicht gezeigt.</translation>
    </message>
</context>
</TS>
