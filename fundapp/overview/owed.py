"""What each kind of obligation asks, of whom, and where it is done: the words of the work lists. English, translated when shown."""

from dataclasses import dataclass

from fundapp.kit.i18n import mark
from fundapp.people.permissions import Action

APPLICANT, BRANCH, MANAGER, FINANCE = "applicant", "branch", "manager", "finance"


@dataclass(frozen=True)
class Owed:
    """`what`: as a verb, for who does it; `ask`: for staff while the applicant owes it; `others`: for who only waits.

    `group`: how the first line counts it. `action`: the right without which it is not one's own.
    """

    what: str
    by: str
    group: str
    url: str
    action: Action | None = None
    ask: str = ""
    others: str = ""


def _applicant(what: str, url: str, ask: str, others: str) -> Owed:
    return Owed(what, APPLICANT, "call", url, None, ask, others)


REPORT = "/disbursement/reports/{id}"
PAYMENT = "/disbursement/payments/{id}"
OWED: dict[str, Owed] = {
    "funds.inquiry": Owed(
        mark("Answer a public question"), MANAGER, "other", "/funds/inquiries/{id}", Action.ANSWER_INQUIRY,
        others=mark("Head office answers a public question"),
    ),
    "measures.check": Owed(
        mark("Check eligibility"), BRANCH, "check", "/measures/{case}/check", Action.CHECK,
        others=mark("The branch checks eligibility"),
    ),
    "measures.expire": Owed(
        mark("Confirm that it has expired"), BRANCH, "other", "/cases/{case}", Action.EXPIRE,
        others=mark("The branch confirms that it has expired"),
    ),
    "measures.consent": Owed(
        mark("Answer a consent that was withdrawn"), MANAGER, "other", "/measures/{case}/after#consents", Action.ANSWER_CONSENT,
        others=mark("Head office answers the withdrawal of a consent"),
    ),
    "measures.objection": Owed(
        mark("Answer an objection to a correction"), MANAGER, "other", "/measures/{case}/office", Action.UPHOLD_CORRECTION,
        others=mark("Head office answers an objection"),
    ),
    "measures.answer": _applicant(
        mark("Add what is missing and send again"), "/measures/{case}/review",
        mark("Ask for what is missing"), mark("The applicant adds what is missing"),
    ),
    "measures.fit": _applicant(
        mark("Fit the plan to the award"), "/measures/{case}/fit",
        mark("Ask for the fitted plan"), mark("The applicant fits the plan to the award"),
    ),
    "rating.answer": _applicant(
        mark("Answer the committee’s questions"), "/rating/measures/{id}/answer",
        mark("Ask for the answers to the committee"), mark("The applicant answers the committee"),
    ),
    "rating.reserve": Owed(
        mark("Promote from the reserve list, or let it end"), MANAGER, "decide", "/cases/{case}", Action.PROMOTE,
        others=mark("Head office decides about the reserve list"),
    ),
    "rating.clearance": Owed(
        mark("Get the no-objection"), MANAGER, "decide", "/rating/measures/{case}/clearance", Action.ASK_CLEARANCE,
        others=mark("Head office waits for a no-objection"),
    ),
    "rating.complaint": Owed(
        mark("Answer a complaint"), MANAGER, "decide", "/rating/measures/{case}/complaints", Action.ANSWER_COMPLAINT,
        others=mark("Head office answers a complaint"),
    ),
    "grants.signature": Owed(
        mark("Bring the contract to signature"), MANAGER, "sign", "/grants/measures/{case}", Action.SIGN,
        others=mark("Head office brings the contract to signature"),
    ),
    "grants.review": Owed(
        mark("Look at the pause"), MANAGER, "other", "/grants/measures/{case}", Action.SUSPEND,
        others=mark("Head office looks at the pause"),
    ),
    "disbursement.interim_report": _applicant(
        mark("Write the interim report"), REPORT, mark("Ask for the interim report"), mark("The applicant writes the interim report"),
    ),
    "disbursement.final_report": _applicant(
        mark("Write the final report"), REPORT, mark("Ask for the final report"), mark("The applicant writes the final report"),
    ),
    "disbursement.check_report": Owed(
        mark("Check the report"), BRANCH, "read", REPORT, Action.ACCEPT_REPORT, others=mark("The branch reads the report"),
    ),
    "disbursement.authorise": Owed(
        mark("Authorise the payment"), MANAGER, "authorise", PAYMENT, Action.AUTHORISE_PAYMENT,
        others=mark("A second person authorises the payment"),
    ),
    "disbursement.pay": Owed(
        mark("Pay"), FINANCE, "pay", PAYMENT, Action.PAY, others=mark("The payment goes to the bank"),
    ),
    "disbursement.refund": _applicant(
        mark("Pay back the rest"), "/disbursement/measures/{case}/settlement",
        mark("Ask for the money to be paid back"), mark("The applicant pays back the rest"),
    ),
    "evaluation.visit": Owed(
        mark("Visit, and note what is still working"), BRANCH, "visit", "/evaluation/{id}", Action.EVALUATE,
        others=mark("The branch visits"),
    ),
    "reminders.changed": Owed(
        mark("Answer: something has changed"), BRANCH, "call", "/cases/{case}", Action.NOTE_OBLIGATION,
        others=mark("The branch answers: something has changed"),
    ),
    "reminders.call_back": Owed(
        mark("Call back"), BRANCH, "call", "/cases/{case}", Action.NOTE_OBLIGATION, others=mark("The branch calls back"),
    ),
}  # fmt: skip
OF_APPLICANTS = tuple(kind for kind, owed in OWED.items() if owed.by == APPLICANT)
BY_HAND = ("reminders.changed", "reminders.call_back")  # done by a tick in the row; all others by their own step
