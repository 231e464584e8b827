"""Calls with their rules and rating scheme, and who sits on the committee."""

from collections.abc import Sequence
from datetime import date, datetime, time

from fundapp.demo.cast import Account
from fundapp.demo.story import EURO, Story
from fundapp.funds import calling, inquiries, listing
from fundapp.funds import service as funds
from fundapp.funds.models import Call
from fundapp.funds.questions import Question
from fundapp.rating import committees, schemes
from fundapp.rating.models import Committee

TEXT = (
    "For small measures of local economic development that a whole place can see within a year: new products and services, "
    "shared equipment, courses. The applicant pays at least 15 % of the cost, a part of it in money. Invented for the "
    "demonstration."
)
GERMAN = (
    "Für kleine Maßnahmen der lokalen Wirtschaftsförderung, die ein ganzer Ort binnen eines Jahres sehen kann: neue Produkte und "
    "Leistungen, gemeinsame Geräte, Kurse. Der Antragsteller zahlt mindestens 15 % der Kosten, einen Teil davon in Geld. "
    "Für die Vorführung erfunden."
)
MONGOLIAN = (
    "Нутгийн иргэд нэг жилийн дотор нүдээр харж болох жижиг арга хэмжээнд зориулав: шинэ бүтээгдэхүүн, үйлчилгээ, дундын "
    "тоног төхөөрөмж, сургалт. Өргөдөл гаргагч нийт зардлын 15-аас доошгүй хувийг өөрөө, үүний нэг хэсгийг мөнгөөр гаргана. "
    "Үзүүлэнд зориулж зохиов."
)
ASKED = [
    Question(
        "q1", "yes_no",
        {"en": "Does the measure need land or a building?", "de": "Braucht die Maßnahme Land oder ein Gebäude?", "mn": "Арга хэмжээнд газар эсвэл барилга хэрэгтэй юу?"},
        {"en": "A yard, a hall, a room.", "de": "Ein Hof, eine Halle, ein Raum.", "mn": "Хашаа, танхим, өрөө."},
    ),
    Question(
        "q2", "short",
        {"en": "Whose is it, and until when may you use it?", "de": "Wem gehört es, und bis wann dürfen Sie es nutzen?", "mn": "Хэний өмч вэ, хэдийг хүртэл ашиглах эрхтэй вэ?"},
        shown_if=("q1", "yes"),
    ),
]  # fmt: skip
OWN_SHARE, OWN_CASH = 150, 50  # tenths of a percent: as the finished measures have it


def open_call(
    story: Story, committee: Committee, code: str, title: str, *, closes: date, budget: int, largest: int = 10_000,
    blind: bool = False, texts: dict[str, dict[str, str]] | None = None, asked: Sequence[Question] = (),
) -> Call:  # fmt: skip
    """A call that opens now, with its rating scheme; `texts` in further languages, `asked`: questions of its own."""
    manager, at = story.who["manager"], story.at
    terms = funds.Terms(
        title=title, text=TEXT, opens_at=at, closes_at=datetime.combine(closes, time(17), story.zone),
        smallest=1_500 * EURO, largest=largest * EURO, budget=budget * EURO, own_share=OWN_SHARE, own_cash=OWN_CASH,
        annexes=["registration"], blind=blind, texts=texts or {}, contact="Head office (invented), 7000 0000",
    )  # fmt: skip
    call = funds.open_call(story.session, story.fund, terms, code=code, by=manager, at=at)
    if asked:
        calling.keep_questions(story.session, call, list(asked), by=manager, at=story.at)
    schemes.make_scheme(story.session, call, committee, by=manager, at=story.at)
    funds.publish_call(story.session, call, by=manager, at=story.at)
    story.calls[code] = call
    return call


def in_three_languages(year: int) -> dict[str, dict[str, str]]:
    """Title and text of a programme year's call in German and Mongolian."""
    return {
        "de": {"title": f"Aufruf {year}", "text": GERMAN},
        "mn": {"title": f"{year} оны зарлал", "text": MONGOLIAN},
    }


def ask(story: Story, code: str) -> None:
    """Somebody asks about a call."""
    inquiries.ask(
        story.session, story.calls[code], text="We are two cooperatives, Naran and Saran. May we apply together?", name="", email=None,
        phone="", language="en", source="invented", key=f"demo-{code}", at=story.at,
    )  # fmt: skip


def answer(story: Story, code: str) -> None:
    """Head office answers for all."""
    row = listing.find_inquiry_by_key(story.session, f"demo-{code}")
    assert row is not None, "it was asked before"
    words = "Yes. One of them signs and holds the account; the other is named as a partner, with what it brings."
    inquiries.answer(
        story.session, row, question="May two cooperatives apply together?", words=words, by=story.who["manager"], at=story.at
    )  # fmt: skip


def seat(story: Story, committee: Committee, account: Account, *, chair: bool = False) -> None:
    committees.add_member(
        story.session, committee, story.who[account.key], sector=account.sector, chair=chair, by=story.who["manager"],
        at=story.at,
    )  # fmt: skip
