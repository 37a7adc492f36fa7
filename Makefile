# The three commands of README.md. Each sets up what it needs.
# A build folder of one's own can be given with CARGO_TARGET_DIR.
TARGET := $(or $(CARGO_TARGET_DIR),target)
PYTHON ?= python3
VENV := $(TARGET)/venv
NODE_PEERS := $(TARGET)/node-peers

.PHONY: demo test bench setup lint rust c python docs clean

# `make demo` plays a year of one district; `make demo FILE=export.csv` reads an export instead, with MAPPING=mapping.toml one
# whose columns are called otherwise.
demo:
	cargo run --release --locked -p motcua --features sqlite --example demo -- $(if $(FILE),"$(FILE)" $(if $(MAPPING),"$(MAPPING)"))

# What is only tested is optimised in parts side by side, and not across crates, and has no tables for a debugger: that takes
# half of the time. `make bench` and a release build as Cargo.toml says.
test: export CARGO_PROFILE_RELEASE_CODEGEN_UNITS = 16
test: export CARGO_PROFILE_RELEASE_LTO = off
test: export CARGO_PROFILE_DEV_DEBUG = 0
test: export CARGO_PROFILE_TEST_DEBUG = 0
test: setup lint rust c python docs

# Each line: ours, the peer, the physical limit, the ratio; also as JSON in target/bench.json.
bench: $(VENV)/bench-ready $(NODE_PEERS)/ready
	cargo build --locked --release -p motcua-c
	$(VENV)/bin/maturin build --release --locked --manifest-path bindings-python/Cargo.toml --out $(TARGET)/bench-wheels
	$(VENV)/bin/pip install --quiet --force-reinstall --no-deps $(TARGET)/bench-wheels/*.whl
	VENV=$(VENV) NODE_PEERS=$(NODE_PEERS) ONLY=$(ONLY) cargo bench --locked -p motcua-benches
	$(if $(filter-out parquet,$(ONLY)),,$(VENV)/bin/python benches/parquet.py $(TARGET))

# What the tests need besides Rust: a C and C++ compiler, valgrind, pkg-config, CMake, Python, OpenSSL, strace.
setup:
	./.ci/setup

lint:
	cargo fmt --all --check
	cargo clippy --locked --workspace --all-targets --all-features -- -D warnings

rust:
	cargo test --locked --workspace --all-features

c:
	$(MAKE) -C bindings-c test TARGET=$(abspath $(TARGET))

$(VENV)/ready: bindings-python/requirements-dev.txt
	$(PYTHON) -m venv $(VENV)
	$(VENV)/bin/pip install --quiet --requirement bindings-python/requirements-dev.txt
	touch $@

$(VENV)/bench-ready: benches/requirements.txt $(VENV)/ready
	$(VENV)/bin/pip install --quiet --requirement benches/requirements.txt
	touch $@

# Without npm these peers are shown as not installed.
$(NODE_PEERS)/ready: benches/package.json benches/package-lock.json
	mkdir -p $(@D)
	cp $^ $(@D)
	if command -v npm >/dev/null; then npm ci --silent --prefix $(@D); fi
	touch $@

# The wheel is built and tested as a user has it: installed, in an environment of its own.
python: $(VENV)/ready
	rm -rf $(TARGET)/wheels $(TARGET)/venv-test
	$(VENV)/bin/maturin build --release --locked --manifest-path bindings-python/Cargo.toml --out $(TARGET)/wheels
	$(PYTHON) -m venv $(TARGET)/venv-test
	$(TARGET)/venv-test/bin/pip install --quiet --requirement bindings-python/requirements-dev.txt $(TARGET)/wheels/*.whl
	cd bindings-python && $(abspath $(TARGET))/venv-test/bin/python -m pytest -q
	cd bindings-python && $(abspath $(TARGET))/venv-test/bin/python -m mypy.stubtest motcua

docs:
	RUSTDOCFLAGS="-D warnings" cargo doc --locked --no-deps --all-features -p motcua -p motcua-c

clean:
	cargo clean
