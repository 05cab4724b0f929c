#!/bin/sh
# A throw-away PostgreSQL cluster for tests: `postgres.sh start DIR PORT`, `postgres.sh stop DIR`.
# `start` does nothing when it runs already, and prints the url for SIGAP_TEST_POSTGRES_URL.
set -eu

bin=${POSTGRES_BIN:-}
if [ -z "$bin" ]; then
    for candidate in /usr/lib/postgresql/*/bin; do
        [ -x "$candidate/initdb" ] && bin=$candidate
    done
fi
[ -n "$bin" ] || { echo "no PostgreSQL found: install postgresql and postgis, or set POSTGRES_BIN" >&2; exit 1; }

command=${1:?start or stop}
dir=${2:?folder of the cluster}

# PostgreSQL refuses to run as root
as_postgres() {
    if [ "$(id -u)" = 0 ]; then
        runuser -u postgres -- "$@"
    else
        "$@"
    fi
}

running() {
    as_postgres "$bin/pg_ctl" -D "$dir/data" status >/dev/null 2>&1
}

case $command in
start)
    port=${3:?port}
    if [ ! -f "$dir/data/PG_VERSION" ]; then
        mkdir -p "$dir"
        [ "$(id -u)" != 0 ] || chown postgres "$dir"
        as_postgres "$bin/initdb" -D "$dir/data" --auth=trust --username=postgres --encoding=UTF8 --locale=C.UTF-8 >&2
    fi
    if ! running; then
        as_postgres "$bin/pg_ctl" -D "$dir/data" -l "$dir/log" -w -o \
            "-p $port -c listen_addresses=127.0.0.1 -c unix_socket_directories='' -c fsync=on -c max_connections=400" start >&2
    fi
    echo "postgres://postgres@127.0.0.1:$port/postgres"
    ;;
stop)
    if running; then
        as_postgres "$bin/pg_ctl" -D "$dir/data" -m immediate -w stop >&2
    fi
    ;;
*)
    echo "unknown command $command: start or stop" >&2
    exit 1
    ;;
esac
