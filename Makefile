# README's commands, by name. Nothing here is needed to run the fund.

UV = .venv/bin/uv
RUN = $(UV) run --locked

.PHONY: demo test lint format revision messages

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

# collects the messages of pages, mails and code into the catalogues; those still to be translated stay empty
messages: $(UV)
	$(RUN) pybabel -q extract --no-location --omit-header --sort-output -F pyproject.toml -k _ -k mark -k keep -o .messages.pot fundapp templates
	for language in de mn; do \
	  $(RUN) pybabel -q update --no-fuzzy-matching --ignore-obsolete -N -w 120 -l $$language -i .messages.pot -o fundapp/locales/$$language.po || exit 1; \
	done
	rm .messages.pot

$(UV):
	python3 -m venv .venv
	.venv/bin/pip install -q uv
