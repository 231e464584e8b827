"""Plain text from templates, without a request: what mails are made of."""

from datetime import date, datetime
from functools import cache
from typing import Any
from zoneinfo import ZoneInfo

from babel.dates import format_date, format_datetime
from jinja2 import Environment, FileSystemLoader, StrictUndefined

from fundapp.kit import dates, i18n, money
from fundapp.kit.places import TEMPLATES

_DAYS = {"de": "d. MMM", "mn": "M'-р сарын' d"}
_MOMENTS = {"de": "d. MMM y, HH:mm", "mn": "y\N{NO-BREAK SPACE}'оны' M'-р сарын' d, HH:mm"}


def show_date(value: date | None) -> str:
    """'9 March 2026', '9. März 2026', '2026 оны 3-р сарын 9' in the reader's language; '' for none."""
    return dates.show(value, i18n.LANGUAGE.get()) if value else ""


def show_day(value: date | None) -> str:
    """'9 Mar', '9. März', '3-р сарын 9'; '' for none."""
    language = i18n.LANGUAGE.get()
    return str(format_date(value, _DAYS.get(language, "d MMM"), locale=language)) if value else ""


def show_moment(value: datetime | None, zone: str) -> str:
    """'9 Mar 2026, 17:05' in the reader's language and in `zone`; '' for none."""
    if value is None:
        return ""
    language = i18n.LANGUAGE.get()
    pattern = _MOMENTS.get(language, "d MMM y, HH:mm")
    return str(format_datetime(value.astimezone(ZoneInfo(zone)), pattern, locale=language))


def show_points(score: int | None) -> str:
    """A score in tenths of a thousandth of a point, with one decimal: 696667 -> 69.7, in German 69,7."""
    return "" if score is None else i18n.number((score + 500) // 1000 / 10, 1)


def show_percent(tenths: int) -> str:
    return f"{i18n.number(tenths / 10, 1)} %"


def show_words(code: str) -> str:
    """A code by itself, such as a status: in_rating -> 'In rating'."""
    text = i18n.words(code)
    return text[:1].upper() + text[1:]


def filters(zone: str) -> dict[str, Any]:
    """The filters that pages and mails share; moments are shown in `zone` unless another is given."""
    return {
        "money": lambda amount, currency: money.show(amount, currency, i18n.LANGUAGE.get()),
        "money_short": lambda amount, currency: money.show(amount, currency, i18n.LANGUAGE.get(), short=True),
        "date": show_date,
        "day": show_day,
        "moment": lambda value, other=None: show_moment(value, other or zone),
        "in_currency": lambda amount, currency: money.show(
            amount, currency, i18n.LANGUAGE.get(), with_currency=True, short=True
        ),
        "named": i18n.named,
        "percent": show_percent,
        "points": show_points,
        "number": i18n.number,
        "called": i18n.called,
        "told": i18n.told,
        "words": show_words,
        "divided": lambda score: score / 10000,
    }


BASE = "{BASE_URL}"  # stands in a text until it is sent: the address may change while mail waits


@cache
def environment() -> Environment:
    env = Environment(
        loader=FileSystemLoader(TEMPLATES),
        autoescape=False,  # noqa: S701 - plain text; what comes from people has no line breaks removed, nothing is a link
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        extensions=["jinja2.ext.i18n"],
    )
    env.install_gettext_callables(i18n.gettext, i18n.plural, newstyle=True)  # type: ignore[attr-defined]
    env.filters.update(filters("UTC"))
    env.globals["base_url"] = BASE
    return env


def written(name: str) -> bool:
    """Whether there is such a template under templates/."""
    return (TEMPLATES / name).is_file()


def text(name: str, **fields: Any) -> str:
    """The template `name` under templates/, rendered as plain text in the language of the moment."""
    return environment().get_template(name).render(**fields)
