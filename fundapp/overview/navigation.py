"""The left column: what this person works on, with counts, then where to look things up."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from fundapp.backups import queries as backups
from fundapp.funds.queries import no_fund_yet
from fundapp.kit.database import ReadSession
from fundapp.kit.i18n import gettext as _
from fundapp.kit.i18n import ngettext
from fundapp.people.models import Person
from fundapp.people.permissions import Action, Role, holds, may

STAFF = tuple(role for role in Role if role is not Role.APPLICANT)


@dataclass(frozen=True)
class Notice:
    """A line at the head of every page of the staff: `late` in red, otherwise calm."""

    text: str
    url: str
    late: bool


def notice(session: ReadSession, person: Person, at: datetime) -> Notice | None:
    """What everybody in the office should know before anything else; one or two questions, none for applicants."""
    if not holds(person, *STAFF):
        return None
    overdue = backups.overdue(session, at)
    starts = may(person, Action.START_FUND)
    if (starts or (overdue is not None and not overdue.folder)) and no_fund_yet(session):
        return Notice(_("The fund is not set up yet: five questions wait."), "/start" if starts else "", late=False)
    if overdue is None:
        return None
    url = "/backups" if may(person, Action.READ_BACKUPS) else ""
    if not overdue.folder:
        calm = Notice(_("No folder for backups has been chosen yet."), url, late=False)
        return calm if may(person, Action.MANAGE_BACKUPS) else None
    if overdue.days is None:
        return Notice(_("No backup has succeeded yet."), url, late=True)
    days = overdue.days
    text = ngettext("No backup has succeeded for %(num)d day.", "No backup has succeeded for %(num)d days.", days)
    return Notice(text, url, late=True)


def nav(session: ReadSession, person: Person, path: str) -> list[dict[str, Any]]:
    """Groups of links for `person`; the longest address that `path` begins with is the current one."""
    look_up = [
        (Action.LIST_MEASURES, "/measures", _("Measures")),
        (Action.READ_FUND, "/funds", _("Fund and donors")),
        (Action.READ_RESULTS, "/evaluation/results", _("Results")),
        (Action.READ_RESULTS, "/regions", _("Branches and regions")),
        (Action.TAKE_OVER, "/exchange/import", _("Take over grants")),
        (Action.READ_TEMPLATES, "/documents/templates", _("Word templates")),
        (Action.READ_HISTORY, "/history", _("History")),
        (Action.READ_OUTBOX, "/outbox", _("Outbox")),
        (Action.MANAGE_SETTINGS, "/settings", _("Settings")),
        (Action.MANAGE_PEOPLE, "/people/persons", _("People and roles")),
        (Action.MANAGE_PEOPLE, "/people/branches", _("Branches")),
        (Action.MANAGE_PEOPLE, "/people/organisations", _("Organisations")),
        (Action.MANAGE_PEOPLE, "/people/rights", _("Rights")),
        (Action.HAND_OVER, "/handing-over", _("Handing over")),
        (Action.MAKE_CODE, "/people/codes", _("Codes for signing in")),
        (Action.READ_ORGANISATION, "/people/account/organisation", _("Your organisation")),
        (Action.READ_BACKUPS, "/backups", _("Backups")),
    ]
    work = [
        (Action.SIGNED_IN, "/", _("Today")),
        (Action.CHECK, "/proposals", _("Proposals")),
        (Action.SEE_ROUND, "/rating/", _("Rating")),
        (Action.CHECK_RECEIPT, "/disbursement/", _("Payments")),
        (Action.EVALUATE, "/evaluation/", _("Visits")),
        (Action.TELL, "/messages", _("Messages")),
        (Action.MANAGE_COMMITTEE, "/rating/committees", _("Committees")),
    ]
    groups = [(_("Your work"), work), (_("Look up"), look_up)]
    urls = [url for _title, links in groups for _action, url, _label in links]
    here = max(
        (url for url in urls if path == url or (url != "/" and path.startswith(url.rstrip("/") + "/"))),
        key=len,
        default="",
    )
    return [
        {
            "title": title,
            "links": [
                {"url": url, "label": label, "count": None, "late": False, "current": url == here}
                for action, url, label in links
                if may(person, action)
            ],
        }
        for title, links in groups
    ]
