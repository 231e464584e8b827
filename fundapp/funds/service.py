"""Verbs about funds, donors, contributions and calls. Amounts are minor units of the fund's currency."""

from dataclasses import asdict, dataclass, field
from datetime import date, datetime
from typing import Any
from zoneinfo import ZoneInfo

from babel import Locale
from sqlalchemy import select

from fundapp.funds import queries
from fundapp.funds.ledger import next_number as next_number
from fundapp.funds.ledger import receive
from fundapp.funds.models import Call, Contribution, Donor, Fund
from fundapp.funds.switches import DONOR_RULES, LEAST_OWN_SHARE
from fundapp.history.service import Somebody, record
from fundapp.kit.database import WriteSession, locked
from fundapp.kit.dates import on
from fundapp.kit.errors import Refused, Stale
from fundapp.kit.i18n import gettext as _
from fundapp.kit.presets import NATIONAL
from fundapp.presets import queries as presets
from fundapp.presets.service import choose


@dataclass(frozen=True)
class Terms:
    """What a call says. Shares in tenths of a percent; empty lists of regions, kinds of applicant and indicators mean all.

    Title and text are in `language`; `texts` has them in further ones: {"de": {"title": …, "text": …}}.
    """

    title: str
    opens_at: datetime
    closes_at: datetime
    smallest: int
    largest: int
    budget: int
    text: str = ""
    own_share: int = 250
    own_cash: int = 50
    longest_months: int = 12
    regions: list[str] = field(default_factory=list)
    applicant_kinds: list[str] = field(default_factory=list)
    annexes: list[str] = field(default_factory=list)
    blind: bool = False
    language: str = "en"
    texts: dict[str, dict[str, str]] = field(default_factory=dict)
    indicators: list[str] = field(default_factory=list)
    short_limit: int = 0
    contact: str = ""


WORDS = frozenset({"title", "text", "texts", "contact"})  # what history names without repeating it


def open_fund(
    session: WriteSession,
    *,
    code: str,
    name: str,
    currency: str,
    zone: str,
    preset: str = NATIONAL,
    by: Somebody,
    at: datetime,
) -> Fund:
    """A new fund, open from today in its own zone. Raises Refused for a code that is taken or a currency that is none."""
    if queries.find_by_code(session, code):
        raise Refused(_("There is a fund with this code already."), field="code")
    if currency not in Locale.parse("en").currencies:
        raise Refused(
            _("“%(currency)s” is not a currency. Write EUR or MNT, for example.", currency=currency), field="currency"
        )
    fund = Fund(
        code=code,
        name=name,
        currency=currency,
        zone=zone,
        preset=preset,
        opened_on=on(at, ZoneInfo(zone)),
        created_at=at,
    )
    session.add(fund)
    session.flush()
    record(session, "funds.open_fund", fund, by=by, at=at, code=code, currency=currency, preset=preset)
    choose(session, preset, fund=fund, by=by, at=at)
    if presets.preset(session).setting is None:  # the first fund decides how the installation works, too
        choose(session, preset, by=by, at=at)
    return fund


def choose_preset(session: WriteSession, fund: Fund, preset: str, *, by: Somebody, at: datetime) -> None:
    """Sets every switch of the fund as this preset says; what was decided singly before ends, and stays written down."""
    choose(session, preset, fund=fund, by=by, at=at)
    fund.preset = preset


def add_donor(session: WriteSession, fund: Fund, *, name: str, contact: str = "", by: Somebody, at: datetime) -> Donor:
    if session.scalars(select(Donor).where(Donor.fund_id == fund.id, Donor.name == name)).first():
        raise Refused(_("There is a donor with this name already."), field="name")
    donor = Donor(fund_id=fund.id, name=name, contact=contact, created_at=at)
    session.add(donor)
    session.flush()
    record(session, "funds.add_donor", donor, by=by, at=at, fund=fund.id)
    return donor


def add_contribution(
    session: WriteSession,
    donor: Donor,
    *,
    amount: int,
    arrived_on: date,
    bank_reference: str,
    key: str,
    by: Somebody,
    at: datetime,
) -> Contribution:
    """Money of a donor that has arrived; booked at once. With the same key a second time, gives what is there."""
    fund = locked(session, session.get_one(Fund, donor.fund_id))
    if found := queries.find_contribution(session, key):
        return found
    if amount <= 0:
        raise Refused(_("The amount must be greater than zero."), field="amount")
    if arrived_on > on(at, ZoneInfo(fund.zone)):
        raise Refused(_("This date has not come yet; enter the money once it has arrived."), field="arrived_on")
    contribution = Contribution(
        donor_id=donor.id, amount=amount, arrived_on=arrived_on, bank_reference=bank_reference, key=key, by_id=by.id
    )
    session.add(contribution)
    session.flush()
    journal = receive(session, fund, contribution, by=by, at=at)
    record(
        session, "funds.receive", contribution, by=by, at=at, amount=amount, currency=fund.currency, journal=journal.id
    )
    return contribution


def open_call(session: WriteSession, fund: Fund, terms: Terms, *, code: str, by: Somebody, at: datetime) -> Call:
    """A new call in preparation; nobody outside sees it before it is published."""
    if queries.find_call_by_code(session, code):
        raise Refused(_("There is a call with this code already."), field="code")
    _sensible(session, fund, terms)
    call = Call(fund_id=fund.id, code=code, created_at=at, **asdict(terms))
    session.add(call)
    session.flush()
    record(session, "funds.open_call", call, by=by, at=at, code=code, fund=fund.id)
    return call


def edit_call(
    session: WriteSession, call: Call, terms: Terms, *, version: int | None = None, by: Somebody, at: datetime
) -> None:
    """Changes what a call says, until the first proposal was sent. Raises Stale when it is not `version` any more."""
    locked(session, call)
    if reasons := why_not_edit_call(call):
        raise Refused(*reasons)
    _sensible(session, session.get_one(Fund, call.fund_id), terms)
    change_call(session, call, asdict(terms), version=version, by=by, at=at)


def change_call(
    session: WriteSession, call: Call, said: dict[str, Any], *, version: int | None, by: Somebody, at: datetime
) -> None:
    """Sets what differs and writes it down; what is public already gets its next edition. The caller has locked the call."""
    changed = {name: value for name, value in said.items() if getattr(call, name) != value}
    if version is not None and version != call.version:
        raise Stale({name: str(getattr(call, name)) for name in changed if name in WORDS})
    if not changed:
        return
    was = {name: _plain(getattr(call, name)) for name in changed if name not in WORDS and name != "questions"}
    for name, value in changed.items():
        setattr(call, name, value)
    call.version += 1
    call.edition += call.published_at is not None
    record(session, "funds.edit_call", call, by=by, at=at, changed=sorted(changed), was=was, edition=call.edition)


def _plain(value: Any) -> Any:
    return value.isoformat() if isinstance(value, datetime) else value


def why_not_edit_call(call: Call) -> list[str]:
    if call.frozen_at is None:
        return []
    return [_("A proposal has been sent under these rules; they hold for everybody and cannot be changed any more.")]


def publish_call(session: WriteSession, call: Call, *, by: Somebody, at: datetime) -> None:
    """From now on everybody can read the call."""
    if reasons := why_not_publish(call, at):
        raise Refused(*reasons)
    call.published_at = at
    record(session, "funds.publish_call", call, by=by, at=at, code=call.code)


def why_not_publish(call: Call, at: datetime) -> list[str]:
    """Reasons against publishing, all at once."""
    reasons = []
    if call.published_at is not None:
        reasons.append(_("The call is public already."))
    if call.closes_at <= at:
        reasons.append(_("Its deadline has passed; set a later one first."))
    if not call.text.strip():
        reasons.append(_("It does not say yet what is funded."))
    return reasons


def freeze_call(session: WriteSession, call: Call, *, at: datetime) -> None:
    """The first proposal has come: the rules hold from now on. Called by the verb that submits."""
    if call.frozen_at is None and locked(session, call).frozen_at is None:
        call.frozen_at = at


def _sensible(session: WriteSession, fund: Fund, terms: Terms) -> None:
    if terms.closes_at <= terms.opens_at:
        raise Refused(_("The call closes before it opens."), field="closes")
    if terms.smallest <= 0:
        raise Refused(_("The smallest grant must be greater than zero."), field="smallest")
    if terms.largest < terms.smallest:
        raise Refused(_("The largest grant is below the smallest one."), field="largest")
    if terms.budget < terms.smallest:
        raise Refused(_("The money of the call would not be enough for one grant."), field="budget")
    if not 0 <= terms.own_share <= 1000:
        raise Refused(_("The own share lies between 0 and 100 percent."), field="own_share")
    least = LEAST_OWN_SHARE[presets.value(session, DONOR_RULES, fund)]
    if terms.own_share < least:
        raise Refused(
            _("The donor’s rules ask for an own share of at least %(n)s %%.", n=least // 10), field="own_share"
        )
    if not 0 <= terms.own_cash <= terms.own_share:
        raise Refused(_("The part in money cannot be more than the own share."), field="own_cash")
    if not 0 <= terms.short_limit <= terms.largest:
        raise Refused(_("The short form cannot reach further than the largest grant."), field="short_limit")
    if not 1 <= terms.longest_months <= 12:
        raise Refused(_("A measure lasts between one and twelve months."), field="longest_months")
