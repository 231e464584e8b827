"""README tells the truth: the life of a measure, the settings, the commands, the pictures."""

import re
from pathlib import Path

from typer.main import get_command

from fundapp.cli import app
from fundapp.config import Settings
from tests.house.diagram import diagram, printed

ROOT = Path(__file__).parents[2]
README = (ROOT / "README.md").read_text()


def test_the_diagram_is_the_table():
    assert printed(README) == diagram()


def test_every_setting_is_listed():
    assert [name for name in Settings.model_fields if f"FUNDAPP_{name.upper()}" not in README] == []


def test_no_setting_is_listed_that_does_not_exist():
    named = {name for name in re.findall(r"FUNDAPP_([A-Z_]+)", README) if not name.startswith("TEST_")}
    assert named <= {name.upper() for name in Settings.model_fields}


def test_every_command_is_told_of():
    for name in get_command(app).commands:  # type: ignore[attr-defined]
        assert f"fundapp {name}" in README, name


def test_the_two_commands_of_the_set_up_are_complete():
    start = "python3 -m venv .venv && .venv/bin/pip install -q uv && .venv/bin/uv run --locked"
    assert f"{start} fundapp demo" in README
    assert f"{start} pytest" in README


def test_every_file_that_is_linked_exists():
    links = re.findall(r"\]\(([^)#:]+)\)", README) + re.findall(r'src="([^":]+)"', README)
    assert [link for link in links if not (ROOT / link).exists()] == []


def test_the_workflow_and_the_build_run_the_command_of_the_readme():
    command = ".venv/bin/uv run --locked pytest"
    assert command in (ROOT / ".ci" / "run").read_text()
    assert ".ci/run" in (ROOT / ".github" / "workflows" / "ci.yml").read_text()


def test_no_machine_of_ours_is_named():
    for path in [
        ROOT / ".ci" / "run",
        ROOT / ".github" / "workflows" / "ci.yml",
        ROOT / "Makefile",
        ROOT / "README.md",
    ]:
        assert not re.search(r"/w[o]rk/|/r[o]ot/|py[p]i\.|deb\.d[e]bian|registry\.n[p]m", path.read_text()), path
