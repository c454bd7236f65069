# One command a purpose; each sets up what it needs. Needs Rust, CPython 3.9 or later with venv, and for the npm package Node 20 or later.
VENV := .venv
BIN := $(VENV)/bin
PYTHON ?= python3
export PATH := $(CURDIR)/$(BIN):$(PATH)
export VIRTUAL_ENV := $(CURDIR)/$(VENV)
.DEFAULT_GOAL := help
.PHONY: help demo console test test-js setup-js bench generate lint soak storm install develop

help: ## this list
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "%-10s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)

demo: install ## three clouds, several regions each, over real HTTP on loopback
	$(BIN)/imgferry demo

console: ## the console in the browser: simulated clouds in the page, or an edge worker
	tests/js/setup.sh --console
	npm run --silent --prefix wasm/js build
	npm run --silent --prefix wasm/console build
	npm run --silent --prefix wasm/console start

test: setup-js lint develop $(BIN)/.oracle ## everything that must hold
	cargo test
	$(MAKE) --no-print-directory storm
	$(BIN)/python py/stubs.py --check
	$(BIN)/mypy
	$(BIN)/python -m mypy.stubtest imgferry._imgferry --mypy-config-file pyproject.toml
	$(BIN)/pytest
	npm test --silent --prefix tests/js

bench: install $(BIN)/.oracle ## one table of figures, beside what others need
	-tests/js/setup.sh && npm run --silent --prefix wasm/js build
	$(BIN)/python tests/bench/bench.py

SEEDS ?= 100000
SOAK := RUST_BACKTRACE=0 cargo run --quiet --profile test --package imgferry-tests --example soak
soak: ## SEEDS=100000 stories in bad weather, every promise checked
	SEEDS=$(SEEDS) $(SOAK)

# Seeds that nobody has chosen: the commit does. Its line says which, so that a broken one can be told again.
storm: ## 2,000 stories of this commit's own
	FIRST=$$(( 0x$$(git rev-parse --short=7 HEAD 2>/dev/null || echo 1) * 10000 )) SEEDS=2000 $(SOAK)

lint: $(BIN)/maturin ## formatting and lints
	cargo fmt --all --check
	cargo clippy --workspace --all-targets -- -D warnings

generate: develop ## refresh the generated files
	$(BIN)/python py/stubs.py
	tests/js/setup.sh
	npm run --silent --prefix wasm/js build

install: $(BIN)/maturin ## the released form of the wheel, with the command line
	rm -rf target/wheels
	$(BIN)/maturin build -q --out target/wheels
	$(BIN)/pip install -q --disable-pip-version-check --force-reinstall --no-deps target/wheels/*.whl
	$(BIN)/pip install -q --disable-pip-version-check "$$(echo target/wheels/*.whl)[cli]"

develop: $(BIN)/maturin ## the package as it stands in this tree, built for tests
	$(BIN)/maturin develop -q --profile dev --extras cli

$(BIN)/maturin: requirements-dev.txt
	test -x $(BIN)/python || $(PYTHON) -m venv $(VENV)
	$(BIN)/pip install -q --disable-pip-version-check -r requirements-dev.txt
	touch $@

$(BIN)/.oracle: tests/py/requirements-oracle.txt $(BIN)/maturin
	$(BIN)/pip install -q --disable-pip-version-check -r $<
	touch $@

test-js: setup-js ## the npm package: every vector and runtime, the packed tarball, the edge
	npm test --silent --prefix tests/js

setup-js:
	tests/js/setup.sh --browser
