# Dossier. `make help` lists what can be made.

PYTHON ?= python3
VENV ?= .venv
PORT ?=
DATA ?=
SAMPLES ?= yes
BIN := $(VENV)/bin

UP := $(if $(PORT),--port $(PORT)) $(if $(filter no,$(SAMPLES)),,--samples)

.DEFAULT_GOAL := help
.PHONY: help run test bench check format lock clean test-tools bench-tools

help:  ## What can be made
	@awk -F ':.*## ' '/^[a-z-]+:.*## / {printf "  make %-8s %s\n", $$1, $$2}' $(MAKEFILE_LIST)
	@echo "  make run takes PORT=8500, DATA=/folder, SAMPLES=no; make test takes TESTS=tests/unit"

run: $(VENV)/.run  ## Start everything on this machine; Ctrl-C stops it
	@exec env $(if $(DATA),DOSSIER_DATA="$(DATA)") $(BIN)/dossier up $(UP)

test: $(VENV)/.test test-tools  ## Install what the tests need, and run them all
	@$(if $(TESTS),exec $(BIN)/python -m pytest $(TESTS),BIN=$(BIN) exec sh scripts/test.sh)

bench: $(VENV)/.bench bench-tools  ## Print the figures of docs/performance.md, with their peers
	@BIN=$(BIN) sh scripts/bench.sh

check: $(VENV)/.test  ## Format, lint, types (tests and benchmarks too), layers, dead code
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/mypy
	$(BIN)/lint-imports
	$(BIN)/python scripts/dead_code.py

format: $(VENV)/.test  ## Bring the code into its format
	$(BIN)/ruff check --fix --quiet .
	$(BIN)/ruff format .

lock:  ## Pin all requirements anew, with hashes (needs uv)
	sh scripts/lock.sh

clean:  ## Remove the environment and what tools left behind (no data)
	rm -rf $(VENV) build .mypy_cache .ruff_cache .pytest_cache .import_linter_cache .hypothesis

$(VENV)/.run: requirements/run.txt scripts/environment.sh
	@PYTHON=$(PYTHON) VENV=$(VENV) sh scripts/environment.sh requirements/run.txt
	@touch $@

$(VENV)/.test: requirements/test.txt scripts/environment.sh
	@PYTHON=$(PYTHON) VENV=$(VENV) sh scripts/environment.sh requirements/test.txt
	@touch $@ $(VENV)/.run

$(VENV)/.bench: requirements/bench.txt scripts/environment.sh
	@PYTHON=$(PYTHON) VENV=$(VENV) sh scripts/environment.sh requirements/bench.txt
	@touch $@ $(VENV)/.run

test-tools:
	@BIN=$(BIN) sh scripts/tools.sh test

bench-tools:
	@BIN=$(BIN) sh scripts/tools.sh bench
