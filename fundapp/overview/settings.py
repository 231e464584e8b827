"""Every switch as it stands: its value, since when and by whom, and what the preset would say."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime

from fundapp.funds.models import Fund
from fundapp.kit.database import ReadSession
from fundapp.kit.dates import on
from fundapp.kit.i18n import gettext as _
from fundapp.kit.presets import PRESETS, Switch
from fundapp.presets import queries as presets
from fundapp.presets.models import PRESET, Setting

ON_PAGE = 30


@dataclass(frozen=True)
class Line:
    """A switch on the page. `says`: what the preset would say, where it was decided otherwise."""

    switch: Switch
    value: str
    setting: Setting | None
    says: str | None


@dataclass(frozen=True)
class Change:
    """One setting, told: what was set to what."""

    setting: Setting
    what: str
    to: str


def lines(session: ReadSession, switches: Sequence[Switch], fund: Fund | None) -> dict[str, list[Line]]:
    """Switches by group; without a fund only those of the installation."""
    wanted = [switch for switch in switches if fund is not None or switch.whole]
    held = presets.held(session, wanted, fund)
    whole, own = presets.preset(session).value, fund.preset if fund else ""
    found: dict[str, list[Line]] = {}
    for switch in wanted:
        now = held[switch.name]
        says = switch.under(whole if switch.whole else own)
        found.setdefault(switch.group, []).append(
            Line(switch, now.value, now.setting, None if says == now.value else says)
        )
    return found


def changes(session: ReadSession, switches: Sequence[Switch], fund: Fund | None, before: int | None) -> list[Change]:
    """What was set, newest first; a name that no room knows any more is shown as it is."""
    known = {switch.name: switch for switch in switches}
    found = []
    for setting in presets.settings(session, fund, before=before, limit=ON_PAGE + 1):
        switch = known.get(setting.switch)
        if setting.switch == PRESET:
            what, to = _("All settings"), _(PRESETS[setting.value])
        elif switch is not None:
            what, to = _(switch.what), _(switch.choices.get(setting.value, setting.value))
        else:
            what, to = setting.switch, setting.value
        found.append(Change(setting, what, to))
    return found


@dataclass(frozen=True)
class Rule:
    """What a switch said when a contract was issued; `otherwise`: not as the preset has it, decided on that day."""

    what: str
    value: str
    otherwise: date | None


@dataclass(frozen=True)
class Rules:
    """What held for a measure: the preset and its switches when the contract was issued, and how many people each payment needed."""

    preset: str
    rules: list[Rule]
    two: int
    three: int


def of_case(
    session: ReadSession, switches: Sequence[Switch], fund: Fund, issued_at: datetime, policies: Iterable[str]
) -> Rules:
    """`policies` are those written on the payments that went out."""
    own = [switch for switch in switches if not switch.whole]
    held = presets.held(session, own, fund, issued_at)
    chosen = presets.preset(session, fund, issued_at).value
    rules = []
    for switch in own:
        now = held[switch.name]
        single = now.setting is not None and now.setting.switch != PRESET and now.value != switch.under(chosen)
        day = on(now.setting.at, fund.zone) if single and now.setting else None
        rules.append(Rule(switch.what, switch.choices.get(now.value, now.value), day))
    written = list(policies)
    return Rules(PRESETS[chosen], rules, written.count("two"), written.count("three"))
