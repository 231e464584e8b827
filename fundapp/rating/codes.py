"""Words of this room that the database keeps in English; `i18n.told` says them in the reader's language."""

from fundapp.kit.i18n import keep, mark

SHEET_TITLE = keep("Rate proposal %(no)s of %(call)s")
RESERVE_TITLE = keep("Reserve list ends: %(number)s")
RESERVE_HEAD = mark("Reserve list ends")  # as lists show it
FIT_TITLE, ANSWER_TITLE = mark("Fit the plan to the award"), mark("Answer the committee’s questions")
MINUTES, PROMOTED = keep("Minutes of %(day)s"), keep("Promoted from the reserve list on %(day)s")
TAKEN_BACK = keep("Decision on %(number)s taken back")
SAID = (mark("open"), mark("locked"), mark("signed"), mark("void"), mark("closed"))  # sheets and meetings
