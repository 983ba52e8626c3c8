# Each command brings what it needs with it: see .ci/setup.
# HOST, PORT: where `make run` serves. ARGS: more arguments for pytest, and for `make bench`.
# PROCESSES of pytest: one more than there are processors, since many tests wait for a browser or a server.

HOST ?= 127.0.0.1
PORT ?= 8000
PROCESSES ?= $(shell expr $$(getconf _NPROCESSORS_ONLN) + 1)
ARGS ?=

PYTHON := .venv/bin/python
# The tests choose their database themselves; the shell's is the site's. Compiled modules are kept: reading
# the tests anew costs a fifth of the quick run.
PYTEST := env -u DATABASE_URL -u PYTHONDONTWRITEBYTECODE $(PYTHON) -m pytest -n $(PROCESSES)
LANGUAGES := --locale ru --locale kk
# How long `make soak` is: docs/soak.md has the last results.
SOAK ?= FAULTS_KILLS=3000 FAULTS_EDITORS=50 FAULTS_EDITS=200 FAULTS_SEQUENCES=20000 FAULTS_FIELD_SEQUENCES=20000

# The day of `make load`: docs/load.md has the last results. RATE: times the pace of people.
MINUTES ?= 5
RATE ?= 1
DATABASE ?= sqlite

.DEFAULT_GOAL := help
.PHONY: help run test test-fast soak load bench mutants lint format messages screenshots guide-pictures deb clean

help: ## this list
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "make %-14s %s\n", $$1, $$2 }' Makefile

run: ## the site with the data of 2018 and demo accounts, on http://localhost:8000/
	@.ci/setup run
	@HOST=$(HOST) PORT=$(PORT) .ci/serve

# What fails on one database is tried on the other nevertheless.
test: ## everything: lint, then the whole suite with a real browser on SQLite and PostgreSQL
	@.ci/setup test
	@$(MAKE) --no-print-directory lint
	@failed=; \
	echo "Tests on SQLite"; \
	$(PYTEST) $(ARGS) || failed=1; \
	echo "Tests on PostgreSQL"; \
	$(PYTHON) .ci/with_postgres.py $(PYTHON) -m pytest -n $(PROCESSES) -m "not once" $(ARGS) || failed=1; \
	test -z "$$failed"

# The tables come from the models at once; `make test` makes them by the migrations. No test waits for
# another program, so as many processes as processors.
test-fast: PROCESSES = $(shell getconf _NPROCESSORS_ONLN)
test-fast: ## the inner loop, under a minute: SQLite in memory, no browser
	@.ci/setup dev
	@TEST_IN_MEMORY=1 $(PYTEST) -q --no-migrations -m "not journey and not slow" $(ARGS)

soak: ## the long runs, hours: 3,000 kills, 50 editors at once, 20,000 sequences, 100,000 requests
	@.ci/setup test
	@echo "SQLite"
	@env -u DATABASE_URL $(SOAK) $(PYTHON) -m pytest -q -s tests/faults $(ARGS)
	@echo "PostgreSQL"
	@$(PYTHON) .ci/with_postgres.py env $(SOAK) $(PYTHON) -m pytest -q -s tests/faults $(ARGS)
	@echo "Generated requests (FUZZ_EXAMPLES of them, others with each FUZZ_SEED)"
	@FUZZ_EXAMPLES=$(or $(FUZZ_EXAMPLES),100000) TEST_IN_MEMORY=1 $(PYTEST) -n 0 -q -s tests/security/test_fuzz.py tests/security/test_api_fuzz.py $(ARGS)

load: ## a day of protest: 500 monitors, 20 editors, 50 analysts; DATABASE=postgresql, MINUTES, RATE
	@.ci/setup test
	@$(if $(filter postgresql,$(DATABASE)),$(PYTHON) .ci/with_postgres.py --durable,env -u DATABASE_URL) \
		$(PYTHON) -m tests.load --minutes $(MINUTES) --rate $(RATE) --singles 5 $(ARGS)

bench: ## how fast it is beside what one would use instead: ARGS="--sizes 10000,1000000 --only tables --write"
	@.ci/setup test
	@env -u DATABASE_URL PYTHONPATH=. $(PYTHON) -m tests.bench $(ARGS)

mutants: ## every policy mutant: a right, a guard, a row of the workflow changed at a time; none survives
	@.ci/setup dev
	@env -u DATABASE_URL TEST_IN_MEMORY=1 MUTANTS=all $(PYTHON) -m pytest -q -s tests/security/test_mutants.py $(ARGS)

lint: ## style, likely bugs, types of reports/, missing migrations
	@.ci/setup dev
	@$(PYTHON) -m ruff check .
	@$(PYTHON) -m ruff format --check .
	@$(PYTHON) -m mypy
	@env -u DATABASE_URL DJANGO_SETTINGS_MODULE=tests.settings $(PYTHON) manage.py makemigrations --check --dry-run

format: ## lay out the code, mend what ruff can mend
	@.ci/setup dev
	@$(PYTHON) -m ruff check --fix-only --quiet .
	@$(PYTHON) -m ruff format .

messages: ## gather the texts to translate into locale/, compile the translations
	@.ci/setup messages
	@$(PYTHON) manage.py makemessages $(LANGUAGES) --no-wrap --no-obsolete --add-location file --ignore .venv --ignore var --ignore tests
	@$(PYTHON) manage.py compilemessages $(LANGUAGES)

screenshots: ## the README's pictures, from a demonstration that `make run` serves
	@.ci/setup test
	@$(PYTHON) .ci/screenshots.py http://$(HOST):$(PORT)

guide-pictures: ## the pictures of the guides in every language, from a demonstration of their own
	@.ci/setup test
	@$(PYTHON) .ci/guide_pictures.py

deb: ## the Debian package, for the release whose Python is /usr/bin/python3
	@.ci/setup run
	@.ci/deb var

clean: ## remove .venv and what the tools left; the site's data under var/ stays
	@rm -rf .venv .mypy_cache .ruff_cache .pytest_cache .hypothesis staticfiles
	@find . -name __pycache__ -type d -prune -exec rm -rf {} +
