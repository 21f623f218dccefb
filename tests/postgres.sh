# shellcheck shell=bash
# A PostgreSQL cluster of our own, for `tests/run` and `tests/bench/run`, which source this file.
#
# Whoever does sets `scratch`, a folder of its own, and calls stop_postgres before it is removed.

# The running cluster's folder.
postgres_data=

has() { command -v "$1" >/dev/null 2>&1; }

as_root() {
    if [ "$(id -u)" = 0 ]; then "$@"; else sudo -n "$@"; fi
}

# The folder with the newest PostgreSQL's programs: Debian keeps them off the PATH.
postgres_programs() {
    local found
    found=$(readlink -f "$(command -v initdb || true)")
    for folder in /usr/lib/postgresql/*/bin "${found%/initdb}"; do
        if [ -x "$folder/initdb" ] && [ -x "$folder/psql" ]; then echo "$folder"; fi
    done | sort --version-sort | tail -n 1
}

# PostgreSQL refuses to run as root.
as_postgres() {
    if [ "$(id -u)" = 0 ]; then (cd / && runuser -u postgres -- "$@"); else "$@"; fi
}

free_port() {
    local port
    while true; do
        port=$((20000 + RANDOM % 10000))
        if ! (exec 3<>"/dev/tcp/127.0.0.1/$port") 2>/dev/null; then echo "$port"; return; fi
    done
}

# start_postgres FSYNC: a cluster of our own in a temporary folder. With fsync on it is as durable as a real one, which is what benchmarks measure. Tests
# kill programs and never the machine, and what a program has written outlives it without: off makes and drops databases several times as fast.
start_postgres() {
    local fsync=$1 programs password port folder="$scratch/postgres"
    programs=$(postgres_programs)
    if [ -z "$programs" ]; then
        echo "PostgreSQL is not installed" >&2
        return 1
    fi
    password=$(od -An -N16 -tx1 /dev/urandom | tr -d ' \n')
    port=$(free_port)
    mkdir "$folder" && chmod 711 "$scratch" && chmod 700 "$folder" || return 1
    printf '%s\n' "$password" >"$folder/password"
    if [ "$(id -u)" = 0 ]; then chown -R postgres "$folder" || return 1; fi
    as_postgres "$programs/initdb" --pgdata="$folder/data" --username=candour_admin --pwfile="$folder/password" \
        --auth=scram-sha-256 --encoding=UTF8 --locale=C.UTF-8 --no-sync >"$scratch/initdb.log" 2>&1 ||
        { cat "$scratch/initdb.log" >&2; return 1; }
    as_postgres tee -a "$folder/data/postgresql.conf" >/dev/null <<SETTINGS
listen_addresses = '127.0.0.1'
port = $port
unix_socket_directories = '$folder'
max_connections = 200
fsync = $fsync
synchronous_commit = on
SETTINGS
    postgres_data="$folder/data"
    as_postgres "$programs/pg_ctl" start --wait --silent --pgdata="$postgres_data" --log="$folder/log" ||
        { cat "$folder/log" >&2; return 1; }
    PGPASSWORD=$password "$programs/psql" --quiet --no-psqlrc --set=ON_ERROR_STOP=1 \
        --host="$folder" --port="$port" --username=candour_admin --dbname=postgres <<SQL || return 1
CREATE ROLE candour_owner LOGIN PASSWORD '$password' NOSUPERUSER NOCREATEDB NOCREATEROLE NOBYPASSRLS;
CREATE ROLE candour_app LOGIN PASSWORD '$password' NOSUPERUSER NOCREATEDB NOCREATEROLE NOBYPASSRLS;
SQL
    export CANDOUR_TEST_POSTGRES="postgres://candour_admin:$password@127.0.0.1:$port/postgres"
    echo "$("$programs/postgres" --version) on port $port, in $folder"
}

stop_postgres() {
    if [ -n "$postgres_data" ]; then
        as_postgres "$(postgres_programs)/pg_ctl" stop --mode=immediate --silent --pgdata="$postgres_data"
        postgres_data=
    fi
}
