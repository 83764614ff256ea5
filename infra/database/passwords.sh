#!/bin/sh
# Give the roles of roles.sql the passwords of the environment. Run by the database image at its first start,
# or by hand: PGHOST=… PGUSER=… HANDOFF_OWNER_PASSWORD=… (and so on) sh infra/database/passwords.sh
set -eu

: "${HANDOFF_OWNER_PASSWORD:?}" "${HANDOFF_APP_PASSWORD:?}" "${HANDOFF_GATE_PASSWORD:?}"
: "${HANDOFF_WORKER_PASSWORD:?}" "${HANDOFF_SEQUENCER_PASSWORD:?}"

psql --no-psqlrc --quiet --set=ON_ERROR_STOP=1 --username="${PGUSER:-${POSTGRES_USER:-postgres}}" \
    --dbname="${PGDATABASE:-${POSTGRES_DB:-handoff}}" <<'SQL'
set log_statement = 'none';
set password_encryption = 'scram-sha-256';
\getenv owner HANDOFF_OWNER_PASSWORD
\getenv app HANDOFF_APP_PASSWORD
\getenv gate HANDOFF_GATE_PASSWORD
\getenv worker HANDOFF_WORKER_PASSWORD
\getenv sequencer HANDOFF_SEQUENCER_PASSWORD
alter role handoff_owner password :'owner';
alter role handoff_app password :'app';
alter role handoff_gate password :'gate';
alter role handoff_worker password :'worker';
alter role handoff_sequencer password :'sequencer';
SQL
