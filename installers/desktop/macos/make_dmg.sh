#!/bin/bash
# Makes a disk image of Lockstep.app; signs and notarises both if the environment says by whom. On macOS only.
#
#     installers/desktop/macos/make_dmg.sh build/dist/Lockstep.app dist/Lockstep-0.1.0.dmg
#
# LOCKSTEP_SIGN_AS    the certificate's name: "Developer ID Application: … (TEAMID)", in the keychain of this machine.
# LOCKSTEP_NOTARY     the name of a profile that `xcrun notarytool store-credentials NAME` has put into the keychain.
#
# Without them the image works on this machine; elsewhere macOS says that it cannot check the developer.
set -euo pipefail

app=${1:?which application?}
image=${2:?which disk image?}
here=$(cd "$(dirname "$0")" && pwd)

if [ -n "${LOCKSTEP_SIGN_AS:-}" ]; then
    # What is inside comes first: a signature is over those of what it holds.
    find "$app/Contents" -type f \( -name "*.dylib" -o -name "*.so" -o -perm -u+x \) -print0 |
        xargs -0 codesign --force --timestamp --options runtime --entitlements "$here/entitlements.plist" \
            --sign "$LOCKSTEP_SIGN_AS"
    codesign --force --timestamp --options runtime --entitlements "$here/entitlements.plist" \
        --sign "$LOCKSTEP_SIGN_AS" "$app"
    codesign --verify --strict --deep "$app"
fi

stage=$(mktemp -d)
trap 'rm -rf "$stage"' EXIT
ditto "$app" "$stage/Lockstep.app"
ln -s /Applications "$stage/Applications"
hdiutil create -volname Lockstep -srcfolder "$stage" -format ULFO -fs HFS+ -ov "$image"

if [ -n "${LOCKSTEP_SIGN_AS:-}" ]; then
    codesign --timestamp --sign "$LOCKSTEP_SIGN_AS" "$image"
fi
if [ -n "${LOCKSTEP_NOTARY:-}" ]; then
    xcrun notarytool submit "$image" --keychain-profile "$LOCKSTEP_NOTARY" --wait
    xcrun stapler staple "$image"
    spctl --assess --type open --context context:primary-signature --verbose "$image"
fi
