# Two commands do all set-up on a fresh machine: `make demo` and `make test`. `make help` lists the others.
SHELL := /bin/sh
PYTHON ?= python3
VENV := .venv
RUN := $(VENV)/bin/python

.DEFAULT_GOAL := help
.PHONY: help demo demo-composed up composed secrets test check format bench docs lock images clean

help: ## Show this help
	@grep -hE '^[a-z-]+:.*## ' $(MAKEFILE_LIST) | sed -E 's/:.*## /\t/' | awk -F'\t' '{printf "  make %-14s %s\n", $$1, $$2}'

demo: $(VENV)/ready ## Play a département for 30 days and compare the ledger (SEED= DAYS= SIZE= PROFILE=)
	@SEED="$(SEED)" DAYS="$(DAYS)" SIZE="$(SIZE)" PROFILE="$(PROFILE)" $(RUN) -m deploy.demo

demo-composed: images ## The same in containers: docker-compose up, the demo over it, docker-compose down
	@SEED="$(SEED)" DAYS="$(DAYS)" SIZE="$(SIZE)" PROFILE="$(PROFILE)" $(RUN) -m deploy.demo --composed

up: $(VENV)/ready ## Start the platform and keep it up; Ctrl-C stops it
	@$(RUN) -m deploy.embedded up --partners deploy/provision/partners.example.yaml

test: $(VENV)/ready ## Run every test, on a real Kafka and a real PostgreSQL (TESTS= BACKEND=auto|embedded|containers)
	@$(RUN) -m pytest $(if $(BACKEND),--backend=$(BACKEND)) $(TESTS)

composed: images ## Test the composed system in Docker: up, healthy, a short demo with kills, nothing left behind
	@$(RUN) -m pytest tests/compose

check: $(VENV)/ready ## Format, lint, types, import rules, unit and contract tests, generated files up to date
	@$(VENV)/bin/ruff format --check .
	@$(VENV)/bin/ruff check .
	@$(VENV)/bin/mypy contracts services deploy tests
	@$(VENV)/bin/lint-imports
	@$(RUN) -m contracts.export --check
	@$(RUN) -m services.edge.openapi --check
	@$(RUN) -m deploy.prometheus table --check
	@$(RUN) -m deploy.grafana --check
	@$(RUN) -m pytest -q -n logical --maxprocesses 4 tests/unit tests/contracts tests/architecture

format: $(VENV)/ready ## Format the code and regenerate schemas, AsyncAPI, tables, dashboards
	@$(VENV)/bin/ruff format .
	@$(VENV)/bin/ruff check --fix .
	@$(RUN) -m contracts.export
	@$(RUN) -m services.edge.openapi
	@$(RUN) -m deploy.prometheus table
	@$(RUN) -m deploy.grafana

bench: $(VENV)/ready ## Measure the goals beside their baselines (about 8 minutes)
	@$(RUN) -m tests.load

images: $(VENV)/ready ## Build the services' images, and stand-ins for public images that cannot be had
	@$(RUN) -m deploy.images build

secrets: $(VENV)/ready ## Make the secrets of docker-compose.yml that are missing (.secrets/; SIAO_PARTNERS_FILE=)
	@set -a; if [ -f .env ]; then . ./.env; fi; set +a; $(RUN) -m deploy.compose secrets

docs: $(VENV)/ready ## Write the contract as pages to read: out/contract/index.html
	@$(RUN) -m contracts.pages out/contract

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
