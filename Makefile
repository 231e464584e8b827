# README's commands, by name. Nothing here is needed to run the fund.

UV = .venv/bin/uv
RUN = $(UV) run --locked

.PHONY: demo test lint format revision

demo: $(UV)
	$(RUN) fundapp demo

test: $(UV)
	$(RUN) pytest

lint: $(UV)
	$(RUN) pytest tests/house

format: $(UV)
	$(RUN) ruff check --fix fundapp tests migrations
	$(RUN) ruff format fundapp tests migrations

# make revision what="a column for the promised date"
revision: $(UV)
	$(RUN) python -c 'from fundapp.kit.migrations import revise; revise("$(what)")'
	$(RUN) ruff check -q --fix migrations
	$(RUN) ruff format -q migrations

$(UV):
	python3 -m venv .venv
	.venv/bin/pip install -q uv
