"""Words that calls and proposals share: who may apply and which papers may be asked for."""

APPLICANTS: dict[str, str] = {
    "ngo": "Non-governmental organisation",
    "cooperative": "Cooperative",
    "association": "Association",
    "sme": "Small or medium-sized firm",
    "group": "Group of citizens",
    "municipality": "Town or soum administration",
    "school": "School",
    "chamber_branch": "Branch of the chamber",
    "other": "Other",
}

ANNEXES: dict[str, str] = {
    "registration": "Certificate of registration",
    "statutes": "Statutes",
    "board_decision": "Decision of the board",
    "offers": "Offers or price lists",
    "partner_letters": "Letters of partners",
    "account_proof": "Proof of the account holder",
    "photos": "Photographs",
    "map": "Map or plan",
    "land_title": "Right to use the land",
    "other": "Something else",
}

SEVERAL = frozenset({"offers", "partner_letters", "photos", "other"})  # more than one of these may stand side by side
