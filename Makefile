# The doors of the project. `make help` lists them.
PYTHON ?= python3
VENV ?= .venv
BIN := $(VENV)/bin
HOST ?= 127.0.0.1
PORT ?= 8000

.DEFAULT_GOAL := help
.PHONY: help run test test-deep test-codec bench relevance ingestion lint types format lock clean

help: ## list the doors
	@grep -hE '^[a-z-]+:.*##' $(MAKEFILE_LIST) | sed -E 's/:[^#]*## /\t/' | expand -t 14

run: $(VENV)/.run ## install locally, index corpus/, serve it and print the address (PORT=8000)
	$(BIN)/trouvaille reindex
	$(BIN)/trouvaille serve --host $(HOST) --port $(PORT)

test: $(VENV)/.dev ## every check that a change must pass: lint, types, tests (under 12 minutes)
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/pytest -m "not deep"
	$(MAKE) --no-print-directory test-codec

test-deep: $(VENV)/.dev ## the long loops too
	$(BIN)/pytest

test-codec: $(VENV)/.dev $(VENV)/.reloaded ## the Whoosh codec on whoosh-reloaded, the other maintained fork
	PYTHONPATH=$(VENV)/reloaded $(BIN)/python -c 'import whoosh; assert whoosh.__file__.startswith("$(CURDIR)/$(VENV)/reloaded/"), whoosh.__file__'
	PYTHONPATH=$(VENV)/reloaded $(BIN)/pytest -m "not deep" -p no:cacheprovider tests/columnar/test_codec.py

bench: $(VENV)/.dev ## speed beside the peers (100,000 documents; takes hours; BENCH="--only queries --documents 10000")
	$(BIN)/pip install --quiet --disable-pip-version-check --require-hashes -r requirements/bench.txt
	$(BIN)/python -m benchmarks.speed $(BENCH)

relevance: $(VENV)/.dev ## how well it ranks, beside plain BM25; fails below the floors (RELEVANCE="--sweep" tunes, ten minutes)
	$(BIN)/python -m benchmarks.relevance $(RELEVANCE)

ingestion: $(VENV)/.dev ## what becomes of real files: phrases found, dates, titles, languages; pages and speed beside libraries
	$(BIN)/pip install --quiet --disable-pip-version-check --require-hashes -r requirements/bench.txt
	$(BIN)/python -m benchmarks.ingestion
	$(BIN)/python -m benchmarks.pages
	$(BIN)/python -m benchmarks.mixed $(MIXED)

lint: $(VENV)/.dev ## ruff
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .

format: $(VENV)/.dev ## let ruff mend what it can
	$(BIN)/ruff check --fix .
	$(BIN)/ruff format .

types: $(VENV)/.dev ## mypy --strict
	$(BIN)/mypy

lock: $(VENV)/.dev ## choose versions anew and write requirements/*.txt with hashes
	$(BIN)/pip install --quiet uv
	$(BIN)/uv pip compile --quiet --universal --python-version 3.11 --generate-hashes --no-header --no-emit-index-url \
	  --extra fast --output-file requirements/run.txt pyproject.toml requirements/build.in
	$(BIN)/uv pip compile --quiet --universal --python-version 3.11 --generate-hashes --no-header --no-emit-index-url \
	  --extra fast --extra office --group dev --output-file requirements/dev.txt pyproject.toml requirements/build.in
	$(BIN)/uv pip compile --quiet --universal --python-version 3.11 --generate-hashes --no-header --no-emit-index-url \
	  --output-file requirements/reloaded.txt requirements/reloaded.in
	$(BIN)/uv pip compile --quiet --universal --python-version 3.11 --generate-hashes --no-header --no-emit-index-url \
	  --constraint requirements/dev.txt --output-file requirements/bench.txt requirements/bench.in

clean: ## remove what the other doors made
	rm -rf $(VENV) config/index-trouvaille .mypy_cache .ruff_cache .pytest_cache .hypothesis

$(VENV)/bin/python:
	$(PYTHON) -c 'import sys; sys.exit("Python 3.11 or newer is needed, this is " + sys.version) if sys.version_info < (3, 11) else None'
	$(PYTHON) -m venv $(VENV)

# The editable install builds without isolation: its builder is locked and checked like everything else.
$(VENV)/.run: requirements/run.txt pyproject.toml | $(VENV)/bin/python
	$(BIN)/pip install --quiet --disable-pip-version-check --require-hashes -r requirements/run.txt
	$(BIN)/pip install --quiet --disable-pip-version-check --no-build-isolation --no-deps --editable .
	@touch $@

$(VENV)/.dev: requirements/dev.txt $(VENV)/.run
	$(BIN)/pip install --quiet --disable-pip-version-check --require-hashes -r requirements/dev.txt
	@touch $@

# Beside the environment, not in it: both forks are `import whoosh`.
$(VENV)/.reloaded: requirements/reloaded.txt | $(VENV)/bin/python
	rm -rf $(VENV)/reloaded
	$(BIN)/pip install --quiet --disable-pip-version-check --require-hashes --target $(VENV)/reloaded -r $<
	@touch $@
