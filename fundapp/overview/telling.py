"""How the history speaks: past tense for staff, by the name of the entry; steps have their words in the lifecycle table."""

TELLS = {
    "disbursement.add_photo": "added the picture of a receipt",
    "disbursement.accept_report": "accepted a report",
    "disbursement.ask_back": "asked about a report",
    "disbursement.authorise": "authorised a payment",
    "disbursement.cancel": "cancelled a payment",
    "disbursement.check_receipt": "checked a receipt",
    "disbursement.compute": "computed the settlement",
    "disbursement.enter_receipt": "entered a receipt",
    "disbursement.pay": "paid",
    "disbursement.prepare": "prepared a payment",
    "disbursement.refund": "filed a refund",
    "disbursement.return": "noted that the bank sent a payment back",
    "disbursement.send_report": "sent a report",
    "disbursement.write_off": "wrote a claim off",
    "documents.issue": "wrote a document",
    "documents.order": "ordered a document",
    "documents.reorder": "ordered a document again",
    "evaluation.answer": "filled in a visit",
    "evaluation.photo": "added a photograph of a visit",
    "evaluation.plan": "planned the visits",
    "grants.file_signed": "kept the signed copy",
    "grants.issue": "issued the contract",
    "grants.reissue": "issued the contract again",
    "measures.accept_plan": "accepted the fitted plan",
    "measures.answer_checks": "answered the eligibility checks",
    "measures.attach": "added a paper",
    "measures.confirm": "confirmed what was written for them",
    "measures.declare": "declared about a conflict of interest",
    "measures.edit": "edited the returned proposal",
    "measures.fit_plan": "fitted the plan to the award",
    "measures.remove": "took a paper out",
    "measures.take_back": "took the last step back",
    "people.read": "read personal data",
    "people.refused": "was refused",
    "rating.lock": "locked the blind scores",
    "rating.sign": "signed a rating sheet",
    "reminders.contact": "noted a call",
}


def told(action: str) -> str:
    """'authorised a payment' for 'disbursement.authorise'; an entry without words says its name."""
    return TELLS.get(action, action.partition(".")[2].replace("_", " "))
