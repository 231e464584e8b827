"""Words that calls and proposals share: who may apply and which papers may be asked for."""

from fundapp.kit.i18n import mark

APPLICANTS: dict[str, str] = {
    "ngo": mark("Non-governmental organisation"),
    "cooperative": mark("Cooperative"),
    "association": mark("Association"),
    "sme": mark("Small or medium-sized firm"),
    "group": mark("Group of citizens"),
    "municipality": mark("Town or soum administration"),
    "school": mark("School"),
    "chamber_branch": mark("Branch of the chamber"),
    "other": mark("Other"),
}

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
