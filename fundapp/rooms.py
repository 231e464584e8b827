"""The assembly: what every room brings - models, routers, duties, letters, jobs - and what proves the whole."""

from collections.abc import Callable, Mapping
from datetime import date, datetime
from functools import partial

from fastapi import APIRouter
from sqlalchemy import select

import fundapp.exchange.models
import fundapp.regions.models  # noqa: F401 - tables that nothing else brings along
from fundapp.backups.jobs import make_due
from fundapp.config import Settings
from fundapp.disbursement.duties import DUTIES as DISBURSEMENT_DUTIES
from fundapp.disbursement.jobs import open_reports
from fundapp.disbursement.letters import LETTERS as DISBURSEMENT_LETTERS
from fundapp.disbursement.switches import SWITCHES as DISBURSEMENT_SWITCHES
from fundapp.documents.jobs import render_ordered
from fundapp.documents.letters import Letter
from fundapp.documents.switches import SWITCHES as DOCUMENTS_SWITCHES
from fundapp.evaluation.duties import DUTIES as EVALUATION_DUTIES
from fundapp.evaluation.jobs import plan_due
from fundapp.evaluation.letters import LETTERS as EVALUATION_LETTERS
from fundapp.evaluation.switches import SWITCHES as EVALUATION_SWITCHES
from fundapp.files.models import File
from fundapp.files.store import Store
from fundapp.funds.duties import DUTIES as FUNDS_DUTIES
from fundapp.funds.queries import verify as ledger
from fundapp.funds.switches import SWITCHES as FUNDS_SWITCHES
from fundapp.grants.duties import DUTIES as GRANTS_DUTIES
from fundapp.grants.jobs import start_due, watch_approved
from fundapp.grants.letters import LETTERS as GRANTS_LETTERS
from fundapp.grants.switches import SWITCHES as GRANTS_SWITCHES
from fundapp.history.queries import broken
from fundapp.kit.database import Database, ReadSession
from fundapp.kit.presets import Switch
from fundapp.mail.jobs import send_due, send_texts
from fundapp.measures.duties import DUTIES as MEASURES_DUTIES
from fundapp.measures.frozen import verify as snapshots
from fundapp.measures.jobs import propose_expiry
from fundapp.measures.letters import LETTERS as MEASURES_LETTERS
from fundapp.measures.queries import verify as totals
from fundapp.overview.jobs import send_head
from fundapp.presets.switches import SWITCHES as PRESETS_SWITCHES
from fundapp.rating.duties import DUTIES as RATING_DUTIES
from fundapp.rating.jobs import find_conflicts, open_accepted
from fundapp.rating.letters import LETTERS as RATING_LETTERS
from fundapp.rating.switches import SWITCHES as RATING_SWITCHES
from fundapp.rating.verifying import verify as sheets_and_scores
from fundapp.reminders.duties import DUTIES as REMINDERS_DUTIES
from fundapp.reminders.duties import Duty
from fundapp.reminders.jobs import sweep_due


def routers() -> list[APIRouter]:
    """The rooms' routes, imported only when a server is made: commands do not need the web."""
    from fundapp.backups import routes as backups  # noqa: PLC0415
    from fundapp.disbursement import routes as payments  # noqa: PLC0415
    from fundapp.disbursement import routes_lists as lists  # noqa: PLC0415
    from fundapp.disbursement import routes_receipts as receipts  # noqa: PLC0415
    from fundapp.disbursement import routes_reports as reports  # noqa: PLC0415
    from fundapp.documents import routes as documents  # noqa: PLC0415
    from fundapp.evaluation import routes as evaluation  # noqa: PLC0415
    from fundapp.evaluation import routes_results as results  # noqa: PLC0415
    from fundapp.exchange import routes as public  # noqa: PLC0415
    from fundapp.exchange import routes_exchange as exchange  # noqa: PLC0415
    from fundapp.exchange import routes_register as register  # noqa: PLC0415
    from fundapp.funds import routes as funds  # noqa: PLC0415
    from fundapp.funds import routes_calls as calls  # noqa: PLC0415
    from fundapp.funds import routes_inquiries as inquiries  # noqa: PLC0415
    from fundapp.grants import routes as grants  # noqa: PLC0415
    from fundapp.measures import routes as measures  # noqa: PLC0415
    from fundapp.measures import routes_after as after  # noqa: PLC0415
    from fundapp.measures import routes_checking as checking  # noqa: PLC0415
    from fundapp.measures import routes_form as writing  # noqa: PLC0415
    from fundapp.measures import routes_office as counter  # noqa: PLC0415
    from fundapp.measures import routes_planning as planning  # noqa: PLC0415
    from fundapp.measures import routes_word as word  # noqa: PLC0415
    from fundapp.overview import routes as overview  # noqa: PLC0415
    from fundapp.overview import routes_handing as handing  # noqa: PLC0415
    from fundapp.overview import routes_messages as messages  # noqa: PLC0415
    from fundapp.overview import routes_proposals as proposals  # noqa: PLC0415
    from fundapp.overview import routes_settings as presets  # noqa: PLC0415
    from fundapp.overview import routes_start as start  # noqa: PLC0415
    from fundapp.overview import routes_today as today  # noqa: PLC0415
    from fundapp.people import routes as people  # noqa: PLC0415
    from fundapp.people import routes_account as account  # noqa: PLC0415
    from fundapp.people import routes_admin as administration  # noqa: PLC0415
    from fundapp.people import routes_codes as codes  # noqa: PLC0415
    from fundapp.people import routes_deputies as deputies  # noqa: PLC0415
    from fundapp.people import routes_entering as entering  # noqa: PLC0415
    from fundapp.people import routes_members as colleagues  # noqa: PLC0415
    from fundapp.rating import routes as rating  # noqa: PLC0415
    from fundapp.rating import routes_afterwards as minutes  # noqa: PLC0415
    from fundapp.rating import routes_agenda as planned  # noqa: PLC0415
    from fundapp.rating import routes_assignment as assignment  # noqa: PLC0415
    from fundapp.rating import routes_clearance as clearances  # noqa: PLC0415
    from fundapp.rating import routes_committee as committees  # noqa: PLC0415
    from fundapp.rating import routes_complaints as complaints  # noqa: PLC0415
    from fundapp.rating import routes_conflicts as ties  # noqa: PLC0415
    from fundapp.rating import routes_fairness as fairness  # noqa: PLC0415
    from fundapp.rating import routes_live as live  # noqa: PLC0415
    from fundapp.rating import routes_meeting as meetings  # noqa: PLC0415
    from fundapp.rating import routes_offline as offline  # noqa: PLC0415
    from fundapp.rating import routes_papers as annexes  # noqa: PLC0415
    from fundapp.rating import routes_scheme as schemes  # noqa: PLC0415
    from fundapp.rating import routes_sheets as sheets  # noqa: PLC0415
    from fundapp.regions import routes as regions  # noqa: PLC0415

    rooms = (
        overview, today, proposals, messages, start, presets, people, entering, account, colleagues, codes, administration, deputies, handing, backups, documents, regions, calls, inquiries, funds, checking, planning, counter, after, word, writing, measures, clearances, complaints, minutes, committees, ties, planned, live, meetings,
        assignment, offline, annexes, schemes, sheets, rating, fairness, grants, lists, receipts, reports, payments, results, evaluation, public, register, exchange,
    )  # fmt: skip
    return [room.router for room in rooms]


def duties() -> Mapping[str, Duty]:
    """Every kind of obligation with its duty; a kind without one stops the sweep."""
    found = (
        *REMINDERS_DUTIES,
        *FUNDS_DUTIES,
        *MEASURES_DUTIES,
        *RATING_DUTIES,
        *GRANTS_DUTIES,
        *DISBURSEMENT_DUTIES,
        *EVALUATION_DUTIES,
    )
    return {duty.kind: duty for duty in found}


def letters() -> Mapping[str, Letter]:
    """Every letter by its name."""
    found = (*MEASURES_LETTERS, *RATING_LETTERS, *GRANTS_LETTERS, *DISBURSEMENT_LETTERS, *EVALUATION_LETTERS)
    return {letter.name: letter for letter in found}


def switches() -> tuple[Switch, ...]:
    """Every switch that has an effect, in the order of a measure's life."""
    return (
        *FUNDS_SWITCHES, *RATING_SWITCHES, *GRANTS_SWITCHES, *DISBURSEMENT_SWITCHES, *EVALUATION_SWITCHES,
        *PRESETS_SWITCHES, *DOCUMENTS_SWITCHES,
    )  # fmt: skip


def store_of(settings: Settings) -> Store:
    """Where uploads and issued files are kept."""
    return Store(settings.home / "files")


def jobs(
    settings: Settings, database: Database, store: Store, clock: Callable[[], datetime], on: date | None = None
) -> Mapping[str, Callable[[], object]]:
    """What one heartbeat runs, in this order. `on` moves the day that due dates are counted by, nothing else."""
    return {
        "documents": partial(render_ordered, database, store, clock),
        "conflicts": partial(find_conflicts, database, clock),
        "ratings": partial(open_accepted, database, clock),
        "starts": partial(start_due, database, clock),
        "signatures": partial(watch_approved, database, clock),
        "expiries": partial(propose_expiry, database, clock),
        "reports": partial(open_reports, database, clock),
        "evaluations": partial(plan_due, database, clock),
        "reminders": partial(sweep_due, database, duties(), settings.zone, clock, on),
        "head": partial(send_head, database, settings.zone, clock),
        "mail": partial(send_due, database, settings.smtp_url, settings.mail_from, settings.base_url, clock),
        "texts": partial(send_texts, database, settings.sms_url, settings.sms_token, clock),
        "backups": partial(make_due, database, store, settings.zone, clock),
    }


def verified(session: ReadSession, store: Store, head: str | None = None) -> list[str]:
    """Everything that `fundapp verify` proves; sentences about what does not hold."""
    problems = (
        broken(session, head) + ledger(session) + totals(session) + snapshots(session) + sheets_and_scores(session)
    )
    for file in session.scalars(select(File).execution_options(yield_per=500)):
        if why := store.broken(file.sha256):
            problems.append(f"file {file.id}, “{file.name}”, {why}")
    return problems
