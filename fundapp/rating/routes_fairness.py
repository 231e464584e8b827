"""What the scores of a closed round say, and which set of proposals would fit the money: for who may see scores."""

import tempfile
from typing import Annotated

from fastapi import APIRouter, Request
from starlette.datastructures import FormData, UploadFile
from starlette.responses import Response

from fundapp.files.store import TYPES
from fundapp.kit.web.forms import Posted, bind, shown
from fundapp.kit.web.pages import language, page, stream
from fundapp.kit.web.route import Reading, Route
from fundapp.people.access import At, allowed
from fundapp.people.models import Person
from fundapp.people.permissions import Action, may
from fundapp.rating import fairly, fits, forms_fits, ranked, ranking

router = APIRouter(prefix="/rating", route_class=Route)
SeesScores = Annotated[Person, allowed(Action.SEE_SCORES)]


@router.get("/calls/{id}/fairness")
def fairness_page(request: Request, id: int, by: SeesScores, session: Reading, at: At) -> Response:
    """Proposals, members, the panel and how firm the ranking is; a small round sees the first only."""
    found = ranking.get(session, id, visible_to=by, at=at)
    return page(
        request, "rating/fairness.html", found=found, fair=fairly.of(found, visible_to=by), call=found.call,
        fund=found.fund, enters=may(by, Action.SEE_ROUND), reopens=may(by, Action.REOPEN_RATING),
    )  # fmt: skip


@router.get("/calls/{id}/fits")
def fits_page(request: Request, id: int, by: SeesScores, session: Reading, at: At) -> Response:
    """The best set under the rules of the scheme, or under those that the form sends; nothing is decided here."""
    found = ranking.get(session, id, visible_to=by, at=at)
    pool = fits.pool(session, found)
    posted = Posted(FormData(list[tuple[str, str | UploadFile]](request.query_params.multi_items())), {})
    form, rules = shown(forms_fits.FitsForm, forms_fits.kept(pool.standard)), pool.standard if pool.rows else None
    if "money" in posted.form:
        form = bind(
            forms_fits.FitsForm, posted, ignore=("lang",), currency=found.fund.currency, locale=language(request, by)
        )
        rules = forms_fits.rules(form, posted, pool.groups)
    return page(
        request, "rating/fits.html", 200 if form.errors == {} else 422, found=found, pool=pool, form=form,
        fits=fits.of(pool, rules) if rules and pool.rows else None, call=found.call, fund=found.fund,
        enters=may(by, Action.SEE_ROUND), leasts=range(forms_fits.LEASTS),
    )  # fmt: skip


@router.get("/calls/{id}/ranking.xlsx")
def ranking_workbook(id: int, by: SeesScores, session: Reading, at: At) -> Response:
    """The ranking as this reader sees it, as a workbook."""
    found = ranking.get(session, id, visible_to=by, at=at)
    file = tempfile.TemporaryFile()  # noqa: SIM115 - closed when it has been sent
    ranked.write_ranking(found, fairly.firm_of(found), file)
    return stream(file, f"ranking-{found.call.code}.xlsx", TYPES[".xlsx"])
