# One command a purpose; each sets up what it needs. Needs Rust, CPython 3.9 or later with venv, and for the npm package Node 20 or later.
VENV := .venv
BIN := $(VENV)/bin
PYTHON ?= python3
export PATH := $(CURDIR)/$(BIN):$(PATH)
export VIRTUAL_ENV := $(CURDIR)/$(VENV)
.DEFAULT_GOAL := help
.PHONY: help demo console docs test beside test-js test-runtimes test-wheels setup-js setup-py bench bench-check generate lint soak storm fuzz install wheels develop fleet test-airflow diagnose killstorm mutants coverage deny miri features reproducible

help: ## this list
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "%-13s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)

demo: install ## three clouds, several regions each, over real HTTP on loopback
	$(BIN)/imgferry demo

console: ## the console in the browser: simulated clouds in the page, or an edge worker
	tests/js/setup.sh --console
	@test -d wasm/js/dist || echo "the modules are compiled for the first time: this takes minutes"
	npm run --silent --prefix wasm/js build -- --only imgferry,explain,sim
	npm run --silent --prefix wasm/console build
	npm run --silent --prefix wasm/console start

docs: develop $(BIN)/.docs ## the documentation, in English and Chinese, into target/docs
	NO_MKDOCS_2_WARNING=1 $(BIN)/mkdocs build
	NO_MKDOCS_2_WARNING=1 $(BIN)/mkdocs build -f mkdocs.zh.yml
	RUSTDOCFLAGS="-D warnings" cargo doc -q --no-deps -p imgferry -p imgferry-sim
	mkdir -p target/docs/reference/api && cp -R target/doc target/docs/reference/api/rust
	npm ci --silent --no-audit --no-fund --prefix docs/typedoc && npm exec --prefix docs/typedoc -- typedoc --options docs/typedoc

test: setup-js setup-py lint develop $(BIN)/.oracle $(BIN)/.docs ## everything that must hold
	cargo test
	tests/features.sh clouds
	$(PYTHON) tests/fourth_cloud/run.py
	$(MAKE) --no-print-directory storm
	FUZZ_SECONDS=5 tests/fuzz/run.sh
	$(BIN)/python py/stubs.py --check
	$(BIN)/mypy
	$(BIN)/python -m mypy.stubtest imgferry._imgferry --mypy-config-file pyproject.toml
	NODE_OPTIONS=--max-old-space-size=1500 $(BIN)/pyright
	$(MAKE) --no-print-directory beside > target/beside.log 2>&1 & $(BIN)/pytest; python=$$?; wait $$!; beside=$$?; cat target/beside.log; exit $$((python | beside))

# What is run while pytest has one processor to itself; told when both are through.
beside:
	npm test --silent --prefix tests/js
	$(MAKE) --no-print-directory test-wheels
	! command -v valgrind > /dev/null && echo "bench-check: left out, valgrind is not installed" || $(MAKE) --no-print-directory bench-check

bench: TRAINED := --trained
bench: install $(BIN)/.oracle ## one table of figures, beside what others need
	-tests/js/setup.sh && npm run --silent --prefix wasm/js build
	$(BIN)/python tests/bench/bench.py

bench-check: ## instructions of build, sign, read and a job: none more than a twentieth above what was written down
	$(PYTHON) tests/bench/instructions.py

SEEDS ?= 100000
SOAK := RUST_BACKTRACE=0 cargo run --quiet --profile test --package imgferry-tests --example soak
soak: ## SEEDS=100000 stories in bad weather, every promise checked
	SEEDS=$(SEEDS) $(SOAK)

# Seeds that nobody has chosen: the commit does. Its line says which, so that a broken one can be told again.
storm: ## 2,000 stories of this commit's own
	FIRST=$$(( 0x$$(git rev-parse --short=7 HEAD 2>/dev/null || echo 1) * 10000 )) SEEDS=2000 $(SOAK)

CASES ?= 5000
diagnose: ## CASES=5000 refused requests on three clouds, and how many are explained: the table by cause
	CASES=$(CASES) cargo run --quiet --profile test --package imgferry-tests --example diagnose

mutants: ## the core's code changed in one place each (SHARD=0/8: one in eight): what no test notices is told
	$(PYTHON) tests/mutants/run.py

coverage: ## lines of the core that its tests run, by folder
	tests/coverage.sh

deny: ## licences, versions and sources of all that is compiled; advisories where their list can be fetched
	tests/deny.sh

features: ## each cloud alone, no default features, and the oldest versions that the manifests allow
	tests/features.sh

miri: ## the core's tests that an interpreter can run in half an hour, for undefined behaviour
	tests/miri.sh

reproducible: $(BIN)/maturin ## wheel and npm package, each built in two folders: the same bytes
	tests/reproducible.py wheel module

fleet: setup-py develop ## a fleet of 2,000 copies on PostgreSQL whose workers are killed, stopped and compared; and one of 20,000
	$(BIN)/python tests/fleet/storm.py

KILLS ?= 1000
killstorm: develop ## KILLS=1000 kills -9 of the command line, its journal damaged in every way that files are
	$(BIN)/python tests/kill/killstorm.py --kills $(KILLS)

test-airflow: develop ## the operator in a real Airflow, which is put into target/airflow
	test -x target/airflow/bin/airflow || { $(PYTHON) -m venv target/airflow && target/airflow/bin/pip install -q --disable-pip-version-check -r tests/airflow/requirements.txt; }
	echo "$(CURDIR)/py/python" > "$$(target/airflow/bin/python -c 'import site; print(site.getsitepackages()[0])')/imgferry.pth"
	$(BIN)/pytest tests/airflow

FUZZ_SECONDS ?= 600
fuzz: develop ## FUZZ_SECONDS of hostile bytes for every target, and what is found
	FUZZ_SECONDS=$(FUZZ_SECONDS) tests/fuzz/run.sh
	FUZZ_EXAMPLES=$$(( $(FUZZ_SECONDS) * 20 )) $(BIN)/pytest -q tests/py/test_hostile.py

lint: $(BIN)/maturin ## formatting and lints
	cargo fmt --all --check
	cargo fmt --manifest-path tests/fuzz/Cargo.toml --check
	cargo clippy --workspace --all-targets -- -D warnings

generate: develop ## refresh the generated files
	$(BIN)/python py/stubs.py
	tests/js/setup.sh
	npm run --silent --prefix wasm/js build

install: $(BIN)/maturin ## the released form of the wheel, with the command line
	rm -rf target/wheels
	$(WHEEL)
	$(BIN)/pip install -q --disable-pip-version-check --force-reinstall --no-deps --no-index --find-links target/wheels imgferry
	$(BIN)/pip install -q --disable-pip-version-check --find-links target/wheels "imgferry[cli]"

# On Linux what older systems take as well; elsewhere what this system takes.
ifeq ($(shell uname -s),Linux)
WHEEL = py/wheels.sh $(TRAINED) manylinux-$(subst arm64,aarch64,$(shell uname -m))
else
WHEEL := $(BIN)/maturin build -q --out target/wheels
endif

wheels: $(BIN)/maturin ## every wheel of a release, and the source, into target/wheels
	py/wheels.sh --trained
	$(BIN)/maturin sdist -m py/Cargo.toml --out target/wheels

test-wheels: $(BIN)/maturin ## the wheels: what their tags say, on every Python at hand, for ARM under qemu; for Windows what its linker made
	py/wheels.sh manylinux-x86_64 manylinux-aarch64 musllinux-x86_64 windows
	command -v qemu-aarch64-static qemu-aarch64 > /dev/null || { [ "$$(id -u)" = 0 ] && apt-get update -q > /dev/null && apt-get install -q -y --no-install-recommends qemu-user-static > /dev/null; } || true
	$(BIN)/pytest tests/wheels

develop: $(BIN)/maturin ## the package as it stands in this tree, built for tests
	$(BIN)/maturin develop -q --profile dev --extras cli

$(BIN)/maturin: requirements-dev.txt
	test -x $(BIN)/python || $(PYTHON) -m venv $(VENV)
	$(BIN)/pip install -q --disable-pip-version-check -r requirements-dev.txt
	touch $@

$(BIN)/.oracle: tests/py/requirements-oracle.txt $(BIN)/maturin
	$(BIN)/pip install -q --disable-pip-version-check -r $<
	touch $@

$(BIN)/.docs: docs/requirements.txt $(BIN)/maturin
	$(BIN)/pip install -q --disable-pip-version-check -r $<
	touch $@

test-js: setup-js ## the npm package: every vector and runtime, the packed tarball, the edge
	npm test --silent --prefix tests/js

setup-js:
	tests/js/setup.sh --browser

test-runtimes: ## the npm package in Next, SvelteKit and Firefox, whose installation takes minutes
	tests/js/setup.sh --runtimes
	npm run --silent --prefix wasm/js build
	npm test --silent --prefix tests/runtimes

# A database for fleets, shells that complete, a counter of instructions: Debian's, as root. Without them their tests say so and are left out.
setup-py:
	ls /usr/lib/postgresql/*/bin/initdb > /dev/null 2>&1 && command -v zsh > /dev/null && command -v fish > /dev/null && command -v valgrind > /dev/null || { [ "$$(id -u)" = 0 ] && apt-get update -q > /dev/null && DEBIAN_FRONTEND=noninteractive apt-get install -q -y --no-install-recommends postgresql zsh fish valgrind > /dev/null; } || true
