"""Templates parse, call only macros that exist, and ask only for what pages give them."""

import ast
from datetime import date
from fnmatch import fnmatch
from functools import cache
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from jinja2 import Environment, meta, nodes

from fundapp.kit import texts
from fundapp.kit.places import PACKAGE, TEMPLATES
from fundapp.kit.web.assets import Assets
from fundapp.kit.web.pages import Pages
from fundapp.mail.service import compose
from fundapp.people.models import Person
from fundapp.reminders.models import Obligation

NAMES = sorted(str(path.relative_to(TEMPLATES)) for path in TEMPLATES.rglob("*") if path.is_file())
HTML = [name for name in NAMES if name.endswith(".html")]
MAILS = [name for name in NAMES if "/mails/" in name]
TEXTS = [name for name in NAMES if "/texts/" in name]
BASE = {"request", "person", "nav", "notice", "lang", "flash"}  # what `page` itself gives
OF_REMINDERS = {"obligation", "on", "days", "link", "to"}
Tree = nodes.Template


@cache
def environment(name: str) -> Environment:
    if name.endswith(".txt"):
        return texts.environment()
    return Pages(Assets(), ZoneInfo("UTC"), "Fund", "", False, lambda *_: []).env


@cache
def tree(name: str) -> Tree:
    return environment(name).parse((TEMPLATES / name).read_text(), name)


@cache
def calls(function: str) -> list[ast.Call]:
    """All calls of a function of this name in the application."""
    found = []
    for path in PACKAGE.rglob("*.py"):
        for node in ast.walk(ast.parse(path.read_text())):
            called = getattr(node, "func", None)
            if isinstance(node, ast.Call) and getattr(called, "id", getattr(called, "attr", "")) == function:
                found.append(node)
    return found


def words(node: ast.AST) -> list[str]:
    """The texts in an expression, both of `"a" if x else "b"`; what is filled into a text is a `*`."""
    if isinstance(node, ast.JoinedStr):
        return ["".join(part.value if isinstance(part, ast.Constant) else "*" for part in node.values)]
    found = [node.value] if isinstance(node, ast.Constant) and isinstance(node.value, str) else []
    return found + [word for child in ast.iter_child_nodes(node) for word in words(child)]


def meant(node: ast.AST, name: str) -> bool:
    return any(fnmatch(name, word) for word in words(node))


@pytest.mark.parametrize("name", NAMES)
def test_a_template_parses_and_finds_what_it_refers_to(name):
    for other in meta.find_referenced_templates(tree(name)):
        assert other is not None, "templates are named, not computed"
        assert (TEMPLATES / other).exists(), other


def macros(name: str) -> dict[str, nodes.Macro]:
    return {macro.name: macro for macro in tree(name).find_all(nodes.Macro)}


def imported(name: str) -> tuple[dict[str, nodes.Macro], dict[str, dict[str, nodes.Macro]]]:
    """(macros by the name they have here, macros of modules by the name the module has here)."""
    single, modules = dict(macros(name)), {}
    for node in tree(name).find_all(nodes.FromImport):
        there = macros(node.template.value)
        for each in node.names:
            original, alias = each if isinstance(each, tuple) else (each, each)
            assert original in there, f"{node.template.value} has no macro {original}"
            single[alias] = there[original]
    for module in tree(name).find_all(nodes.Import):
        modules[module.target] = macros(module.template.value)
    return single, modules


@pytest.mark.parametrize("name", HTML)
def test_macros_exist_and_are_called_with_what_they_take(name):
    single, modules = imported(name)
    for call in tree(name).find_all(nodes.Call):
        macro = None
        if isinstance(call.node, nodes.Name):
            macro = single.get(call.node.name)
        elif isinstance(call.node, nodes.Getattr) and isinstance(call.node.node, nodes.Name):
            there = modules.get(call.node.node.name)
            if there is not None:
                assert call.node.attr in there, f"line {call.lineno}: no macro {call.node.attr}"
                macro = there[call.node.attr]
        if macro is None or call.dyn_args or call.dyn_kwargs:
            continue
        takes = [argument.name for argument in macro.args]
        extra = any(n.name == "kwargs" for n in macro.find_all(nodes.Name))
        unknown = {keyword.key for keyword in call.kwargs} - set(takes) - {"caller"}
        where = f"line {call.lineno}: {macro.name}"
        assert extra or not unknown, f"{where} does not take {unknown}"
        assert len(call.args) <= len(takes) or any(n.name == "varargs" for n in macro.find_all(nodes.Name)), where
        needed = set(takes[: len(takes) - len(macro.defaults)])
        assert needed <= set(takes[: len(call.args)]) | {keyword.key for keyword in call.kwargs}, where


def asked(name: str) -> set[str]:
    """The names a template needs from outside, with those of its parents and of what it includes."""
    parsed = tree(name)
    own = meta.find_undeclared_variables(parsed) - set(environment(name).globals) - optional(parsed)
    for node in parsed.find_all((nodes.Extends, nodes.Include)):
        own |= asked(node.template.value)
        if isinstance(node, nodes.Extends):
            own -= made(tree(node.template.value))  # what a parent imports is there for the blocks of its children
    return own - made(parsed)


def made(parsed: Tree) -> set[str]:
    """Names that the template makes itself: set, looped over, imported."""
    found = {node.name for node in parsed.find_all(nodes.Name) if node.ctx == "store"}
    found |= {node.target for node in parsed.find_all(nodes.Import)} | {
        node.name for node in parsed.find_all(nodes.Macro)
    }
    for node in parsed.find_all(nodes.FromImport):
        found |= {each[1] if isinstance(each, tuple) else each for each in node.names}
    return found


def optional(parsed: Tree) -> set[str]:
    """Names that may be missing: `{{ x|default(...) }}` or `{% if x is defined %}`."""
    found = {
        node.node.name
        for node in parsed.find_all(nodes.Filter)
        if node.name in ("default", "d") and isinstance(node.node, nodes.Name)
    }
    return found | {
        node.node.name
        for node in parsed.find_all(nodes.Test)
        if node.name == "defined" and isinstance(node.node, nodes.Name)
    }


def given(template: str) -> list[tuple[set[str], bool]]:
    """For each call that names this template: the names it gives, and whether it gives others by **."""
    found = []
    for call in [*calls("page"), *calls("_told")]:
        if len(call.args) > 1 and meant(call.args[1], template):
            keys = {keyword.arg for keyword in call.keywords}
            found.append(({key for key in keys if key}, None in keys))
    return found


@pytest.mark.parametrize("name", [name for name in HTML if "/" in name and not name.startswith("macros/")])
def test_a_page_is_given_every_name_it_asks_for(name):
    for names, more in given(name):
        missing = asked(name) - BASE - names
        assert more or not missing


@pytest.mark.parametrize("name", HTML)
def test_every_template_is_used(name):
    by_templates = {
        other for each in NAMES if each != name for other in meta.find_referenced_templates(tree(each)) if other
    }
    assert name in by_templates or any(meant(call, name) for call in [*calls("page"), *calls("_told")])


def test_every_page_that_is_named_exists():
    named = {word for call in calls("page") for word in words(call) if word.endswith(".html")}
    assert len(named) > 10
    assert [word for word in named if not any(fnmatch(name, word) for name in NAMES)] == []


def needed(mail: str) -> set[str]:
    return meta.find_undeclared_variables(tree(mail)) - set(environment(mail).globals) - optional(tree(mail))


@pytest.mark.parametrize("days", [14, 1, 0, -1, -7])
def test_every_reminder_has_a_subject_a_text_and_a_link(days):
    obligation = Obligation(title="Final report", due=date(2026, 3, 2), note="", kind="x", subject="x.y:1")
    reader = Person(given_name="Bat", email="bat@example.org", language="en")
    fields = {"obligation": obligation, "to": reader, "on": date(2026, 3, 2), "days": days, "link": "/cases/1"}
    reminders = [name for name in MAILS if needed(name) <= OF_REMINDERS and "days" in needed(name)]
    assert len(reminders) > 3
    for name in reminders:
        subject, body = compose(name.replace("/mails/", "/").removesuffix(".txt"), "en", **fields)
        assert 8 < len(subject) < 100, name
        assert f"{texts.BASE}/cases/1" in body, name


@pytest.mark.parametrize("name", MAILS)
def test_a_mail_knows_nothing_but_what_it_is_given(name):
    own = needed(name)
    text = name.replace("/mails/", "/").removesuffix(".txt")
    queues = [call for call in calls("queue") if any(meant(argument, text) for argument in call.args)]
    for call in queues:
        keys: set[Any] = {keyword.arg for keyword in call.keywords}
        assert None in keys or own <= keys | {"to"}
    if not queues:
        assert own <= OF_REMINDERS or text not in duties()


@pytest.mark.parametrize("name", TEXTS)
def test_a_short_text_needs_no_more_than_its_mail(name):
    """A reminder's short text may use all that reminders are given. What is only a short text says what it needs itself."""
    mail = name.replace("/texts/", "/mails/")
    if mail in MAILS:
        assert needed(name) <= needed(mail) | (OF_REMINDERS if "obligation" in needed(mail) else set())


def duties() -> set[str]:
    return {word for call in calls("Duty") for word in words(call) if "/" in word and not word.startswith("/")}


def test_every_mail_that_is_named_exists():
    named = {word for call in calls("queue") for argument in call.args[1:2] for word in words(argument) if "/" in word}
    there = (name.replace("/mails/", "/").replace("/texts/", "/") for name in MAILS + TEXTS)
    texts_there = {name.removesuffix(".txt") for name in there}
    assert [word for word in named | duties() if not any(fnmatch(text, word) for text in texts_there)] == []


def test_no_template_says_style_or_script_in_the_page():
    for name in HTML:
        source = Path(TEMPLATES / name).read_text()
        assert " style=" not in source, name
        assert "<style" not in source, name
        assert " onclick=" not in source, name


def test_no_template_vouches_for_what_it_did_not_write():
    assert [name for name in HTML if any(node.name == "safe" for node in tree(name).find_all(nodes.Filter))] == []
