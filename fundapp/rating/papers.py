"""The papers of a meeting for one member, as a Word document: agenda, ranking, each proposal. What a conflict closes is left out wholly."""

import io
from datetime import datetime, time, timedelta
from typing import Any
from urllib.parse import urlsplit
from zoneinfo import ZoneInfo

from docx import Document
from docx.enum.text import WD_BREAK

from fundapp.funds.models import Call, Fund
from fundapp.kit import i18n, money
from fundapp.kit.calendars import Event
from fundapp.kit.database import ReadSession
from fundapp.kit.i18n import gettext as _
from fundapp.kit.texts import show_date, show_moment, show_points
from fundapp.people.models import Person
from fundapp.rating import agenda, blind, queries, ranking
from fundapp.rating.blind import BlindProposal
from fundapp.rating.codes import OUTCOMES
from fundapp.rating.models import Committee
from fundapp.rating.proceedings import Meeting

WORD = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"
LASTS = timedelta(hours=2)  # in the calendar, as long as nobody knows better


def event(session: ReadSession, meeting: Meeting, base_url: str) -> Event:
    """The meeting for a calendar; in writing the last day to answer, at its end."""
    call = session.get_one(Call, meeting.call_id)
    zone = ZoneInfo(session.get_one(Fund, call.fund_id).zone)
    starts = meeting.starts_at or datetime.combine(meeting.held_on, time(17 if meeting.written else 9), zone)
    link = f"{base_url.rstrip('/')}/rating/meetings/{meeting.id}/live"
    summary = (
        _("Answer in writing: %(call)s", call=call.title)
        if meeting.written
        else _("Meeting on %(call)s", call=call.title)
    )
    return Event(
        uid=f"meeting-{meeting.id}@{urlsplit(base_url).hostname or 'localhost'}", summary=summary,
        text=_("Agenda and papers: %(link)s", link=link), url=link, starts=starts,
        ends=starts if meeting.written else starts + LASTS, changed=meeting.invited_at or starts, edition=meeting.version,
        lang=i18n.LANGUAGE.get(), place="" if meeting.written else meeting.place, busy=not meeting.written,
    )  # fmt: skip


def document(session: ReadSession, meeting: Meeting, reader: Person, *, at: datetime) -> tuple[bytes, str]:
    """(the document, its file name) in the language of the moment, with what `reader` may see."""
    call = session.get_one(Call, meeting.call_id)
    fund = session.get_one(Fund, call.fund_id)
    rows = agenda.rows(session, meeting, reader)
    doc = Document()
    doc.core_properties.author = fund.name
    doc.core_properties.title = _("Papers of the meeting on %(call)s", call=call.title)
    doc.add_paragraph(doc.core_properties.title, style="Title")
    for line in _head(session, meeting, fund, reader):
        doc.add_paragraph(line)
    doc.add_heading(_("Agenda"), 1)
    for row in rows:
        title = _("closed to you, because of a conflict of interest") if row.measure is None else row.measure.title
        doc.add_paragraph(f"{row.item.no}. {title}")
    open_ = [row for row in rows if row.measure is not None]
    found = ranking.of_call(session, call, visible_to=reader, at=at)
    _ranking(doc, found, {row.item.measure_id for row in open_})
    numbers = queries.numbers(session, call.id)
    measures = {m.id: m for m in queries.loaded(session, [row.item.measure_id for row in open_])}
    for row in open_:
        measure = measures[row.item.measure_id]
        doc.add_paragraph().add_run().add_break(WD_BREAK.PAGE)
        doc.add_heading(f"{row.item.no}. {measure.title}", 1)
        if row.decision is not None and meeting.written:
            doc.add_paragraph(_("Motion: %(motion)s", motion=_(OUTCOMES[row.decision.outcome])))
        _proposal(doc, blind.proposal(session, measure, numbers.get(measure.id), hide=call.blind))
    out = io.BytesIO()
    doc.save(out)
    return out.getvalue(), f"meeting-{meeting.id}.docx"


def _head(session: ReadSession, meeting: Meeting, fund: Fund, reader: Person) -> list[str]:
    committee = session.get_one(Committee, meeting.committee_id)
    when = show_moment(meeting.starts_at, fund.zone) if meeting.starts_at else show_date(meeting.held_on)
    if meeting.written and meeting.answer_by:
        when = _("Answers in writing until %(day)s", day=show_date(meeting.answer_by))
    return [
        committee.name,
        when if meeting.written else f"{when}, {meeting.place}",
        _("For %(name)s only. Please do not pass it on.", name=i18n.called(reader)),
    ]


def _ranking(doc: Any, found: ranking.Ranking, ids: set[int]) -> None:
    """Only of rounds that are closed; there is nothing in it before."""
    rows = [row for row in found.rows if row.measure.id in ids]
    if not rows:
        return
    doc.add_heading(_("Ranking"), 1)
    heads = (
        _("Rank"),
        _("Proposal"),
        _("Score"),
        _("Spread"),
        _("Request, %(currency)s", currency=found.fund.currency),
    )
    table = doc.add_table(rows=1, cols=len(heads), style="Light Grid")
    for cell, text in zip(table.rows[0].cells, heads, strict=True):
        cell.text = text
    for row in rows:
        shown = (
            str(row.rank), row.measure.title, show_points(row.result.total), show_points(row.result.spread),
            _amount(row.measure.requested, found.fund.currency),
        )  # fmt: skip
        for cell, text in zip(table.add_row().cells, shown, strict=True):
            cell.text = text


def _proposal(doc: Any, p: BlindProposal) -> None:
    """The proposal as a member reads it; in a blind call without names."""
    asked = (
        (_("Problem"), p.problem), (_("Objective"), p.objective), (_("What will be there"), p.outputs),
        (_("What changes"), p.outcomes), (_("What can be seen"), p.visible_effect), (_("Public benefit"), p.public_benefit),
        (_("After the funding"), p.after_funding), (_("Environment"), p.env_note), (_("Permits"), p.permits),
        *((question.asked, question.answer) for question in p.questions),
        *((answer.asked.get(i18n.LANGUAGE.get()) or answer.asked.get("en", ""), answer.answer) for answer in p.answers),
    )  # fmt: skip
    for title, text in asked:
        if text:
            doc.add_heading(title, 2)
            doc.add_paragraph(text)
    doc.add_heading(_("Costs"), 2)
    table = doc.add_table(rows=1, cols=3, style="Light Grid")
    for cell, text in zip(table.rows[0].cells, (_("Line"), p.currency, _("of it the fund")), strict=True):
        cell.text = text
    for line in p.lines:
        shown = (line.description, _amount(line.amount, p.currency), _amount(line.from_grant, p.currency))
        for cell, text in zip(table.add_row().cells, shown, strict=True):
            cell.text = text
    shown = (_("Together"), _amount(p.total_cost, p.currency), _amount(p.requested, p.currency))
    for cell, text in zip(table.add_row().cells, shown, strict=True):
        cell.text = text


def _amount(amount: int, currency: str) -> str:
    return money.show(amount, currency, i18n.LANGUAGE.get(), short=True)
