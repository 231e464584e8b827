"""The lives of a payment and of a report."""

from fundapp.kit.i18n import mark
from fundapp.lifecycle.steps import Step
from fundapp.people.permissions import Action

PREPARED, AUTHORISED, PAID, RETURNED, CANCELLED = "prepared", "authorised", "paid", "returned", "cancelled"
DUE, SENT, ACCEPTED = "due", "sent", "accepted"
PENDING = (PREPARED, AUTHORISED)
INTERIM, FINAL = "interim", "final"
REPORT_DUTIES = {INTERIM: "disbursement.interim_report", FINAL: "disbursement.final_report"}
OPEN, EVEN, PAID_OUT, REFUNDED, WRITTEN_OFF = "open", "even", "paid_out", "refunded", "written_off"
DECIDED = (EVEN, PAID_OUT, REFUNDED, WRITTEN_OFF)  # outcomes of a settlement that leave nothing to do

SAID = (  # how payments, reports and settlements stand, in the words of `i18n.words`
    mark("prepared"), mark("authorised"), mark("paid"), mark("returned"), mark("cancelled"),
    mark("due"), mark("sent"), mark("accepted"), mark("open"), mark("even"), mark("paid out"), mark("refunded"), mark("written off"),
)  # fmt: skip

# fmt: off
AUTHORISE = Step(
    "authorise", (PREPARED,), AUTHORISED, Action.AUTHORISE_PAYMENT, "disbursement",
    mark("Authorise"), mark("authorised the payment"),
)
PAY = Step(
    "pay", (AUTHORISED,), PAID, Action.PAY, "disbursement",
    mark("Note as paid"), mark("paid"), mark("Money is on its way to you."),
)
RETURN = Step(
    "bank_returned", (PAID,), RETURNED, Action.PAY, "disbursement",
    mark("The bank returned it"), mark("noted that the bank returned the payment"), mark("The bank sent the money back."), reason=True, grave=True,
)
CANCEL = Step(
    "cancel", PENDING, CANCELLED, Action.PREPARE_PAYMENT, "disbursement",
    mark("Cancel"), mark("cancelled the payment"), reason=True, grave=True,
)
SEND_REPORT = Step(
    "send_report", (DUE,), SENT, Action.SEND_REPORT, "disbursement",
    mark("Send the report"), mark("sent the report"), mark("We have your report."),
)
ASK_BACK = Step(
    "ask_back", (SENT,), DUE, Action.ACCEPT_REPORT, "disbursement",
    mark("Ask for more"), mark("asked for more"), mark("We need one more thing."), reason=True,
)
ACCEPT_REPORT = Step(
    "accept_report", (SENT,), ACCEPTED, Action.ACCEPT_REPORT, "disbursement",
    mark("Accept the report"), mark("accepted the report"), mark("Your report is accepted."),
)
# fmt: on
PAYMENT_STEPS = (AUTHORISE, PAY, RETURN, CANCEL)
REPORT_STEPS = (SEND_REPORT, ASK_BACK, ACCEPT_REPORT)
