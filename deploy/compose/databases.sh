#!/bin/sh
# Each service's role and database, its password as the secret says; run again at any time.
set -eu
PGPASSWORD="$(cat /run/secrets/postgres-password)"
export PGPASSWORD PGHOST=postgres PGUSER=postgres PGDATABASE=postgres PGCONNECT_TIMEOUT=5
for SERVICE in offers intake orientation reporting; do
  export SERVICE
  psql -XqtA -v ON_ERROR_STOP=1 -v service="$SERVICE" -f /etc/siao/database.sql
done
echo "bases de données prêtes / databases ready"
