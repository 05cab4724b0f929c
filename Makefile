# The two commands are `make run` and `make test`; everything they need, they install.
SHELL := /bin/bash
.DEFAULT_GOAL := help

SIGAP   := target/release/sigap
LISTEN  ?= 127.0.0.1:8110
WEB     := web/dist/index.html
WEBSRC  := $(shell find web/src web/public -type f 2>/dev/null) $(wildcard web/*.html web/*.ts web/package-lock.json)

help:     ## what can be made
	@grep -hE '^[a-z-]+: .*##' $(MAKEFILE_LIST) | sed 's/:.*##/\t/'

run: build ## the demo city on http://127.0.0.1:8110 (installs what it needs)
	$(SIGAP) demo --listen $(LISTEN)

build: tools-build $(WEB) ## target/release/sigap with the screens inside
	cargo build --release --locked

test: ## every test, with PostgreSQL and Chromium of its own
	scripts/test.sh

lint: tools-build $(WEB) ## formatting and lints, all of them errors
	cargo fmt --check
	cargo clippy --locked --all-targets -- -D warnings
	cd web && npm run --silent lint && npm run --silent check
	scripts/licences.py

bench: build ## figures beside their peers, to target/bench/results.json
	scripts/bench.sh

bless: tools-build web/node_modules/.installed ## writes generated files anew: OpenAPI, wire types, snapshots
	SIGAP_BLESS=1 INSTA_UPDATE=always cargo test --locked --test integration -- wire whatsapp
	cd web && npm run --silent wire

tools-build:
	@scripts/need.sh cc node npm python3

web/node_modules/.installed: web/package-lock.json
	cd web && npm ci --no-audit --no-fund
	@touch $@

$(WEB): web/node_modules/.installed $(WEBSRC)
	cd web && npm run --silent build

.PHONY: help run build test lint bench bless tools-build
