#!/bin/sh
# Installs the Lockstep server on Debian 12 or newer, or Ubuntu 24.04 or newer; run again, it upgrades it.
set -eu
umask 022

usage() {
    cat <<'END'
Install or upgrade the Lockstep server of this machine. Run it as root, from a checkout.

    install.sh [--host NAME] [--wheel FILE] [--certificate PEM --key PEM] [--no-nginx]
    install.sh --uninstall

    --host NAME        what the server is called, such as files.example.org; by default this machine's name
    --wheel FILE       install this wheel; by default the checkout that this script is in
    --certificate PEM  for nginx, with the chain; by default one of an authority that is made here, for devices with --ca-file
    --key PEM          the certificate's key
    --no-nginx         leave nginx alone: something else speaks TLS
    --uninstall        remove all but the data, the backups and the settings, and say where those are
END
}

here=$(cd "$(dirname "$0")" && pwd)
checkout=$(cd "$here/../.." && pwd)
releases=/opt/lockstep-releases
units="lockstep-server.socket lockstep-server.service lockstep-backup.service lockstep-backup.timer
       lockstep-scrub.service lockstep-scrub.timer"
started="lockstep-server.socket lockstep-server.service lockstep-backup.timer lockstep-scrub.timer"
site=/etc/nginx/sites-available/lockstep.conf
tls=/etc/lockstep/tls

say() {
    echo "install.sh: $*"
}

fail() {
    echo "install.sh: $*" >&2
    exit 1
}

has_systemd() {
    [ -d /run/systemd/system ]
}

# ------------------------------------------------------------------------------------------------------- the arguments

host='' wheel='' certificate='' key='' with_nginx=yes uninstall=no
while [ $# -gt 0 ]; do
    case $1 in
        --host | --wheel | --certificate | --key)
            [ $# -ge 2 ] || fail "$1 wants a value"
            case $1 in
                --host) host=$2 ;;
                --wheel) wheel=$(realpath "$2") ;;
                --certificate) certificate=$(realpath "$2") ;;
                --key) key=$(realpath "$2") ;;
            esac
            shift
            ;;
        --no-nginx) with_nginx=no ;;
        --uninstall) uninstall=yes ;;
        -h | --help)
            usage
            exit 0
            ;;
        *)
            usage >&2
            exit 2
            ;;
    esac
    shift
done
[ "$(id -u)" -eq 0 ] || fail "run this as root"
[ -n "$host" ] || host=$(hostname -f 2>/dev/null || hostname)
case $host in
    *[!A-Za-z0-9.-]* | "" | -* | .*) fail "'$host' is no name of a host" ;;
esac
if [ -n "$certificate$key" ]; then
    for file in "$certificate" "$key"; do
        [ -f "$file" ] || fail "--certificate and --key are files, and go together"
    done
fi

# ------------------------------------------------------------------------------------------------------------- leaving

reload_nginx() {
    if has_systemd && systemctl is-active --quiet nginx; then
        systemctl reload nginx
    fi
}

if [ "$uninstall" = yes ]; then
    if has_systemd; then
        # shellcheck disable=SC2086
        systemctl disable --now $units 2>/dev/null || true
    fi
    for unit in $units; do
        rm -f "/etc/systemd/system/$unit" /etc/systemd/system/*.wants/"$unit"
    done
    rm -f /etc/systemd/system/lockstep-.service.d/10-common.conf
    rmdir /etc/systemd/system/lockstep-.service.d 2>/dev/null || true
    rm -f /etc/systemd/user/lockstep.service /etc/sysusers.d/lockstep.conf /etc/tmpfiles.d/lockstep.conf
    rm -f /usr/local/sbin/lockstep-server /etc/nginx/sites-enabled/lockstep.conf "$site" \
        /etc/nginx/snippets/lockstep.conf
    if [ "$(readlink /usr/local/bin/lockstep)" = /opt/lockstep/bin/lockstep ]; then
        rm -f /usr/local/bin/lockstep
    fi
    rm -f /var/lib/systemd/timers/stamp-lockstep-backup.timer /var/lib/systemd/timers/stamp-lockstep-scrub.timer
    rm -rf /opt/lockstep "$releases" /run/lockstep-credentials
    if has_systemd; then
        systemctl daemon-reload
    fi
    reload_nginx
    say "removed. What is left is yours: /var/lib/lockstep, /var/backups/lockstep, /etc/lockstep,"
    say "/etc/credstore/lockstep.*, and the user lockstep whose files they are"
    exit 0
fi

# ------------------------------------------------------------------------------------------------------- what it needs

command -v apt-get >/dev/null || fail "this is for Debian and Ubuntu; docs/deploying.md says what it does"
wanted="python3 python3-venv"
[ "$with_nginx" = no ] || wanted="$wanted nginx openssl"
missing=
for package in $wanted; do
    dpkg-query -W -f '${db:Status-Status}' "$package" 2>/dev/null | grep -qx installed || missing="$missing $package"
done
if [ -n "$missing" ]; then
    say "installing$missing"
    apt-get update -qq
    # shellcheck disable=SC2086
    DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends $missing >/dev/null
fi
python3 -c 'import sys; sys.exit(sys.version_info < (3, 11))' || fail "Lockstep needs Python 3.11 or newer"

install -D -m 644 "$here/sysusers.conf" /etc/sysusers.d/lockstep.conf
install -D -m 644 "$here/tmpfiles.conf" /etc/tmpfiles.d/lockstep.conf
systemd-sysusers /etc/sysusers.d/lockstep.conf
systemd-tmpfiles --create /etc/tmpfiles.d/lockstep.conf

# --------------------------------------------------------------------------------------------------------- the program

# Each release has a directory of its own, and /opt/lockstep leads to the one that counts: an upgrade that fails
# changes nothing.
source=$checkout
if [ -n "$wheel" ]; then
    [ -f "$wheel" ] || fail "there is no $wheel"
    source="$wheel"
    stamp=$(cat "$here/requirements.lock" "$wheel" | sha256sum)
else
    [ -f "$checkout/pyproject.toml" ] || fail "$checkout is no checkout: give a wheel with --wheel FILE"
    stamp=$(cd "$checkout" && find pyproject.toml sync_engine server_api desktop "$here/requirements.lock" -type f \
        ! -name '*.pyc' -print0 | sort -z | xargs -0 sha256sum | sha256sum)
fi
release=$releases/$(echo "$stamp$(python3 --version)" | sha256sum | cut -c1-12)
if [ ! -f "$release/complete" ]; then
    say "installing the program into $release"
    rm -rf "$release"
    python3 -m venv "$release"
    pip="$release/bin/python -m pip install --quiet --disable-pip-version-check"
    $pip --require-hashes --only-binary :all: --requirement "$here/requirements.lock"
    if [ -z "$wheel" ]; then # built aside: nothing is written into the checkout
        build=$(mktemp -d)
        cp -R "$checkout/pyproject.toml" "$checkout/README.md" "$checkout/LICENSE" "$checkout/sync_engine" \
            "$checkout/server_api" "$checkout/desktop" "$build"
        source=$build
    fi
    $pip --no-deps --no-build-isolation "$source"
    [ -n "$wheel" ] || rm -rf "$build"
    "$release/bin/lockstep" server --help >/dev/null
    touch "$release/complete"
fi
before=$(readlink /opt/lockstep || true)
ln -sfn "$release" /opt/lockstep.new
mv -T /opt/lockstep.new /opt/lockstep
for old in "$releases"/*; do # the one before stays, to go back to
    [ "$old" = "$release" ] || [ "$old" = "$before" ] || rm -rf "$old"
done
ln -sfn /opt/lockstep/bin/lockstep /usr/local/bin/lockstep
install -m 755 "$here/lockstep-server" /usr/local/sbin/lockstep-server

# ------------------------------------------------------------------------------------------------ settings and services

if [ ! -f /etc/lockstep/server.env ]; then
    sed "s/files\.example\.org/$host/g" "$here/server.env" >/etc/lockstep/server.env.new
    if [ "$with_nginx" = no ]; then # whoever does not know X-Accel-Redirect would send empty downloads
        sed -i 's/^LOCKSTEP_SERVER_ACCEL_REDIRECT=/#&/' /etc/lockstep/server.env.new
    fi
    chmod 640 /etc/lockstep/server.env.new
    mv /etc/lockstep/server.env.new /etc/lockstep/server.env
fi
for unit in $units; do
    install -m 644 "$here/systemd/$unit" "/etc/systemd/system/$unit"
done
install -D -m 644 "$here/systemd/lockstep-.service.d/10-common.conf" /etc/systemd/system/lockstep-.service.d/10-common.conf
install -D -m 644 "$here/systemd/user/lockstep.service" /etc/systemd/user/lockstep.service

if [ "$with_nginx" = yes ]; then
    install -D -m 644 "$here/nginx/lockstep-snippet.conf" /etc/nginx/snippets/lockstep.conf
fi
if [ "$with_nginx" = yes ] && [ ! -f "$site" ]; then
    if [ -z "$certificate" ]; then
        certificate=$tls/server.pem key=$tls/server.key
        if [ ! -f "$certificate" ]; then
            say "making an authority of this machine's own, and a certificate for $host"
            install -d -m 755 "$tls"
            openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:prime256v1 -noenc -days 3650 \
                -subj "/CN=Lockstep on $host" -addext "basicConstraints=critical,CA:TRUE,pathlen:0" \
                -addext "keyUsage=critical,keyCertSign,cRLSign" \
                -keyout "$tls/authority.key" -out "$tls/authority.pem" 2>/dev/null
            openssl req -newkey ec -pkeyopt ec_paramgen_curve:prime256v1 -noenc -subj "/CN=$host" \
                -keyout "$key" -out "$tls/server.csr" 2>/dev/null
            printf 'subjectAltName=DNS:%s\nbasicConstraints=CA:FALSE\nextendedKeyUsage=serverAuth\n' "$host" |
                openssl x509 -req -in "$tls/server.csr" -CA "$tls/authority.pem" -CAkey "$tls/authority.key" \
                    -CAcreateserial -days 800 -extfile /dev/stdin -out "$certificate" 2>/dev/null
            rm -f "$tls/server.csr"
        fi
    fi
    sed -e "s|/etc/ssl/files\.example\.org\.pem|$certificate|" -e "s|/etc/ssl/files\.example\.org\.key|$key|" \
        -e "s/files\.example\.org/$host/g" "$here/nginx/lockstep.conf" >"$site"
    ln -sfn "$site" /etc/nginx/sites-enabled/lockstep.conf
    if ! nginx -t -q; then
        rm -f /etc/nginx/sites-enabled/lockstep.conf
        fail "nginx does not take $site, so it is not enabled: mend it, and link it into sites-enabled"
    fi
fi

if has_systemd; then
    systemctl daemon-reload
    # shellcheck disable=SC2086
    systemctl enable --quiet $started
    if [ "$before" != "$release" ] && systemctl is-active --quiet lockstep-server.service; then
        systemctl restart lockstep-server.service
    fi
    # shellcheck disable=SC2086
    systemctl start $started
    reload_nginx
    say "the server runs: systemctl status lockstep-server"
else
    say "systemd does not run here, so nothing was started: \`lockstep-server\` is what its unit starts"
fi
say "settings: /etc/lockstep/server.env. An account: lockstep-server user add YOU@EXAMPLE.ORG --admin"
if [ -f "$tls/authority.pem" ]; then
    say "devices: lockstep link https://$host --ca-file authority.pem …, with a copy of $tls/authority.pem"
fi
