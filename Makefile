# `make` alone lists the targets. Everything is installed into .venv, from wheels, with pinned versions and hashes.
.DEFAULT_GOAL := help
PYTHON ?= $(shell for p in python3.13 python3.12 python3.11 python3; do command -v $$p >/dev/null 2>&1 && $$p -c 'import sys; sys.exit(not (3, 11) <= sys.version_info < (3, 14))' 2>/dev/null && echo $$p && break; done)
VENV := .venv
BIN := $(VENV)/bin
PIP := $(BIN)/python -m pip --disable-pip-version-check install --quiet --only-binary :all: --require-hashes
# One thread for linear algebra: more threads cost four to ten times the CPU (measured).
export OPENBLAS_NUM_THREADS := 1
export PYTHONPATH := src

.PHONY: help
help: ## List the targets
	@grep -hE '^[a-z-]+:.*## ' $(MAKEFILE_LIST) | sort | awk -F ':.*## ' '{printf "  make %-10s %s\n", $$1, $$2}'

$(VENV)/run.done: requirements/run.txt requirements/build.txt pyproject.toml
	@test -n "$(PYTHON)" || { echo "Python 3.11, 3.12 or 3.13 is needed; set PYTHON=/path/to/python"; exit 1; }
	@echo "Installing (once, about half a minute) ..."
	@test -x $(BIN)/python || $(PYTHON) -m venv $(VENV)
	@$(PIP) -r requirements/run.txt -r requirements/build.txt
	@$(BIN)/python -m pip --disable-pip-version-check install --quiet --no-deps --no-build-isolation --no-index --editable .
	@touch $@

$(VENV)/dev.done: $(VENV)/run.done requirements/dev.txt
	@echo "Installing what developers need (once, about a minute) ..."
	@$(PIP) -r requirements/run.txt -r requirements/dev.txt
	@touch $@

.PHONY: run
run: $(VENV)/run.done ## Serve on 127.0.0.1:8000 (HOST and PORT change it) with a database under var/
	@$(BIN)/inquiry-router migrate
	@$(BIN)/python scripts/welcome.py
	@exec $(BIN)/inquiry-router serve

.PHONY: demo
demo: $(VENV)/run.done ## Send twenty inquiries through a service of its own and show the results
	@$(BIN)/python scripts/demo.py

.PHONY: test
# Without bytecode files each of the processes that tests start would compile everything again.
test: export PYTHONDONTWRITEBYTECODE :=
test: $(VENV)/dev.done ## Run the whole test suite, on SQLite and on a real PostgreSQL
	@$(BIN)/python -m pytest -n 2 --dist worksteal

.venv-real/done: requirements/real.txt
	@echo "Installing the real systems (once, about a minute) ..."
	@$(PYTHON) -m venv .venv-real
	@.venv-real/bin/python -m pip --disable-pip-version-check install --quiet --only-binary :all: --require-hashes -r $<
	@touch $@

.PHONY: test-real
test-real: $(VENV)/dev.done .venv-real/done ## Run the tests against real systems, which it installs by pip, apt (as root only) and npm
	@$(BIN)/python scripts/install_real.py
	@$(BIN)/python -m pytest tests_real -n 0 --timeout 600

.PHONY: check
check: $(VENV)/dev.done ## Format, lint, types, architecture, dependencies, drift of OpenAPI and migrations
	@$(BIN)/ruff format --check .
	@$(BIN)/ruff check .
	@$(BIN)/mypy
	@$(BIN)/lint-imports --no-cache
	@$(BIN)/deptry src
	@$(BIN)/hadolint Dockerfile
	@$(BIN)/python scripts/drift.py

.PHONY: format
format: $(VENV)/dev.done ## Format the code and fix what ruff can fix
	@$(BIN)/ruff check --fix .
	@$(BIN)/ruff format .

.PHONY: openapi
openapi: $(VENV)/run.done ## Write openapi.yaml again
	@$(BIN)/inquiry-router openapi > openapi.yaml.new && mv openapi.yaml.new openapi.yaml

.PHONY: bench
bench: $(VENV)/dev.done ## Measure: ratios against a bare FastAPI app in the same run
	@$(BIN)/python -m benchmarks

.PHONY: model
model: $(VENV)/dev.done ## Train the classifier on the corpus again (hours on one core; continues after a stop)
	@$(BIN)/python -m pip --disable-pip-version-check install --quiet -r requirements/train.txt
	@$(BIN)/python -m training

.PHONY: lock
lock: $(VENV)/dev.done ## Compile requirements/*.in into pinned versions with hashes
	@for name in run build dev real; do \
		$(BIN)/uv pip compile --quiet --universal --python-version 3.11 --generate-hashes --no-header --no-emit-index-url \
			--no-emit-find-links requirements/$$name.in -o requirements/$$name.txt; done

.PHONY: clean
clean: ## Remove everything installed and built (not var/, which has the inquiries)
	@rm -rf $(VENV) .venv-real .mypy_cache .ruff_cache .hypothesis .schemathesis dist
