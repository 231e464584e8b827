"""Words of this room that the database keeps in English; `i18n.told` says them in the reader's language."""

from fundapp.kit.i18n import keep, mark

SHEET_TITLE = keep("Rate proposal %(no)s of %(call)s")
RESERVE_TITLE = keep("Reserve list ends: %(number)s")
RESERVE_HEAD = mark("Reserve list ends")  # as lists show it
FIT_TITLE, ANSWER_TITLE = mark("Fit the plan to the award"), mark("Answer the committee’s questions")
MINUTES, PROMOTED = keep("Minutes of %(day)s"), keep("Promoted from the reserve list on %(day)s")
CLEARANCE_TITLE, COMPLAINT_TITLE = keep("No-objection to %(number)s"), keep("Complaint about %(number)s")
CLEARANCE_HEAD, COMPLAINT_HEAD = mark("No-objection"), mark("Complaint")  # as lists show them
TAKEN_BACK = keep("Decision on %(number)s taken back")
SAID = (mark("open"), mark("locked"), mark("signed"), mark("void"), mark("closed"))  # sheets and meetings

IN_WRITING = mark("In writing")  # the place of a meeting that is held by letters
WRITTEN_TITLE = keep("Answer in writing: %(call)s")
OUTCOMES: dict[str, str] = {
    "approve": mark("Approve"),
    "reserve": mark("Reserve list"),
    "defer": mark("Ask first"),
    "reject": mark("Not chosen"),
}
OTHER_GROUND = "other"  # the one that needs words of one's own
GROUNDS: dict[str, str] = {  # why a measure is not chosen, by the rules (domain.md 4.2)
    "knocked_out": mark("A criterion is below its threshold."),
    "points": mark("It has fewer points than are needed."),
    "money": mark("The money of this call is not enough."),
    "not_visible": mark("No effect can be seen within twelve months."),
    "costs": mark("The costs are not plausible."),
    OTHER_GROUND: mark("Another reason, in own words"),
}
DEPARTURES: dict[str, str] = {  # how a decision departs from the ranking: deviating.py
    "passed_over": mark("The money reaches it, and it is not approved."),
    "out_of_turn": mark("It is approved before a better one that could be funded."),
    "below": mark("It is approved with fewer points than are needed."),
    "knocked_out": mark("It is approved although a criterion is below its threshold."),
}
READ_BLIND = frozenset({"offers", "photos"})
"""Kinds of papers that are read before the names open, stripped: offers and photographs, which are about the thing.

Never what is about the applicant or the place: certificates, statutes, decisions and letters with a letterhead, the proof of the
account, the right to the land, the map, nor what a call asks for of its own and "something else": nobody knows what is in them.
"""
