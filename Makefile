# Two recipes matter: `make report` and `make test`. Each builds what it needs.
# Everything is written inside this folder: .venv, build/.
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
# pip asks rustc for its version; where rustc is rustup's, that would make a folder at home.
export RUSTUP_HOME := $(CURDIR)/$(BUILD)/rustup

.PHONY: report test opponent lint smoke fix bench faults docs golden constraints clean
.DEFAULT_GOAL := report

# The main job on the bundled sample archive; its store lies under build/, never the user's.
report: .venv/.ready
	@$(BIN)/python scripts/report_sample.py --store $(BUILD)/store

# Every test, on every core.
test: .venv/.dev
	@$(BIN)/python -m pytest -n auto --basetemp=$(BUILD)/pytest -o cache_dir=$(BUILD)/pytest-cache

# Thousands of invented flights with known truth: recall and precision of the count, by cause.
opponent: .venv/.dev
	@$(BIN)/python benchmarks/opponent.py

# What it costs: a day against the naive way, deriving, the geofence against MovingPandas, a cut download.
bench: .venv/.dev
	@$(BIN)/python benchmarks/scan_day.py
	@$(BIN)/python benchmarks/derive.py
	@$(BIN)/python benchmarks/fence.py
	@$(BIN)/python benchmarks/ask.py
	@$(BIN)/python benchmarks/jobs.py --quick
	@$(BIN)/python benchmarks/fetch_cut_day.py

# Hundreds of runs killed at any moment and at their writes: nothing lost, nothing false, nothing left.
faults: .venv/.dev
	@$(BIN)/python benchmarks/faults.py

# Style and types, as CI checks them.
lint: .venv/.dev
	@$(BIN)/python -m ruff check --cache-dir $(BUILD)/ruff . && $(BIN)/python -m ruff format --check --cache-dir $(BUILD)/ruff . && $(BIN)/python -m mypy --cache-dir $(BUILD)/mypy

# The tool from a wheel in an environment of its own, away from the checkout.
smoke: .venv/.ready
	@rm -rf $(BUILD)/smoke && mkdir -p $(BUILD)/smoke/elsewhere
	@$(BIN)/python -m pip wheel -q --no-deps -w $(BUILD)/smoke .
	@$(PYTHON) -m venv $(BUILD)/smoke/venv
	@$(BUILD)/smoke/venv/bin/python -m pip install -q -c constraints.txt $(BUILD)/smoke/*.whl
	@cd $(BUILD)/smoke/elsewhere && ../venv/bin/python -m onstation --store ../store -q fetch --source ../../../data/sample/reconstructed
	@cd $(BUILD)/smoke/elsewhere && ../venv/bin/python -m onstation --store ../store report --since 2025-01-26 --until 2025-02-08 --format json | grep -q '"missions": 18' && echo "smoke: the installed tool counts 18"

# Mend what a machine can mend.
fix: .venv/.dev
	@$(BIN)/python -m ruff check --fix --cache-dir $(BUILD)/ruff . ; $(BIN)/python -m ruff format --cache-dir $(BUILD)/ruff .

# Write docs/cli.md, the thresholds of docs/method.md and the console blocks of README.md anew.
docs: .venv/.ready
	@$(BIN)/python scripts/write_cli_docs.py && $(BIN)/python scripts/write_method.py && $(BIN)/python scripts/write_formats.py && $(BIN)/python scripts/run_readme.py

# Write the golden files anew, and the examples taken from them; read the difference before keeping it.
golden: .venv/.dev
	@$(BIN)/python scripts/write_golden.py && $(BIN)/python scripts/write_formats.py

# Pin what is installed now: names and versions, no addresses.
constraints: .venv/.dev
	@{ echo "# Versions this project is tested with: names and versions only. Rewrite with 'make constraints'."; $(BIN)/python -m pip freeze --exclude-editable --exclude onstation --exclude pip --exclude setuptools; } > constraints.txt

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
