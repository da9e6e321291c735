<?xml version="1.0" encoding="utf-8"?>
<!DOCTYPE TS>
<TS version="2.1" language="de" sourcelanguage="en">
<context>
    <name>lockstep</name>
    <message>
        <source> MB</source>
        <translation type="unfinished"></translation>
    </message>
    <message numerus="yes">
        <source>%n are not kept any more and stay as they are now</source>
        <translation type="unfinished"><numerusform></numerusform><numerusform></numerusform></translation>
    </message>
    <message numerus="yes">
        <source>%n bytes</source>
        <translation type="unfinished"><numerusform></numerusform><numerusform></numerusform></translation>
    </message>
    <message numerus="yes">
        <source>%n changes have waited for more than an hour</source>
        <translation type="unfinished"><numerusform></numerusform><numerusform></numerusform></translation>
    </message>
    <message numerus="yes">
        <source>%n changes wait</source>
        <translation type="unfinished"><numerusform></numerusform><numerusform></numerusform></translation>
    </message>
    <message numerus="yes">
        <source>%n come as copies: they are elsewhere now</source>
        <translation type="unfinished"><numerusform></numerusform><numerusform></numerusform></translation>
    </message>
    <message numerus="yes">
        <source>%n come back</source>
        <translation type="unfinished"><numerusform></numerusform><numerusform></numerusform></translation>
    </message>
    <message numerus="yes">
        <source>%n conflicts</source>
        <translation type="unfinished"><numerusform></numerusform><numerusform></numerusform></translation>
    </message>
    <message numerus="yes">
        <source>%n deletions wait for your decision</source>
        <translation type="unfinished"><numerusform></numerusform><numerusform></numerusform></translation>
    </message>
    <message numerus="yes">
        <source>%n devices are silent</source>
        <translation type="unfinished"><numerusform></numerusform><numerusform></numerusform></translation>
    </message>
    <message numerus="yes">
        <source>%n downloads</source>
        <translation type="unfinished"><numerusform></numerusform><numerusform></numerusform></translation>
    </message>
    <message numerus="yes">
        <source>%n files</source>
        <translation type="unfinished"><numerusform></numerusform><numerusform></numerusform></translation>
    </message>
    <message numerus="yes">
        <source>%n files ({size}) in it are added to your account; nothing is deleted.</source>
        <translation type="unfinished"><numerusform></numerusform><numerusform></numerusform></translation>
    </message>
    <message numerus="yes">
        <source>%n files are deleted here too.</source>
        <translation type="unfinished"><numerusform></numerusform><numerusform></numerusform></translation>
    </message>
    <message numerus="yes">
        <source>%n files are deleted on every device.</source>
        <translation type="unfinished"><numerusform></numerusform><numerusform></numerusform></translation>
    </message>
    <message numerus="yes">
        <source>%n files are moving</source>
        <translation type="unfinished"><numerusform></numerusform><numerusform></numerusform></translation>
    </message>
    <message numerus="yes">
        <source>%n files are still on their way.</source>
        <translation type="unfinished"><numerusform></numerusform><numerusform></numerusform></translation>
    </message>
    <message numerus="yes">
        <source>%n files came</source>
        <translation type="unfinished"><numerusform></numerusform><numerusform></numerusform></translation>
    </message>
    <message numerus="yes">
        <source>%n files cannot be synced.</source>
        <translation type="unfinished"><numerusform></numerusform><numerusform></numerusform></translation>
    </message>
    <message numerus="yes">
        <source>%n files come back here.</source>
        <translation type="unfinished"><numerusform></numerusform><numerusform></numerusform></translation>
    </message>
    <message numerus="yes">
        <source>%n files have come by your link</source>
        <translation type="unfinished"><numerusform></numerusform><numerusform></numerusform></translation>
    </message>
    <message numerus="yes">
        <source>%n files in it are not kept any more.</source>
        <translation type="unfinished"><numerusform></numerusform><numerusform></numerusform></translation>
    </message>
    <message numerus="yes">
        <source>%n files moving</source>
        <translation type="unfinished"><numerusform></numerusform><numerusform></numerusform></translation>
    </message>
    <message numerus="yes">
        <source>%n files stay, and go to all devices again.</source>
        <translation type="unfinished"><numerusform></numerusform><numerusform></numerusform></translation>
    </message>
    <message numerus="yes">
        <source>%n files were changed in two places</source>
        <translation type="unfinished"><numerusform></numerusform><numerusform></numerusform></translation>
    </message>
    <message numerus="yes">
        <source>%n files were deleted elsewhere</source>
        <translation type="unfinished"><numerusform></numerusform><numerusform></numerusform></translation>
    </message>
    <message numerus="yes">
        <source>%n files were deleted here</source>
        <translation type="unfinished"><numerusform></numerusform><numerusform></numerusform></translation>
    </message>
    <message numerus="yes">
        <source>%n files were deleted here within minutes</source>
        <translation type="unfinished"><numerusform></numerusform><numerusform></numerusform></translation>
    </message>
    <message numerus="yes">
        <source>%n files were deleted in one go. Nothing has been deleted anywhere else yet.</source>
        <translation type="unfinished"><numerusform></numerusform><numerusform></numerusform></translation>
    </message>
    <message numerus="yes">
        <source>%n files were deleted on another device within minutes</source>
        <translation type="unfinished"><numerusform></numerusform><numerusform></numerusform></translation>
    </message>
    <message numerus="yes">
        <source>%n folders come to this device.</source>
        <translation type="unfinished"><numerusform></numerusform><numerusform></numerusform></translation>
    </message>
    <message numerus="yes">
        <source>%n folders go off this device.</source>
        <translation type="unfinished"><numerusform></numerusform><numerusform></numerusform></translation>
    </message>
    <message numerus="yes">
        <source>%n folders stay on the server only.</source>
        <translation type="unfinished"><numerusform></numerusform><numerusform></numerusform></translation>
    </message>
    <message numerus="yes">
        <source>%n get their contents of then</source>
        <translation type="unfinished"><numerusform></numerusform><numerusform></numerusform></translation>
    </message>
    <message numerus="yes">
        <source>%n go back to their places or names</source>
        <translation type="unfinished"><numerusform></numerusform><numerusform></numerusform></translation>
    </message>
    <message numerus="yes">
        <source>%n items</source>
        <translation type="unfinished"><numerusform></numerusform><numerusform></numerusform></translation>
    </message>
    <message numerus="yes">
        <source>%n items are back.</source>
        <translation type="unfinished"><numerusform></numerusform><numerusform></numerusform></translation>
    </message>
    <message numerus="yes">
        <source>%n items did not come back: {why}</source>
        <translation type="unfinished"><numerusform></numerusform><numerusform></numerusform></translation>
    </message>
    <message numerus="yes">
        <source>%n items were left deleted.</source>
        <translation type="unfinished"><numerusform></numerusform><numerusform></numerusform></translation>
    </message>
    <message numerus="yes">
        <source>%n lines are gone</source>
        <translation type="unfinished"><numerusform></numerusform><numerusform></numerusform></translation>
    </message>
    <message numerus="yes">
        <source>%n lines are new</source>
        <translation type="unfinished"><numerusform></numerusform><numerusform></numerusform></translation>
    </message>
    <message numerus="yes">
        <source>%n lines that are the same</source>
        <translation type="unfinished"><numerusform></numerusform><numerusform></numerusform></translation>
    </message>
    <message numerus="yes">
        <source>%n links</source>
        <translation type="unfinished"><numerusform></numerusform><numerusform></numerusform></translation>
    </message>
    <message numerus="yes">
        <source>%n more</source>
        <translation type="unfinished"><numerusform></numerusform><numerusform></numerusform></translation>
    </message>
    <message numerus="yes">
        <source>%n more characters at least.</source>
        <translation type="unfinished"><numerusform></numerusform><numerusform></numerusform></translation>
    </message>
    <message numerus="yes">
        <source>%n moved in since and go home</source>
        <translation type="unfinished"><numerusform></numerusform><numerusform></numerusform></translation>
    </message>
    <message numerus="yes">
        <source>%n moved in since and stay: their homes are gone</source>
        <translation type="unfinished"><numerusform></numerusform><numerusform></numerusform></translation>
    </message>
    <message numerus="yes">
        <source>%n problems</source>
        <translation type="unfinished"><numerusform></numerusform><numerusform></numerusform></translation>
    </message>
    <message numerus="yes">
        <source>%n selected</source>
        <translation type="unfinished"><numerusform></numerusform><numerusform></numerusform></translation>
    </message>
    <message numerus="yes">
        <source>%n things cannot be synced</source>
        <translation type="unfinished"><numerusform></numerusform><numerusform></numerusform></translation>
    </message>
    <message numerus="yes">
        <source>%n versions of it are known.</source>
        <translation type="unfinished"><numerusform></numerusform><numerusform></numerusform></translation>
    </message>
    <message numerus="yes">
        <source>%n wait for you</source>
        <translation type="unfinished"><numerusform></numerusform><numerusform></numerusform></translation>
    </message>
    <message numerus="yes">
        <source>%n were made since and are deleted</source>
        <translation type="unfinished"><numerusform></numerusform><numerusform></numerusform></translation>
    </message>
    <message>
        <source>&amp;Add these files and continue</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>&amp;Back</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>&amp;Change the password…</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>&amp;Colours</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>&amp;Compare with now</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>&amp;Continue</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>&amp;Copy link</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>&amp;Edit link …</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>&amp;Email</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>&amp;Finish</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>&amp;Invitation</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>&amp;Make a support bundle…</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>&amp;None</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>&amp;Note</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>&amp;Open the folder</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>&amp;Open the folder of the logs</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>&amp;Password</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>&amp;Pause link</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>&amp;Resume link</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>&amp;Save as …</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>&amp;Save the bundle…</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>&amp;Save the patterns</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>&amp;Sign in</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>&amp;Sign in instead</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>&amp;Sign out this device…</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>&amp;Stop</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>&amp;Title</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>&amp;Try again</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>&amp;Withdraw link …</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>&amp;Works</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>; it needs the package {package} as well</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>A Lockstep server.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>A Lockstep server. It takes no new accounts.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>A Lockstep server. New accounts need an invitation.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>A courtesy, no protection: whoever sees it can keep it all the same.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>A device has not been heard of for a week</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>A file could not be read or written. It is tried again by itself.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>A file was changed in two places</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>A file went away while it was being synced. It is looked at again by itself.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>A hint</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>A name cannot have a / in it.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>A name needs at least one character.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>A newer request of this device was there first. Try again.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>A pattern keeps this from being synced. The preferences show all, under ignored files.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>A permission to transfer did not hold. It is asked for again by itself.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>A problem</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>A support bundle has logs and versions in it, for somebody who helps you. You see all of it before it is saved, and nothing is sent anywhere.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>A transfer took too long and its permission ran out. It is tried again by itself.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>A version cannot be read.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>About</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>About Lockstep</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>About what is chosen</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Account</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Activity</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Add</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Add files</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Add files…</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Added</source>
        <translation type="unfinished"></translation>
    </message>
    <message numerus="yes">
        <source>Added %n things.</source>
        <translation type="unfinished"><numerusform></numerusform><numerusform></numerusform></translation>
    </message>
    <message>
        <source>Added here</source>
        <translation type="unfinished"></translation>
    </message>
    <message numerus="yes">
        <source>Adding %n files</source>
        <translation type="unfinished"><numerusform></numerusform><numerusform></numerusform></translation>
    </message>
    <message>
        <source>Address of the proxy</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Address of the server</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>All files</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>All of it was read back from the server's store and found whole: {when}.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>All other devices are signed out then. Their files stay.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>All set</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>All that is in it is kept in step with your account.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>All that is in it is kept in step. You can use it as any other folder, with any program.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>All that is moving</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>All together at most</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Alt+Left</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Alt+Right</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Another Lockstep works on this folder. Stop it first.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Another file here differs only in case, and this disk does not tell them apart. Rename one of them.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Another file here has the same name in another Unicode form. Rename one of them.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Another link</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Another name for this file or folder:</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Another program holds this file. Close it there; it is tried again by itself.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Any number</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Any size</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Anyone</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Arrived</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>As it is</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>As it is: {until}</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>As the &amp;system has it</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>As the system</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Ask for a &amp;password</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Asking the server …</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Back</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Beginning of the text</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Both versions kept</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Both versions of each are kept. Choose which to go on with.</source>
        <translation type="unfinished"></translation>
    </message>
    <message numerus="yes">
        <source>Bring %n folders here</source>
        <translation type="unfinished"><numerusform></numerusform><numerusform></numerusform></translation>
    </message>
    <message>
        <source>Bring them back</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Brought back</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Brought back.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>By</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Bytes arrived damaged and were thrown away. They are fetched again by itself.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>C&amp;hoose…</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Cannot be told now</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Certificates</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Change link</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Change the password</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Changed</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Changed {time}</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Changes are noticed late</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Check &amp;again</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Checked there</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Choose a file or folder and share it: whoever has the link can open it, without an account.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Choose a file or folder to see what is known of it.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Choose a folder</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Choose a moment</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Choose its &amp;authority…</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Choose what to keep here…</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Clear the search</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Close</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Close the side panel</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Close the window</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Close the window?</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Close without it</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Code</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Compare</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Compare them</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Compared anew</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Comparing…</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Conflict</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Copy</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Copy link</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Copy password</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Copy share link</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Copy this link</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Create an &amp;account</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Create and copy link</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Current password</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Cut</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Dark</source>
        <translation type="unfinished"></translation>
    </message>
    <message numerus="yes">
        <source>Decide on %n held deletions…</source>
        <translation type="unfinished"><numerusform></numerusform><numerusform></numerusform></translation>
    </message>
    <message>
        <source>Decide…</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Delete</source>
        <translation type="unfinished"></translation>
    </message>
    <message numerus="yes">
        <source>Delete %n files everywhere</source>
        <translation type="unfinished"><numerusform></numerusform><numerusform></numerusform></translation>
    </message>
    <message numerus="yes">
        <source>Delete %n files everywhere?</source>
        <translation type="unfinished"><numerusform></numerusform><numerusform></numerusform></translation>
    </message>
    <message numerus="yes">
        <source>Delete %n files here too</source>
        <translation type="unfinished"><numerusform></numerusform><numerusform></numerusform></translation>
    </message>
    <message>
        <source>Deleted</source>
        <translation type="unfinished"></translation>
    </message>
    <message numerus="yes">
        <source>Deleted %n things.</source>
        <translation type="unfinished"><numerusform></numerusform><numerusform></numerusform></translation>
    </message>
    <message>
        <source>Deleted elsewhere</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Deleted file</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Deleted files</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Deleted here</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Deleted “{name}”.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Details</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Devices</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Don't keep on this device</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Don't keep {name} on this device</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Done</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Done. It shows in the folder once it is in step.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Downloading</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Downloads at &amp;most</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Drop files here, or add them. They will be on your other devices too.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Edit link</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Edit link …</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Edited</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Edited here</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Email</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Email or password is wrong. Check both and try again.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Email or password is wrong. Try again.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Enter its address, and press Return.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Enter the code of the invitation.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Enter the email address of the account.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Enter the password.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Enter the path of a folder, or choose one.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Everything comes to this device.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Everything else goes on. Lockstep shows what to do about each.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Everything in this folder that is to be synced is in step.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Everything in {folder} is kept on this computer, with all its versions.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Everywhere</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Expires</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Fetching “{name}”…</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>File</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Files</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Files added later are shared too.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Files at &amp;most</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Files of the bundle</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Files stay as they are. Sign in to go on syncing.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Find by name</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Folder</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Folders</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Folders on the server</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Folders would contain one another. It is compared again by itself.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>For &amp;looking only: no download button</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>For 1 day</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>For 30 days</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>For 7 days</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>For an hour</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Forward</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Found in all files</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Gathering…</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>General</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Getting both versions …</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Give the path from the top, as in Photos/Lisbon.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Go back to before one of these</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Go on showing it as it is &amp;now, even if it changes</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Go to all files</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Go up</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>If something is wrong</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Ignored</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>In</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>In step</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>In this file or folder</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Is it safe?</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>It can be shared once it is on the server.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>It cannot be synced. Problems tells why, and what to do.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>It could not be saved: {reason}</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>It does not start by itself any more.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>It goes with “{name}”: choose there.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>It holds from now on.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>It is ignored: Lockstep does not sync it.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>It is not kept on this device, and stays on the server.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>It is not on the server any more.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>It is not on this device, as you chose.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>It is not on this device.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>It is on its way to the server.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>It is on its way to this device.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>It is on this device too.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>It keeps a folder in step on every device you own. Where are your files to be kept?</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>It starts when you log in.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>It stays on the server.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>It uses Qt and PySide under the GNU Lesser General Public License 3.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>It waits for another change that was refused. It is compared again by itself.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>It waits for its turn.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>It was changed here and on {device}. Both versions are kept.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>It was changed in two places at once. Both are kept; choose which one stays in Conflicts.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>It was changed in two places at once. Both versions are kept.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>It was changed meanwhile, and stays as it is. Look at it, then try again.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>It was heard of last on {time}. What was changed there since is not here.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Its content was not read back from the store yet; the server does that by itself.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Its folder did not come along from the server. It is looked up again by itself.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Its folder was deleted on the server. It is compared again by itself.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Its name</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Keep it here</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Keep it open</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Keep link</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Keep on this device</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Keep the name</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Keep the password</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Keep them</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Kept twice</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Kind</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>L&amp;anguage</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Last day</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Last seen</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Last seen {when}</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Leave as it is</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Leave it as it was</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Leave it signed in</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Leave them as they were</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Licences</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Light</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Limit &amp;downloads to</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Limit &amp;uploads to</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Link copied.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Link copied. It works in the server's own network only.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Link copied. It works on this computer only, until the server has a public address.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Link to “{name}”</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Links</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Links that lead here</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Lockstep</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Lockstep is free software under the Apache License 2.0.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Lockstep is not running</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Lockstep is not running in the background</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Lockstep is not running in the background. Start it again from the tray or the menu.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Lockstep is not running, so nothing is kept in step.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Lockstep keeps here what it needs itself, so this is not synced. Leave it as it is.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Lockstep keeps its own data there. Choose a folder apart from it.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Lockstep may not read or write this. Change its permissions; it is tried again by itself.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Lockstep's records are damaged. They are set aside and made anew by comparing; nothing is deleted.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Lockstep's records cannot be used. Check the disk and the permissions of the profile; the files are safe.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Lockstep's records were made by a newer Lockstep. Update Lockstep; the files are safe.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Look</source>
        <translation type="unfinished"></translation>
    </message>
    <message numerus="yes">
        <source>Look at %n conflicts…</source>
        <translation type="unfinished"><numerusform></numerusform><numerusform></numerusform></translation>
    </message>
    <message numerus="yes">
        <source>Look at %n problems…</source>
        <translation type="unfinished"><numerusform></numerusform><numerusform></numerusform></translation>
    </message>
    <message>
        <source>Look at the deletions</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Look at the folder's settings…</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Look for a part of a name: case and accents do not matter.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Looking for changes</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Looking for links …</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Looking for versions …</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Looking for what happened…</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Looking for what was deleted…</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Looking further back…</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Looking into the folder…</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Looking through the folder</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Looking through the folder…</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Looking what is in it…</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Looking what is there…</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Looking what the server has…</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Looking what would change…</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Looking whether something is wrong…</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Made</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Make one</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Many deletions wait for a decision</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Menu</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>More for the version of {when}</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>More for this link</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Most that is downloaded</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Most that is uploaded</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Moved</source>
        <translation type="unfinished"></translation>
    </message>
    <message numerus="yes">
        <source>Moved %n things to “{name}”.</source>
        <translation type="unfinished"><numerusform></numerusform><numerusform></numerusform></translation>
    </message>
    <message>
        <source>Moved back.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Moved elsewhere</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Moved here</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Name</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Needs you</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Network</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>New folder</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>New name</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>New password</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>New version arrived</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>No Lockstep server answers at this address. Check it.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>No link leads here yet. Whoever gets one can download this, without an account.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>No problems</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Not all of it yet</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Not on the server</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Not on this device</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Not on this device. {size} would be downloaded to show it.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Not safe</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Not safe yet</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Not synced</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Nothing answers at this address. Check it, and your network.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Nothing chosen</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Nothing deleted has “{text}” in its name</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Nothing differs.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Nothing else is needed. Every version is kept; more devices can join later.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Nothing has happened here yet</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Nothing has happened yet</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Nothing is called “{text}”.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Nothing is deleted anywhere else until you decide.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Nothing is deleted anywhere else until you say so. What is deleted can be restored for a while.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Nothing is deleted here until you say so. What you keep goes to the server and all devices again.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Nothing is deleted on this device until you decide.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Nothing is moving. Everything is in step.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Nothing is shared</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Nothing is synced at the moment</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Nothing of that kind has happened</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Nothing was deleted</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Now</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Offline</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Old versions are thinned out after a while. Of this one only the time is still known.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>On &amp;this computer</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>On a &amp;server</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>On the server</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>On the server since</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>On the server since {when}.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>On the server, not checked yet</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>On this device</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>On this device only</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>On this disk</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>One file at most</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>One pattern a line, such as *.iso or build/. They hold on all devices of the account. What is synced already goes on being synced.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Open</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Open Lockstep</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Open folder</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Open preferences…</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Open the version of {when}</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Opening “{name}” …</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Or as it was at</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Other files are still being copied. Wait for them, or stop that.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Others can &amp;add files to it, and see nothing of what is there</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Others can &amp;download it</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Others changed this first. It is compared again by itself.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Others on the way could read what is sent to this address.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>PDF document</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Password</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Password copied.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Password of the account</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Paste</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Patterns</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Pause</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Pause link</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Paused</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Paused until {time}</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Paused. Changes wait here until you resume.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Paused: nothing moves until it is resumed.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Permission changed</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Permission changed elsewhere</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Permission changed here</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Preferences</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Preferences…</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Preview</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Preview being downloaded</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Problem</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Problems</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Programs make files of such a name for themselves, so they are not synced. Rename it to have it synced.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Progress</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Properties</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Proxy</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Put into the trash.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Qt</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Quit</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Quit Lockstep</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Quit, and go on syncing</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Recent files</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Records made anew</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Refresh</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Rename</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Renamed</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Rename…</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Restore</source>
        <translation type="unfinished"></translation>
    </message>
    <message numerus="yes">
        <source>Restore %n items</source>
        <translation type="unfinished"><numerusform></numerusform><numerusform></numerusform></translation>
    </message>
    <message>
        <source>Restore the version of {when}</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Restoring</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Resume</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Resume link</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Rewind {name}</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Rewind {name} to {moment}</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Rewinding…</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Room</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Safe</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Save the support bundle</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Save this version</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Saved as “{name}”.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Saved. They hold from now on.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Saving “{name}” …</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Search all files</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Search links</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Searching…</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Sections</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>See the devices</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>See what to do</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>See what would change</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Server</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Setting up</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Share</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Share “{name}”</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Share …</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Shared</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Sharing</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Show</source>
        <translation type="unfinished"></translation>
    </message>
    <message numerus="yes">
        <source>Show %n more</source>
        <translation type="unfinished"><numerusform></numerusform><numerusform></numerusform></translation>
    </message>
    <message>
        <source>Show &amp;theirs</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Show all</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Show as gallery</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Show as list</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Show in &amp;files</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Show in Lockstep</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Show in file manager</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Show in files</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Show in folder</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Show older versions</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Show password</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Show patterns…</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Show preview</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Show properties</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Show the log…</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Show the password</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Show them</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Show what is wrong</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Show {name}</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Sign in</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Sign in again</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Sign in again…</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Sign out {name}</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Signed out</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Signing in…</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Size</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Sockets, pipes, devices and other mounts are not synced. Move it out, or leave it: nothing waits for it.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Some changes wait for others that do not come. Nothing was lost; try them again.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Some of this could not be done. Look at it again, and continue.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Something answers at this address, but it is no Lockstep server. Check the address.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Something cannot be synced without me</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Something else has this name on the server. It is compared again by itself.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Something in this folder still waits to be synced.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Something needs you</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Something needs you before everything is in step.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Something needs you.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Something that is not kept on this device has this name. Rename this one, or keep the other here again.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Something that is not synced has this name here. Rename it, and the other comes.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Something went wrong inside Lockstep. Nothing was lost; try again.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Speed</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Start Lockstep</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Start Lockstep when I &amp;log in</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Start syncing</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Starting the server of this computer…</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Starting…</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>State</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Stay here</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Stop</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Stop copying</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Stop restoring</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Stopped. Nothing was changed.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Stored</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Support bundle</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Symbolic link</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Syncing</source>
        <translation type="unfinished"></translation>
    </message>
    <message numerus="yes">
        <source>Syncing %n files</source>
        <translation type="unfinished"><numerusform></numerusform><numerusform></numerusform></translation>
    </message>
    <message>
        <source>Syncing goes on in the background without tray and window. To stop that as well, pause it first.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Syncing has stopped</source>
        <translation type="unfinished"></translation>
    </message>
    <message numerus="yes">
        <source>Take %n folders off this device</source>
        <translation type="unfinished"><numerusform></numerusform><numerusform></numerusform></translation>
    </message>
    <message>
        <source>Take it back</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Take off and bring these folders</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Tell me when</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Tell the password by another way than the link:</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Text</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>That cannot be done this way. Change it and try again.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>That could not be done</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>That day is over. Choose a later one.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>That did not work: {reason}</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>That is more than the server takes at once. Update Lockstep; nothing was lost.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>That profile is gone: take the folder over</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>The answer could not be read. Something lies between, such as a proxy or a page to sign in to a network; changes wait here until it can.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>The code is wrong or was used already. Wait for the next one, or use a recovery code.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>The disk is full. Free some space; everything else goes on, and this is tried again by itself.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>The disk is full. “{name}” was left as it is.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>The disk reported an error. Check the disk; nothing was deleted.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>The disk that holds Lockstep's records is full. Free some space; nothing was lost.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>The file cannot be read.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>The file has too many lines to be compared. Open both versions instead.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>The file is too large to be compared line by line. Open both versions instead.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>The folder cannot be watched, so changes are looked for every 30 seconds. The log tells why.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>The folder does not carry this device's mark. Mount the right one, or set this device up again; nothing was deleted.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>The folder is empty.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>The folder is empty. What you put into it is kept, with all its versions.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>The folder is made.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>The language changes when Lockstep is started the next time.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>The link</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>The link has changed.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>The link is kept as a link; what it points to is synced only if it is in the folder too.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>The link is made and copied.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>The link is paused: it leads to nothing until you resume it.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>The link is withdrawn. It leads to nothing any more.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>The link works again.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>The links cannot be shown now</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>The name “{name}” is too long for this disk.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>The new folder is gone again.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>The password is changed. Other devices have to sign in again.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>The password is wrong. Try again.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>The patterns were changed meanwhile, by another device or program.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>The picture is damaged, or not whole.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>The picture is too large for a preview.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>The picture now</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>The picture then</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>The proxy wants a name and a password, or others. Set them in the preferences, under network.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>The second factor</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>The server asks for a pause. Wait a minute and try again.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>The server asks for a pause. Wait a moment and try again.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>The server cannot be reached. Changes wait here until it answers.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>The server cannot be reached. Changes wait here until it answers; check the network if it lasts.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>The server cannot be reached. What is to move waits for it.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>The server could not do this. Try again in a while.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>The server did not take what was sent. It is sent again by itself.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>The server did not understand. Update Lockstep.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>The server does not have it yet.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>The server does not know this request. Check the address.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>The server does not take this name or kind of file. Rename it.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>The server has nothing of this name at this moment.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>The server has the version of {when}.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>The server has this already. It goes on by itself.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>The server is busy or being restarted. It is tried again by itself.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>The server lacks part of the content. It is sent again by itself.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>The server lacks part of this file. It comes once a device that has the file sends it again; have Lockstep look at all files there.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>The server refused this. Nothing was lost; the log tells its reason.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>The server saw this change before, with other contents. Try again.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>The server sent a name that no device may hold. It is left alone; tell who runs the server.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>The server wants files to go over a connection that is not encrypted. Tell who runs it.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>The server was restored or replaced. Everything is compared again; nothing is deleted.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>The server's authority</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>The server's disk is full. Tell who runs it; changes wait here until there is room.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>The server's list of changes has no end. Tell who runs it; it is tried again by itself.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>The server's store refused a transfer. Tell who runs it; changes wait here until it answers.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>The settings make no sense. Look through the preferences.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>The settings of this device are damaged. Set it up again; files stay as they are.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>The support bundle is saved: {path}</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>The synced folder cannot be read. Check its permissions and its disk; nothing was deleted.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>The synced folder cannot be used. Check that it is there and can be read; nothing was deleted.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>The synced folder is not there. Mount or move it back; nothing was deleted.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>The target of this link is too long or not valid Unicode, so it is not synced. Make it anew.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Then</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>There are no folders on the server yet.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>There is already something called “{name}” here. Nothing was changed.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>There is an account with this address already. Sign in to it instead.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>There is no display, and so no clipboard: `lockstep share` makes links.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>There is no room left on the server. Delete something there or ask for more; it goes on by itself then.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>There is no room left on the server. Delete something there or ask for more; it goes on then.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>There is no such file or folder, here or on the server. It may have been moved or deleted; look there.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>There is no such thing on the server any more. It may have been moved or deleted; look there.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>There is no version on the server yet. Each time the file changes, one is kept there.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>There is no “{path}”</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>They are in {name}.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>They are on this device alone, or on the server alone, until they move.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>They go into this computer's trash, and are deleted on the server and on all your devices.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>They have not been heard of for a week.</source>
        <translation type="unfinished"></translation>
    </message>
    <message numerus="yes">
        <source>They match %n items here, or more:</source>
        <translation type="unfinished"><numerusform></numerusform><numerusform></numerusform></translation>
    </message>
    <message numerus="yes">
        <source>They match %n items here:</source>
        <translation type="unfinished"><numerusform></numerusform><numerusform></numerusform></translation>
    </message>
    <message>
        <source>They match nothing in this folder.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>They stay on the server.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>This &amp;one:</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>This Lockstep and the server's are too far apart. Update the older one.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>This account needs a code as well. Take it from the app that makes its codes.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>This cannot be shown.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>This code is wrong or was used already. Wait for the next one.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>This could not be changed: {reason}</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>This device is not set up yet. Sign in first.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>This device is paused. Resume it to go on.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>This device is signed out</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>This device is signed out, and the account's owner wants what it synced removed from it. That happens now; until it has, it can be taken back on another device.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>This device is signed out. Sign in again.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>This device is signed out. Sign in again; files stay as they are.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>This device is signed out. What is to move waits until it is signed in again.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>This device is to be wiped, or has begun with it. Until it has, another device can take that back.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>This device was signed out or removed from the account. Sign in again; files stay.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>This device was signed out. Its files are as they were; sign in, and they go on.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>This device was signed out. Your files stay here; changes wait until you sign in again.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>This file is not kept any more: the server keeps what was deleted for a time only.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>This file system cannot hold this name or kind of file. Rename it where it was made.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>This folder belongs to another Lockstep profile on this computer.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>This folder cannot be made, read or written. Choose another one.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>This folder is empty.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>This folder is not there any more.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>This folder lies inside one that is kept in step already. Choose another one.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>This is all that is in it. Passwords, tokens and email addresses are taken out.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>This is no address of a proxy. It looks like http://proxy.example.org:3128.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>This is no address of a server. It looks like files.example.org.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>This is no picture that can be shown here.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>This is not an email address. Check what you typed.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>This is not saved yet.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>This kind of file cannot be compared here. Open both versions instead.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>This line is no pattern: {line}</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>This name is not valid Unicode. Rename it.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>This name is reserved for Lockstep. Rename it.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>This name is too long, not valid Unicode or reserved for Lockstep. Rename it.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>This name is too long. Shorten it where it was made.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>This needs your password again. Give it, and try again.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>This password is too easy to guess. Choose one of 8 characters or more, not the address.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>This password is too easy to guess. Choose one of 8 characters or more.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>This picture cannot be shown.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>This server takes new accounts by invitation. Ask for a code, and enter it.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>This server takes new accounts by invitation. Enter the code that you were sent.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>This server takes no new accounts. Ask who runs it.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>This server takes no new accounts. Ask whoever runs it, or sign in.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>This server's certificate is not trusted here. If it has its own authority, choose it.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>This share link is over. Ask whoever sent it for a new one.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>This share link is paused. Ask whoever sent it.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>This system cannot hold this name. Rename it on another device.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>This system lets too few folders be watched, so changes are looked for every 30 seconds. Raise the limit fs.inotify.max_user_watches.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>This system reserves this name. Rename it on another device.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>This system watches too few folders for changes, so they are looked for every few minutes instead.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>This would change</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Time to go back to</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Today</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Today {time}</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Too much of it repeats to be compared line by line. Open both versions instead.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Transfers</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Try again</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Try all again</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Try now</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Two versions of {name}</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Type a password, or choose to have none.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Undo</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Unit</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Until I resume</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Until a day …</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Until it is withdrawn</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Until then, what changed last is on this device only.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Until tomorrow, 8:00</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Uploading</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Use it all the same: I know who could read along</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Used</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Versions</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Visitors added files by one of my links</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Waiting</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Waiting for Lockstep to start…</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Was in</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Welcome to Lockstep</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>What</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>What cannot be synced is shown here, with the reason and what helps.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>What differs</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>What happened</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>What happened cannot be shown now</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>What happens to it</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>What is deleted on any device is kept for a time, and can be brought back from here.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>What is in the file</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>What is not ticked is on the server and on other devices only.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>What is not ticked stays on the server. You can change this at any time, in the preferences.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>What is sent and fetched is shown here, with how long it takes.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>What is wanted on this device?</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>What they match</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>What was changed there since is not here yet. Switch it on and see that Lockstep runs there.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>What was deleted</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>What was deleted cannot be shown now</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>What would change</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>What would change is shown here first. It can be taken back afterwards.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>When</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Where</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Where you are</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Whether something is wrong cannot be told now</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Which folder?</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Which server?</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Who</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Who added, changed, moved or deleted what, and when, is told here.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Who did it</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Whoever has it finds nothing any more. It cannot be brought back; the file stays.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Whoever opens it is asked for the password.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Whoever opens the link reads this</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Whoever runs the server has told you its address; it is the one that its web page has, too.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>With the &amp;names of my files and folders</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Withdraw link</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Withdraw link …</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Withdraw the link to “{name}”?</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Works in the server's own network only. From elsewhere it cannot be opened.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Works on this computer only. To share with others, the server needs an address that they can reach.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Written by</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Yesterday</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>You have an account on a Lockstep server, or can make one there.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>You may not change this. Ask its owner for the right to; your change stays on this device.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>You may not change “{name}”: its permissions do not allow it.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Your account</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Your account asks for a code as well: from your authenticator app, or one of the recovery codes.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Your files go on being synced in the background. Open Lockstep again to see them here.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>added; start it again to see it</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>all files</source>
        <translation type="unfinished"></translation>
    </message>
    <message numerus="yes">
        <source>and %n more</source>
        <translation type="unfinished"><numerusform></numerusform><numerusform></numerusform></translation>
    </message>
    <message>
        <source>before {moment}</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>comes as a copy</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>comes back</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>d MMM</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>d MMM yyyy</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>d MMMM yyyy</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>dddd, d MMMM</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>deleted</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>expired</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>expired {when}</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>file</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>folder</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>for looking only</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>gets its content of then</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>goes back to its place</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>goes home</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>is deleted</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>is not kept any more</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>is now at {path}</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>link</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>never</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>never expires</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>not changed: {reason}</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>not kept any more</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>not known while nothing runs</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>not yet</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>on {day}</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>one version</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>others add files</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>paused</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>removed</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>stays: its home is gone</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>stopped by the server</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>the server's operator</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>this computer</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>this device</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>today {time}</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>until today {time}</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>until tomorrow</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>until {when}</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>used up</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>with a password</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>works</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>yesterday</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>your folder</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>{count} of {limit} downloads</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>{count} of {limit} files</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>{count}, {size}</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>{day} {time}</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>{device} is silent</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>{device} was last seen {when}</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>{device} wrote it.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>{done} of {all}</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>{ending} archive</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>{ending} document</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>{ending} file</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>{ending} film</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>{ending} picture</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>{ending} sound</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>{folder} is kept in step with your account.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>{kind}, {size}</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>{made} The files of your account come into it.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>{name}
Not on this device</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>{name} (browser)</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>{name} cannot be synced</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>{name} cannot reach the account any more then, until somebody signs in there. Its files stay.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>{name} did not come back: {why}</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>{name} is as before again</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>{name} is as before again.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>{name} is as it was then</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>{name} is as it was {moment}</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>{name} is as it was {moment}.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>{name} is back.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>{name} is signed out.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>{name}, {kind}, {state}</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>{path} and {others}</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>{path} is not in the synced folder.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>{path}, before: {was}</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>{percent} %</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>{size} in {store}</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>{size} in {store}, where old versions go</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>{size} less on this disk.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>{size} more room here.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>{size} of {limit}</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>{size}/s</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>{time} left</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>{used} in use, no limit</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>{used} of {all}</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>{used} of {limit} in use</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>{when} · current</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>“{name}” cannot be copied into itself.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>“{name}” cannot be moved into itself.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>“{name}” cannot be put into the trash: {reason}</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>“{name}” cannot be used as a name. Choose another one.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>“{name}” has its old name again.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>“{name}” is as it was before.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>“{name}” is as it was {when}. The version before is kept.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>“{name}” is not empty any more, so it stays.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>“{name}” is not kept on this device any more.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>“{name}” is not there any more.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>“{name}” is on another disk. Copy it instead.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>“{name}” will be kept on this device.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>“{name}”: {reason}</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>“{name}”: {when}, and now</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>… the rest is not shown here.</source>
        <translation type="unfinished"></translation>
    </message>
</context>
</TS>
