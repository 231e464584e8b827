"""What holds: the newest setting of the fund, else of the installation, else what the preset says."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from sqlalchemy import or_, select

from fundapp.kit.database import ReadSession
from fundapp.kit.presets import DEFAULT, Switch
from fundapp.presets.models import PRESET, Setting


class Chosen(Protocol):
    """A fund, which has chosen a preset."""

    @property
    def id(self) -> int: ...
    @property
    def preset(self) -> str: ...


@dataclass(frozen=True)
class Held:
    """The value that holds, and the setting that made it so; None when nobody has set anything yet."""

    value: str
    setting: Setting | None


def value(session: ReadSession, switch: Switch, fund: Chosen | None = None, at: datetime | None = None) -> str:
    """The value of a switch for a fund (None: for the installation), now or as it was at that moment."""
    return held(session, (switch,), fund, at)[switch.name].value


def held(
    session: ReadSession, switches: Iterable[Switch], fund: Chosen | None = None, at: datetime | None = None
) -> dict[str, Held]:
    """The values of several switches by name, in one question."""
    wanted = tuple(switches)
    of_fund = Setting.fund_id.is_(None) if fund is None else or_(Setting.fund_id == fund.id, Setting.fund_id.is_(None))
    asked = select(Setting).where(of_fund, Setting.switch.in_([PRESET, *(switch.name for switch in wanted)]))
    if at is not None:
        asked = asked.where(Setting.at <= at)
    rows = session.scalars(asked.order_by(Setting.id.desc())).all()
    return {switch.name: _held(switch, rows, fund) for switch in wanted}


def _held(switch: Switch, rows: Sequence[Setting], fund: Chosen | None) -> Held:
    """`rows` newest first. A preset chosen later takes the place of what was set singly before."""
    own = None if fund is None or switch.whole else fund.id
    here = [row for row in rows if row.fund_id == own and row.switch in (PRESET, switch.name)]
    newest = here[0] if here else None
    if newest is not None and newest.switch == switch.name:
        return Held(newest.value, newest)
    everywhere = next((row for row in rows if row.fund_id is None and row.switch == switch.name), None)
    if newest is None and everywhere is not None:
        return Held(everywhere.value, everywhere)
    if newest is not None:
        return Held(switch.under(newest.value), newest)
    return Held(switch.under(fund.preset if fund is not None and own is not None else DEFAULT), None)


def preset(session: ReadSession, fund: Chosen | None = None, at: datetime | None = None) -> Held:
    """The preset that was chosen for a fund, or for the installation."""
    own = Setting.fund_id.is_(None) if fund is None else Setting.fund_id == fund.id
    asked = select(Setting).where(Setting.switch == PRESET, own)
    if at is not None:
        asked = asked.where(Setting.at <= at)
    row = session.scalars(asked.order_by(Setting.id.desc()).limit(1)).first()
    return Held(row.value if row else fund.preset if fund is not None else DEFAULT, row)


def settings(session: ReadSession, fund: Chosen | None, *, before: int | None = None, limit: int = 50) -> list[Setting]:
    """What was set for a fund and for the installation, newest first."""
    own = Setting.fund_id.is_(None)
    asked = select(Setting).where(own if fund is None else or_(Setting.fund_id == fund.id, own))
    if before is not None:
        asked = asked.where(Setting.id < before)
    return list(session.scalars(asked.order_by(Setting.id.desc()).limit(limit)))
