"""The assembly: what every room brings - models, routers, duties, letters, jobs."""

import importlib
import importlib.util
from collections.abc import Callable, Mapping
from datetime import date, datetime
from functools import partial
from typing import Any

from fastapi import APIRouter
from sqlalchemy import select

import fundapp.disbursement.models
import fundapp.documents.models
import fundapp.evaluation.models
import fundapp.files.models
import fundapp.funds.models
import fundapp.grants.models
import fundapp.history.models
import fundapp.measures.models
import fundapp.people.models
import fundapp.rating.models
import fundapp.regions.models
import fundapp.reminders.models  # noqa: F401
from fundapp.config import Settings
from fundapp.disbursement.jobs import open_reports
from fundapp.documents.jobs import render_ordered
from fundapp.evaluation.jobs import plan_due
from fundapp.files.models import File
from fundapp.files.store import Store
from fundapp.funds.queries import verify as ledger
from fundapp.grants.jobs import start_due, watch_approved
from fundapp.history.queries import broken
from fundapp.kit.database import Database, ReadSession
from fundapp.mail.jobs import send_due
from fundapp.measures.queries import verify as totals
from fundapp.overview.jobs import send_head
from fundapp.reminders.jobs import sweep_due


def _there(name: str, attribute: str) -> Any:
    if importlib.util.find_spec(name) is None:
        return ()
    return getattr(importlib.import_module(name), attribute)


def routers() -> list[APIRouter]:
    """The rooms' routes, imported only when a server is made."""
    names = [
        "people.routes", "people.routes_admin", "documents.routes", "regions.routes", "funds.routes", "measures.routes",
        "measures.routes_checking", "measures.routes_planning", "rating.routes", "rating.routes_committee", "rating.routes_meeting",
        "rating.routes_sheets", "grants.routes", "disbursement.routes", "disbursement.routes_receipts", "disbursement.routes_reports",
        "evaluation.routes", "exchange.routes", "exchange.routes_exchange", "overview.routes",
    ]  # fmt: skip
    return [r for r in (_there(f"fundapp.{name}", "router") for name in names) if r]


def duties() -> Mapping[str, Any]:
    found = [
        d
        for room in ("measures", "rating", "grants", "disbursement", "evaluation")
        for d in _there(f"fundapp.{room}.duties", "DUTIES")
    ]
    return {duty.kind: duty for duty in found}


def letters() -> Mapping[str, Any]:
    found = [
        x
        for room in ("measures", "rating", "grants", "disbursement", "evaluation")
        for x in _there(f"fundapp.{room}.letters", "LETTERS")
    ]
    return {letter.name: letter for letter in found}


def store_of(settings: Settings) -> Store:
    """Where uploads and issued files are kept."""
    return Store(settings.home / "files")


def jobs(
    settings: Settings, database: Database, store: Store, clock: Callable[[], datetime], on: date | None = None
) -> Mapping[str, Callable[[], object]]:
    """What one heartbeat runs, in this order. `on` moves the day that due dates are counted by, nothing else."""
    return {
        "documents": partial(render_ordered, database, store, clock),
        "starts": partial(start_due, database, clock),
        "signatures": partial(watch_approved, database, clock),
        "reports": partial(open_reports, database, clock),
        "evaluations": partial(plan_due, database, clock),
        "reminders": partial(sweep_due, database, duties(), settings.zone, clock, on),
        "head": partial(send_head, database, settings.zone, clock),
        "mail": partial(send_due, database, settings.smtp_url, settings.mail_from, settings.base_url, clock),
    }


def verified(session: ReadSession, store: Store, head: str | None = None) -> list[str]:
    """Everything that `fundapp verify` proves; sentences about what does not hold."""
    problems = broken(session, head) + ledger(session) + totals(session)
    for file in session.scalars(select(File).execution_options(yield_per=500)):
        if why := store.broken(file.sha256):
            problems.append(f"file {file.id}, “{file.name}”, {why}")
    return problems
