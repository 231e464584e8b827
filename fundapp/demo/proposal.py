"""A plan as the pages of the form take it, with a budget whose sources add up to the plan's own figures."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from textwrap import shorten
from typing import Any

from fundapp.demo import facts, words
from fundapp.demo.facts import Plan
from fundapp.demo.story import EURO
from fundapp.measures.codes import DECLARATIONS, FUND_INDICATORS
from fundapp.people.models import Person

Page = tuple[str, Mapping[str, Any], Sequence[Mapping[str, Any]]]
FOUNDED = date(2011, 5, 2)


@dataclass(frozen=True)
class Line:
    """A line of the budget in whole euros, and of whom it is bought."""

    category: str
    what: str
    payee: str
    amount: int
    cash: int = 0
    kind: int = 0
    third: int = 0


def theme_of(plan: Plan) -> words.Theme:
    return words.THEMES[plan.theme]


def place_of(plan: Plan) -> str:
    return facts.regions()[plan.region].town


def said(text: str, plan: Plan) -> str:
    """The text with the plan's own words in it."""
    region = facts.regions()[plan.region]
    return text.format(
        title=plan.title,
        place=region.town,
        region=region.name,
        trained=plan.trained,
        jobs=plan.jobs,
        incomes=plan.incomes,
    )


def budget(plan: Plan) -> list[Line]:
    """Lines that cost `total` together: the fund pays `grant`, the applicant `own` (in money and in kind), others `third`."""
    kind = plan.own * 3 // 10 // 10 * 10
    cash, rest = plan.own - kind, plan.total - kind
    costs = theme_of(plan).costs
    amounts = [rest * cost.percent // 1000 * 10 for cost in costs[:-1]]
    amounts.append(rest - sum(amounts))
    lines, cash_left, third_left = [], cash, plan.third
    for cost, amount in zip(costs, amounts, strict=True):
        last = cost is costs[-1]
        own = cash_left if last else cash * amount // rest
        third = third_left if last else plan.third * amount // rest
        cash_left, third_left = cash_left - own, third_left - third
        lines.append(Line(cost.category, cost.what, said(cost.payee, plan), amount, own, 0, third))
    if kind:
        lines.append(Line("staff", words.OWN_WORK, plan.organisation, kind, 0, kind))
    return lines


def pages(plan: Plan, owner: Person, bottleneck: int | None, today: date) -> Iterator[Page]:
    """Every page of the full form but the one of money, which needs the lines' ids."""
    theme, kind, place = theme_of(plan), words.KINDS[plan.kind], place_of(plan)
    first = {"title": plan.title, "short_title": shorten(plan.title, 40, placeholder="…"), "summary": said(theme.summary, plan) + words.SHARED,
             "region": plan.region, "place": place, "topic": theme.topic, "intervention": theme.intervention,
             "starts_on": plan.starts, "ends_on": plan.ends}  # fmt: skip
    organisation = {"name": plan.organisation, "kind": plan.kind, "sector": plan.sector, "founded_on": FOUNDED,
                    "address": f"{place} (invented)", "phone": owner.phone}  # fmt: skip
    yield "measure", first, []
    group = {"organisation": organisation, "organisation_note": kind.note, "vat": "none"}
    yield "applicant", group, _parties(plan, owner)
    yield "partners", {}, [
        {"name": f"{place} soum administration (invented)", "sector": "public", "role": "gives the place"},
        {"name": owner.shown_name, "sector": plan.sector, "role": "has tried it out for a year", "key_person": True,
         "why": words.WHY},
    ]  # fmt: skip
    named = {"bottleneck_id": bottleneck} if bottleneck else {"no_bottleneck": "The region’s list is still being made."}
    yield "problem", {**named, "problem": said(theme.problem, plan)}, []
    yield "results", {
        "objective": said(theme.objective, plan), "outputs": said(theme.outputs, plan), "outcomes": words.OUTCOMES,
        "visible_effect": said(theme.effect, plan), "visible_by": plan.ends,
    }, _indicators(plan)  # fmt: skip
    yield "activities", {}, _activities(plan, owner)
    yield "groups", {}, [_group(plan)]
    yield (
        "benefit",
        {"public_benefit": words.BENEFIT, "breadth": plan.trained * 8, "breadth_method": "list of the soum"},
        [],
    )
    yield "environment", {"env_effect": 1, "env_note": words.ENVIRONMENT, "land": "no"}, []
    yield "afterwards", {"after_funding": kind.after + words.MORE}, []
    yield (
        "risks",
        {},
        [
            {"text": text, "mitigation": answer, "likelihood": 2, "owner": owner.shown_name}
            for text, answer in words.RISKS
        ],
    )
    yield "support", {"supported": "no"}, []
    yield "costs", {}, [
        {"category": line.category, "description": line.what, "unit": "piece", "quantity": 1000, "unit_price": line.amount * EURO}
        for line in budget(plan)
    ]  # fmt: skip
    told = {"name": owner.shown_name, "place": place, "date": today.isoformat(), "publication": True}
    yield "declarations", {"declarations": dict.fromkeys(DECLARATIONS, True) | told}, []


MONEY = {"own_when": words.OWN_WHEN, "in_kind_note": words.VALUED}  # the fields of the page of money


def sources(plan: Plan, ids: Sequence[int]) -> list[dict[str, int]]:
    """The page of money: who pays what of each line; the fund is asked for the rest."""
    others = "local_government" if plan.region < "MN-055" else "other_donor"
    return [
        {"id": id, "own_cash": line.cash * EURO, "in_kind": line.kind * EURO, others: line.third * EURO}
        for id, line in zip(ids, budget(plan), strict=True)
    ]


def _parties(plan: Plan, owner: Person) -> list[dict[str, Any]]:
    """A group without legal form has a sponsor, who signs and holds the account."""
    head = words.KINDS[plan.kind].head
    person = {"organisation": plan.organisation, "person": owner.shown_name, "function": head, "phone": owner.phone}
    sponsor = f"{place_of(plan)} soum administration" if plan.kind == "group" else plan.organisation
    signs = {**person, "organisation": sponsor, "function": "Governor" if sponsor != plan.organisation else head}
    number = sum(plan.key.encode()) * 7919 % 100_000_000
    account = {"part": "account", "organisation": sponsor, "bank": "Invented Bank", "account": f"5000 {number:08d}"}
    return [{"part": "acts", **person}, {"part": "signs", **signs}, account, {"part": "reports", **person}]


def _activities(plan: Plan, owner: Person) -> list[dict[str, Any]]:
    """Getting ready, installing and learning, running: thirds of the time, one after the other."""
    third = (plan.ends - plan.starts) // 3
    starts = [plan.starts, plan.starts + third, plan.starts + 2 * third]
    ends = [starts[1] - timedelta(days=1), starts[2] - timedelta(days=1), plan.ends]
    return [
        {
            "title": title,
            "responsible": owner.shown_name,
            "starts_on": start,
            "ends_on": end,
            "milestone": end == plan.ends,
        }
        for title, start, end in zip(words.ACTIVITIES, starts, ends, strict=True)
    ]


def _indicators(plan: Plan) -> list[dict[str, Any]]:
    targets = {"people_trained": plan.trained, "jobs": plan.jobs, "higher_income": plan.incomes}
    return [
        {"code": code, "title": title, "unit": unit, "target": targets[code] * 1000, "due_on": plan.ends}
        for code, (title, unit) in FUND_INDICATORS.items()
    ]


def _group(plan: Plan) -> dict[str, Any]:
    women = min(plan.trained, plan.women)
    return {"label": "People who learn and use it", "total": plan.trained, "female": women, "male": plan.trained - women,
            "not_stated": 0, "youth": plan.trained // 4, "vulnerable": plan.trained // 5, "disability": 0}  # fmt: skip
