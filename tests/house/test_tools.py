"""The material is sound: types, style, templates, and the order of the rooms."""

import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
BIN = Path(sys.executable).parent


def run(tool: str, *arguments: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run([str(BIN / tool), *arguments], cwd=ROOT, capture_output=True, text=True, timeout=600)


@pytest.mark.parametrize(
    "command",
    [
        ("ruff", "check", "--no-cache", "fundapp", "tests", "migrations"),
        ("ruff", "format", "--no-cache", "--check", "fundapp", "tests", "migrations"),
        ("mypy",),
        ("lint-imports", "--no-cache"),
        ("djlint", "templates", "--lint", "--quiet"),
    ],
    ids=lambda command: " ".join(command[:2]),
)
def test_the_tools_find_nothing(command):
    told = run(*command)
    assert told.returncode == 0, told.stdout + told.stderr
