# Everything a person does with a checkout. Each target sets up what it needs by itself.
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
RUN_READY := $(VENV)/.ready-to-run
TEST_READY := $(VENV)/.ready-to-test
CODE := bot incidents sandbox storage web

.PHONY: demo run test soak check bench doctor lock clean

demo: $(RUN_READY)  ## The real bot in a local Slack workspace, in your browser
	@$(BIN)/python -m bot demo $(if $(PORT),--port $(PORT))

run: $(RUN_READY)  ## The bot in your Slack workspace; settings come from the environment or .env
	@$(BIN)/python -m bot run

bench: $(TEST_READY)  ## Measure how quick it is, on this machine
	@$(BIN)/python -m bench $(WHAT)

doctor: $(RUN_READY)  ## Check settings, database, token, scopes and manifest
	@$(BIN)/python -m bot doctor

test: $(TEST_READY)  ## All tests
	@$(BIN)/python -m pytest -n 3 --dist loadgroup

soak: $(TEST_READY)  ## Storm after storm: make soak RUNS=1000 SEED=0 KILLS=1, or COPIES=4 on PostgreSQL
	@$(BIN)/python -m tests.campaign --runs $(or $(RUNS),1000) --seed $(or $(SEED),0) $(if $(KILLS),--kills) $(if $(COPIES),--copies $(COPIES))

check: $(TEST_READY)  ## Formatting, lint, types and the direction of imports
	@$(BIN)/ruff format --check .
	@$(BIN)/ruff check .
	@$(BIN)/mypy
	@$(BIN)/lint-imports

$(VENV)/bin/python:
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || \
		{ echo "Tocsin needs Python 3.11 or newer; say which: make PYTHON=python3.12 ..."; exit 1; }
	@$(PYTHON) -m venv $(VENV) || \
		{ rm -rf $(VENV); echo "Python could not make an environment; on Debian: apt install python3-venv"; exit 1; }

$(RUN_READY): requirements.lock pyproject.toml | $(VENV)/bin/python
	@echo "Setting up (once)..."
	@$(BIN)/pip install --quiet --disable-pip-version-check --require-hashes -r requirements.lock
	@$(BIN)/pip install --quiet --disable-pip-version-check --no-deps --no-build-isolation -e .
	@$(BIN)/python -m compileall -q $(CODE)
	@touch $@

$(TEST_READY): requirements-dev.lock $(RUN_READY)
	@echo "Setting up the tests (once)..."
	@$(BIN)/pip install --quiet --disable-pip-version-check --require-hashes -r requirements-dev.lock
	@touch $@

lock: $(TEST_READY)  ## Pin the newest versions that pyproject.toml admits
	$(BIN)/uv pip compile $(LOCK) --group build -o requirements.lock
	$(BIN)/uv pip compile $(LOCK) --group build --group dev -c requirements.lock -o requirements-dev.lock

LOCK := -q --upgrade --universal --generate-hashes --no-emit-index-url --no-annotate --no-header pyproject.toml

clean:
	rm -rf $(VENV)
