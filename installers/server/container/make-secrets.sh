#!/bin/sh
# Makes the secrets that compose.yaml names, in secrets/ beside it; what is there already stays.
set -eu
umask 077
cd "$(dirname "$0")"
if [ -e secrets ]; then
    echo "make-secrets.sh: there are secrets already" >&2
    exit 1
fi
random() {
    head -c 24 /dev/urandom | base64 | tr '+/' '-_'
}
mkdir secrets
password=$(random) key=$(random) secret=$(random)
printf '%s' "$password" >secrets/database-password
printf 'postgresql+psycopg://lockstep:%s@database/lockstep\n' "$password" >secrets/lockstep.database
printf '[default]\naws_access_key_id = %s\naws_secret_access_key = %s\n' "$key" "$secret" >secrets/lockstep.aws
cat >secrets/s3.json <<END
{"identities": [{"name": "lockstep", "credentials": [{"accessKey": "$key", "secretKey": "$secret"}],
                 "actions": ["Admin", "Read", "Write", "List", "Tagging"]}]}
END
# Containers read them as users of their own; the directory keeps everybody else on this machine out.
chmod 644 secrets/*
