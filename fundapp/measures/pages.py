"""A page of the form between the browser and the proposal: what was sent is merged with what stands, read, and taken over.

Each field is sent with what stood there when the page was opened (`was`). Where somebody else has changed the same field
meanwhile, neither text is lost: the writer chooses. What cannot be read yet is kept as it was typed.
"""

import json
import re
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, field
from functools import partial
from typing import Any

from fundapp.funds import questions
from fundapp.kit import money
from fundapp.kit.database import ReadSession, WriteSession
from fundapp.kit.errors import NotFound, Refused
from fundapp.kit.i18n import gettext as _
from fundapp.kit.web.forms import Bound, Posted, bind, legible, thousandths
from fundapp.measures import drafting, fields, filled, forms_sheets, queries
from fundapp.measures.gaps import call_of, is_open, pages
from fundapp.measures.models import Measure, Typed
from fundapp.measures.queries import Proposal
from fundapp.people.models import Person

MOST = 20_000  # characters of a field while it is typed: what is too long is told, not cut
Texts = Mapping[str, str]
PAIR = 2
NUMBERS = ("number", "count")


@dataclass(frozen=True)
class Sent:
    """What a browser sent of a page: field -> text, and what stood there when it was opened (None: not known)."""

    texts: dict[str, str]
    was: dict[str, str] | None = None


@dataclass
class Page:
    """A page to show: its form, and `theirs`: fields that somebody else changed meanwhile, with what stands there now."""

    form: Bound[Any]
    was: dict[str, str] = field(default_factory=dict)
    theirs: dict[str, str] = field(default_factory=dict)


def sheet_of(measure: Measure, section: str) -> forms_sheets.Sheet:
    """The page of the form; NotFound for one that is not there."""
    found = forms_sheets.sheet(section, questions.of(call_of(measure)))
    if found is None:
        raise NotFound
    return found


def sent(posted: Posted) -> Sent:
    """What a page posted; a box that was not ticked is blank, a text chosen as 'theirs' is what stood there."""
    texts = {name: "\n".join(values) for name, values in posted.fields().items()}
    was = as_opened(texts.pop("was", ""))
    texts.pop("then", None)
    if was is not None:
        texts = {name: "" for name in was if name not in texts} | texts
    for name in [name for name in texts if name.startswith("take-")]:
        texts.pop(name)
        texts[name.removeprefix("take-")] = (was or {}).get(name.removeprefix("take-"), "")
    return Sent(texts, was)


def as_opened(text: str) -> dict[str, str] | None:
    """What stood on the page when it was opened, as the page itself says it; None where it does not."""
    found = _fields(text, lambda each: isinstance(each, str))
    return None if found is None else {name: legible(each) for name, each in found.items()}


def changes(text: str) -> Sent:
    """Single fields as the script sends them: JSON, field -> [what stood there, what stands there now]."""
    pairs = _fields(text if text.startswith("{") else "", _is_pair) or {}
    texts = {name: legible(now) for name, (_was, now) in pairs.items()}
    return Sent(texts, {name: legible(was) for name, (was, _now) in pairs.items()})


def _is_pair(found: Any) -> bool:
    return isinstance(found, list) and len(found) == PAIR and all(isinstance(each, str) for each in found)


def _fields(text: str, right: Callable[[Any], bool]) -> dict[str, Any] | None:
    """Fields sent as JSON, each of which is `right`; None where none were sent."""
    try:
        found = json.loads(text) if text else None
    except (ValueError, RecursionError):
        found = False
    if found is not None and not (isinstance(found, dict) and all(right(each) for each in found.values())):
        raise Refused(_("This page was sent in a way we cannot read. Please open it again."))
    return None if found is None else {legible(name): each for name, each in found.items()}


def current(session: ReadSession, measure: Measure, section: str, locale: str) -> tuple[dict[str, str], Typed | None]:
    """What stands on a page: as taken over, and on top of it as typed; with the row that holds what was typed."""
    waiting = queries.typed(session, measure, section)
    there = filled.texts(queries.page(session, measure, section), section, locale)
    return there | _waiting(measure, waiting), waiting


def _waiting(measure: Measure, waiting: Typed | None) -> dict[str, str]:
    """What was typed and waits, without answers to questions that the call does not ask any more."""
    if waiting is None or waiting.section != "questions":
        return dict(waiting.content) if waiting else {}
    known = sheet_of(measure, "questions").form.model_fields
    return {name: text for name, text in waiting.content.items() if name in known}


def opened(session: ReadSession, proposal: Proposal, section: str, locale: str) -> Page:
    """A page as it is opened; what was typed and cannot be read yet stands with its errors."""
    waiting, sheet = proposal.typed.get(section), sheet_of(proposal.measure, section)
    there = filled.texts(proposal, section, locale)
    if waiting is None:
        return Page(Bound(sheet.form, dict(there)), there)
    there |= _waiting(proposal.measure, waiting)
    form, _found = _read(proposal.measure, section, there, waiting.locale)
    return Page(form, there)


def save(
    session: WriteSession, measure: Measure, section: str, given: Sent, *, locale: str, by: Person, at: Any
) -> Page:
    """Takes a page over. Errors and conflicts stand in the page that comes back, and then nothing but the typing is kept."""
    there, waiting = current(session, measure, section, locale)
    _known(measure, section, given.texts, there)
    merged, theirs = _merged(measure, section, there, given, locale)
    _open(measure, section, merged, there)
    if theirs:
        page = Page(Bound(sheet_of(measure, section).form, merged), there, theirs)
        page.form.errors = {name: _("Somebody else has changed this meanwhile. Please choose.") for name in theirs}
        return page
    form, found = _read(measure, section, merged, locale)
    if form.ok:
        rows = forms_sheets.rows_of(section, found, getattr(form.value, "name", ""))
        try:
            drafting.save(session, measure, section, forms_sheets.fields_of(section, form.value), rows, by=by, at=at)
            return Page(form, merged)
        except Refused as refused:
            if refused.field is None:
                raise
            form.errors[found.place(refused.field)] = " ".join(refused.reasons)
    drafting.keep(session, measure, section, merged, locale=locale, by=by, at=at, waiting=waiting)
    return Page(form, merged)


def keep(
    session: WriteSession, measure: Measure, section: str, given: Sent, *, locale: str, by: Person, at: Any
) -> dict[str, str]:
    """Keeps single fields as they are typed; gives those that somebody else changed meanwhile, with what stands there."""
    there, waiting = current(session, measure, section, locale)
    _known(measure, section, given.texts, there)
    merged, theirs = _merged(measure, section, there, given, locale)
    _open(measure, section, merged, there)
    own = {name: merged[name] for name in given.texts if name not in theirs and merged[name] != there.get(name, "")}
    if own:
        drafting.keep(session, measure, section, own, locale=locale, by=by, at=at, waiting=waiting)
    return theirs


def take_over(session: WriteSession, measure: Measure, *, by: Person, at: Any) -> list[str]:
    """Takes over all that was typed and can be read; gives the pages on which something cannot."""
    left = []
    for waiting in queries.parts(session, Typed, measure):
        given = Sent(_waiting(measure, waiting))
        if save(session, measure, waiting.section, given, locale=waiting.locale, by=by, at=at).form.errors:
            left.append(waiting.section)
    return left


def _merged(
    measure: Measure, section: str, there: Texts, given: Sent, locale: str
) -> tuple[dict[str, str], dict[str, str]]:
    """What stands with what was sent on top, and the fields that both sides changed, with what stands there.

    What is sent twice, because an answer was lost, means the same the second time, however it is written meanwhile.
    """
    merged, theirs = dict(there), {}
    for name, text in given.texts.items():
        stands = there.get(name, "")
        was = stands if given.was is None else given.was.get(name, "")
        if text == was:
            continue  # not touched here: whatever stands there now stays
        as_meant = partial(_meant, measure, section, name, locale)
        if as_meant(stands) == as_meant(text):
            continue  # stands there already
        merged[name] = text
        if as_meant(stands) != as_meant(was):
            theirs[name] = stands
    return merged, theirs


def _meant(measure: Measure, section: str, name: str, locale: str, text: str) -> object:
    """A text without the freedom of writing it: '7000' and '7,000.00' are the same amount, '2.50' and '2,5' the same number."""
    asked = next((each for each in questions.of(call_of(measure)) if f"q_{each.code}" == name), None)
    known = asked or fields.find(section, name)
    if known is None or not text.strip():
        return text.strip()
    if known.kind == "money":
        try:
            return money.parse(text, measure.fund.currency, locale)
        except money.NotMoney:
            return text.strip()
    number = thousandths(text) if known.kind in NUMBERS else None
    return text.strip() if number is None else number


def _read(measure: Measure, section: str, texts: Texts, locale: str) -> tuple[Bound[Any], forms_sheets.Rows]:
    """The page as values; what cannot be read stands in the errors."""
    sheet, context = sheet_of(measure, section), {"currency": measure.fund.currency, "locale": locale}
    form, found = bind(sheet.form, texts, **context), forms_sheets.Rows()
    if sheet.row is not None:
        found = forms_sheets.rows(sheet.row, texts, sheet.prefix, blank=sheet.blank, **context)
        form.errors |= found.errors
    return form, found


def _known(measure: Measure, section: str, texts: Texts, there: Texts) -> None:
    """Refuses fields that no page has, rows beyond the most, and texts nobody would type."""
    sheet = sheet_of(measure, section)
    columns = set(sheet.row.model_fields) if sheet.row else set()
    pattern = re.compile(rf"{sheet.prefix}-[0-9]{{1,9}}-(\w+)")
    for name, text in texts.items():
        row = pattern.fullmatch(name) if sheet.prefix else None
        if name not in sheet.form.model_fields and not (row and row[1] in columns):
            raise Refused(_("This field is not known here."), field=name)
        if len(text) > MOST:
            raise Refused(_("This is longer than %(most)s characters.", most=MOST), field=name)
    table = fields.PAGES[section].table if section in fields.PAGES else None
    if table is not None and sheet.prefix:
        filled_ = _rows_with_text({**there, **texts}, sheet.prefix)
        most = table.brief if measure.form == "short" else table.most
        before = _rows_with_text(there, sheet.prefix)
        if len(filled_) > max(most, len(before)):
            raise Refused(_("At most %(most)s lines stand here.", most=most), field=f"{sheet.prefix}-{max(filled_)}")


def _open(measure: Measure, section: str, merged: Texts, there: Texts) -> None:
    """Refuses a text in a field that was not asked for: it does not stand on the page, so nobody could take it out again."""
    for name, text in merged.items():
        if text != there.get(name, "") and not is_open(measure, section, name.removeprefix("q_")):
            raise Refused(_("Only what was asked for can be changed now."), field=name)


def _rows_with_text(texts: Texts, prefix: str) -> Sequence[int]:
    """The numbers of the rows in which something stands."""
    return sorted(
        {int(name.split("-")[1]) for name, text in texts.items() if name.startswith(f"{prefix}-") and text.strip()}
    )


def take_reading(
    session: WriteSession,
    measure: Measure,
    read: Mapping[str, Texts],
    chosen: Collection[str],
    was: Texts,
    *,
    locale: str,
    by: Person,
    at: Any,
) -> tuple[list[str], list[str]]:
    """Takes the chosen fields ('page/field') of a filled Word form over, as if they had been typed.

    Gives the pages on which something cannot be read, and those on which somebody changed the same field meanwhile.
    """
    unread, theirs = [], []
    for each in pages(measure):
        texts = {
            name: text
            for name, text in read.get(each.name, {}).items()
            if f"{each.name}/{name}" in chosen and is_open(measure, each.name, name.removeprefix("q_"))
        }
        if not texts:
            continue
        given = Sent(texts, {name: was.get(f"{each.name}/{name}", "") for name in texts})
        saved = save(session, measure, each.name, given, locale=locale, by=by, at=at)
        if saved.theirs:
            theirs.append(each.name)
        elif saved.form.errors:
            unread.append(each.name)
    return unread, theirs
