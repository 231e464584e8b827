"""The first start: five answers set everything up, by the verbs of the rooms that own it. All or nothing."""

import re
from dataclasses import dataclass
from datetime import date, datetime

from fundapp.backups.service import choose_folder
from fundapp.funds.models import Fund
from fundapp.funds.queries import no_fund_yet
from fundapp.funds.service import add_contribution, add_donor, open_fund
from fundapp.funds.switches import DONOR_RULES
from fundapp.kit.database import WriteSession
from fundapp.kit.errors import Refused
from fundapp.kit.i18n import gettext as _
from fundapp.kit.presets import NATIONAL, SMALL
from fundapp.people.models import Person
from fundapp.people.permissions import OFFICE, Role
from fundapp.people.service import give_role, give_roles
from fundapp.presets.service import turn

SMALL_STAFF = 4  # up to so many people a small fund is proposed (practice.md 3)


@dataclass(frozen=True)
class Answers:
    """`amount` in minor units of `currency`, None when no money has arrived yet; `preset` "" takes what the staff proposes."""

    name: str
    currency: str
    zone: str
    donor: str
    amount: int | None
    arrived_on: date
    bank_reference: str
    staff: int
    preset: str
    donor_rules: str
    folder: str


def proposed(staff: int) -> str:
    return SMALL if staff <= SMALL_STAFF else NATIONAL


def code_of(name: str) -> str:
    """A short code from a fund's name: 'Green Steps Fund' -> 'GSF'; FUND where the name has no Latin letters."""
    words = re.findall(r"[A-Za-z][A-Za-z0-9]*", name)
    letters = "".join(word[0] for word in words).upper() if len(words) > 1 else "".join(words)[:8].upper()
    return letters or "FUND"


def start(session: WriteSession, answers: Answers, *, by: Person, at: datetime) -> Fund:
    """Folder, fund with its preset and donor rules, donor and first money, and the administrator's own roles.

    In a small fund the administrator is the office; in a national one a manager too, so that somebody can go on from here.
    Raises Refused with the name of the answer it is about.
    """
    if not no_fund_yet(session):
        raise Refused(_("These questions have been answered already; what they set is changed under Settings."))
    choose_folder(session, answers.folder, by=by, at=at)
    preset = answers.preset or proposed(answers.staff)
    fund = open_fund(
        session, code=code_of(answers.name), name=answers.name, currency=answers.currency, zone=answers.zone, preset=preset,
        by=by, at=at,
    )  # fmt: skip
    turn(session, DONOR_RULES, answers.donor_rules, fund=fund, by=by, at=at)
    donor = add_donor(session, fund, name=answers.donor, by=by, at=at)
    if answers.amount:
        add_contribution(
            session, donor, amount=answers.amount, arrived_on=answers.arrived_on, key=f"start:{fund.id}",
            bank_reference=answers.bank_reference or _("first start"), by=by, at=at,
        )  # fmt: skip
    if preset == SMALL:
        give_roles(session, by, OFFICE, by=by, at=at)
    elif not any(held.role == Role.MANAGER for held in by.roles):
        give_role(session, by, Role.MANAGER, by=by, at=at)
    return fund
