"""The laws of the rooms that are checked here: the order is the printed one, and proven to bite; the web stays at the door."""

import subprocess
import sys
import tomllib
from pathlib import Path

import grimp
import pytest

ROOT = Path(__file__).parents[2]
ORDER = [
    "__main__",
    "cli",
    "main",
    "demo",
    "rooms",
    "overview",
    "exchange",
    "evaluation",
    "disbursement",
    "grants",
    "rating",
    "measures",
    "funds",
    "regions",
    "reminders",
    "backups",
    "documents",
    "files",
    "lifecycle",
    "presets",
    "people",
    "mail",
    "history",
    "kit",
    "config",
]
DOMAIN = ORDER[ORDER.index("overview") : ORDER.index("kit")]
WEB = {"fastapi", "starlette"}


@pytest.fixture(scope="module")
def graph():
    return grimp.build_graph("fundapp", include_external_packages=True, cache_dir=None)


@pytest.fixture(scope="module")
def contracts():
    with (ROOT / "pyproject.toml").open("rb") as file:
        found = tomllib.load(file)["tool"]["importlinter"]["contracts"]
    return {contract["id"]: contract for contract in found}


def test_the_order_is_the_printed_one(contracts):
    assert contracts["rooms"]["layers"] == ORDER


def test_every_room_is_under_the_law_of_its_inside(contracts):
    under = contracts["inside"]["containers"] + contracts["engine"]["containers"]
    assert sorted(under) == sorted(f"fundapp.{room}" for room in DOMAIN)


def test_a_new_module_must_take_its_place_by_name(contracts):
    assert all(contract["exhaustive"] for contract in contracts.values() if contract["type"] == "layers")


def test_only_routes_access_the_web_tools_and_main_know_the_web(graph):
    importers = {
        module
        for web in WEB
        if web in graph.modules
        for module in graph.find_modules_that_directly_import(web)
        if not module.startswith("fundapp.kit.web.")
    }
    strangers = {m for m in importers if not m.rpartition(".")[2].startswith("routes")}
    assert strangers <= {"fundapp.main", "fundapp.people.access", "fundapp.rooms"}
    assert "fundapp.people.routes" in importers


def test_nothing_below_the_routes_asks_who_is_at_the_door(graph):
    importers = graph.find_modules_that_directly_import("fundapp.people.access")
    assert {m for m in importers if not m.rpartition(".")[2].startswith("routes")} <= {"fundapp.main"}


def test_routes_and_forms_are_closed_to_other_rooms(graph):
    for module in graph.modules:
        parts = module.split(".")
        if len(parts) < 3 or not parts[2].startswith(("routes", "forms")):
            continue
        own = f"fundapp.{parts[1]}."
        strangers = {m for m in graph.find_modules_that_directly_import(module) if not m.startswith(own)}
        assert strangers <= {"fundapp.rooms"}, module


def test_every_room_has_a_sign_on_its_door():
    for room in DOMAIN:
        first = (ROOT / "fundapp" / room / "__init__.py").read_text().splitlines()
        assert first, room
        assert first[0].startswith('"""'), room


def test_the_kit_knows_no_word_of_the_domain(graph):
    found = {
        (module, target)
        for module in graph.modules
        if module.startswith("fundapp.kit")
        for target in graph.find_modules_directly_imported_by(module)
        if target.startswith("fundapp.") and not target.startswith("fundapp.kit")
    }
    assert found == set()


# The laws bite


@pytest.fixture
def copy(tmp_path):
    """The same rooms under the same contracts with nothing in them, to break the laws in."""
    for path in (ROOT / "fundapp").rglob("*.py"):
        empty = tmp_path / path.relative_to(ROOT)
        empty.parent.mkdir(parents=True, exist_ok=True)
        empty.write_text("")
    settings = (ROOT / "pyproject.toml").read_text().split("[tool.importlinter]")[1]
    (tmp_path / "pyproject.toml").write_text("[tool.importlinter]" + settings.split("\n[tool.")[0])
    return tmp_path


def broken(folder, contract):
    tool = Path(sys.executable).parent / "lint-imports"
    command = [str(tool), "--no-cache", "--contract", contract]
    told = subprocess.run(
        command, cwd=folder, capture_output=True, text=True, timeout=120, env={"PYTHONPATH": str(folder)}
    )
    assert ("BROKEN" in told.stdout) != ("KEPT" in told.stdout), told.stdout + told.stderr
    return "BROKEN" in told.stdout


@pytest.mark.parametrize(
    ("contract", "module", "imports"),
    [
        ("rooms", "measures/service.py", "import fundapp.grants.models"),
        ("rooms", "kit/models.py", "import fundapp.people.models"),
        ("rooms", "lifecycle/service.py", "import fundapp.rating.models"),
        ("inside", "grants/letters.py", "import fundapp.grants.service"),
        ("inside", "rating/queries.py", "import fundapp.rating.letters"),
        ("inside", "rating/scoring.py", "import fundapp.rating.models"),
        ("inside", "grants/service.py", "import fundapp.grants.forms"),
        ("inside", "grants/helpers.py", ""),
        ("routes", "overview/service.py", "import fundapp.grants.routes"),
        ("forms", "overview/service.py", "import fundapp.grants.forms"),
    ],
)
def test_the_laws_bite(copy, contract, module, imports):
    assert not broken(copy, contract)
    (copy / "fundapp" / module).write_text(imports)
    assert broken(copy, contract)
