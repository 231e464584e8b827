"""The list of measures: everything that everybody had in a spreadsheet, and the spreadsheet of it."""

import tempfile
from typing import Annotated, Any
from urllib.parse import urlencode

from fastapi import APIRouter, Depends, Request
from starlette.responses import Response

from fundapp.exchange import workbook
from fundapp.exchange.forms import FilterForm
from fundapp.exchange.register import Register, page, register
from fundapp.exchange.telling import COUNTED, told_answer
from fundapp.files.store import TYPES
from fundapp.kit import i18n
from fundapp.kit.i18n import gettext as _
from fundapp.kit.web import pages
from fundapp.kit.web.forms import shown
from fundapp.kit.web.route import Reading, Route
from fundapp.measures import afterwards, listing
from fundapp.measures.codes import TOPICS
from fundapp.measures.listing import GROUPS, Filters
from fundapp.people.access import At, allowed
from fundapp.people.models import Person
from fundapp.people.permissions import Action, Role, holds, may

router = APIRouter(route_class=Route)
Lister = Annotated[Person, allowed(Action.LIST_MEASURES)]
Exporter = Annotated[Person, allowed(Action.EXPORT)]
Asked = Annotated[Filters, Depends(Filters)]


@router.get("/measures")
def list_page(
    request: Request, session: Reading, by: Lister, at: At, filters: Asked, after: int | None = None
) -> Response:
    """Staff see a list to narrow; applicants their own proposals."""
    if not holds(by, *(set(Role) - {Role.APPLICANT})):
        rows = listing.of_owner(session, by)
        gaps, due = listing.gaps_of(session, rows), afterwards.owed(session, rows)
        following = {row.id: afterwards.next_of(row, due.get(row.id, {}), gaps.get(row.id, 0)) for row in rows}
        rows.sort(key=lambda row: not following[row.id].waits)
        return pages.page(request, "measures/own.html", rows=rows, gaps=gaps, next=following)
    asked = register(session, by, filters, at=at)
    chosen = {name: value for name, value in filters.chosen().items() if name not in asked.unknown}
    found = page(session, asked, after=after)
    return pages.page(
        request, "exchange/measures.html", found=found, filters=filters, chosen=chosen, after=after,
        form=shown(FilterForm, chosen), choices=asked.choices, unknown=asked.unknown, groups=GROUPS, topics=TOPICS,
        chips=_chips(chosen, asked), next_url=_address(chosen | {"after": str(found.next)}) if found.next else None,
        workbook_url=_address(chosen, "/measures.xlsx") if may(by, Action.EXPORT) else None,
    )  # fmt: skip


@router.get("/measures.xlsx")
def list_workbook(request: Request, session: Reading, by: Exporter, at: At, filters: Asked) -> Response:
    """The same list as a workbook, written whole to a temporary file within one reading snapshot, then sent."""
    file = tempfile.TemporaryFile()  # noqa: SIM115 - closed when it has been sent
    workbook.write_register(session, file, register(session, by, filters, at=at))
    return pages.stream(file, "measures.xlsx", TYPES[".xlsx"])


def _address(chosen: dict[str, str], path: str = "/measures") -> str:
    return f"{path}?{urlencode(chosen)}" if chosen else path


def _chips(chosen: dict[str, str], asked: Register) -> list[dict[str, str]]:
    """What the list is narrowed to, each with the address without it."""
    return [
        {"label": _label(name, value, asked), "url": _address({n: v for n, v in chosen.items() if n != name})}
        for name, value in chosen.items()
    ]


def _label(name: str, value: str, asked: Register) -> str:
    rows: dict[str, Any] = {"branch": asked.choices.branches, "fund": asked.choices.funds, "call": asked.choices.calls}
    found = next((row for row in rows.get(name, ()) if value in (row.code, str(row.id))), None)
    match name:
        case "q":
            return f"“{value}”"
        case "status":
            return _(GROUPS[value][0] if value in GROUPS else value.replace("_", " ").capitalize())
        case "branch":
            return i18n.named(found) if found else _("without a branch")
        case "fund":
            return found.name if found else value
        case "call":
            return found.title if found else value
        case "topic":
            return _(TOPICS[value])
        case "late":
            return _("late")
        case "counted":
            return _(COUNTED[value])
        case "effective":
            return told_answer(value)
    return value
