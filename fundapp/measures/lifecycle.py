"""The life of a measure as one table. README prints its diagram; a house test keeps both equal."""

from enum import StrEnum

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
FUNDED = (S.CONTRACTED, S.RUNNING, S.SUSPENDED, S.TERMINATED, S.SETTLED, S.CLOSED)  # a contract was signed
ENDED = (S.INELIGIBLE, S.REJECTED, S.WITHDRAWN, S.LAPSED, S.TERMINATED)

# fmt: off
SUBMIT = Step(
    "submit", (S.DRAFT, S.RETURNED), S.SUBMITTED, Action.SUBMIT, "measures",
    "Send the proposal", "sent the proposal", "We have your proposal.",
)
ADMIT_LATE = Step(
    "admit_late", (S.DRAFT,), S.SUBMITTED, Action.ADMIT_LATE, "measures",
    "Admit although late", "admitted the proposal although late", "Your proposal was admitted.", reason=True,
)
SEND_BACK = Step(
    "send_back", (S.SUBMITTED,), S.RETURNED, Action.CHECK, "measures",
    "Send back once", "sent the proposal back", "We need something more from you.", reason=True,
)
ACCEPT = Step(
    "accept", (S.SUBMITTED,), S.ELIGIBLE, Action.CHECK, "measures",
    "Accept as eligible", "accepted the proposal as eligible", "Your proposal fits the call and goes to the committee.",
)
TURN_DOWN = Step(
    "turn_down", (S.SUBMITTED,), S.INELIGIBLE, Action.CHECK, "measures",
    "Turn down", "turned the proposal down", "Your proposal does not fit this call.", grave=True,
)
OPEN_RATING = Step(
    "open_rating", (S.ELIGIBLE,), S.IN_RATING, Action.OPEN_RATING, "rating",
    "Open the rating", "opened the rating", "The committee is reading your proposal.",
)
CLOSE_RATING = Step(
    "close_rating", (S.IN_RATING,), S.RATED, Action.CLOSE_RATING, "rating",
    "Close the rating", "closed the rating",
)
REOPEN_RATING = Step(
    "reopen_rating", (S.RATED,), S.IN_RATING, Action.REOPEN_RATING, "rating",
    "Open a second round", "opened a second round", reason=True,
)
APPROVE = Step(
    "approve", (S.RATED,), S.APPROVED, Action.CLOSE_MEETING, "rating",
    "Approve", "approved the measure", "Good news: your measure is approved.",
)
RESERVE = Step(
    "reserve", (S.RATED,), S.RESERVED, Action.CLOSE_MEETING, "rating",
    "Put on the reserve list", "put the measure on the reserve list", "You are on the reserve list.",
)
DEFER = Step(
    "defer", (S.RATED,), S.DEFERRED, Action.CLOSE_MEETING, "rating",
    "Ask first", "deferred with questions", "The committee has questions.",
)
REJECT = Step(
    "reject", (S.RATED,), S.REJECTED, Action.CLOSE_MEETING, "rating",
    "Reject", "did not choose the measure", "Not chosen this time.",
)
ANSWER = Step(
    "answer", (S.DEFERRED,), S.IN_RATING, Action.ANSWER, "rating",
    "Send the answers", "answered the committee’s questions", "We have your answers.",
)
PROMOTE = Step(
    "promote", (S.RESERVED,), S.APPROVED, Action.PROMOTE, "rating",
    "Promote from the reserve list", "promoted the measure from the reserve list", "Good news: your measure is approved.",
)
UPHOLD_ELIGIBLE = Step(
    "uphold_eligibility", (S.INELIGIBLE,), S.ELIGIBLE, Action.UPHOLD, "rating",
    "Uphold the complaint", "upheld the complaint", "Your complaint was upheld.", reason=True,
)
UPHOLD_REJECTED = Step(
    "uphold_decision", (S.REJECTED,), S.RESERVED, Action.UPHOLD, "rating",
    "Uphold the complaint", "upheld the complaint", "Your complaint was upheld: you are first on the reserve list.", reason=True,
)
SIGN = Step(
    "sign", (S.APPROVED,), S.CONTRACTED, Action.SIGN, "grants",
    "File the signed contract", "filed the signed contract", "Your contract is signed.",
)
START = Step(
    "start", (S.CONTRACTED,), S.RUNNING, Action.START, "grants",
    "Note the start", "noted the start", "Your measure has begun.",
)
SUSPEND = Step(
    "suspend", (S.RUNNING,), S.SUSPENDED, Action.SUSPEND, "grants",
    "Suspend", "suspended the measure", "Your measure is paused.", reason=True, grave=True,
)
RESUME = Step(
    "resume", (S.SUSPENDED,), S.RUNNING, Action.SUSPEND, "grants",
    "Resume", "resumed the measure", "Your measure goes on.", reason=True,
)
TERMINATE = Step(
    "terminate", (S.CONTRACTED, S.RUNNING, S.SUSPENDED), S.TERMINATED, Action.TERMINATE, "grants",
    "Terminate", "terminated the measure", "The contract was ended early.", reason=True, grave=True,
)
SETTLE = Step(
    "settle", (S.RUNNING, S.TERMINATED), S.SETTLED, Action.SETTLE, "disbursement",
    "Settle", "settled the measure", "Your measure is settled.",
)
CLOSE = Step(
    "close", (S.SETTLED,), S.CLOSED, Action.CLOSE, "evaluation",
    "Close the measure", "closed the measure",
)
WITHDRAW = Step(
    "withdraw",
    (S.DRAFT, S.SUBMITTED, S.RETURNED, S.ELIGIBLE, S.IN_RATING, S.RATED, S.DEFERRED, S.RESERVED, S.APPROVED),
    S.WITHDRAWN, Action.WITHDRAW, "grants",
    "Withdraw the proposal", "withdrew the proposal", "You have withdrawn your proposal.", reason=True, grave=True,
)
LAPSE = Step(
    "lapse", (S.APPROVED,), S.LAPSED, Action.LAPSE, "grants",
    "Let the approval lapse", "let the approval lapse", "The approval has lapsed.", grave=True,
)
EXPIRE_DRAFT = Step(
    "expire", (S.DRAFT, S.RETURNED), S.WITHDRAWN, Action.EXPIRE, "measures",
    "Confirm that it has expired", "confirmed that the proposal has expired", "The deadline has passed.", grave=True,
)
EXPIRE_RESERVE = Step(
    "expire_reserve", (S.RESERVED,), S.REJECTED, Action.EXPIRE, "rating",
    "Confirm that the list has expired", "confirmed that the reserve list has expired", "The reserve list has expired.", grave=True,
)
TAKE_OVER = Step(
    "take_over", (), S.CLOSED, Action.TAKE_OVER, "exchange",
    "Take over finished measures", "took over a finished measure",
)

STEPS: tuple[Step, ...] = (
    SUBMIT, ADMIT_LATE, SEND_BACK, ACCEPT, TURN_DOWN, OPEN_RATING, CLOSE_RATING, REOPEN_RATING, APPROVE, RESERVE, DEFER,
    REJECT, ANSWER, PROMOTE, UPHOLD_ELIGIBLE, UPHOLD_REJECTED, SIGN, START, SUSPEND, RESUME, TERMINATE, SETTLE, CLOSE,
    WITHDRAW, LAPSE, EXPIRE_DRAFT, EXPIRE_RESERVE, TAKE_OVER,
)
# fmt: on
BY_NAME = {step.name: step for step in STEPS}
