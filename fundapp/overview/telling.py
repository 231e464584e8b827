"""How the history speaks: past tense for staff, by the name of the entry; steps have their words in the lifecycle table."""

from collections.abc import Mapping
from typing import Any

from fundapp.kit.i18n import gettext as _
from fundapp.kit.i18n import mark

TELLS = {
    "backups.ask": mark("asked for a backup"),
    "backups.choose_folder": mark("chose the folder for backups"),
    "backups.restore": mark("restored a backup"),
    "disbursement.accept_report": mark("accepted a report"),
    "disbursement.add_photo": mark("added the picture of a receipt"),
    "disbursement.ask_back": mark("asked about a report"),
    "disbursement.authorise": mark("authorised a payment"),
    "disbursement.cancel": mark("cancelled a payment"),
    "disbursement.check_receipt": mark("checked a receipt"),
    "disbursement.compute": mark("computed the settlement"),
    "disbursement.drop_settlement": mark("took the settlement back"),
    "disbursement.check_receipts": mark("went through a list of receipts"),
    "disbursement.enter_receipt": mark("entered a receipt"),
    "disbursement.enter_receipts": mark("entered receipts as a list"),
    "disbursement.pay": mark("paid"),
    "disbursement.prepare": mark("prepared a payment"),
    "disbursement.refund": mark("filed a refund"),
    "disbursement.return": mark("noted that the bank sent a payment back"),
    "disbursement.send_report": mark("sent a report"),
    "disbursement.write_off": mark("wrote a claim off"),
    "documents.activate": mark("activated a Word template"),
    "documents.issue": mark("wrote a document"),
    "documents.order": mark("ordered a document"),
    "documents.reorder": mark("ordered a document again"),
    "documents.upload": mark("uploaded a Word template"),
    "evaluation.answer": mark("filled in a visit"),
    "evaluation.correct": mark("corrected a visit"),
    "evaluation.photo": mark("added a photograph of a visit"),
    "evaluation.plan": mark("planned the visits"),
    "funds.add_donor": mark("added a donor"),
    "funds.answer": mark("answered a public question"),
    "funds.ask": mark("took in a public question"),
    "funds.correct_answer": mark("corrected the answer to a public question"),
    "funds.edit_call": mark("changed a call"),
    "funds.extend_deadline": mark("extended the deadline for a region"),
    "funds.open_call": mark("set up a call"),
    "funds.open_fund": mark("set up the fund"),
    "funds.publish_call": mark("published a call"),
    "funds.receive": mark("entered money from a donor"),
    "funds.set_aside": mark("set a public question aside"),
    "grants.file_signed": mark("kept the signed copy"),
    "grants.issue": mark("issued the contract"),
    "grants.reissue": mark("issued the contract again"),
    "mail.not_told": mark("took back that a message was told by phone"),
    "mail.tell": mark("told a message by phone"),
    "measures.accept_plan": mark("accepted the fitted plan"),
    "measures.answer_checks": mark("answered the eligibility checks"),
    "measures.attach": mark("added a paper"),
    "measures.confirm": mark("confirmed what was written for them"),
    "measures.declare": mark("declared about a conflict of interest"),
    "measures.edit": mark("edited the returned proposal"),
    "measures.fit_plan": mark("fitted the plan to the award"),
    "measures.remove": mark("took a paper out"),
    "measures.take_back": mark("took the last step back"),
    "people.activate": mark("let a person sign in again"),
    "people.add": mark("added a person"),
    "people.add_branch": mark("added a branch"),
    "people.add_organisation": mark("added an organisation"),
    "people.confirm_role": mark("confirmed a role"),
    "people.deactivate": mark("switched a person off"),
    "people.end_deputy": mark("ended a deputy"),
    "people.end_role": mark("ended a role"),
    "people.give_role": mark("gave a role"),
    "people.hand_over": mark("handed work over"),
    "people.name_deputy": mark("named a deputy"),
    "people.hand_back": mark("handed the work back"),
    "presets.choose": mark("chose a preset"),
    "presets.turn": mark("changed a setting"),
    "people.read": mark("read personal data"),
    "people.refused": mark("was refused"),
    "people.register": mark("registered"),
    "people.set_password": mark("set a password"),
    "people.sign_in": mark("signed in"),
    "people.sign_out": mark("signed out"),
    "people.sign_out_everywhere": mark("signed out everywhere"),
    "rating.add_member": mark("added a member to a committee"),
    "rating.change_committee": mark("changed a committee"),
    "rating.change_meeting": mark("changed what a meeting decided"),
    "rating.change_scheme": mark("changed a rating scheme"),
    "rating.close_meeting": mark("closed a meeting"),
    "rating.end_membership": mark("ended a membership"),
    "rating.hold": mark("typed in a meeting"),
    "rating.lock": mark("locked the blind scores"),
    "rating.make_scheme": mark("made a rating scheme"),
    "rating.set_up": mark("set up a committee"),
    "rating.sign": mark("signed a rating sheet"),
    "regions.add_bottleneck": mark("named a bottleneck"),
    "regions.add_year": mark("entered the figures of a branch"),
    "regions.retire_bottleneck": mark("took a bottleneck off the list"),
    "reminders.answer": mark("answered what the applicant told the branch"),
    "reminders.call_back": mark("asked to be called"),
    "reminders.changed": mark("said that something has changed"),
    "reminders.contact": mark("noted a call"),
    "reminders.take_back": mark("no longer needed an answer"),
}


def signed(names: Mapping[int, str], entry: Any) -> str:
    """Who did it, and in whose place when the right was theirs: 'A. Bold for B. Saran'."""
    name = names.get(entry.by_id or 0, _("The fund"))
    if entry.for_id is None:
        return name
    return _("%(name)s for %(other)s", name=name, other=names.get(entry.for_id, _("somebody else")))


def told(action: str) -> str:
    """'authorised a payment' for 'disbursement.authorise'; an entry without words says its name."""
    return TELLS.get(action, action.partition(".")[2].replace("_", " "))
