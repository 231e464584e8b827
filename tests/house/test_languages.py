"""Every string that a person reads is marked, translated into every language, and asked for as it is written."""

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from babel.messages.extract import extract_from_dir
from babel.messages.pofile import read_po
from jinja2 import Environment, nodes

from fundapp.kit.places import LOCALES, TEMPLATES

ROOT = Path(__file__).parents[2]
PACKAGE = ROOT / "fundapp"
KEYWORDS = {"_": None, "gettext": None, "ngettext": (1, 2), "mark": None, "keep": None}
FIELD = re.compile(r"%\((\w+)\)[sd]")
ALLOWED = {
    "CSV",
    "MB",
    "XLSX",
    "Word",
    "IATI",
    "360Giving",
    "IBAN",
    "PDF",
    "Excel",
    "SHA",
}  # the same in every language
TOLD_TO_NOBODY = {
    "demo",
    "cli",
    "config.py",
}  # what the demonstration writes is content; the command line speaks English


def extracted() -> set[tuple[str, ...]]:
    """(id,) or (singular, plural) of every message that stands in code, pages and mails now."""
    found: set[tuple[str, ...]] = set()
    options = {
        "newstyle_gettext": "true",
        "trim_blocks": "true",
        "lstrip_blocks": "true",
        "extensions": "jinja2.ext.do",
    }
    jinja = {"**.html": dict(options), "**.txt": dict(options)}
    for folder, methods, given in (
        (PACKAGE, [("**.py", "python")], {}),
        (ROOT / "templates", [("**.html", "jinja2"), ("**.txt", "jinja2")], jinja),
    ):
        for _file, _line, message, _comments, _context in extract_from_dir(
            str(folder), method_map=methods, options_map=given, keywords=KEYWORDS
        ):
            found.add(message if isinstance(message, tuple) else (message,))
    return found


def catalogue(language: str) -> list:
    with (LOCALES / f"{language}.po").open("rb") as file:
        return [message for message in read_po(file, locale=language) if message.id]


def ids(message) -> tuple[str, ...]:
    return message.id if isinstance(message.id, tuple) else (message.id,)


def texts(message) -> tuple[str, ...]:
    return message.string if isinstance(message.string, tuple) else (message.string,)


@pytest.fixture(scope="module")
def messages() -> set[tuple[str, ...]]:
    return extracted()


@pytest.mark.parametrize("language", ["de", "mn"])
def test_every_message_is_translated_and_none_is_left_over(language, messages):
    known = catalogue(language)
    assert sorted({message[0] for message in messages} - {ids(message)[0] for message in known}) == []
    assert sorted({ids(message)[0] for message in known} - {message[0] for message in messages}) == []
    assert [ids(message)[0] for message in known if message.fuzzy or not all(texts(message))] == []


@pytest.mark.parametrize("language", ["de", "mn"])
def test_a_translation_has_the_fields_of_its_message(language):
    wrong = []
    for message in catalogue(language):
        wanted = set(FIELD.findall(" ".join(ids(message))))
        for text in texts(message):
            there = set(FIELD.findall(text))
            if text and not (there <= wanted and wanted - {"num"} <= there):
                wrong.append((ids(message)[0], text))
    assert wrong == []


def modules() -> list[Path]:
    return [path for path in sorted(PACKAGE.rglob("*.py")) if path.relative_to(PACKAGE).parts[0] not in TOLD_TO_NOBODY]


def name_of(call: ast.Call) -> str:
    return call.func.id if isinstance(call.func, ast.Name) else getattr(call.func, "attr", "")


def spoken(node: ast.expr) -> list[ast.expr]:
    """What of an expression reaches the reader: both sides of a choice, every part of a list."""
    match node:
        case ast.IfExp():
            return spoken(node.body) + spoken(node.orelse)
        case ast.List() | ast.Tuple():
            return [part for each in node.elts for part in spoken(each)]
        case ast.BinOp(op=ast.Add()):
            return spoken(node.left) + spoken(node.right)
        case ast.BinOp(op=ast.Mod()):
            return spoken(node.left)
        case ast.Starred():
            return spoken(node.value)
        case _:
            return [node]


def bare(node: ast.expr) -> bool:
    """A literal or an f-string with words of its own, outside `_`."""
    if isinstance(node, ast.Constant):
        return isinstance(node.value, str) and bool(re.search(r"[A-Za-z]{2}", node.value))
    if isinstance(node, ast.JoinedStr):
        own = "".join(part.value for part in node.values if isinstance(part, ast.Constant))
        return bool(re.search(r"[A-Za-z]{2}", own))
    return False


def told(path: Path) -> list[tuple[int, ast.expr]]:
    """What the code of a module says to people: refusals and their reasons, flashes, errors of forms."""
    found = []
    for node in ast.walk(ast.parse(path.read_text())):
        match node:
            case ast.Call() if name_of(node) in ("Refused", "NotAllowed", "Unfit"):
                found += [(node.lineno, part) for each in node.args for part in spoken(each)]
            case ast.Call() if name_of(node) == "go":
                found += [(node.lineno, part) for each in node.args[1:2] for part in spoken(each)]
            case ast.Call(func=ast.Attribute(attr="append" | "insert", value=ast.Name(id="reasons"))):
                found += [(node.lineno, part) for each in node.args for part in spoken(each)]
            case ast.Assign(targets=[ast.Subscript(value=ast.Attribute(attr="errors"))]):
                found += [(node.lineno, part) for part in spoken(node.value)]
            case ast.FunctionDef() if node.name.startswith("why_not") or node.name.startswith("_why_not"):
                for each in ast.walk(node):
                    if isinstance(each, ast.Return) and each.value is not None:
                        found += [(each.lineno, part) for part in spoken(each.value)]
    return found


@pytest.mark.parametrize("path", modules(), ids=lambda path: str(path.relative_to(PACKAGE)))
def test_code_says_nothing_outside_gettext(path):
    assert [(line, ast.unparse(node)) for line, node in told(path) if bare(node)] == []


TAG = re.compile(r"<!--.*?-->|<(?:[^<>\"']|\"[^\"]*\"|'[^']*')*>", re.DOTALL)
CODE = re.compile(r"<code\b.*?</code>", re.DOTALL)  # commands, as they are typed
ATTRIBUTE = re.compile(r"[\w-]+=\"[^\"]*\"")  # of a macro that gives attributes
READ_ATTRIBUTE = re.compile(r"\b(?:aria-label|placeholder|title|alt|data-label)=(\"[^\"]*\"|'[^']*')")
WORD = re.compile(r"[^\W\d_]{2,}")


NOT_SHOWN = {"layout", "main_class"}  # blocks that hold names of classes
ENGINE = Environment(extensions=["jinja2.ext.i18n", "jinja2.ext.do"], trim_blocks=True, lstrip_blocks=True)
SAMPLES = {"styleguide.html"}


def data_of(path: Path) -> str:
    """A page with what the engine fills in replaced by a sign without letters."""
    return "".join(pieces(ENGINE.parse(path.read_text())))


def pieces(node: nodes.Node) -> Iterator[str]:
    if isinstance(node, nodes.TemplateData):
        yield node.data
    elif isinstance(node, nodes.Block) and node.name in NOT_SHOWN:
        return
    elif isinstance(node, nodes.Expr):
        yield "¤"
    else:
        for child in node.iter_child_nodes():
            yield from pieces(child)


def said_bare(node: nodes.Node) -> Iterator[str]:
    """Words inside expressions that are not given to `_`: a label of a macro, a choice of two words."""
    if isinstance(node, nodes.Call) and getattr(node.node, "name", "") in ("_", "gettext", "ngettext"):
        return
    if isinstance(node, nodes.Const) and isinstance(node.value, str) and re.match(r"[A-Z][a-z]", node.value):
        yield node.value
    for child in node.iter_child_nodes():
        yield from said_bare(child)


def words_in(text: str) -> list[str]:
    text = re.sub(r"&\w+;", " ", text)
    return [word for word in WORD.findall(text) if word not in ALLOWED]


PAGES = [path for path in sorted(TEMPLATES.rglob("*.html")) if path.name not in SAMPLES]


@pytest.mark.parametrize("path", PAGES, ids=lambda path: str(path.relative_to(TEMPLATES)))
def test_pages_say_nothing_outside_gettext(path):
    source = CODE.sub(" ", data_of(path))
    assert words_in(ATTRIBUTE.sub(" ", TAG.sub(" ", source))) == []
    assert [found for found in READ_ATTRIBUTE.findall(source) if words_in(found)] == []
    assert [found for found in said_bare(ENGINE.parse(path.read_text())) if words_in(found)] == []


@pytest.mark.parametrize("path", sorted(TEMPLATES.rglob("*.txt")), ids=lambda path: str(path.relative_to(TEMPLATES)))
def test_mails_say_nothing_outside_gettext(path):
    assert words_in(data_of(path)) == []
