# Newsstand. `make` alone prints what there is; each line comes from the comment behind a target's name.

PORT ?= 8000
RUN := .venv/bin/
REPLAYED := tests/office/billing/test_replay.py tests/office/billing/test_orders.py
# Where a change is judged, tests come in the same order each time, and Hypothesis draws the same examples.
IN_CI := $(filter 1 true yes,$(CI))
SUITE := -m pytest -n auto --maxprocesses 4 --dist worksteal $(if $(IN_CI),--randomly-seed=1)
PROPERTIES := tests/rules tests/shelf tests/kiosk/test_gate_and_kiosk_agree.py tests/proofs
# What proves the same on every database is not proven twice.
ON_POSTGRES := tests/office tests/journeys tests/test_databases.py \
	$(patsubst %, --ignore=tests/journeys/test_%.py, apart leaks surge tricks)

.DEFAULT_GOAL := help
.PHONY: help demo test test-postgres explore check fix bench bench-answer docs messages browser picture lock torture replay simulate

help: ## print this list
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "  make %-14s %s\n", $$1, $$2 }' Makefile

demo: ## a newsroom with stories, on http://127.0.0.1:8000/ (PORT=8001, RESET=1 to begin anew)
	@sh make/venv.sh run
	@NEWSSTAND_DATA="$(CURDIR)/var/demo" exec $(RUN)newsstand demo --port "$(PORT)" $(if $(filter 1 yes true,$(RESET)),--reset)

test: ## the whole suite, journeys in a browser included (ARGS="tests/rules -k meter" for a part)
	@sh make/venv.sh dev
	@exec $(RUN)python $(SUITE) $(ARGS)

test-postgres: ## what depends on the database, once more on a real PostgreSQL
	@sh make/venv.sh dev
	@exec $(RUN)python tests/postgres.py -- $(RUN)python $(SUITE) -m "not browser" $(or $(ARGS),$(ON_POSTGRES))

explore: ## new random examples for every property, round after round (ROUNDS=10)
	@sh make/venv.sh dev
	@for round in $$(seq $(or $(ROUNDS),10)); do \
		CI= NEWSSTAND_BILLING_EXAMPLES=2000 $(RUN)python -m pytest -q -n auto --maxprocesses 4 $(PROPERTIES) || exit 1; \
	done

check: ## style, types, contracts, all that needs no test database; under a minute
	@sh make/venv.sh dev
	@exec $(RUN)python make/check.py

fix: ## let ruff put right what it can
	@sh make/venv.sh dev
	@$(RUN)ruff check --fix --quiet . ; $(RUN)ruff format .

bench: ## the kiosk against nginx with the same bytes as files (ARGS="--rounds 1 --seconds 2 --stories 5000" for a short run)
	@sh make/venv.sh dev
	@PYTHONPATH=src exec $(RUN)python -m bench $(ARGS)

torture: ## workers that kill themselves at every point of a charge, on a PostgreSQL that dies too (ON=sqlite for SQLite; ARGS="--bug")
	@sh make/venv.sh dev
	@PYTHONPATH=src exec $(RUN)python $(if $(filter sqlite,$(ON)),,tests/postgres.py -- $(RUN)python) -m tests.torture $(ARGS)

replay: ## a hundred stories of the state machine through the office, on SQLite and on PostgreSQL (STORIES=20 for fewer)
	@sh make/venv.sh dev
	@NEWSSTAND_ORDERS=200 NEWSSTAND_REPLAYED="$(or $(STORIES),100)" $(RUN)python $(SUITE) -q $(REPLAYED)
	@NEWSSTAND_ORDERS=200 NEWSSTAND_REPLAYED="$(or $(STORIES),100)" $(RUN)python tests/postgres.py -- $(RUN)python $(SUITE) -q $(REPLAYED)

simulate: ## 300 subscribers for a year through the database, on SQLite and on PostgreSQL (ARGS="--subscribers 30")
	@sh make/venv.sh dev
	@PYTHONPATH=src $(RUN)python -m tests.rehearsal $(ARGS)
	@PYTHONPATH=src $(RUN)python tests/postgres.py -- $(RUN)python -m tests.rehearsal $(ARGS)

bench-answer: ## microseconds of the kiosk's answer() for each kind of request, as a table
	@sh make/venv.sh dev
	@exec $(RUN)python -m pytest -c bench/pytest.ini bench/test_answer.py --benchmark-columns=min,median,iqr,rounds --benchmark-sort=name --benchmark-time-unit=us

messages: ## bring the translations in step with the texts of the source, and compile them
	@sh make/venv.sh dev
	@exec $(RUN)python make/messages.py

docs: ## check that no link in the docs leads nowhere
	@sh make/venv.sh dev
	@exec $(RUN)python -m pytest -q tests/architecture/test_docs.py

browser: ## install Chromium for the browser journeys
	@sh make/venv.sh dev
	@exec sh make/browser.sh

picture: ## take the pictures of README and docs anew, from a demo that runs (PORT as for the demo)
	@sh make/venv.sh dev
	@exec $(RUN)python make/picture.py "http://127.0.0.1:$(PORT)/"

lock: ## lock the dependencies again (UPGRADE=1 for the newest)
	@sh make/lock.sh
