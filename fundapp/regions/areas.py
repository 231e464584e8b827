"""The areas that branches and measures lie in: ISO 3166-2 codes with their names (domain.md 9.6)."""

AREAS: dict[str, str] = {
    "MN-1": "Ulaanbaatar",
    "MN-073": "Arkhangai",
    "MN-071": "Bayan-Ölgii",
    "MN-069": "Bayankhongor",
    "MN-067": "Bulgan",
    "MN-037": "Darkhan-Uul",
    "MN-061": "Dornod",
    "MN-063": "Dornogovi",
    "MN-059": "Dundgovi",
    "MN-065": "Govi-Altai",
    "MN-064": "Govisümber",
    "MN-039": "Khentii",
    "MN-043": "Khovd",
    "MN-041": "Khövsgöl",
    "MN-035": "Orkhon",
    "MN-053": "Ömnögovi",
    "MN-055": "Övörkhangai",
    "MN-049": "Selenge",
    "MN-051": "Sükhbaatar",
    "MN-047": "Töv",
    "MN-046": "Uvs",
    "MN-057": "Zavkhan",
}


def name(code: str) -> str:
    """The area's name; a code that is not in the list stands for itself."""
    return AREAS.get(code, code)


def suffix(code: str) -> str:
    """What stands behind the country: '073' of 'MN-073'. '000' without a region."""
    return code.partition("-")[2] or code or "000"


FACTORS: dict[str, str] = {
    "infrastructure": "Infrastructure and energy",
    "transport": "Transport and market access",
    "skills": "Labour and skills",
    "land": "Land and natural resources",
    "finance": "Finance",
    "services": "Public services and regulation",
    "business_services": "Business services",
    "value_chains": "Value chains and suppliers",
    "demand": "Demand and tourism",
    "environment": "Environment",
    "cooperation": "Cooperation and trust",
}
