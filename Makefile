# make demo    scores the sample calls, with nothing but Python >= 3.11 and make on the machine
# make test    runs the tests            make check    style, types, layers, the rules' examples
# make bench   measures the speed        make venv     the environment for developers
# make rule-pages   writes docs/rules/ anew after a rule was changed
# make clean   removes what these made (never your reports)

PYTHON ?= python3
VENV = .venv
BIN = $(VENV)/bin
PIP = $(BIN)/python -m pip --disable-pip-version-check install --quiet --constraint constraints.txt
RUNTIME = $(VENV)/.runtime
DEV = $(VENV)/.dev

.PHONY: help venv new-venv demo test check bench rule-pages clean

help:
	@sed -n '1,6s/^# //p' Makefile

venv: $(DEV)

demo: $(RUNTIME)
	@$(BIN)/qa-analyzer demo

test: $(DEV)
	@$(BIN)/python -m pytest

check: $(DEV)
	@$(BIN)/ruff check --quiet .
	@$(BIN)/ruff format --quiet --check .
	@$(BIN)/mypy --no-error-summary
	@$(BIN)/lint-imports --no-logo
	@$(BIN)/qa-analyzer rules test

rule-pages: $(RUNTIME)
	@$(BIN)/qa-analyzer rules pages docs/rules

bench: $(RUNTIME)
	@$(BIN)/python benchmarks/bench.py

# The stamps grow older than the files they depend on when these change; then pip is asked again.
$(RUNTIME): pyproject.toml constraints.txt
	@$(BIN)/python -m pip --version >/dev/null 2>&1 || $(MAKE) --silent --no-print-directory new-venv
	@echo "Installing packages into $(VENV) (once, a minute or two) ..."
	@$(PIP) --editable .
	@touch $(RUNTIME)

new-venv:
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null || { \
	  echo "Python 3.11 or newer is needed; '$(PYTHON)' is: $$($(PYTHON) --version 2>&1)" >&2; \
	  echo "Name another one: make demo PYTHON=/path/to/python3.12" >&2; exit 1; }
	@echo "Making $(VENV) ..."
	@$(PYTHON) -m venv --clear $(VENV) || { \
	  echo "Python's venv module is incomplete; on Debian and Ubuntu: apt install python3-venv" >&2; exit 1; }

$(DEV): $(RUNTIME)
	@echo "Installing the tools for developers ..."
	@$(PIP) --editable '.[dev]'
	@touch $(DEV)

clean:
	rm -rf $(VENV) build dist benchmarks/.data .pytest_cache .mypy_cache .ruff_cache .hypothesis .import_linter_cache
	find . -name __pycache__ -type d -prune -exec rm -rf {} +
