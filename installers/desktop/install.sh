#!/bin/sh
# Installs Lockstep for the person who runs this, into ~/.local or the folder named by PREFIX. Needs no root.
set -eu
here=$(cd "$(dirname "$0")" && pwd)
prefix=${PREFIX:-$HOME/.local}
program=$prefix/lib/lockstep

if [ -x "$program/uninstall.sh" ]; then
    "$program/uninstall.sh" --update
fi
mkdir -p "$prefix"
prefix=$(cd "$prefix" && pwd)
program=$prefix/lib/lockstep
(cd "$here/tree" && find . ! -type d) > "$here/files.txt"
(cd "$here/tree" && tar -cf - .) | (cd "$prefix" && tar -xf - --no-same-owner)
mv "$here/files.txt" "$program/files.txt"
entry=$prefix/share/applications/lockstep.desktop
quoted=$(printf '%s' "$program/lockstep" | sed 's/[&|\\]/\\&/g')
sed -e "s|^Exec=lockstep|Exec=\"$quoted\"|" -e "s|^TryExec=lockstep|TryExec=$quoted|" "$entry" > "$entry.new"
mv "$entry.new" "$entry"

echo "Lockstep is installed in $prefix. It is in the menu, and \`$prefix/bin/lockstep\` calls it from a terminal."
case ":$PATH:" in
    *":$prefix/bin:"*) ;;
    *) echo "$prefix/bin is not in your PATH: add it, or log in again if it is there from the next login on." ;;
esac
echo "For entries in your file manager:  $prefix/bin/lockstep desktop integrate"
echo "To take it away again:             $program/uninstall.sh"
