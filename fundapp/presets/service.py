"""Choosing a preset, and deciding a single switch otherwise. What was set before stays written down."""

from datetime import datetime

from fundapp.history.service import Somebody, record
from fundapp.kit.database import WriteSession
from fundapp.kit.errors import Refused
from fundapp.kit.i18n import gettext as _
from fundapp.kit.presets import PRESETS, Switch
from fundapp.presets import queries
from fundapp.presets.models import PRESET, Setting
from fundapp.presets.queries import Chosen


def choose(session: WriteSession, preset: str, *, fund: Chosen | None = None, by: Somebody, at: datetime) -> Setting:
    """Sets every switch of a fund (None: those of the installation) as the preset says. Chosen again, single changes end.

    A fund keeps the name of its preset itself: `funds.service.choose_preset` calls this.
    """
    if preset not in PRESETS:
        raise Refused(_("Choose one of the presets."), field="preset")
    return _write(session, PRESET, preset, fund, by, at)


def turn(
    session: WriteSession, switch: Switch, value: str, *, fund: Chosen | None = None, by: Somebody, at: datetime
) -> Setting | None:
    """Sets one switch for a fund, or for the installation; None when it is set so already."""
    if value not in switch.choices:
        raise Refused(_("Please choose one of the answers given."), field="value")
    there = None if switch.whole else fund
    now = queries.held(session, (switch,), there)[switch.name]
    if now.value == value and now.setting is not None:
        return None
    return _write(session, switch.name, value, there, by, at)


def _write(session: WriteSession, switch: str, value: str, fund: Chosen | None, by: Somebody, at: datetime) -> Setting:
    setting = Setting(switch=switch, value=value, fund_id=fund.id if fund else None, by_id=by.id, at=at)
    session.add(setting)
    session.flush()
    verb = "presets.choose" if switch == PRESET else "presets.turn"
    record(session, verb, setting, by=by, at=at, switch=switch, value=value, fund=setting.fund_id)
    return setting
