# make run   starts the portal (PORT=8000), with a PostgreSQL and a Redis of its own unless
#            DATABASE_URL and REDIS_URL are set
# make test  runs every check; ONLY=path runs them on one test path
# make bench measures the budgets
PYTHON ?= python3
PORT ?= 8000
ONLY ?=
BIN := .venv/bin
export PORTAL_EMBEDDED := 1
# Compiled modules are kept even where the environment forbids it: every process starts in half the time.
export PYTHONDONTWRITEBYTECODE :=

.PHONY: run test bench stop

.venv/run.stamp: requirements.txt
	@$(PYTHON) -c 'import sys; sys.exit("The portal needs Python 3.11 or later.") if sys.version_info < (3, 11) else None'
	$(PYTHON) -m venv .venv
	$(BIN)/python -m pip install --quiet --disable-pip-version-check -r requirements.txt
	@touch $@

.venv/test.stamp: requirements.txt requirements-dev.txt .venv/run.stamp
	$(BIN)/python -m pip install --quiet --disable-pip-version-check -r requirements-dev.txt
	@touch $@

run: .venv/run.stamp
	@$(BIN)/python -m portal.messages_build
	@PORT=$(PORT) DEMONSTRATION=$${DEMONSTRATION-1} exec $(BIN)/python manage.py portal

test: .venv/test.stamp
	@$(BIN)/python -m portal.messages_build
	@ONLY='$(ONLY)' bash tests/run.sh

bench: .venv/test.stamp
	@$(BIN)/python manage.py bench

stop: .venv/run.stamp
	@$(BIN)/python manage.py stopservices
