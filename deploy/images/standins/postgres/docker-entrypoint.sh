#!/usr/bin/env bash
# Creates the cluster at the first start, as POSTGRES_* variables and /docker-entrypoint-initdb.d say, then becomes the
# server. Refuses to create one that anybody could enter.
set -eu

value_of() { # NAME default: NAME, or the content of the file that NAME_FILE names; never both
    local file="$1_FILE"
    if [ -n "${!1-}" ] && [ -n "${!file-}" ]; then
        echo "$1 and $file are both set; only one may be" >&2
        exit 1
    fi
    if [ -n "${!file-}" ]; then
        export "$1"="$(cat "${!file}")"
    else
        export "$1"="${!1:-$2}"
    fi
    unset "$file"
}

create_cluster() {
    local method="${POSTGRES_HOST_AUTH_METHOD:-scram-sha-256}" options=()
    if [ -z "$POSTGRES_PASSWORD" ] && [ "$method" != trust ]; then
        echo "No superuser password: set POSTGRES_PASSWORD_FILE or POSTGRES_PASSWORD (or, for a test that nobody else" \
            "reaches, POSTGRES_HOST_AUTH_METHOD=trust)." >&2
        exit 1
    fi
    eval "options=($POSTGRES_INITDB_ARGS)"
    [ -z "${POSTGRES_INITDB_WALDIR-}" ] || options+=(--waldir "$POSTGRES_INITDB_WALDIR")
    initdb -D "$PGDATA" --username="$POSTGRES_USER" --pwfile=<(printf '%s\n' "$POSTGRES_PASSWORD") "${options[@]}"
    printf '\nhost all all all %s\n' "$method" >> "$PGDATA/pg_hba.conf"
}

prepare_databases() {
    # This server is for the scripts alone: nobody reaches it over the network.
    pg_ctl -D "$PGDATA" -w start -o "-c listen_addresses='' -p 5432" "$@"
    export PGUSER="$POSTGRES_USER" PGPASSWORD="$POSTGRES_PASSWORD"
    if [ "$POSTGRES_DB" != postgres ]; then
        psql -Xq -v ON_ERROR_STOP=1 -v name="$POSTGRES_DB" -d postgres <<< 'create database :"name";'
    fi
    local script query=(psql -X -v ON_ERROR_STOP=1 --no-password -d "$POSTGRES_DB")
    for script in /docker-entrypoint-initdb.d/*; do
        case "$script" in
            *.sh) if [ -x "$script" ]; then "$script"; else . "$script"; fi ;;
            *.sql) "${query[@]}" -f "$script" ;;
            *.sql.gz) gunzip -c "$script" | "${query[@]}" ;;
            */'*') ;;
            *) echo "$script is left alone: neither .sh, .sql nor .sql.gz" ;;
        esac
    done
    pg_ctl -D "$PGDATA" -m fast -w stop
    unset PGUSER PGPASSWORD
}

[ "${1:0:1}" != - ] || set -- postgres "$@"
[ "$1" = postgres ] || exec "$@"

mkdir -p "$PGDATA"
if [ "$(id -u)" = 0 ]; then
    chown -R postgres:postgres "$PGDATA" /var/run/postgresql
    exec setpriv --reuid=postgres --regid=postgres --clear-groups "$0" "$@"
fi
chmod 0700 "$PGDATA"
if [ ! -s "$PGDATA/PG_VERSION" ]; then
    value_of POSTGRES_PASSWORD ''
    value_of POSTGRES_USER postgres
    value_of POSTGRES_DB "$POSTGRES_USER"
    value_of POSTGRES_INITDB_ARGS ''
    create_cluster
    prepare_databases
fi
unset POSTGRES_PASSWORD
exec "$@"
