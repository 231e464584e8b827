"""The areas that branches and measures lie in: ISO 3166-2 codes with their names in our languages (domain.md 9.6)."""

from fundapp.kit import i18n
from fundapp.kit.i18n import mark

AREAS: dict[str, dict[str, str]] = {
    "MN-073": {"en": "Arkhangai", "de": "Archangai", "mn": "Архангай"},
    "MN-071": {"en": "Bayan-Ölgii", "de": "Bajan-Ölgii", "mn": "Баян-Өлгий"},
    "MN-069": {"en": "Bayankhongor", "de": "Bajanchongor", "mn": "Баянхонгор"},
    "MN-067": {"en": "Bulgan", "de": "Bulgan", "mn": "Булган"},
    "MN-037": {"en": "Darkhan-Uul", "de": "Darchan-Uul", "mn": "Дархан-Уул"},
    "MN-061": {"en": "Dornod", "de": "Dornod", "mn": "Дорнод"},
    "MN-063": {"en": "Dornogovi", "de": "Dorno-Gobi", "mn": "Дорноговь"},
    "MN-059": {"en": "Dundgovi", "de": "Dund-Gobi", "mn": "Дундговь"},
    "MN-065": {"en": "Govi-Altai", "de": "Gobi-Altai", "mn": "Говь-Алтай"},
    "MN-064": {"en": "Govisümber", "de": "Gobi-Sümber", "mn": "Говьсүмбэр"},
    "MN-039": {"en": "Khentii", "de": "Chentii", "mn": "Хэнтий"},
    "MN-043": {"en": "Khovd", "de": "Chowd", "mn": "Ховд"},
    "MN-041": {"en": "Khövsgöl", "de": "Chöwsgöl", "mn": "Хөвсгөл"},
    "MN-035": {"en": "Orkhon", "de": "Orchon", "mn": "Орхон"},
    "MN-049": {"en": "Selenge", "de": "Selenge", "mn": "Сэлэнгэ"},
    "MN-051": {"en": "Sükhbaatar", "de": "Süchbaatar", "mn": "Сүхбаатар"},
    "MN-047": {"en": "Töv", "de": "Töw", "mn": "Төв"},
    "MN-1": {"en": "Ulaanbaatar", "de": "Ulan Bator", "mn": "Улаанбаатар"},
    "MN-046": {"en": "Uvs", "de": "Uws", "mn": "Увс"},
    "MN-057": {"en": "Zavkhan", "de": "Dsawchan", "mn": "Завхан"},
    "MN-053": {"en": "Ömnögovi", "de": "Ömnö-Gobi", "mn": "Өмнөговь"},
    "MN-055": {"en": "Övörkhangai", "de": "Öwörchangai", "mn": "Өвөрхангай"},
}


PLACES: dict[str, tuple[int, int]] = {
    "MN-071": (1, 1), "MN-046": (1, 2), "MN-041": (1, 3), "MN-067": (1, 4), "MN-049": (1, 5), "MN-037": (1, 6),
    "MN-043": (2, 1), "MN-057": (2, 2), "MN-073": (2, 3), "MN-035": (2, 4), "MN-1": (2, 5), "MN-039": (2, 6), "MN-061": (2, 7),
    "MN-065": (3, 2), "MN-069": (3, 3), "MN-055": (3, 4), "MN-047": (3, 5), "MN-064": (3, 6), "MN-051": (3, 7),
    "MN-053": (4, 4), "MN-059": (4, 5), "MN-063": (4, 6),
}  # fmt: skip
"""About where an area lies on a map of tiles: row from the north, column from the west."""


def name(code: str) -> str:
    """The area's name in the language of the moment; a code that is not in the list stands for itself."""
    names = AREAS.get(code, {})
    return names.get(i18n.LANGUAGE.get()) or names.get("en", code)


def named() -> dict[str, str]:
    """code -> name of every area in the language of the moment, in the order of its alphabet."""
    return dict(sorted(((code, name(code)) for code in AREAS), key=lambda area: i18n.by_name(area[1])))


def suffix(code: str) -> str:
    """What stands behind the country: '073' of 'MN-073'. '000' without a region."""
    return code.partition("-")[2] or code or "000"


FACTORS: dict[str, str] = {
    "infrastructure": mark("Infrastructure and energy"),
    "transport": mark("Transport and market access"),
    "skills": mark("Labour and skills"),
    "land": mark("Land and natural resources"),
    "finance": mark("Finance"),
    "services": mark("Public services and regulation"),
    "business_services": mark("Business services"),
    "value_chains": mark("Value chains and suppliers"),
    "demand": mark("Demand and tourism"),
    "environment": mark("Environment"),
    "cooperation": mark("Cooperation and trust"),
}
