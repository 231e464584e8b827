"""The lives of a payment and of a report."""

from fundapp.lifecycle.steps import Step
from fundapp.people.permissions import Action

PREPARED, AUTHORISED, PAID, RETURNED, CANCELLED = "prepared", "authorised", "paid", "returned", "cancelled"
DUE, SENT, ACCEPTED = "due", "sent", "accepted"
PENDING = (PREPARED, AUTHORISED)
INTERIM, FINAL = "interim", "final"
REPORT_DUTIES = {INTERIM: "disbursement.interim_report", FINAL: "disbursement.final_report"}
OPEN, EVEN, PAID_OUT, REFUNDED, WRITTEN_OFF = "open", "even", "paid_out", "refunded", "written_off"
DECIDED = (EVEN, PAID_OUT, REFUNDED, WRITTEN_OFF)  # outcomes of a settlement that leave nothing to do

# fmt: off
AUTHORISE = Step(
    "authorise", (PREPARED,), AUTHORISED, Action.AUTHORISE_PAYMENT, "disbursement",
    "Authorise", "authorised the payment",
)
PAY = Step(
    "pay", (AUTHORISED,), PAID, Action.PAY, "disbursement",
    "Note as paid", "paid", "Money is on its way to you.",
)
RETURN = Step(
    "bank_returned", (PAID,), RETURNED, Action.PAY, "disbursement",
    "The bank returned it", "noted that the bank returned the payment", "The bank sent the money back.", reason=True, grave=True,
)
CANCEL = Step(
    "cancel", PENDING, CANCELLED, Action.PREPARE_PAYMENT, "disbursement",
    "Cancel", "cancelled the payment", reason=True, grave=True,
)
SEND_REPORT = Step(
    "send_report", (DUE,), SENT, Action.SEND_REPORT, "disbursement",
    "Send the report", "sent the report", "We have your report.",
)
ASK_BACK = Step(
    "ask_back", (SENT,), DUE, Action.ACCEPT_REPORT, "disbursement",
    "Ask for more", "asked for more", "We need one more thing.", reason=True,
)
ACCEPT_REPORT = Step(
    "accept_report", (SENT,), ACCEPTED, Action.ACCEPT_REPORT, "disbursement",
    "Accept the report", "accepted the report", "Your report is accepted.",
)
# fmt: on
PAYMENT_STEPS = (AUTHORISE, PAY, RETURN, CANCEL)
REPORT_STEPS = (SEND_REPORT, ASK_BACK, ACCEPT_REPORT)
