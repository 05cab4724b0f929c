#!/usr/bin/env python3
"""Licences and sources of all crates: only what is allowed, only from the registry (deny.toml has the same list)."""
import json
import subprocess
import sys

ALLOWED = {
    "MIT", "MIT-0", "Apache-2.0", "Apache-2.0 WITH LLVM-exception", "BSD-2-Clause", "BSD-3-Clause", "0BSD", "ISC",
    "Zlib", "Unlicense", "Unicode-3.0", "CDLA-Permissive-2.0", "BSL-1.0", "CC0-1.0",
}

meta = json.loads(subprocess.check_output(["cargo", "metadata", "--format-version", "1", "--locked"]))
bad = []
for package in meta["packages"]:
    if package["source"] is None:
        continue
    if not package["source"].startswith("registry+"):
        bad.append(f"{package['name']}: comes from {package['source']}")
    licence = (package["license"] or "").replace("/", " OR ")
    choices = [c.strip(" ()") for c in licence.split(" OR ")]
    parts = lambda c: [p.strip(" ()") for p in c.split(" AND ")]
    if not any(all(p in ALLOWED for p in parts(c)) for c in choices):
        bad.append(f"{package['name']}: licence {package['license']!r}")
    if package["name"] == "aws-lc-sys":
        bad.append("aws-lc-sys: a C library we do not want; choose ring")
print("\n".join(bad) or f"{len(meta['packages'])} packages, licences and sources in order")
sys.exit(bool(bad))
