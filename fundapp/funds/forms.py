"""What a browser may send about funds, donors and calls. Days and times are the fund's own."""

from datetime import date, datetime, time
from typing import Annotated, Any, Literal
from zoneinfo import ZoneInfo, available_timezones

from pydantic import AfterValidator, BeforeValidator, Field, StringConstraints

from fundapp.funds.codes import ANNEXES, APPLICANTS, FUND_INDICATORS
from fundapp.funds.models import Call
from fundapp.funds.service import Terms
from fundapp.kit import i18n
from fundapp.kit.web.forms import Amount, Clock, Count, Day, Form, Text, Words
from fundapp.regions.areas import AREAS

Code = Annotated[str, StringConstraints(min_length=1, max_length=30, pattern=r"^[A-Za-z0-9][A-Za-z0-9._-]*$")]


def _zone(name: str) -> str:
    if name not in available_timezones():
        raise ValueError("This is not a time zone. Write Asia/Ulaanbaatar or Europe/Berlin, for example.")
    return name


def _percent(typed: Any) -> Any:
    """Tenths of a percent from '25' or '12.5'."""
    if not isinstance(typed, str):
        return typed
    whole, _, tenth = typed.strip().replace(",", ".").partition(".")
    if not (whole.isascii() and whole.isdigit() and len(whole) <= 3) or (
        tenth and not (tenth.isascii() and tenth.isdigit())
    ):
        raise ValueError(f"“{typed}” is not a percentage. Write 25 or 12.5.")
    if len(tenth) > 1:
        raise ValueError("One decimal is enough: 12.5.")
    return int(whole) * 10 + int(tenth or "0")


Title = Annotated[str, StringConstraints(max_length=200)]
Percent = Annotated[int, BeforeValidator(_percent), Field(ge=0, le=1000)]


class FundForm(Form):
    code: Code
    name: Words
    currency: Annotated[str, StringConstraints(pattern=r"^[A-Z]{3}$")]
    zone: Annotated[str, AfterValidator(_zone)]
    preset: Literal["small", "national"] = "small"


class DonorForm(Form):
    name: Words
    contact: Annotated[str, StringConstraints(max_length=500)] = ""


class ContributionForm(Form):
    amount: Amount
    arrived_on: Day
    bank_reference: Words
    key: Words


class CallForm(Form):
    code: Code
    title: Words
    text: Text = ""
    opens: Day
    opens_time: Clock = time(0, 0)
    closes: Day
    closes_time: Clock = time(17, 0)
    smallest: Amount
    largest: Amount
    budget: Amount
    own_share: Percent
    own_cash: Percent
    longest_months: Annotated[Count, Field(ge=1, le=12)]
    regions: list[Literal[tuple(AREAS)]] = Field(default_factory=list)  # type: ignore[valid-type]
    applicant_kinds: list[Literal[tuple(APPLICANTS)]] = Field(default_factory=list)  # type: ignore[valid-type]
    annexes: list[Literal[tuple(ANNEXES)]] = Field(default_factory=list)  # type: ignore[valid-type]
    indicators: list[Literal[tuple(FUND_INDICATORS)]] = Field(default_factory=list)  # type: ignore[valid-type]
    short_limit: Amount = 0
    contact: Annotated[str, StringConstraints(max_length=500)] = ""
    blind: Literal["yes"] | None = None
    language: Literal["en", "de", "mn"] = "en"
    title_en: Title = ""
    title_de: Title = ""
    title_mn: Title = ""
    text_en: Text = ""
    text_de: Text = ""
    text_mn: Text = ""
    version: Count | None = None

    def terms(self, zone: str) -> Terms:
        """The call's terms; days and times in the fund's zone."""
        own = ZoneInfo(zone)
        return Terms(
            title=self.title,
            text=self.text,
            opens_at=datetime.combine(self.opens, self.opens_time, own),
            closes_at=datetime.combine(self.closes, self.closes_time, own),
            smallest=self.smallest,
            largest=self.largest,
            budget=self.budget,
            own_share=self.own_share,
            own_cash=self.own_cash,
            longest_months=self.longest_months,
            regions=list(self.regions),
            applicant_kinds=list(self.applicant_kinds),
            annexes=list(self.annexes),
            blind=self.blind == "yes",
            language=self.language,
            texts=self._texts(),
            indicators=list(self.indicators),
            short_limit=self.short_limit,
            contact=self.contact,
        )

    def _texts(self) -> dict[str, dict[str, str]]:
        """What was written in further languages, without those left empty."""
        found = {
            lang: {"title": getattr(self, f"title_{lang}"), "text": getattr(self, f"text_{lang}")}
            for lang in i18n.NAMES
            if lang != self.language
        }
        return {lang: said for lang, said in found.items() if any(said.values())}


class CopyForm(Form):
    code: Code
    opens: Day
    opens_time: Clock = time(0, 0)
    closes: Day
    closes_time: Clock = time(17, 0)


class ExtendForm(Form):
    region: Literal[tuple(AREAS)]  # type: ignore[valid-type]
    until: Day
    until_time: Clock = time(17, 0)
    reason: Annotated[str, StringConstraints(min_length=10, max_length=500)]


class AnswerForm(Form):
    question: Annotated[str, StringConstraints(min_length=1, max_length=1000)]
    answer: Annotated[str, StringConstraints(min_length=1, max_length=3000)]


class SetAsideForm(Form):
    because: Annotated[str, StringConstraints(min_length=1, max_length=500)]


NAMES = (
    "code",
    "title",
    "text",
    "smallest",
    "largest",
    "budget",
    "longest_months",
    "regions",
    "applicant_kinds",
    "annexes",
    "indicators",
    "short_limit",
    "contact",
    "language",
    "version",
)


def values_of(call: Call, zone: str) -> dict[str, Any]:
    """The form of a call that is there."""
    own = ZoneInfo(zone)
    opens, closes = call.opens_at.astimezone(own), call.closes_at.astimezone(own)
    return {name: getattr(call, name) for name in NAMES} | {
        "opens": opens.date().isoformat(),
        "opens_time": f"{opens:%H:%M}",
        "closes": closes.date().isoformat(),
        "closes_time": f"{closes:%H:%M}",
        "own_share": f"{call.own_share / 10:g}",
        "own_cash": f"{call.own_cash / 10:g}",
        "blind": "yes" if call.blind else "",
        **{f"{what}_{lang}": text for lang, said in call.texts.items() for what, text in said.items()},
    }


def moment(day: date, clock: time, zone: str) -> datetime:
    return datetime.combine(day, clock, ZoneInfo(zone))
