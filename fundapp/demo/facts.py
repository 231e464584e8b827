"""What the demonstration is to show, read from the files beside it: finished measures, branches and their years. Invented.

All years of the files move together, by the largest number of whole years with which every measure has ended.
"""

import csv
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from functools import cache
from importlib.resources import files
from typing import Any

from fundapp.kit.dates import add_months
from fundapp.regions.areas import AREAS

KINDS = {  # how the file calls an applicant -> the kind of organisation
    "cooperative": "cooperative",
    "women's association": "association",
    "small company": "sme",
    "business association": "association",
    "citizens' group": "group",
    "soum administration": "municipality",
    "vocational school": "school",
}
SECTORS = {"private": "private", "public": "public", "civil society": "semi_public"}


@dataclass(frozen=True)
class Region:
    """An aimag with its name in three languages and the town where its branch sits."""

    code: str
    names: dict[str, str]
    town: str

    @property
    def name(self) -> str:
        return self.names["en"]


@dataclass(frozen=True)
class Plan:
    """A measure as it is planned and as it came out; amounts in whole euros. `effective` is the latest answer, '' as yet none."""

    key: str
    title: str
    theme: str
    region: str
    organisation: str
    kind: str
    sector: str
    starts: date
    ends: date
    total: int
    grant: int
    own: int
    third: int
    trained: int
    women: int
    jobs: int
    jobs_women: int = 0
    incomes: int = 0
    refunded: int = 0
    effective: str = ""
    call: str = ""


@dataclass(frozen=True)
class BranchFigures:
    """A branch in one year; money in whole tugrik."""

    region: str
    year: int
    members: int
    fees: int
    services: int
    staff: int


@cache
def _rows(name: str) -> tuple[dict[str, str], ...]:
    text = (files("fundapp.demo") / "data" / f"{name}.csv").read_text(encoding="utf-8")
    return tuple(csv.DictReader(text.splitlines()))


def years_on(today: date) -> int:
    """By how many years the files' dates move, so that every measure has ended today and as late as can be; may be negative."""
    last = max(date.fromisoformat(row["ends_on"]) for row in _rows("measures"))
    years = today.year - last.year
    return years if add_months(last, 12 * years) <= today else years - 1


@cache
def regions() -> dict[str, Region]:
    """Every region by its code."""
    return {
        row["region_code"]: Region(row["region_code"], AREAS[row["region_code"]], row["town"]) for row in _rows("towns")
    }


def with_branch() -> list[Region]:
    """The regions in which the chamber has a branch, by name."""
    known, there = regions(), {row["region_code"] for row in _rows("branches")}
    return sorted((known[code] for code in there), key=lambda region: region.name)


def finished(today: date) -> list[Plan]:
    """The measures of six programme years, moved; by the day on which they began."""
    years = years_on(today)
    return sorted((_finished(row, years) for row in _rows("measures")), key=lambda plan: (plan.starts, plan.key))


def _finished(row: dict[str, str], years: int) -> Plan:
    def day(name: str) -> date:
        return add_months(date.fromisoformat(row[name]), 12 * years)

    def number(name: str) -> int:
        return int(row[name])

    numbers: dict[str, Any] = {
        "total": number("total_eur"), "grant": number("grant_eur"), "own": number("own_eur"),
        "third": number("third_party_eur"), "trained": number("people_trained"),
        "women": number("people_trained_women"), "jobs": number("jobs_created"),
        "jobs_women": number("jobs_created_women"), "incomes": number("people_with_higher_income"),
        "refunded": number("refunded_eur"),
    }  # fmt: skip
    return Plan(
        key=row["reference"], title=row["title"].rpartition(", ")[0], theme=row["theme"], region=row["region_code"],
        organisation=row["applicant"], kind=KINDS[row["applicant_kind"]], sector=SECTORS[row["applicant_sector"]],
        starts=day("starts_on"), ends=day("ends_on"), effective=row["still_effective"],
        call=str(int(row["call"]) + years), **numbers,
    )  # fmt: skip


def branch_years(today: date) -> Iterator[BranchFigures]:
    """The figures of every branch for six years, moved with the measures, year by year."""
    years = years_on(today)
    for row in sorted(_rows("branches"), key=lambda row: (row["year"], row["region_code"])):
        yield BranchFigures(
            row["region_code"], int(row["year"]) + years, int(row["members"]), int(row["fee_income_mnt"]),
            int(row["service_income_mnt"]), int(row["staff"]),
        )  # fmt: skip
