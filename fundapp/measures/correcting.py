"""Slips of the pen in a proposal that was sent: the office puts them right openly, never an amount, a date or the purpose.

Names, places, addresses and the like may change; where the words say what is done or bought, the new text must still be
almost the old one, with the same figures in it. The applicant sees both and may object; a manager answers.
"""

import re
from datetime import datetime, timedelta
from difflib import SequenceMatcher
from typing import Any

from fundapp.history.service import record
from fundapp.kit.database import ReadSession, WriteSession, locked
from fundapp.kit.dates import on
from fundapp.kit.errors import NotAllowed, Refused
from fundapp.kit.i18n import gettext as _
from fundapp.kit.i18n import mark
from fundapp.mail.service import queue
from fundapp.measures import fields, filled, queries
from fundapp.measures.codes import PARTS
from fundapp.measures.drafting import ROWS
from fundapp.measures.models import BudgetLine, Correction, Measure, Party
from fundapp.measures.submission import freeze, letter_fields
from fundapp.people.models import Person
from fundapp.people.permissions import Action, may
from fundapp.reminders.service import done, owe

FREE: dict[str, tuple[str, ...]] = {  # may become another text
    "measure": ("place",),
    "applicant": ("name", "register_number", "tax_number", "address", "phone", "email"),
    "parties": ("organisation", "person", "function", "phone", "email"),
    "partners": ("name", "role"),
    "activities": ("responsible",),
    "risks": ("owner",),
    "lines": ("quoted_by",),
    "support": ("giver",),
    "declarations": ("signed_name", "signed_place"),
}
ALIKE: dict[str, tuple[str, ...]] = {  # only letters of it
    "measure": ("title", "short_title"),
    "activities": ("title",),
    "lines": ("description",),
    "groups": ("label",),
}
LIKENESS = 0.75
LEAST = 5  # characters of a reason
ANSWER_DAYS = 14
OBJECTION_TITLE = mark("Answer an objection to a correction")


def correctable(session: ReadSession, measure: Measure) -> list[tuple[str, str, str, str]]:
    """(page, field, label, text) of all that may be corrected, in the order of the form."""
    proposal, found = queries.proposal(session, measure), []
    for name in fields.PAGES:
        texts = filled.texts(proposal, name, "en")
        for field, text in texts.items():
            if text and _allowed(name, field) is not None:
                known = fields.find(name, field)
                found.append((name, field, _(known.label) if known else field, text))
    return found


def correct(
    session: WriteSession, measure: Measure, page: str, field: str, text: str, *, because: str, by: Person, at: datetime
) -> Correction:
    """Puts one field right. Raises Refused for what is no slip of the pen; the applicant is told with both texts."""
    locked(session, measure)
    if not may(by, Action.CORRECT, measure):
        raise NotAllowed
    text, because = " ".join(text.split()), because.strip()
    before = (
        filled.texts(queries.page(session, measure, page), page, "en").get(field, "") if page in fields.PAGES else ""
    )
    if reasons := why_not(page, field, before, text, because):
        raise Refused(*reasons, field="text")
    _write(session, measure, page, field, text)
    row = Correction(
        measure_id=measure.id, section=page, field=field, before=before, after=text, because=because, by_id=by.id, at=at
    )
    session.add(row)
    measure.version += 1
    session.flush()
    freeze(session, measure, "corrected", at=at)
    record(session, "measures.correct", measure, by=by, at=at, section=page, field=field, correction=row.id)
    if measure.owner is not None:
        known = fields.find(page, field)
        told: dict[str, Any] = {
            "field": known.label if known else field,
            "before": before,
            "after": text,
            "reason": because,
        }
        queue(
            session,
            "measures/corrected",
            measure.owner,
            key=f"corrected:{row.id}",
            at=at,
            case=measure,
            **letter_fields(measure),
            **told,
        )
    return row


def why_not(page: str, field: str, before: str, text: str, because: str) -> list[str]:
    """Why this is no slip of the pen; all reasons."""
    known, most = fields.find(page, field), _allowed(page, field)
    if most is None or not before:
        return [
            _(
                "Only names, places, addresses and the like can be corrected; the applicant changes the rest when it is sent back."
            )
        ]
    reasons = []
    if not text:
        reasons.append(_("A text cannot be corrected to nothing."))
    if text == before:
        reasons.append(_("This is what stands there already."))
    if known is not None and len(text) > known.most:
        reasons.append(
            _("Please write at most %(most)s characters; these are %(have)s.") % {"most": known.most, "have": len(text)}
        )
    if most and re.findall(r"\d+", text) != re.findall(r"\d+", before):
        reasons.append(_("Figures are not corrected here."))
    if most and text and SequenceMatcher(None, before.casefold(), text.casefold()).ratio() < LIKENESS:
        reasons.append(_("This says something else than before; only a slip of the pen is put right here."))
    if len(because) < LEAST:
        reasons.append(_("Please say in a few words why."))
    return reasons


def object_to(
    session: WriteSession, measure: Measure, correction: Correction, words: str, *, by: Person, at: datetime
) -> None:
    """The applicant says that it was no slip of the pen; a manager answers."""
    if not may(by, Action.OBJECT, measure):
        raise NotAllowed
    if len(words.strip()) < LEAST:
        raise Refused(_("Please say in a few words why."), field="words")
    if correction.objected_at is None:
        correction.objected_at, correction.objection = at, words.strip()
        record(session, "measures.object", measure, by=by, at=at, correction=correction.id)
        due = on(at, measure.fund.zone) + timedelta(days=ANSWER_DAYS)
        owe(session, "measures.objection", measure, due=due, title=f"{OBJECTION_TITLE}: {measure.title}", at=at)


def answer(
    session: WriteSession,
    measure: Measure,
    correction: Correction,
    *,
    restore: bool,
    because: str,
    by: Person,
    at: datetime,
) -> None:
    """A manager who did not correct it puts the old text back, or lets the new one stand; the applicant is told why."""
    locked(session, measure)
    if not may(by, Action.UPHOLD_CORRECTION, measure):
        raise NotAllowed
    if by.id == correction.by_id:
        raise Refused(_("You corrected this yourself; somebody else answers the objection."))
    if correction.objected_at is None or correction.answered_at is not None:
        raise Refused(_("There is no objection to answer."))
    if len(because.strip()) < LEAST:
        raise Refused(_("Please say in a few words why."), field="because")
    if restore:
        _write(session, measure, correction.section, correction.field, correction.before)
        measure.version += 1
        session.flush()
        freeze(session, measure, "corrected", at=at)
    correction.answered_at = at
    done(session, "measures.objection", measure, at=at)
    record(
        session,
        "measures.answer_objection",
        measure,
        by=by,
        at=at,
        because=because,
        correction=correction.id,
        restored=restore,
    )
    if measure.owner is not None:
        key = f"objection:{correction.id}"
        queue(
            session,
            "measures/objection_answered",
            measure.owner,
            key=key,
            at=at,
            case=measure,
            restored=restore,
            reason=because.strip(),
            **letter_fields(measure),
        )


def of(session: ReadSession, measure: Measure) -> list[Correction]:
    """All corrections of a proposal, oldest first."""
    return queries.parts(session, Correction, measure)


def _allowed(page: str, field: str) -> bool | None:
    """None: not correctable; True: only letters of it; False: freely."""
    prefix, _dash, rest = field.partition("-")
    own = rest.partition("-")[2] if rest else field
    place = prefix if rest else page
    if own in ALIKE.get(place, ()):
        return True
    return False if own in FREE.get(place, ()) else None


def _write(session: WriteSession, measure: Measure, page: str, field: str, text: str) -> None:
    """Writes the text where the field is kept."""
    prefix, _dash, rest = field.partition("-")
    if page == "declarations":
        measure.declarations = {**measure.declarations, fields.SIGNED[field]: text}
    elif prefix == "parties":
        slot, _dash, name = rest.partition("-")
        part = list(PARTS)[int(slot)]
        setattr(next(row for row in queries.parts(session, Party, measure) if row.part == part), name, text)
    elif rest:
        slot, _dash, name = rest.partition("-")
        kind: Any = BudgetLine if prefix == "lines" else ROWS[page]
        setattr(next(row for row in queries.parts(session, kind, measure) if row.slot == int(slot)), name, text)
    elif page == "applicant":
        setattr(measure.organisation, fields.ORGANISATION[field], text)
    else:
        setattr(measure, field, text)
