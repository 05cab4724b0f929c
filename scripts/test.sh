#!/usr/bin/env bash
# Every test: installs PostgreSQL with PostGIS and Chromium, starts its own cluster on a free port,
# runs the Rust tests, the web tests and the end-to-end tests, and says how many passed.
set -euo pipefail
cd "$(dirname "$0")/.."

# What failed is said once more as the last thing, however long the log is.
failed() {
  printf '\n== FAILED (%s s)\n' "$SECONDS"
  grep -hE "^test .* FAILED|^---- |panicked at|^error|^✗| FAIL |AssertionError" "$work"/*.log 2>/dev/null | sort -u | head -60
}
say() { printf '\n== %s (%s s)\n' "$1" "$SECONDS"; }

say "tools"
scripts/need.sh cc node npm python3 postgres chromium sip pywa pyrosm
export SIGAP_TEST_PYWA=$PWD/target/pywa/bin/python
make --no-print-directory web/dist/index.html

say "PostgreSQL"
work=$(mktemp -d)
chmod 755 "$work" # the cluster runs as its own user
trap 'code=$?; [ $code -eq 0 ] || failed; bash tests/support/postgres.sh stop "$work/postgres" >/dev/null 2>&1 || true; rm -rf "$work"' EXIT
port=$(python3 -c 'import socket; s = socket.socket(); s.bind(("127.0.0.1", 0)); print(s.getsockname()[1])')
SIGAP_TEST_POSTGRES_URL=$(bash tests/support/postgres.sh start "$work/postgres" "$port" | tail -1)
export SIGAP_TEST_POSTGRES_URL

say "lints"
make --no-print-directory lint

# Each of the three is run though another failed: one run tells everything.
green=yes
say "Rust tests"
cargo test --locked --lib --bins --test integration -- -q 2>&1 | tee "$work/rust.log" || green=no

say "web tests"
(cd web && npm run --silent test) | tee "$work/web.log" || green=no

say "end to end" # with the program the integration tests were built beside
(cd web && npm run --silent e2e) | tee "$work/e2e.log" || green=no

[ $green = yes ]
say "all green"
python3 - "$work" <<'PY'
import pathlib, re, sys
work = pathlib.Path(sys.argv[1])
rust = sum(int(n) for n in re.findall(r"test result: ok\. (\d+) passed", (work / "rust.log").read_text(errors="replace")))
plain = sum(int(n) for f in ("web.log", "e2e.log") for n in re.findall(r"^(\d+) passed, 0 failed", (work / f).read_text(errors="replace"), re.M))
print(f"{rust + plain} passed, 0 failed")
PY
