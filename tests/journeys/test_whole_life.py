"""One measure lives its whole life: every step through the pages, by the person whose step it is."""

from typing import Any

import pytest

from tests.journeys import (
    checking,
    contracting,
    deciding,
    evaluating,
    funding,
    papers,
    paying,
    people,
    proposing,
    rating,
)
from tests.journeys.stage import Stage

CHAPTERS = (
    people.invite_all,
    funding.fund_and_donors, funding.bottleneck, funding.call,
    proposing.registers, proposing.writes, proposing.sends,
    checking.officer_accepts,
    rating.opens, rating.declare, rating.score, rating.closes,
    deciding.meets, deciding.minutes, deciding.fits,
    contracting.template, contracting.issued, contracting.signed, contracting.started,
    paying.first_instalment, paying.first_receipts, paying.interim_report, paying.second_instalment, paying.second_receipts,
    evaluating.at_the_end,
    paying.final_report, paying.settled,
    evaluating.after_six_months, evaluating.after_twelve_months, evaluating.after_twenty_four_months, evaluating.portfolio,
    papers.agree, papers.proved, papers.received, papers.read_by_all,
)  # fmt: skip


def live(stage: Stage, settings: Any, capsys: Any) -> None:
    people.first_administrator(stage, people.console(stage, settings, capsys))
    for chapter in CHAPTERS:
        chapter(stage)
    assert stage.wrong == []


@pytest.mark.sqlite
def test_a_measure_lives_its_whole_life(stage: Stage, settings: Any, capsys: Any) -> None:
    live(stage, settings, capsys)


@pytest.mark.postgresql
def test_a_measure_lives_its_whole_life_without_script(stage: Stage, settings: Any, capsys: Any) -> None:
    stage.script = False
    live(stage, settings, capsys)
