# `make` alone lists the recipes: the comment above one is its line there. Each builds what it needs.
# Everything is written inside this folder: .venv, build/, and what a recipe is there to write.
PYTHON ?= python3
BIN := .venv/bin
BUILD := build
SHELL := /bin/sh

# Nothing goes to the user's home or to the system's temporary folder.
export PIP_DISABLE_PIP_VERSION_CHECK := 1
export PIP_CACHE_DIR := $(CURDIR)/$(BUILD)/pip-cache
export TMPDIR := $(CURDIR)/$(BUILD)/tmp
export MPLCONFIGDIR := $(CURDIR)/$(BUILD)/matplotlib
export XDG_CACHE_HOME := $(CURDIR)/$(BUILD)/cache
export ONSTATION_CACHE := $(CURDIR)/$(BUILD)/cache/onstation
export PYTHONUTF8 := 1
# Compiled modules are kept, in the __pycache__ of this folder, whatever the user's shell says: a run
# of the suite imports the same modules in hundreds of processes.
unexport PYTHONDONTWRITEBYTECODE
# pip asks rustc for its version; where rustc is rustup's, that would make a folder at home.
export RUSTUP_HOME := $(CURDIR)/$(BUILD)/rustup

# Tests run in an order of their own each time; the seed is printed, and given here repeats it.
SEED ?=
PYTEST = $(BIN)/python -m pytest -n auto --dist worksteal --basetemp=$(BUILD)/pytest -o cache_dir=$(BUILD)/pytest-cache $(if $(SEED),-p randomly --randomly-seed=$(SEED))

.PHONY: help report test coverage opponent bench bench-quick growth peers fuzz faults soak lint fix hooks smoke release audit docs site golden constraints clean
.DEFAULT_GOAL := help

# This list.
help:
	@awk '/^# / { told = substr($$0, 3); next } /^[a-z][a-z-]*:/ && told { sub(/:.*/, "", $$1); printf "make %-12s %s\n", $$1, told } { told = "" }' $(firstword $(MAKEFILE_LIST))

# The main job on the bundled sample archive; its store lies under build/, never the user's.
report: .venv/.ready
	@$(BIN)/python scripts/report_sample.py --store $(BUILD)/store

# Every test, on every core, in an order of its own; SEED=N repeats one.
test: .venv/.dev
	@mkdir -p $(BUILD)/tmp
	@$(PYTEST)

# Which lines and branches no test takes: the modules least covered, and the whole; takes twice the time of test.
coverage: .venv/.dev
	@rm -rf $(BUILD)/coverage && mkdir -p $(BUILD)/coverage $(BUILD)/tmp
	@$(PYTEST) --cov --cov-report=
	@$(BIN)/python -m coverage report --sort=cover --skip-covered > $(BUILD)/coverage/report.txt
	@sed -n 1,22p $(BUILD)/coverage/report.txt; tail -n 4 $(BUILD)/coverage/report.txt
	@$(BIN)/python -m coverage html -q && echo "Line by line: $(BUILD)/coverage/html/index.html"

# Thousands of invented flights with known truth: recall and precision of the count, by cause.
opponent: .venv/.dev
	@$(BIN)/python benchmarks/opponent.py

# What it costs, beside other tools and the limit; takes half an hour. Prints tables and keeps them in build/bench.
bench: .venv/.dev peers
	@$(BIN)/python benchmarks/all.py

# The same in reduced form, as CI runs it: under two minutes.
bench-quick: .venv/.dev peers
	@$(BIN)/python benchmarks/all.py --quick

# How time and memory grow, up to 60,000 traces and 1,000 days (an hour); the picture of docs/speed.md.
growth: .venv/.dev
	@$(BIN)/python benchmarks/growth.py --full --picture docs/pictures/growth.png

# Other tools to compare with, in an environment of their own; without them their rows are left out.
peers: $(BUILD)/peers/.ready$(MORE)

$(BUILD)/peers/.ready$(MORE): benchmarks/peers.txt benchmarks/peers-more.txt
	@mkdir -p $(BUILD)/tmp $(BUILD)/peers
	@test -x $(BUILD)/peers/venv/bin/python || $(PYTHON) -m venv $(BUILD)/peers/venv
	@$(BUILD)/peers/venv/bin/python -m pip install -q -r benchmarks/peers.txt $(if $(MORE),-r benchmarks/peers-more.txt) && touch $@ || echo "not all peers could be installed; the rows of those that are missing are left out" >&2

# A million damaged documents, twenty thousand damaged archives and two million empty members.
fuzz: .venv/.dev
	@nice $(BIN)/python benchmarks/fuzz.py
	@nice $(BIN)/python benchmarks/fuzz.py --archives 20000
	@nice $(BIN)/python benchmarks/fuzz.py --members 2000000

# Hundreds of runs killed at any moment and at their writes: nothing lost, nothing false, nothing left.
faults: .venv/.dev
	@$(BIN)/python benchmarks/faults.py

# Thousands of days in one process, hundreds in a process each (a quarter of an hour): nothing grows.
soak: .venv/.dev
	@$(BIN)/python benchmarks/soak.py

# Style and types, as CI checks them.
lint: .venv/.dev
	@$(BIN)/python -m ruff check --cache-dir $(BUILD)/ruff . && $(BIN)/python -m ruff format --check --cache-dir $(BUILD)/ruff . && $(BIN)/python -m mypy --cache-dir $(BUILD)/mypy

# Build wheel and source archive, check them, install them elsewhere and run the main job there.
smoke:
	@$(PYTHON) scripts/prove_packages.py $(BUILD)/smoke

# The packages of a version, checked and proven, in dist/; docs/releasing.md says what comes before.
release: lint test
	@$(PYTHON) scripts/prove_packages.py $(BUILD)/smoke --release dist

# Known vulnerabilities of the versions pinned, each looked up; one that cannot be is a failure.
audit:
	@mkdir -p $(BUILD)/tmp && $(PYTHON) -m venv $(BUILD)/audit && $(BUILD)/audit/bin/python -m pip install -q pip-audit
	@$(BUILD)/audit/bin/python -m pip_audit --strict --disable-pip --no-deps -r constraints.txt

# Mend what a machine can mend.
fix: .venv/.dev
	@$(BIN)/python -m ruff check --fix --cache-dir $(BUILD)/ruff . ; $(BIN)/python -m ruff format --cache-dir $(BUILD)/ruff .

# Check what is committed, before it is: style, types, where modules may look. Once per clone.
hooks: .venv/.dev
	@$(BIN)/python -m pre_commit install

# Write docs/cli.md, the tables of the pages and every console block anew.
docs: .venv/.ready
	@$(BIN)/python scripts/write_cli_docs.py && $(BIN)/python scripts/write_method.py && $(BIN)/python scripts/write_formats.py && $(BIN)/python scripts/write_python.py && $(BIN)/python scripts/run_pages.py

# The pages of docs/ with a search, in build/site: they open from disk and ask nobody for anything.
site: .venv/.dev
	@NO_MKDOCS_2_WARNING=1 $(BIN)/python -m mkdocs build --strict && echo "$(BUILD)/site/index.html"

# Write the golden files anew, and the examples taken from them; read the difference before keeping it.
golden: .venv/.dev
	@$(BIN)/python scripts/write_golden.py && $(BIN)/python scripts/write_formats.py

# Pin what is installed now, names and versions without addresses, in constraints.txt.
constraints: .venv/.dev
	@$(BIN)/python -m pip install -q hatchling twine
	@{ echo "# Versions this project is tested with: names and versions only. Rewrite with 'make constraints'."; $(BIN)/python -m pip freeze --exclude-editable --exclude onstation --exclude pip --exclude setuptools; } > constraints.txt

# Take away what recipes made: build/ and .venv.
clean:
	rm -rf $(BUILD) .venv

.venv/.ready: pyproject.toml constraints.txt
	@mkdir -p $(BUILD)/tmp
	@$(PYTHON) -c 'import sys; sys.exit("onstation needs Python 3.11 or newer; this is " + sys.version.split()[0] + ". Try: make PYTHON=python3.12") if sys.version_info < (3, 11) else None'
	@test -x $(BIN)/python || $(PYTHON) -m venv .venv
	@$(BIN)/python -m pip install -q -c constraints.txt -e .
	@touch $@

.venv/.dev: .venv/.ready
	@mkdir -p $(BUILD)/tmp
	@$(BIN)/python -m pip install -q -c constraints.txt -e '.[dev]'
	@touch $@
