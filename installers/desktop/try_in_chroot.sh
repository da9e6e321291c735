#!/bin/bash
# Installs the Debian package in a fresh system without Python and Qt, uses it there as a person would, and takes it
# away again: a folder is kept in step between two devices, the window is photographed, and what is left is listed.
#
#     installers/desktop/try_in_chroot.sh dist/lockstep_0.1.0_amd64.deb
#
# BASE can name a folder with such a fresh system, which is copied. Needs root, debootstrap, xvfb, x11-utils and imagemagick. What it saw is in build/tried; it ends with 0 if all went well.
set -euo pipefail

deb=$(realpath "${1:?which package?}")
suite=${SUITE:-bookworm}
mirror=${MIRROR:-http://deb.debian.org/debian}
port=${PORT:-8791}
seen=$(realpath "$(dirname "$0")/../..")/build/tried
work=$(mktemp -d /var/tmp/lockstep-try.XXXXXX)
root=$work/root
x_server=""
up=""

say() { printf '\n== %s\n' "$*"; }
fail() { printf 'FAILED: %s\n' "$*" >&2; exit 1; }

clean_up() {
    if [ -n "$up" ] && kill -0 "$up" 2> /dev/null; then
        as_person lockstep stop > /dev/null 2>&1 || kill "$up" || true
    fi
    [ -z "$x_server" ] || kill "$x_server" 2> /dev/null || true
    for place in "$root/tmp/.X11-unix" "$root/proc"; do
        if mountpoint -q "$place"; then umount "$place" || umount -l "$place"; fi
    done
    rm -rf --one-file-system "$work"
}
trap clean_up EXIT

inside() { env -i PATH=/usr/sbin:/usr/bin:/sbin:/bin LANG=C.UTF-8 DEBIAN_FRONTEND=noninteractive chroot "$root" "$@"; }
as_person() {
    env -i PATH=/usr/bin:/bin LANG=C.UTF-8 HOME=/home/ada USER=ada LOGNAME=ada DISPLAY="$display" \
        XDG_RUNTIME_DIR=/run/ada "$(command -v chroot)" --userspec=ada:ada "$root" "$@"
}
packages() { inside dpkg-query -W | cut -f 1; }
await() { # what, within how many tenths of a second, command...
    local what=$1 left=$2
    shift 2
    until "$@" > /dev/null 2>&1; do
        left=$((left - 1))
        [ "$left" -gt 0 ] || fail "$what"
        sleep 0.1
    done
}
# Caches and logs of apt and dpkg are what any installation changes; the rest of the system is compared file by file.
files() {
    find "$root" -xdev \( -path "$root/proc" -o -path "$root/tmp" -o -path "$root/run" -o -path "$root/var/cache" \
        -o -path "$root/var/log" -o -path "$root/var/lib/apt" -o -path "$root/var/lib/dpkg" \) -prune -o -print \
        | sed "s|^$root||" | LC_ALL=C sort
}

rm -rf "$seen"
mkdir -p "$seen"

say "a fresh $suite"
if [ -n "${BASE:-}" ]; then
    cp -a "$BASE" "$root"
else
    debootstrap --variant=minbase "$suite" "$root" "$mirror" > "$work/debootstrap.log"
fi
mount -t proc proc "$root/proc"
inside useradd --create-home --shell /bin/sh ada
install -d -o 1000 -g 1000 -m 700 "$root/run/ada"
# The package needs them, and so does apt, which recommends them: autoremove keeps them where Lockstep brought them.
inside apt-get update -qq
inside apt-get install -y -qq --no-install-recommends ca-certificates > "$work/apt-certificates.txt" 2>&1 \
    || { tail "$work/apt-certificates.txt"; fail "apt"; }
! packages | grep -E '^(lib)?python3|^libqt|pyside' || fail "it is not bare"
files > "$seen/before.txt"

say "a screen"
mkdir -p /tmp/.X11-unix "$root/tmp/.X11-unix"
exec 3> "$work/display"
Xvfb -displayfd 3 -screen 0 1280x900x24 -ac -nolisten tcp > "$work/xvfb.log" 2>&1 &
x_server=$!
await "the screen did not come up" 100 test -s "$work/display"
display=:$(cat "$work/display")
mount --bind /tmp/.X11-unix "$root/tmp/.X11-unix"

say "installed by apt"
cp "$deb" "$root/tmp/lockstep.deb"
inside apt-get install -y -qq --no-install-recommends /tmp/lockstep.deb > "$seen/apt-install.txt" 2>&1 \
    || { tail "$seen/apt-install.txt"; fail "apt"; }
echo "$(grep -c "^Setting up" "$seen/apt-install.txt") packages were set up"
! packages | grep -E '^(lib)?python3|^libqt' || fail "it brought Python or Qt"
inside lockstep --version
inside env LD_LIBRARY_PATH=/usr/lib/lockstep/_internal sh -c 'find /usr/lib/lockstep -name "*.so*" -exec ldd {} + 2> /dev/null' | grep "not found" | sort | uniq -c \
    > "$seen/missing-libraries.txt" || true
cat "$seen/missing-libraries.txt"
[ ! -s "$seen/missing-libraries.txt" ] || fail "libraries are missing"
inside sh -c 'test -e /usr/share/man/man1/lockstep.1.gz && test -e /usr/share/bash-completion/completions/lockstep &&
    test -e /usr/share/nautilus-python/extensions/lockstep_file_manager.py' || fail "not all is there"
as_person env -i /usr/lib/lockstep/lockstep-thumbnail < "$root/usr/share/icons/hicolor/256x256/apps/lockstep.png" \
    > "$work/thumbnail.webp" || fail "no thumbnail"
head -c 4 "$work/thumbnail.webp" | grep -q RIFF || fail "no thumbnail"

say "lockstep up"
as_person lockstep up --folder /home/ada/Lockstep --port "$port" > "$seen/up.txt" 2>&1 &
up=$!
await "it did not come up, see $seen/up.txt" 900 grep -q "A device on another computer" "$seen/up.txt"
await "the folder is not in step, see $seen/up.txt" 600 grep -q "in-step" "$seen/up.txt"
printf 'from the first device\n' > "$work/one.txt"
install -o 1000 -g 1000 -m 644 "$work/one.txt" "$root/home/ada/Lockstep/one.txt"

! grep -i "warning" "$seen/up.txt" || fail "something is not as it should be"

say "a second device, by the lines that it prints"
sed -n '/^A second device/,/^$/p' "$seen/up.txt" | sed 1d > "$work/second.sh"
as_person sh -e < "$work/second.sh"
second=$root/home/ada/Lockstep-2
await "nothing came to the second device" 600 test -f "$second/one.txt"
cmp "$work/one.txt" "$second/one.txt"
printf 'from the second device\n' > "$work/two.txt"
install -o 1000 -g 1000 -m 644 "$work/two.txt" "$second/two.txt"
await "nothing came back from it" 600 test -f "$root/home/ada/Lockstep/two.txt"
cmp "$work/two.txt" "$root/home/ada/Lockstep/two.txt"
echo "both ways"

say "the window"
has_window() { xwininfo -display "$display" -root -tree | grep -q '"Lockstep"\|Lockstep"'; }
await "there is no window" 600 has_window
sleep 4 # it draws
import -display "$display" -window root "$seen/window.png"

say "taken away, as docs/installing.md tells it"
other=$(sed -n "s/.*--home \([^ ]*\) start/\1/p" "$work/second.sh" | tr -d "'")
as_person lockstep export /home/ada/everything
as_person lockstep --home "$other" unlink --keep-files
as_person lockstep desktop remove
as_person lockstep stop
wait "$up" || true
up=""
as_person lockstep verify || fail "disk, journal and server differ"
! pgrep -f "^/usr/lib/lockstep/" > /dev/null || fail "something still runs"
inside apt-get purge -y -qq lockstep > "$seen/apt-purge.txt" 2>&1
inside apt-get autoremove --purge -y -qq >> "$seen/apt-purge.txt" 2>&1
as_person rm -r /home/ada/.local/share/lockstep /home/ada/Lockstep/.lockstep /home/ada/Lockstep-2/.lockstep
files > "$seen/after.txt"
LC_ALL=C comm -13 "$seen/before.txt" "$seen/after.txt" > "$seen/left.txt"
LC_ALL=C comm -23 "$seen/before.txt" "$seen/after.txt" > "$seen/gone.txt"
[ ! -s "$seen/gone.txt" ] || { cat "$seen/gone.txt"; fail "more is gone than came"; }
echo "left:"
cat "$seen/left.txt"
# Fonts are cached by fontconfig, for all programs of a person.
left=$(grep -vE '^/home/ada/(Lockstep|Lockstep-2|everything)(/(one|two)\.txt)?$|^/home/ada/\.local(/share)?$' "$seen/left.txt" \
    | grep -vE '^/home/ada/\.cache(/fontconfig(/.*)?)?$') || true
[ -z "$left" ] || fail "this is left: $left"
for folder in Lockstep Lockstep-2 everything; do
    cmp "$work/one.txt" "$root/home/ada/$folder/one.txt"
    cmp "$work/two.txt" "$root/home/ada/$folder/two.txt"
done
say "all went well: nothing is left but the person's files; what was seen is in $seen"
