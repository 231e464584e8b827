"""Which column is what: our fields, the names that people give them in three languages, the guess, and what is remembered of it."""

import re
import unicodedata
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, field
from functools import cache
from hashlib import sha256
from typing import Any, Self

from fundapp.exchange import styles
from fundapp.exchange.cells import Day, NotRead, Number
from fundapp.kit.i18n import NAMES as NAMES_OF_LANGUAGES
from fundapp.kit.i18n import gettext as _
from fundapp.kit.i18n import mark, speaking

FIELDS = {
    "recipient": mark("Who received it"),
    "awarded": mark("Amount granted"),
    "awarded_on": mark("Date of the grant"),
    "identifier": mark("Identifier, number"),
    "title": mark("Title"),
    "description": mark("Description, purpose"),
    "currency": mark("Currency"),
    "applied_for": mark("Amount asked for"),
    "starts_on": mark("Beginning"),
    "ends_on": mark("End"),
    "months": mark("Months of funding"),
    "recipient_id": mark("Register number of the recipient"),
    "place": mark("Place"),
    "funder": mark("Who gave it"),
    "funder_id": mark("Identifier of who gave it"),
}
NEEDED = ("recipient", "awarded", "awarded_on")
AMOUNTS, DATES = ("awarded", "applied_for"), ("awarded_on", "starts_on", "ends_on")
MENDING = (mark("Line in the file"), mark("Why it was not taken over"))  # what we add to a file of refused lines

# The first name that fits wins; 360Giving first, then English, German, Mongolian.
NAMES = {
    "identifier": "identifier|grant identifier|grant id|grant no|grant number|grant reference|id|reference|reference number|ref|ref no|"
    "project number|project no|project id|contract number|contract no|file number|kennung|aktenzeichen|az|projektnummer|projekt nr|"
    "fördernummer|förderkennzeichen|vorgangsnummer|antragsnummer|vertragsnummer|bewilligungsnummer|дугаар|төслийн дугаар|"
    "гэрээний дугаар|бүртгэлийн дугаар|код",
    "title": "title|grant title|project title|project|project name|name of project|name of the project|measure|name of measure|activity|"
    "titel|projekt|projekttitel|projektname|projektbezeichnung|maßnahme|massnahme|vorhaben|bezeichnung|төслийн нэр|төсөл|"
    "арга хэмжээ|арга хэмжээний нэр|гарчиг|ажлын нэр",
    "description": "description|grant description|project description|summary|purpose|what for|purpose of grant|details|beschreibung|"
    "projektbeschreibung|kurzbeschreibung|zweck|verwendungszweck|zuwendungszweck|тайлбар|зорилго|төслийн зорилго|агуулга",
    "currency": "currency|ccy|währung|waehrung|валют|мөнгөн тэмдэгт|валютын төрөл",
    "awarded": "amount awarded|amount granted|awarded amount|grant amount|amount of grant|award amount|amount|grant|award|awarded|"
    "approved amount|amount approved|value|total|sum|bewilligter betrag|bewilligte summe|bewilligungssumme|fördersumme|förderbetrag|"
    "zuschuss|zuwendung|betrag|bewilligt|summe|fördermittel|олгосон дүн|батлагдсан дүн|олгосон санхүүжилт|санхүүжилтийн дүн|"
    "санхүүжилт|буцалтгүй тусламж|тэтгэлэг|мөнгөн дүн|дүн|олгосон мөнгө",
    "applied_for": "amount applied for|amount requested|requested amount|requested|applied for|asked for|beantragter betrag|beantragt|"
    "beantragte summe|antragssumme|хүссэн дүн|хүсэлтийн дүн|хүссэн мөнгө",
    "awarded_on": "award date|date of award|date awarded|awarded on|grant date|date of grant|decision date|date of decision|approval date|"
    "date approved|approved on|date|bewilligungsdatum|bewilligt am|datum der bewilligung|entscheidungsdatum|bescheid vom|datum|"
    "олгосон огноо|шийдвэрийн огноо|батлагдсан огноо|гэрээний огноо|огноо|он сар өдөр",
    "starts_on": "planned dates start date|start date|start|begin|beginning|from|starts on|beginn|start am|startdatum|laufzeit von|von|"
    "projektbeginn|эхлэх огноо|эхэлсэн огноо|эхлэх|эхлэл",
    "ends_on": "planned dates end date|end date|end|until|to|ends on|ende|endet am|enddatum|laufzeit bis|bis|projektende|"
    "дуусах огноо|дууссан огноо|дуусах|төгсгөл",
    "months": "planned dates duration months|duration months|duration in months|months|duration|dauer monate|dauer in monaten|"
    "laufzeit monate|laufzeit in monaten|monate|laufzeit|dauer|хугацаа сараар|хугацаа сар|хугацаа|сар",
    "recipient_id": "recipient org identifier|recipient id|registration number|register number|registration no|company number|"
    "charity number|registernummer|vereinsregister|handelsregister|steuernummer|регистрийн дугаар|улсын бүртгэлийн дугаар|регистр",
    "recipient": "recipient org name|recipient|recipient name|name of recipient|grantee|grantee name|beneficiary|organisation|organization|"
    "organisation name|organization name|name of organisation|name of organization|group|applicant|holder|paid to|name|"
    "empfänger|empfaenger|zuwendungsempfänger|name des empfängers|letztempfänger|organisation|verein|träger|antragsteller|"
    "хүлээн авагч|хүлээн авагчийн нэр|байгууллага|байгууллагын нэр|өргөдөл гаргагч|санал гаргагч|хэрэгжүүлэгч|бүлгийн нэр|нэр",
    "place": "beneficiary location name|place|location|town|city|district|region|county|ort|stadt|gemeinde|region|kreis|landkreis|"
    "ort der maßnahme|байршил|аймаг|сум|хот|орон нутаг|газар",
    "funder_id": "funding org identifier|funder id|funder identifier",
    "funder": "funding org name|funder|funding organisation|funded by|donor|geldgeber|fördergeber|mittelgeber|förderer|spender|"
    "санхүүжүүлэгч|хандивлагч|донор",
}  # fmt: skip
PLACES = {
    name: (place, code) for code, names in NAMES.items() for place, name in reversed(list(enumerate(names.split("|"))))
}


@dataclass(frozen=True)
class Meaning:
    """What the columns are (title -> field; one that is left out is not there), how each dated and counted field is written,
    the currency of all lines where no column says it, and whether lines with the same recipient, date and amount are different grants."""

    columns: Mapping[str, str] = field(default_factory=dict)
    styles: Mapping[str, str] = field(default_factory=dict)
    currency: str = ""
    twins: bool = False

    def as_json(self) -> dict[str, Any]:
        return asdict(self)

    @classmethod
    def of(cls, kept: Mapping[str, Any]) -> Self:
        return cls(**kept)

    def place(self, name: str, titles: Sequence[str]) -> int | None:
        """Where the column of this field stands."""
        return next((n for n, title in enumerate(titles) if self.columns.get(title) == name), None)


def bare(title: str) -> str:
    """'Amount (EUR):' -> 'amount'; 'Planned Dates:Start Date' -> 'planned dates start date'."""
    text = unicodedata.normalize("NFKC", title).casefold()
    text = re.sub(r"\b(in )?(eur|euro|usd|gbp|mnt|tsd|төг|төгрөг)\b|[€£$₮]", " ", text)
    return " ".join(re.sub(r"[^\w]+", " ", text).split())


def points(cells: Sequence[str]) -> int:
    """How much a line looks like titles: known names count most, texts a little, numbers and dates against it."""
    texts = [cell for cell in cells if cell.strip()]
    if len(texts) < 2:
        return 0
    found = sum(10 for cell in texts if bare(cell) in PLACES)
    return found + sum(-5 if isinstance(cell, Number | Day) or re.search(r"\d{3}", cell) else 1 for cell in texts)


def guessed(titles: Sequence[str], samples: Sequence[Sequence[str]]) -> dict[str, str]:
    """title -> field, each field once: by name, then, for a date and an amount that are needed, by what stands in the column."""
    wanted: list[tuple[int, int, str, str]] = []
    for n, title in enumerate(titles):
        if (name := bare(title)) in PLACES and not is_ours(title):
            place, code = PLACES[name]
            wanted.append((place, n, title, code))
    found: dict[str, str] = {}
    for _place, _n, title, code in sorted(wanted):
        if code not in found.values():
            found[title] = code
    for code, fits in (("awarded_on", _is_day), ("awarded", _is_amount)):
        if code not in found.values():
            for title, cells in zip(titles, samples, strict=True):
                given = [cell for cell in cells if cell.strip()]
                if title not in found and given and sum(map(fits, given)) * 5 >= len(given) * 4:
                    found[title] = code
                    break
    return {title: found[title] for title in titles if title in found}


def fingerprint(titles: Sequence[str]) -> str:
    """The same for the same titles in any order; what we add to a file of refused lines does not count."""
    names = sorted(" ".join(title.casefold().split()) for title in titles if not is_ours(title))
    return sha256("\n".join(names).encode()).hexdigest()


def is_ours(title: str) -> bool:
    """Whether we have added this column, in whatever language."""
    return title in _mending()


@cache
def _mending() -> frozenset[str]:
    found: set[str] = set()
    for language in NAMES_OF_LANGUAGES:
        with speaking(language):
            found |= {_(title) for title in MENDING}
    return frozenset(found)


def _is_day(cell: str) -> bool:
    return isinstance(cell, Day) or any(_reads(cell, style) for style in ("dmy", "mdy"))


def _reads(cell: str, style: str) -> bool:
    try:
        styles.day(cell, style)
    except NotRead:
        return False
    return True


def _is_amount(cell: str) -> bool:
    """A number of money: with decimals or a mark for thousands, or at least three digits."""
    if not re.search(r"[.,' ]\d|\d{3}", cell):
        return False
    for style in styles.NUMBERS:
        try:
            styles.amount(cell, style, "EUR")
        except NotRead:
            continue
        return not re.fullmatch(r"(19|20)\d\d", cell)  # a year
    return False
