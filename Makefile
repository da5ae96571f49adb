# Two commands do all set-up on a fresh machine: `make demo` and `make test`. `make help` lists the others.
SHELL := /bin/sh
PYTHON ?= python3
VENV := .venv
RUN := $(VENV)/bin/python

.DEFAULT_GOAL := help
.PHONY: help demo up test check format bench docs lock clean

help: ## Show this help
	@grep -hE '^[a-z]+:.*## ' $(MAKEFILE_LIST) | sed -E 's/:.*## /\t/' | awk -F'\t' '{printf "  make %-8s %s\n", $$1, $$2}'

demo: $(VENV)/ready ## Play a département for 30 days and compare the ledger (SEED= DAYS= SIZE= PROFILE=)
	@SEED="$(SEED)" DAYS="$(DAYS)" SIZE="$(SIZE)" PROFILE="$(PROFILE)" $(RUN) -m deploy.demo

up: $(VENV)/ready ## Start the platform and keep it up; Ctrl-C stops it
	@$(RUN) -m deploy.embedded up --partners deploy/provision/partners.example.yaml

test: $(VENV)/ready ## Run every test, on a real Kafka and a real PostgreSQL
	@$(RUN) -m pytest

check: $(VENV)/ready ## Format, lint, types, import rules, unit and contract tests, generated files up to date
	@$(VENV)/bin/ruff format --check .
	@$(VENV)/bin/ruff check .
	@$(VENV)/bin/mypy contracts services deploy tests
	@$(VENV)/bin/lint-imports
	@$(RUN) -m contracts.export --check
	@$(RUN) -m pytest -q tests/unit tests/contracts tests/architecture

format: $(VENV)/ready ## Format the code and regenerate schemas, AsyncAPI and tables
	@$(VENV)/bin/ruff format .
	@$(VENV)/bin/ruff check --fix .
	@$(RUN) -m contracts.export

bench: $(VENV)/ready ## Measure the goals beside their baselines (about 8 minutes)
	@$(RUN) -m tests.load

lock: $(VENV)/ready ## Resolve the dependencies again, with hashes
	@$(RUN) deploy/lock.py

clean: ## Remove the platform's state, the results and the virtual environment
	@rm -rf $(VENV) .platform out

# The virtual environment is whole, or it is made again.
$(VENV)/ready: requirements.lock
	@$(PYTHON) -c 'import sys; sys.exit(0 if sys.version_info >= (3, 11) else "Python 3.11 ou plus récent est nécessaire / Python 3.11 or newer is needed (PYTHON=...)")'
	@echo "Environnement Python et dépendances verrouillées / Python environment and locked dependencies…"
	@rm -rf $(VENV)
	@$(PYTHON) -m venv $(VENV) || { echo "Le module venv manque / the venv module is missing (Debian: apt install python3-venv)"; exit 1; }
	@$(VENV)/bin/python -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements.lock
	@touch $@
