# The commands of this project. `make` alone lists them.
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
PORT ?= 8000
SHELL := /bin/bash

.DEFAULT_GOAL := help
.PHONY: help run test check bench bench-r coverage quality snoop words browser clean

help: ## List what can be made
	@grep -E '^[a-z-]+:.*## ' $(MAKEFILE_LIST) | sed -E 's/^([a-z-]+):.*## (.*)/make \1\t\2/' | expand -t 14

run: $(VENV)/runtime ## Build the demonstration city once, then serve it on 127.0.0.1:8000
	@export SURVEY_BASE_URL=$${SURVEY_BASE_URL:-http://127.0.0.1:$(PORT)}; data=$${SURVEY_DATA_DIR:-var}; \
	if [ ! -e $$data/demonstration-is-ready ]; then \
	  echo "Building the demonstration city (once, about a minute)…"; \
	  $(BIN)/flask demo --city 79 --responses 20000 --seed 1 --if-missing && touch $$data/demonstration-is-ready || exit 1; \
	fi; \
	exec $(BIN)/gunicorn --config survey_app/deploy/demonstration.conf.py --bind 127.0.0.1:$(PORT) wsgi:app

test: $(VENV)/tools browser ## Run every test, those in a real browser included
	@$(BIN)/pytest

check: $(VENV)/tools ## Linter, strict types, architecture
	@$(BIN)/ruff check .
	@$(BIN)/mypy
	@$(BIN)/pytest tests/test_architecture.py

bench: $(VENV)/tools ## Measure speed: ratios of CPU time in one run
	@missed=0; for script in tests/benchmarks/bench_*.py; do echo "== $$script"; PYTHONPATH=. $(BIN)/python $$script || missed=1; done; exit $$missed

CITIES ?= 1000
bench-r: $(VENV)/tools ## Measure the city job against R survey, where R is installed, and keep the ratio
	@PYTHONPATH=. $(BIN)/python tests/benchmarks/against_r.py

coverage: $(VENV)/tools ## Simulate 1,000 cities and count how often intervals hold the truth (CITIES=100: fewer)
	@OPENBLAS_NUM_THREADS=1 $(BIN)/python -m tests.coverage --cities $(CITIES)
	@OPENBLAS_NUM_THREADS=1 $(BIN)/python -m tests.coverage.comparing --cities $$(( $(CITIES) < 60 ? $(CITIES) : 60 ))

quality: $(VENV)/tools ## Simulate months of counters: false alarms and power of the quality rules (ten minutes)
	@OPENBLAS_NUM_THREADS=1 nice -n 15 $(BIN)/python -m tests.quality

snoop: $(VENV)/tools ## Read every page as everybody and try to recover single answers, at length (half an hour)
	@OPENBLAS_NUM_THREADS=1 nice -n 15 $(BIN)/python -m tests.snooper

words: $(VENV)/tools ## Compile the translations (.po to .mo)
	@for po in */locale/*/LC_MESSAGES/*.po; do $(BIN)/pybabel -q compile -i $$po -o $${po%.po}.mo || exit 1; done

browser:
	@if ! command -v chromium chromium-browser google-chrome >/dev/null; then \
	  if [ "$$(id -u)" = 0 ] && command -v apt-get >/dev/null; then \
	    echo "Installing Chromium for the browser tests…"; \
	    { apt-get update -qq && DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends chromium; } >/dev/null || exit 1; \
	  else \
	    echo "No Chromium: the browser tests will be skipped. To run them: sudo apt-get install chromium"; \
	  fi; fi

clean: ## Remove the virtual environment and the caches (never var/, where the answers are)
	rm -rf $(VENV) .pytest_cache .mypy_cache .ruff_cache .hypothesis

$(BIN)/python:
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || { echo "Python 3.11 or newer is needed; found $$($(PYTHON) --version)."; exit 1; }
	@$(PYTHON) -c 'import ensurepip' 2>/dev/null || { \
	  if [ "$$(id -u)" = 0 ] && command -v apt-get >/dev/null; then \
	    apt-get update -qq && DEBIAN_FRONTEND=noninteractive apt-get install -y -qq python3-venv >/dev/null; \
	  else echo "Python's venv module is missing. Install it: sudo apt-get install python3-venv"; exit 1; fi; }
	@$(PYTHON) -m venv $(VENV)

$(VENV)/runtime: requirements.txt | $(BIN)/python
	@echo "Installing the pinned requirements (once)…"
	@$(BIN)/pip install -q --disable-pip-version-check -r requirements.txt
	@touch $@

$(VENV)/tools: tests/requirements.txt $(VENV)/runtime
	@echo "Installing the pinned test tools (once)…"
	@$(BIN)/pip install -q --disable-pip-version-check -r tests/requirements.txt
	@touch $@
