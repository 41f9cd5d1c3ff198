# contentapi — `make` alone lists what can be done. Needs only Python 3.11 or newer, git and make.

PYTHON ?= python3

VENV := .venv
BIN := $(VENV)/bin
INSTALLED := $(VENV)/.installed
# pip-tools writes the lock files; it stands apart, as nothing else needs it.
LOCK_TOOLS := .tools/lock
PIP_COMPILE := CUSTOM_COMPILE_COMMAND="make lock" $(LOCK_TOOLS)/bin/pip-compile --quiet --generate-hashes \
	--strip-extras --allow-unsafe --no-emit-index-url --no-emit-find-links --no-emit-trusted-host --no-emit-options \
	--no-config

export PIP_DISABLE_PIP_VERSION_CHECK := 1

.DEFAULT_GOAL := help
.DELETE_ON_ERROR:
.PHONY: help serve test check format prove bench bench-peers lock clean

help: ## list these targets
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "  make %-12s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)

serve: $(INSTALLED) ## serve the folder content/ and follow its changes (ARGS="--port 9000" adds flags)
	@$(BIN)/contentapi serve content $(ARGS)

test: $(INSTALLED) ## run the tests, on every core (ARGS="-k menu" adds flags)
	$(BIN)/pytest -n auto $(ARGS)

check: $(INSTALLED) ## look at everything without running it: format, lint, types, imports, Dockerfile, content
	$(BIN)/ruff format --check
	$(BIN)/ruff check
	$(BIN)/mypy
	$(BIN)/lint-imports --no-logo
	$(BIN)/hadolint Dockerfile
	$(BIN)/contentapi check content
	@if [ -e scripts/openapi_valid.py ]; then set -x; $(BIN)/python scripts/openapi_valid.py; fi

format: $(INSTALLED) ## format the code and put right what ruff can
	$(BIN)/ruff check --fix-only
	$(BIN)/ruff format

prove: $(INSTALLED) ## prove the promises against a running server
	$(call run-script,prove)

bench: $(INSTALLED) ## measure this service
	$(call run-script,bench)

bench-peers: $(INSTALLED) ## measure this service beside others of its kind
	$(call run-script,bench-peers)

# A script of scripts/ finds the environment's python first; one that is not there is not an error.
define run-script
	@if [ -x scripts/$(1) ]; then PATH="$(CURDIR)/$(BIN):$$PATH" scripts/$(1) $(ARGS); \
	else echo "scripts/$(1) does not exist: nothing to run"; fi
endef

lock: $(LOCK_TOOLS)/.installed ## write the lock files anew (ARGS=--upgrade takes newer versions)
	@$(LOCK_TOOLS)/bin/python -c 'import sys; sys.exit(sys.version_info[:2] != (3, 11))' || { \
		echo "The lock files are written with Python 3.11, the oldest one supported, as it needs the most packages:"; \
		echo "  rm -r $(LOCK_TOOLS) && make lock PYTHON=python3.11"; exit 1; }
	$(PIP_COMPILE) $(ARGS) --output-file requirements.lock pyproject.toml
	@$(LOCK_TOOLS)/bin/python -c 'import tomllib; \
		print(*tomllib.load(open("pyproject.toml", "rb"))["dependency-groups"]["dev"], sep="\n")' > .tools/dev.in
	$(PIP_COMPILE) $(ARGS) --constraint requirements.lock --output-file requirements-dev.lock pyproject.toml .tools/dev.in

clean: ## remove the environment, the caches and what was built
	rm -rf $(VENV) .tools build dist htmlcov .coverage .coverage.* \
		.hypothesis .import_linter_cache .mypy_cache .pytest_cache .ruff_cache
	find contentapi tests scripts -name __pycache__ -type d -prune -exec rm -rf {} + 2>/dev/null || true

# --- how the environment is made -------------------------------------------------------------------------------------

define make-venv
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null || { \
		echo "contentapi needs Python 3.11 or newer; $(PYTHON) is: $$($(PYTHON) --version 2>&1 || true)"; \
		echo "Name another one: make PYTHON=/path/to/python3.12 $(MAKECMDGOALS)"; exit 1; }
	@$(PYTHON) -m venv $(1) || { \
		echo "$(PYTHON) cannot make a virtual environment (Debian and Ubuntu: apt install python3-venv)"; exit 1; }
endef

$(INSTALLED): requirements-dev.lock pyproject.toml
	$(call make-venv,$(VENV))
	$(BIN)/python -m pip install --quiet --require-hashes --requirement requirements-dev.lock
	$(BIN)/python -m pip install --quiet --no-deps --no-build-isolation --editable .
	@touch $@

$(LOCK_TOOLS)/.installed:
	$(call make-venv,$(LOCK_TOOLS))
	$(LOCK_TOOLS)/bin/python -m pip install --quiet pip-tools==7.6.2
	@touch $@
