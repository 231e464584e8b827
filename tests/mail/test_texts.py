"""Every message to an applicant has a short text, and every short text fits into one SMS in every language."""

from datetime import date, timedelta
from types import SimpleNamespace

import pytest

from fundapp.kit import i18n
from fundapp.kit.places import TEMPLATES
from fundapp.mail.service import compose_short

STAFF = {  # mails that only the office, the committee or the auditor gets
    "disbursement/payment_waits", "disbursement/report_to_check", "documents/failed", "evaluation/visit", "funds/inquiry",
    "grants/review_due", "grants/signature_due", "measures/check_due", "measures/consent_due", "measures/expire_due", "measures/objection_due", "overview/handed_over",
    "overview/head", "rating/clearance", "rating/clearance_due", "rating/clearance_objected", "rating/complaint_due", "rating/assigned", "rating/answer_in_writing", "rating/asked_in_writing", "rating/invited", "rating/list_ends", "rating/opened", "rating/sheet_due", "rating/sheet_reopened", "rating/typed", "reminders/notice",
}  # fmt: skip
PLAIN = set(  # what an SMS writes with 160 characters; any other character makes it hold 70 (GSM 03.38)
    "@£$¥èéùìòÇ\nØø\rÅåΔ_ΦΓΛΩΠΨΣΘΞ ÆæßÉ !\"#¤%&'()*+,-./0123456789:;<=>?¡ABCDEFGHIJKLMNOPQRSTUVWXYZÄÖÑÜ§¿abcdefghijklmnopqrstuvwxyzäöñüà"
)
LONG = "A very long title of a measure that somebody wrote without thinking of telephones, " * 3


def names(kind):
    return {f"{path.parents[1].name}/{path.stem}" for path in TEMPLATES.glob(f"*/{kind}/*.txt")}


def test_every_mail_to_an_applicant_has_its_short_text():
    """But for those of signing in: a personal link, or word of a changed address, is worth nothing on a telephone."""
    mails = {name for name in names("mails") if not name.startswith("people/")}
    assert mails - names("texts") - STAFF == set()
    assert names("texts") & STAFF == set()


def fields(day, amount, currency, days):
    """What the verbs give to their texts, at its longest."""
    measure = SimpleNamespace(
        title=LONG,
        number="LED-073-2026-0017",
        awarded=abs(amount),
        requested=amount,
        reserved_until=day,
        conditions=LONG,
    )
    return {
        "to": SimpleNamespace(given_name=LONG, family_name=LONG), "link": "/cases/1000", "answer_link": "/rating/measures/1000/answer",
        "measure": measure, "title": LONG, "number": measure.number, "help": LONG, "because": LONG, "reasons": [LONG], "missing": LONG,
        "fund": SimpleNamespace(currency=currency), "currency": currency, "payment": SimpleNamespace(amount=abs(amount), paid_on=day),
        "report": SimpleNamespace(due=day, kind="final", question=LONG), "obligation": SimpleNamespace(due=day, title=LONG, note=LONG),
        "settlement": SimpleNamespace(balance=amount, refund_due=day, grant_due=amount, accepted_cost=amount),
        "return_by": day, "until": day, "fit_by": day, "answer_by": day, "object_by": day, "review_on": day, "ends": day,
        "days": days, "on": day, "sha256": "0" * 64, "equipment": LONG, "at_fault": True, "upheld": True, "code": "ABCD EFGH",
    }  # fmt: skip


def said(text, language):
    """The short text on every last day of a month, with small and great sums either way, before and after the day."""
    for month in range(1, 13):
        day = date(2026, month, 28) + timedelta(days=2)
        for amount, currency in ((0, "EUR"), (999_999_99, "EUR"), (-999_999_99, "EUR"), (999_999_999_00, "MNT"), (-99_999_999_00, "MNT")):  # fmt: skip
            for days in (3, -3):
                yield compose_short(text, language, **fields(day, amount, currency, days))


@pytest.mark.parametrize("language", list(i18n.NAMES))
@pytest.mark.parametrize("text", sorted(names("texts")))
def test_a_short_text_is_one_sms(text, language):
    for line in said(text, language):
        assert line
        assert "\n" not in line
        assert "http" not in line
        assert len(line) <= (160 if set(line) <= PLAIN else 70), line
        assert language == "mn" or set(line) <= PLAIN, set(line) - PLAIN


def test_a_sign_that_a_plain_sms_does_not_know_is_written_with_others():
    money = fields(date(2026, 11, 30), 18_500_000_00, "MNT", 3)
    assert (
        compose_short("rating/approved", "en", **money) == "Good news: your measure is approved, with 18 500 000 MNT."
    )
    assert "18 500 000 ₮" in compose_short("rating/approved", "mn", **money)
