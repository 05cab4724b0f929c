#!/usr/bin/env bash
# VROOM out of its wheel on PyPI, kept in target/vroom; prints the Python that has it.
set -eu
cd "$(dirname "$0")/.."
tools=$PWD/target/vroom
python=$tools/bin/python
if ! [ -x "$python" ] || ! "$python" -c 'import vroom' 2>/dev/null; then
    mkdir -p "$(dirname "$tools")" && rm -rf "$tools"
    { python3 -m venv "$tools" && "$tools/bin/pip" install --quiet --disable-pip-version-check pyvroom==1.15.2; } >&2 || exit 1
fi
echo "$python"
