# One line about a target stands behind its ##; `make` alone lists them.

PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
PIP := $(BIN)/python -m pip --disable-pip-version-check
VENDOR := src/handoff_portal/web/static/vendor
DEMO_OPTIONS := $(if $(PORT),--port $(PORT)) $(if $(DATA),--data $(DATA)) $(if $(ACCOUNTS),--accounts $(ACCOUNTS))
ROUNDS ?= 50

.DEFAULT_GOAL := help
.DELETE_ON_ERROR:
.PHONY: help setup demo test check lint bench soak lock clean tools chromium

help: ## List the targets
	@awk -F ':.*## ' '/^[a-z]+:.*## / { printf "%-8s %s\n", $$1, $$2 }' $(firstword $(MAKEFILE_LIST))

setup: $(VENV)/.portal $(VENDOR)/icons.svg ## Make .venv and fetch what the portal runs with
	@:

demo: setup ## Run the portal with sample data (PORT=8080 DATA=folder ACCOUNTS=file); Ctrl-C stops all of it
	@exec $(BIN)/handoff-portal demo $(DEMO_OPTIONS)

test: setup tools chromium ## Run every test, journeys included, a PostgreSQL per processor (ARGS="-k words" for some)
	@$(BIN)/pytest --numprocesses auto --maxprocesses 4 --dist loadfile $(ARGS)

check: lint test ## Run all that must hold before a change lands: lint and test

lint: setup tools ## Check format, lint, types, import contracts and templates
	$(BIN)/ruff format --check
	$(BIN)/ruff check
	$(BIN)/mypy
	$(BIN)/lint-imports
	$(BIN)/djlint templates --lint --quiet

bench: setup tools ## Measure and print the figures as JSON
	@$(BIN)/python -m bench

soak: setup tools chromium ## Run the fault campaigns at length, each fault ROUNDS=50 times, for an hour at most
	@HANDOFF_SOAK=$(ROUNDS) $(BIN)/pytest -m soak --timeout 1800 --session-timeout 3600 $(ARGS)

lock: $(VENV)/.made ## Write the lock files anew with the newest versions that fit
	@infra/lock $(VENV)

clean: ## Remove what set-up and tests made; the demo's data in var/ stays
	rm -rf $(VENV) node_modules $(VENDOR) build .mypy_cache .pytest_cache .ruff_cache .hypothesis .import_linter_cache
	find src tests migrations -name __pycache__ -type d -prune -exec rm -rf {} +

tools: $(VENV)/.tools

chromium:
	@infra/ensure-chromium

$(VENV)/.made: infra/make-venv
	@infra/make-venv "$(PYTHON)" $(VENV)
	@touch $@

$(VENV)/.portal: requirements.lock pyproject.toml $(VENV)/.made
	@echo "Set-up: fetching the portal's packages"
	@$(PIP) install --quiet --require-hashes --requirement requirements.lock
	@$(PIP) install --quiet --no-deps --no-build-isolation --editable .
	@touch $@

$(VENV)/.tools: requirements-dev.lock $(VENV)/.portal
	@echo "Set-up: fetching the tools of make check"
	@$(PIP) install --quiet --require-hashes --requirement requirements-dev.lock
	@touch $@

node_modules/.package-lock.json: package-lock.json package.json .npmrc | $(VENV)/.made
	@echo "Set-up: fetching the front-end files"
	@infra/npm-ci $(VENV)
	@touch $@

$(VENDOR)/icons.svg: node_modules/.package-lock.json infra/frontend.py src/handoff_portal/web/icons.txt $(VENV)/.made
	@$(BIN)/python infra/frontend.py
