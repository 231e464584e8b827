"""What is owed somewhere has a duty that reminds of it, and every duty leads to a page that exists."""

import ast
from importlib import import_module

import pytest

from fundapp.kit.places import DOCUMENTS, PACKAGE
from fundapp.rooms import duties, letters
from tests.house.test_routes import routes


def owed():
    """The kinds that the verbs owe: `owe(session, KIND, ...)`, wherever it stands."""
    for path in PACKAGE.rglob("*.py"):
        calls = [
            node
            for node in ast.walk(ast.parse(path.read_text()))
            if isinstance(node, ast.Call) and getattr(node.func, "id", "") in ("owe", "_owe") and len(node.args) > 2
        ]
        if not calls:
            continue
        module = import_module(".".join(path.relative_to(PACKAGE.parent).with_suffix("").parts))
        for call in calls:
            kind = call.args[1]
            whole = kind.value if isinstance(kind, ast.Subscript) else kind
            try:
                found = eval(compile(ast.Expression(whole), str(path), "eval"), vars(module))
            except NameError:
                continue  # a parameter: who calls it is in the list as well
            yield from ((path.name, one) for one in (found.values() if isinstance(found, dict) else (found,)))


def test_every_kind_that_is_owed_has_a_duty():
    found = set(owed())
    assert len(found) > 8
    assert {(name, kind) for name, kind in found if kind not in duties()} == set()


def test_every_duty_is_owed_somewhere():
    assert set(duties()) == {kind for _name, kind in owed()}


def test_a_kind_begins_with_its_room():
    for kind, duty in duties().items():
        assert kind.split(".")[0] == duty.text.split("/")[0], kind
        assert list(duty.before) == sorted(duty.before, reverse=True), kind


@pytest.mark.sqlite
def test_every_duty_leads_to_a_page(app):
    pages = [route.path_regex for route in routes(app.fastapi) if "GET" in route.methods]
    for kind, duty in duties().items():
        url = duty.url.format(case=1, id=1).split("#")[0].split("?")[0]
        assert any(page.match(url) for page in pages), (kind, url)


def test_every_letter_has_its_templates():
    assert letters()
    for name in letters():
        assert (DOCUMENTS / f"{name}.en.docx").exists(), name
