"""Words that calls and proposals share: who may apply, which papers may be asked for, and what every measure counts."""

from fundapp.kit.i18n import mark
from fundapp.people.codes import KINDS

APPLICANTS: dict[str, str] = KINDS

ANNEXES: dict[str, str] = {
    "registration": mark("Certificate of registration"),
    "statutes": mark("Statutes"),
    "board_decision": mark("Decision of the board"),
    "offers": mark("Offers or price lists"),
    "partner_letters": mark("Letters of partners"),
    "account_proof": mark("Proof of the account holder"),
    "photos": mark("Photographs"),
    "map": mark("Map or plan"),
    "land_title": mark("Right to use the land"),
    "other": mark("Something else"),
}

SEVERAL = frozenset({"offers", "partner_letters", "photos", "other"})  # more than one of these may stand side by side

FUND_INDICATORS: dict[str, tuple[str, str]] = {
    "people_trained": (mark("People trained"), mark("persons")),
    "jobs": (mark("New jobs"), mark("full-time jobs")),
    "higher_income": (mark("People with higher incomes"), mark("persons")),
}
