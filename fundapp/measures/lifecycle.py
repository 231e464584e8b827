"""The life of a measure as one table. README prints its diagram; a house test keeps both equal."""

from enum import StrEnum

from fundapp.kit.i18n import mark
from fundapp.lifecycle.steps import Step
from fundapp.people.permissions import Action


class Status(StrEnum):
    DRAFT = "draft"
    SUBMITTED = "submitted"
    RETURNED = "returned"
    ELIGIBLE = "eligible"
    INELIGIBLE = "ineligible"
    IN_RATING = "in_rating"
    RATED = "rated"
    APPROVED = "approved"
    RESERVED = "reserved"
    DEFERRED = "deferred"
    REJECTED = "rejected"
    CONTRACTED = "contracted"
    RUNNING = "running"
    SUSPENDED = "suspended"
    TERMINATED = "terminated"
    SETTLED = "settled"
    CLOSED = "closed"
    WITHDRAWN = "withdrawn"
    LAPSED = "lapsed"


S = Status
SAID = (  # each status in the words of `i18n.words`
    mark("draft"), mark("submitted"), mark("returned"), mark("eligible"), mark("ineligible"), mark("in rating"), mark("rated"),
    mark("approved"), mark("reserved"), mark("deferred"), mark("rejected"), mark("contracted"), mark("running"),
    mark("suspended"), mark("terminated"), mark("settled"), mark("closed"), mark("withdrawn"), mark("lapsed"),
)  # fmt: skip
FUNDED = (S.CONTRACTED, S.RUNNING, S.SUSPENDED, S.TERMINATED, S.SETTLED, S.CLOSED)  # a contract was signed
ENDED = (S.INELIGIBLE, S.REJECTED, S.WITHDRAWN, S.LAPSED, S.TERMINATED)

# fmt: off
SUBMIT = Step(
    "submit", (S.DRAFT, S.RETURNED), S.SUBMITTED, Action.SUBMIT, "measures",
    mark("Send the proposal"), mark("sent the proposal"), mark("We have your proposal."),
)
ADMIT_LATE = Step(
    "admit_late", (S.DRAFT,), S.SUBMITTED, Action.ADMIT_LATE, "measures",
    mark("Admit although late"), mark("admitted the proposal although late"), mark("Your proposal was admitted."), reason=True,
)
SEND_BACK = Step(
    "send_back", (S.SUBMITTED,), S.RETURNED, Action.CHECK, "measures",
    mark("Send back once"), mark("sent the proposal back"), mark("We need something more from you."), reason=True,
)
ACCEPT = Step(
    "accept", (S.SUBMITTED,), S.ELIGIBLE, Action.CHECK, "measures",
    mark("Accept as eligible"), mark("accepted the proposal as eligible"), mark("Your proposal fits the call and goes to the committee."),
)
TURN_DOWN = Step(
    "turn_down", (S.SUBMITTED,), S.INELIGIBLE, Action.CHECK, "measures",
    mark("Turn down"), mark("turned the proposal down"), mark("Your proposal does not fit this call."), grave=True,
)
OPEN_RATING = Step(
    "open_rating", (S.ELIGIBLE,), S.IN_RATING, Action.OPEN_RATING, "rating",
    mark("Open the rating"), mark("opened the rating"), mark("The committee is reading your proposal."),
)
CLOSE_RATING = Step(
    "close_rating", (S.IN_RATING,), S.RATED, Action.CLOSE_RATING, "rating",
    mark("Close the rating"), mark("closed the rating"),
)
REOPEN_RATING = Step(
    "reopen_rating", (S.RATED,), S.IN_RATING, Action.REOPEN_RATING, "rating",
    mark("Open a second round"), mark("opened a second round"), reason=True,
)
APPROVE = Step(
    "approve", (S.RATED,), S.APPROVED, Action.CLOSE_MEETING, "rating",
    mark("Approve"), mark("approved the measure"), mark("Good news: your measure is approved."),
)
RESERVE = Step(
    "reserve", (S.RATED,), S.RESERVED, Action.CLOSE_MEETING, "rating",
    mark("Put on the reserve list"), mark("put the measure on the reserve list"), mark("You are on the reserve list."),
)
DEFER = Step(
    "defer", (S.RATED,), S.DEFERRED, Action.CLOSE_MEETING, "rating",
    mark("Ask first"), mark("deferred with questions"), mark("The committee has questions."),
)
REJECT = Step(
    "reject", (S.RATED,), S.REJECTED, Action.CLOSE_MEETING, "rating",
    mark("Reject"), mark("did not choose the measure"), mark("Not chosen this time."),
)
ANSWER = Step(
    "answer", (S.DEFERRED,), S.IN_RATING, Action.ANSWER, "rating",
    mark("Send the answers"), mark("answered the committee’s questions"), mark("We have your answers."),
)
PROMOTE = Step(
    "promote", (S.RESERVED,), S.APPROVED, Action.PROMOTE, "rating",
    mark("Promote from the reserve list"), mark("promoted the measure from the reserve list"), mark("Good news: your measure is approved."),
)
UPHOLD_ELIGIBLE = Step(
    "uphold_eligibility", (S.INELIGIBLE,), S.ELIGIBLE, Action.UPHOLD, "rating",
    mark("Uphold the complaint"), mark("upheld the complaint"), mark("Your complaint was upheld."), reason=True,
)
UPHOLD_REJECTED = Step(
    "uphold_decision", (S.REJECTED,), S.RESERVED, Action.UPHOLD, "rating",
    mark("Uphold the complaint"), mark("upheld the complaint"), mark("Your complaint was upheld: you are first on the reserve list."), reason=True,
)
SIGN = Step(
    "sign", (S.APPROVED,), S.CONTRACTED, Action.SIGN, "grants",
    mark("File the signed contract"), mark("filed the signed contract"), mark("Your contract is signed."),
)
START = Step(
    "start", (S.CONTRACTED,), S.RUNNING, Action.START, "grants",
    mark("Note the start"), mark("noted the start"), mark("Your measure has begun."),
)
SUSPEND = Step(
    "suspend", (S.RUNNING,), S.SUSPENDED, Action.SUSPEND, "grants",
    mark("Suspend"), mark("suspended the measure"), mark("Your measure is paused."), reason=True, grave=True,
)
RESUME = Step(
    "resume", (S.SUSPENDED,), S.RUNNING, Action.SUSPEND, "grants",
    mark("Resume"), mark("resumed the measure"), mark("Your measure goes on."), reason=True,
)
TERMINATE = Step(
    "terminate", (S.CONTRACTED, S.RUNNING, S.SUSPENDED), S.TERMINATED, Action.TERMINATE, "grants",
    mark("Terminate"), mark("terminated the measure"), mark("The contract was ended early."), reason=True, grave=True,
)
SETTLE = Step(
    "settle", (S.RUNNING, S.TERMINATED), S.SETTLED, Action.SETTLE, "disbursement",
    mark("Settle"), mark("settled the measure"), mark("Your measure is settled."),
)
CLOSE = Step(
    "close", (S.SETTLED,), S.CLOSED, Action.CLOSE, "evaluation",
    mark("Close the measure"), mark("closed the measure"),
)
WITHDRAW = Step(
    "withdraw",
    (S.DRAFT, S.SUBMITTED, S.RETURNED, S.ELIGIBLE, S.IN_RATING, S.RATED, S.DEFERRED, S.RESERVED, S.APPROVED),
    S.WITHDRAWN, Action.WITHDRAW, "grants",
    mark("Withdraw the proposal"), mark("withdrew the proposal"), mark("You have withdrawn your proposal."), reason=True, grave=True,
)
LAPSE = Step(
    "lapse", (S.APPROVED,), S.LAPSED, Action.LAPSE, "grants",
    mark("Let the approval lapse"), mark("let the approval lapse"), mark("The approval has lapsed."), grave=True,
)
EXPIRE_DRAFT = Step(
    "expire", (S.DRAFT, S.RETURNED), S.WITHDRAWN, Action.EXPIRE, "measures",
    mark("Confirm that it has expired"), mark("confirmed that the proposal has expired"), mark("The deadline has passed."), grave=True,
)
EXPIRE_RESERVE = Step(
    "expire_reserve", (S.RESERVED,), S.REJECTED, Action.EXPIRE, "rating",
    mark("Confirm that the list has expired"), mark("confirmed that the reserve list has expired"), mark("The reserve list has expired."), grave=True,
)
TAKE_OVER = Step(
    "take_over", (), S.CLOSED, Action.TAKE_OVER, "exchange",
    mark("Take over finished measures"), mark("took over a finished measure"),
)

STEPS: tuple[Step, ...] = (
    SUBMIT, ADMIT_LATE, SEND_BACK, ACCEPT, TURN_DOWN, OPEN_RATING, CLOSE_RATING, REOPEN_RATING, APPROVE, RESERVE, DEFER,
    REJECT, ANSWER, PROMOTE, UPHOLD_ELIGIBLE, UPHOLD_REJECTED, SIGN, START, SUSPEND, RESUME, TERMINATE, SETTLE, CLOSE,
    WITHDRAW, LAPSE, EXPIRE_DRAFT, EXPIRE_RESERVE, TAKE_OVER,
)
# fmt: on
BY_NAME = {step.name: step for step in STEPS}
