"""Kinds of organisations, and their sectors."""

from fundapp.kit.i18n import mark

KINDS: dict[str, str] = {
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
SAID = (  # inside a sentence
    mark("ngo"), mark("cooperative"), mark("association"), mark("sme"), mark("group"), mark("municipality"),
    mark("school"), mark("chamber branch"), mark("other"), mark("private"), mark("public"), mark("semi public"),
)  # fmt: skip
