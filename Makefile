# Two commands do all the set-up: `make demo` and `make test`. `make help` lists the others.
PYTHON ?= python3
BIN := .venv/bin
PIP := $(BIN)/python -m pip install --quiet --disable-pip-version-check

.PHONY: help demo test lint types check-lock lock long long-chaos long-container long-fanout long-fuzz long-hour long-ledger long-phrases long-relevance long-replay long-blocking long-mutation long-pacing long-stories long-year clean

help: ## say what there is
	@grep -hE '^[a-z-]+:.*## ' $(MAKEFILE_LIST) | sed -E 's/:.*## /\t/' | expand -t 18

demo: .venv/core ## install, then run the whole pipeline against a bundled world; no account, no network
	$(BIN)/watcher demo

test: .venv/dev lint types ## install, then lint, types, every test and the coverage figure
	$(BIN)/pytest -n 4 --dist worksteal --cov --cov-report=term

lint: .venv/dev ## ruff: rules and format
	$(BIN)/ruff check
	$(BIN)/ruff format --check

types: .venv/dev ## mypy --strict
	$(BIN)/mypy

.venv/bin/python:
	$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11) and "Habeas Watch needs Python 3.11 or newer: make PYTHON=python3.11 ...")'
	$(PYTHON) -m venv .venv

.venv/core: .venv/bin/python requirements.lock pyproject.toml
	@echo "installing into .venv: about half a minute, the first time only"
	$(PIP) --require-hashes -r requirements.lock
	$(PIP) --no-deps --editable .
	@touch $@

.venv/dev: .venv/bin/python requirements-dev.lock pyproject.toml
	$(PIP) --require-hashes -r requirements-dev.lock
	$(PIP) --no-deps --editable .
	@touch $@

.venv/bench: .venv/core requirements-bench.lock
	$(PIP) --require-hashes -r requirements-bench.lock
	@touch $@

.venv/mutation: .venv/dev requirements-mutation.lock
	$(PIP) --require-hashes -r requirements-mutation.lock
	@touch $@

lock: .venv/bin/python ## write all lock files anew, extras too, which pip before 23.3 does not find pinned else; needs uv on the path
	uv pip compile --quiet --universal --no-strip-extras --generate-hashes --no-emit-index-url --no-header --extra postgres -o requirements.lock pyproject.toml
	uv pip compile --quiet --universal --no-strip-extras --generate-hashes --no-emit-index-url --no-header --all-extras --group dev -o requirements-dev.lock pyproject.toml
	uv pip compile --quiet --universal --no-strip-extras --generate-hashes --no-emit-index-url --no-header --group pyproject.toml:bench -o requirements-bench.lock
	uv pip compile --quiet --universal --no-strip-extras --generate-hashes --no-emit-index-url --no-header --group pyproject.toml:mutation -c requirements-dev.lock -o requirements-mutation.lock

long: long-blocking long-chaos long-container long-fanout long-fuzz long-hour long-ledger long-mutation long-pacing long-phrases long-relevance long-replay long-stories long-year ## everything that is too long for `make test`, part by part

long-container: .venv/dev ## check the Dockerfile and build it with buildah; needs buildah and debootstrap
	.ci/container

long-fuzz: .venv/dev ## the property tests with 2,000 examples each, of another seed each time; none begins after 25 minutes
	$(BIN)/python benchmarks/fuzz.py

long-phrases: .venv/bench ## the phrase index beside its peers, at 200 to 100,000 phrases
	$(BIN)/python benchmarks/phrases.py --write

long-relevance: .venv/core ## the shipped watches on the labelled corpus, beside keywords
	$(BIN)/python benchmarks/relevance.py --write

long-replay: .venv/core ## `watcher replay` over 100,000 documents: how long, and in how much memory
	$(BIN)/python benchmarks/replay.py

long-stories: .venv/bench ## how well and how fast documents are put into Stories, beside other ways to group them
	$(BIN)/python benchmarks/stories.py --write

long-year: .venv/dev ## a year and three months on either database: how the tables grow; needs postgresql-15
	$(BIN)/python benchmarks/fanout.py --year

long-blocking: .venv/core ## what the event loop waits for while 200 kB are judged against 100,000 phrases
	$(BIN)/python benchmarks/blocking.py

long-chaos: .venv/dev ## 10,000 deliveries under 50 faults on either database: what is lost, doubled, out of order, too fast; needs postgresql-15
	$(BIN)/python benchmarks/chaos.py

long-fanout: .venv/dev ## a million subscribers on either database: fan-out, claims, what overtakes; needs postgresql-15
	$(BIN)/python benchmarks/fanout.py --million
	$(BIN)/python benchmarks/fanout.py --overtake

long-hour: .venv/dev ## twenty alerts in an hour on either database: when the last reader is told; needs postgresql-15
	$(BIN)/python benchmarks/fanout.py --hour --subscribers 25000

long-ledger: .venv/dev ## how long `watcher status --outbox` and `/metrics` take with 200,000 subscribers, on either database; needs postgresql-15
	$(BIN)/python benchmarks/ledger.py

long-mutation: .venv/mutation ## of small faults put into the recognising modules, how many the tests notice; what survived stands in build/mutants.txt
	$(BIN)/python benchmarks/mutation.py

long-pacing: .venv/dev .venv/bench ## how near Telegram's limits we send, what overtakes, whom a refusal holds up; beside python-telegram-bot's own pace
	$(BIN)/python benchmarks/pacing.py

clean: ## remove what the other targets made
	rm -rf .venv .mypy_cache .ruff_cache .pytest_cache .hypothesis .coverage .coverage.* build *.egg-info
