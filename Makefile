# Two commands: `make run` and `make test`. Everything else is for those who work on Mainstay.
# Options go through ARGS: make run ARGS="--port 8001", make test ARGS="tests/clock -x".

PYTHON ?= python3
ARGS ?=
RUN = @$(PYTHON) tools/bootstrap.py
DEV = @$(PYTHON) tools/bootstrap.py --dev

.PHONY: help run test check fix bench install

help:
	@echo "make run      run the desk with the sample company (Ctrl-C stops it)"
	@echo "make test     run all tests"
	@echo "make check    formatting, types, import contracts, templates, migrations, translations"
	@echo "make fix      put formatting right"
	@echo "make bench    run the benchmarks"
	@echo "make install  make the environment only"

run:
	$(RUN) mainstay up --sample $(ARGS)

test:
	$(DEV) pytest -n 2 --dist loadfile $(ARGS)

check:
	$(DEV)
	.venv/bin/ruff format --check .
	.venv/bin/ruff check .
	.venv/bin/lint-imports
	.venv/bin/mypy
	.venv/bin/djlint mainstay --lint --check --quiet
	.venv/bin/python tools/check_migrations.py
	.venv/bin/python tools/translations.py check

fix:
	$(DEV)
	.venv/bin/ruff format .
	.venv/bin/ruff check --fix .
	.venv/bin/djlint mainstay --reformat --quiet || true

bench:
	$(DEV) bench $(or $(ARGS),--all)

install:
	$(RUN)
