"""What the public pages, the calendar and the feed say about calls."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from urllib.parse import urlsplit

from sqlalchemy import func, select

from fundapp.exchange.feeds import Told
from fundapp.funds.models import Call, Fund
from fundapp.history.models import Entry
from fundapp.history.service import subject_of
from fundapp.kit import i18n
from fundapp.kit.database import ReadSession
from fundapp.kit.dates import offset, town
from fundapp.kit.i18n import gettext as _
from fundapp.kit.i18n import ngettext
from fundapp.kit.texts import show_moment
from fundapp.rating.models import Criterion, Scheme
from fundapp.regions import areas

PUBLIC = ("funds.publish_call", "funds.edit_call", "funds.extend_deadline")  # what changes a public page


def time_left(until: datetime, at: datetime) -> str:
    """'44 days left', '5 hours left', 'less than an hour left'; '' when it has passed."""
    left = until - at
    if left < timedelta(0):
        return ""
    if left.days:
        return ngettext("%(num)d day left", "%(num)d days left", left.days)
    hours = left.seconds // 3600
    return ngettext("%(num)d hour left", "%(num)d hours left", hours) if hours else _("less than an hour left")


def criteria(session: ReadSession, call: Call) -> tuple[list[Criterion], int | None]:
    """How proposals are rated, in the order of the sheet, and the points needed in tenths; None before there is a scheme."""
    newest = select(Scheme.id).where(Scheme.call_id == call.id).order_by(Scheme.version.desc()).limit(1)
    asked = select(Criterion).where(Criterion.scheme_id == newest.scalar_subquery()).order_by(Criterion.no)
    needed = select(Scheme.fundable_from).where(Scheme.id == newest.scalar_subquery())
    return list(session.scalars(asked)), session.scalar(needed)


def told(session: ReadSession, calls: Sequence[Call], funds: dict[int, Fund], base_url: str, lang: str) -> list[Told]:
    """The calls for calendar and feed, with the moment of their last change, in one question."""
    subjects = {subject_of(call): call.id for call in calls}
    asked = select(Entry.subject, func.max(Entry.at)).where(Entry.subject.in_(subjects), Entry.action.in_(PUBLIC))
    changed = {subjects[subject]: at for subject, at in session.execute(asked.group_by(Entry.subject))}
    return [_told(call, funds[call.fund_id], changed.get(call.id), base_url, lang) for call in calls]


def _told(call: Call, fund: Fund, changed: datetime | None, base_url: str, lang: str) -> Told:
    assert call.published_at is not None, "only what is public is told"
    title = call.said("title", lang)
    latest = {more.region: more.until for more in call.extended}
    deadlines = [("", _("Deadline: %(title)s", title=_until(title, call.closes_at, fund)), call.closes_at)]
    for region, until in latest.items():
        name = areas.named().get(region, region)
        summary = _("Deadline for %(region)s: %(title)s", region=name, title=_until(title, until, fund))
        deadlines.append((region, summary, until))
    return Told(
        id=call.id,
        url=f"{base_url}/calls/{call.id}",
        title=title,
        text=call.said("text", lang),
        lang=lang if lang in call.languages else call.language,
        published_at=call.published_at,
        updated_at=max(changed or call.published_at, call.published_at),
        edition=call.edition + len(call.extensions),
        deadlines=deadlines,
    )


def _until(title: str, until: datetime, fund: Fund) -> str:
    return f"{title}, {show_moment(until, fund.zone)} ({town(fund.zone)}, {offset(until, fund.zone)})"


def host(base_url: str) -> str:
    return urlsplit(base_url).hostname or "localhost"


def written_in(call: Call, lang: str) -> str:
    """The language of the call's own words for this reader, by its code."""
    return lang if lang in call.languages else call.language


def other_language(call: Call, lang: str) -> str:
    """The name of the language in which the call is read, when it is not the reader's; else ''."""
    own = written_in(call, lang)
    return "" if own == lang else i18n.NAMES[own]
