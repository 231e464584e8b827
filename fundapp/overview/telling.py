"""How the history speaks: past tense for staff, by the name of the entry; steps have their words in the lifecycle table."""

from fundapp.kit.i18n import mark

TELLS = {
    "disbursement.add_photo": mark("added the picture of a receipt"),
    "disbursement.accept_report": mark("accepted a report"),
    "disbursement.ask_back": mark("asked about a report"),
    "disbursement.authorise": mark("authorised a payment"),
    "disbursement.cancel": mark("cancelled a payment"),
    "disbursement.check_receipt": mark("checked a receipt"),
    "disbursement.compute": mark("computed the settlement"),
    "disbursement.enter_receipt": mark("entered a receipt"),
    "disbursement.pay": "paid",
    "disbursement.prepare": mark("prepared a payment"),
    "disbursement.refund": mark("filed a refund"),
    "disbursement.return": mark("noted that the bank sent a payment back"),
    "disbursement.send_report": mark("sent a report"),
    "disbursement.write_off": mark("wrote a claim off"),
    "documents.issue": mark("wrote a document"),
    "documents.order": mark("ordered a document"),
    "documents.reorder": mark("ordered a document again"),
    "evaluation.answer": mark("filled in a visit"),
    "evaluation.photo": mark("added a photograph of a visit"),
    "evaluation.plan": mark("planned the visits"),
    "grants.file_signed": mark("kept the signed copy"),
    "grants.issue": mark("issued the contract"),
    "grants.reissue": mark("issued the contract again"),
    "measures.accept_plan": mark("accepted the fitted plan"),
    "measures.answer_checks": mark("answered the eligibility checks"),
    "measures.attach": mark("added a paper"),
    "measures.confirm": mark("confirmed what was written for them"),
    "measures.declare": mark("declared about a conflict of interest"),
    "measures.edit": mark("edited the returned proposal"),
    "measures.fit_plan": mark("fitted the plan to the award"),
    "measures.remove": mark("took a paper out"),
    "measures.take_back": mark("took the last step back"),
    "people.read": mark("read personal data"),
    "people.refused": mark("was refused"),
    "rating.lock": mark("locked the blind scores"),
    "rating.sign": mark("signed a rating sheet"),
    "reminders.contact": mark("noted a call"),
}


def told(action: str) -> str:
    """'authorised a payment' for 'disbursement.authorise'; an entry without words says its name."""
    return TELLS.get(action, action.partition(".")[2].replace("_", " "))
