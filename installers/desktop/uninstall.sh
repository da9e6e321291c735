#!/bin/sh
# Takes away what install.sh put there. Your files, and what Lockstep knows of them, stay.
set -eu
program=$(cd "$(dirname "$0")" && pwd)
prefix=$(cd "$program/../.." && pwd)

if [ "${1:-}" != --update ]; then
    "$program/lockstep" stop > /dev/null 2>&1 || true
    "$program/lockstep" desktop remove > /dev/null 2>&1 || true
    for entry in "${XDG_CONFIG_HOME:-$HOME/.config}"/autostart/lockstep*.desktop; do
        if grep -qsxF "TryExec=$program/lockstep" "$entry"; then rm -f "$entry"; fi
    done
fi
sed 's|^\./||' "$program/files.txt" | while IFS= read -r file; do
    rm -f "$prefix/$file"
done
rm -f "$program/files.txt"
find "$program" -depth -type d -empty -delete
while IFS= read -r folder; do
    rmdir "$prefix/$folder" 2> /dev/null || true
done <<'FOLDERS'
bin
lib
share/applications
share/bash-completion/completions
share/bash-completion
share/doc/lockstep
share/doc
share/fish/vendor_completions.d
share/fish
share/man/man1
share/man
share/zsh/vendor-completions
share/zsh
FOLDERS
find "$prefix/share/icons/hicolor" -depth -type d -empty -delete 2> /dev/null || true
rmdir "$prefix/share/icons" 2> /dev/null || true
if [ "${1:-}" != --update ]; then
    echo "Lockstep is gone from $prefix. Your files are where they were."
fi
