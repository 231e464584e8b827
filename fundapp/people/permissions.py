"""Who may do what. RIGHTS is the whole table; the administrator's page prints it. Adding a right is one line here.

A right is (role, scope, states). Scope: own (the person's own proposal, or one of an organisation they work for), branch (of the person's branch), to check (given to
the person's branch to check, because its own cannot), assigned (given to this person by name), all. States limit it to measures in these statuses; () means any.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Any, Protocol

from fundapp.kit.i18n import mark


class Role(StrEnum):
    APPLICANT = mark("applicant")
    OFFICER = mark("officer")
    MEMBER = mark("member")
    CHAIR = mark("chair")
    MANAGER = mark("manager")
    FINANCE = mark("finance")
    AUDITOR = mark("auditor")
    ADMIN = mark("admin")


BRANCH_ROLES = frozenset({Role.OFFICER})
GRAVE_ROLES = frozenset({Role.CHAIR, Role.MANAGER, Role.FINANCE, Role.ADMIN})  # a second person confirms these


class Scope(StrEnum):
    OWN = mark("own")
    BRANCH = mark("branch")
    TO_CHECK = mark("to check")
    ASSIGNED = mark("assigned")
    ALL = mark("all")


class Action(StrEnum):
    ANYONE = mark("anyone")  # public pages
    SIGNED_IN = mark("signed in")  # one's own account
    START_PROPOSAL = mark("start a proposal")
    WRITE_PROPOSAL = mark("write a proposal")
    SUBMIT = mark("submit")
    CONFIRM_PROPOSAL = mark("confirm what was written on one's behalf")
    WITHDRAW = mark("withdraw")
    ADMIT_LATE = mark("admit late")
    RECEIVE_PAPER = mark("receive a proposal on paper")
    CORRECT = mark("correct a slip of the pen in a proposal that was sent")
    OBJECT = mark("object to a correction")
    UPHOLD_CORRECTION = mark("answer an objection to a correction")
    WITHDRAW_CONSENT = mark("withdraw a consent")
    ANSWER_CONSENT = mark("answer the withdrawal of a consent")
    GIVE_PROPOSAL = mark("give a proposal to a colleague")
    READ_CASE = mark("read the case file")
    READ_BLIND = mark("read the blind proposal")
    CHECK = mark("check eligibility")
    NOTE_HELP = mark("note who helped to write it")
    DECLARE = mark("declare a conflict of interest")
    WAIVE_CONFLICT = mark("waive a conflict of interest that a rule has found")
    ASSIGN = mark("choose who scores which proposal")
    OPEN_RATING = mark("open the rating")
    SCORE = mark("score")
    TYPE_SHEET = mark("type in a score sheet that was signed on paper")
    SEE_SCORES = mark("see all scores")
    CLOSE_RATING = mark("close the rating")
    REOPEN_RATING = mark("reopen the rating")
    REOPEN_SHEET = mark("reopen a member's signed sheet")
    TYPE_MEETING = mark("type in the meeting")
    CLOSE_MEETING = mark("close the meeting")
    VOTE = mark("vote in a meeting")
    COUNTERSIGN = mark("countersign what departs from the ranking")
    RELEASE_FEEDBACK = mark("release the committee's feedback to the applicant")
    ADD_TO_MINUTES = mark("add a correction to closed minutes")
    ASK_CLEARANCE = mark("ask a donor or board for its no-objection")
    COMPLAIN = mark("complain about a decision")
    ANSWER_COMPLAINT = mark("answer a complaint")
    ANSWER = mark("answer the committee's questions")
    PROMOTE = mark("promote from the reserve list")
    UPHOLD = mark("uphold a complaint")
    FIT_PLAN = mark("fit the plan to the award")
    ACCEPT_PLAN = mark("accept the fitted plan")
    ISSUE_CONTRACT = mark("issue the contract")
    SIGN = mark("register the signed contract")
    START = mark("start")
    SUSPEND = mark("suspend or resume")
    TERMINATE = mark("terminate")
    LAPSE = mark("let lapse")
    EXPIRE = mark("confirm an expiry")
    PREPARE_PAYMENT = mark("prepare a payment")
    AUTHORISE_PAYMENT = mark("authorise a payment")
    PAY = mark("pay")
    ENTER_RECEIPT = mark("enter receipts")
    CHECK_RECEIPT = mark("check receipts")
    SEND_REPORT = mark("send a report")
    ACCEPT_REPORT = mark("accept a report")
    SETTLE = mark("settle")
    EVALUATE = mark("evaluate")
    CLOSE = mark("close the measure")
    TAKE_BACK = mark("take back the last step")
    TAKE_OVER = mark("take over finished measures")
    NOTE_OBLIGATION = mark("note a call or a promise")
    TELL = mark("tell applicants by phone what was written to them")
    ASK_BRANCH = mark("tell the branch that something has changed, or ask to be called")
    READ_BRANCH = mark("read what is open in a branch")
    LIST_MEASURES = mark("list measures")
    READ_FUND = mark("read fund and ledger")
    MANAGE_FUND = mark("set up fund and donors")
    MANAGE_CALL = mark("set up calls")
    ANSWER_INQUIRY = mark("answer public questions about calls")
    MANAGE_COMMITTEE = mark("set up committees")
    SEE_ROUND = mark("see the rating round")
    READ_TEMPLATES = mark("read document templates")
    UPLOAD_TEMPLATE = mark("upload a template")
    ACTIVATE_TEMPLATE = mark("activate a template")
    READ_RESULTS = mark("read results and reports")
    EXPORT = mark("export")
    MANAGE_REGIONS = mark("keep regions and scorecards")
    READ_HISTORY = mark("read the whole history")
    READ_OUTBOX = mark("read the outbox")
    MANAGE_PEOPLE = mark("invite people, give and end roles")
    MANAGE_SETTINGS = mark("change what a preset says")
    START_FUND = mark("answer the questions of the first start")
    HAND_OVER = mark("hand over a person's work")
    MAKE_CODE = mark("make a one-time code for signing in")
    READ_ORGANISATION = mark("read one's organisation and its members")
    KEEP_ORGANISATION = mark("keep one's organisation and its members")
    READ_BACKUPS = mark("see the backups")
    MANAGE_BACKUPS = mark("choose where backups go, back up")


@dataclass(frozen=True)
class Right:
    role: Role
    scope: Scope
    states: frozenset[str]


class Held(Protocol):
    @property
    def role(self) -> str: ...
    @property
    def branch_id(self) -> int | None: ...


class Actor(Protocol):
    """A person, or the system. A person may have `lenders`: whom they stand in for today."""

    @property
    def id(self) -> Any: ...
    @property
    def roles(self) -> Iterable[Held]: ...


@dataclass(frozen=True)
class Lender:
    """A person somebody stands in for: their roles of the office, and the cases a conflict of interest closes to them."""

    id: int
    roles: tuple[Held, ...]
    closed: frozenset[int] = frozenset()


def _any(*roles: Role, scope: Scope = Scope.ALL) -> tuple[Right, ...]:
    return tuple(Right(role, scope, frozenset()) for role in roles)


def _in(states: str, *roles: Role, scope: Scope = Scope.ALL) -> tuple[Right, ...]:
    return tuple(Right(role, scope, frozenset(states.split())) for role in roles)


APP, BRO, MEM, CHR = Role.APPLICANT, Role.OFFICER, Role.MEMBER, Role.CHAIR
MGR, FIN, AUD, ADM = Role.MANAGER, Role.FINANCE, Role.AUDITOR, Role.ADMIN
OWN, BRANCH, TO_CHECK, ASSIGNED = Scope.OWN, Scope.BRANCH, Scope.TO_CHECK, Scope.ASSIGNED

BEFORE_CONTRACT = "draft submitted returned eligible in_rating rated deferred reserved approved"
FROM_SUBMITTED = (
    "submitted returned eligible ineligible in_rating rated approved reserved deferred rejected contracted running "
    "suspended terminated settled closed withdrawn lapsed"
)
FROM_RATED = "rated approved reserved deferred rejected contracted running suspended terminated settled closed lapsed"
FROM_APPROVED = "approved contracted running suspended terminated settled closed"
FUNDED = "contracted running suspended terminated settled"

RIGHTS: dict[Action, tuple[Right, ...]] = {
    Action.START_PROPOSAL: _any(APP, BRO),
    Action.WRITE_PROPOSAL: _in("draft returned", APP, scope=OWN) + _in("draft returned", BRO, scope=BRANCH),
    Action.SUBMIT: _in("draft returned", APP, scope=OWN) + _in("draft returned", BRO, scope=BRANCH),
    Action.CONFIRM_PROPOSAL: _in("draft returned", APP, scope=OWN),
    Action.WITHDRAW: _in(BEFORE_CONTRACT, APP, scope=OWN),
    Action.ADMIT_LATE: _in("draft", MGR),
    Action.RECEIVE_PAPER: _in("draft returned", BRO, scope=BRANCH) + _in("draft returned", MGR),
    Action.CORRECT: _in("submitted eligible in_rating rated", BRO, scope=BRANCH)
    + _in("submitted eligible in_rating rated", MGR),
    Action.UPHOLD_CORRECTION: _in("submitted eligible in_rating rated", MGR),
    Action.OBJECT: _in("submitted eligible in_rating rated", APP, scope=OWN),
    Action.WITHDRAW_CONSENT: _in(FROM_SUBMITTED, APP, scope=OWN),
    Action.ANSWER_CONSENT: _in(FROM_SUBMITTED, MGR),
    Action.GIVE_PROPOSAL: _any(APP, scope=OWN),
    Action.READ_CASE: _any(APP, scope=OWN)
    + _any(BRO, scope=BRANCH)
    + _in("submitted returned eligible ineligible", BRO, scope=TO_CHECK)
    + _any(MGR)
    + _in(FROM_RATED, CHR)
    + _in(FROM_APPROVED, FIN)
    + _in(FROM_SUBMITTED, AUD),
    Action.READ_BLIND: _in("eligible in_rating rated deferred", MEM, CHR, scope=ASSIGNED) + _in("rated", MGR),
    Action.CHECK: _in("submitted", BRO, scope=BRANCH) + _in("submitted", BRO, scope=TO_CHECK) + _in("submitted", MGR),
    Action.NOTE_HELP: _in("draft submitted returned", BRO, scope=BRANCH)
    + _in("submitted", BRO, scope=TO_CHECK)
    + _in("draft submitted returned", MGR),
    Action.DECLARE: _in("eligible in_rating rated", MEM, CHR, scope=ASSIGNED),
    Action.WAIVE_CONFLICT: _in("eligible in_rating rated", CHR),
    Action.ASSIGN: _any(CHR, MGR),
    Action.OPEN_RATING: _in("eligible", CHR, MGR),
    Action.SCORE: _in("in_rating", MEM, CHR, scope=ASSIGNED),
    Action.TYPE_SHEET: _in("in_rating", MGR),
    Action.SEE_SCORES: _in(FROM_RATED, CHR, MGR, AUD) + _in(FROM_RATED, MEM, scope=ASSIGNED),
    Action.CLOSE_RATING: _in("in_rating", CHR),
    Action.REOPEN_RATING: _in("rated", CHR),
    Action.REOPEN_SHEET: _in("in_rating", CHR),
    Action.TYPE_MEETING: _any(CHR, MGR),
    Action.CLOSE_MEETING: _any(CHR),
    Action.VOTE: _any(MEM, CHR),
    Action.COUNTERSIGN: _any(CHR),
    Action.RELEASE_FEEDBACK: _any(CHR),
    Action.ADD_TO_MINUTES: _any(CHR, MGR),
    Action.ASK_CLEARANCE: _any(MGR),
    Action.COMPLAIN: _in("ineligible rejected reserved approved", APP, scope=OWN),
    Action.ANSWER_COMPLAINT: _any(MGR),
    Action.ANSWER: _in("deferred", APP, scope=OWN),
    Action.PROMOTE: _in("reserved", MGR),
    Action.UPHOLD: _in("ineligible rejected", MGR),
    Action.FIT_PLAN: _in("approved", APP, scope=OWN) + _in("approved", BRO, scope=BRANCH) + _in("approved", MGR),
    Action.ACCEPT_PLAN: _in("approved", MGR),
    Action.ISSUE_CONTRACT: _in("approved", MGR),
    Action.SIGN: _in("approved", MGR),
    Action.START: _in("contracted", BRO, scope=BRANCH) + _in("contracted", MGR),
    Action.SUSPEND: _in("running suspended", MGR),
    Action.TERMINATE: _in("contracted running suspended", MGR),
    Action.LAPSE: _in("approved", MGR),
    Action.EXPIRE: _in("draft returned reserved", BRO, scope=BRANCH) + _in("draft returned reserved", MGR),
    Action.PREPARE_PAYMENT: _in("contracted running terminated", BRO, scope=BRANCH)
    + _in("contracted running terminated", MGR),
    Action.AUTHORISE_PAYMENT: _in("contracted running terminated", MGR),
    Action.PAY: _in("contracted running terminated", FIN),
    Action.ENTER_RECEIPT: _in("running suspended terminated", APP, scope=OWN)
    + _in("running suspended terminated", BRO, scope=BRANCH),
    Action.CHECK_RECEIPT: _in("running suspended terminated", BRO, scope=BRANCH)
    + _in("running suspended terminated", MGR, FIN),
    Action.SEND_REPORT: _in("running suspended terminated", APP, scope=OWN)
    + _in("running suspended terminated", BRO, scope=BRANCH),
    Action.ACCEPT_REPORT: _in("running suspended terminated", MGR)
    + _in("running suspended terminated", BRO, scope=BRANCH),
    Action.SETTLE: _in("running terminated", MGR, FIN),
    Action.EVALUATE: _in("running terminated settled", BRO, scope=BRANCH) + _in("running terminated settled", MGR),
    Action.CLOSE: _in("settled", MGR),
    Action.TAKE_BACK: _any(BRO, scope=BRANCH) + _any(APP, scope=OWN) + _any(MGR, CHR, FIN),
    Action.TAKE_OVER: _any(MGR, ADM),
    Action.NOTE_OBLIGATION: _any(BRO, scope=BRANCH) + _any(MGR, FIN),
    Action.TELL: _any(BRO, scope=BRANCH) + _any(MGR),
    Action.ASK_BRANCH: _in("contracted running suspended terminated settled", APP, scope=OWN),
    Action.READ_BRANCH: _any(BRO, scope=BRANCH) + _any(MGR, FIN, AUD),
    Action.LIST_MEASURES: _any(APP, BRO, CHR, MGR, FIN, AUD),
    Action.READ_FUND: _any(MGR, FIN, AUD),
    Action.MANAGE_FUND: _any(MGR),
    Action.MANAGE_CALL: _any(MGR),
    Action.ANSWER_INQUIRY: _any(MGR),
    Action.MANAGE_COMMITTEE: _any(MGR),
    Action.SEE_ROUND: _any(MEM, CHR, MGR),
    Action.READ_TEMPLATES: _any(MGR, ADM, AUD),
    Action.UPLOAD_TEMPLATE: _any(MGR),
    Action.ACTIVATE_TEMPLATE: _any(MGR, ADM),
    Action.READ_RESULTS: _any(BRO, CHR, MGR, FIN, AUD),
    Action.EXPORT: _any(MGR, FIN, AUD),
    Action.MANAGE_REGIONS: _any(BRO, scope=BRANCH) + _any(MGR),
    Action.READ_HISTORY: _any(AUD, MGR),
    Action.READ_OUTBOX: _any(ADM, MGR),
    Action.MANAGE_PEOPLE: _any(ADM),
    Action.MANAGE_SETTINGS: _any(MGR, ADM),
    Action.START_FUND: _any(ADM),
    Action.HAND_OVER: _any(ADM, MGR),
    Action.MAKE_CODE: _any(BRO, MGR),
    Action.READ_ORGANISATION: _any(APP, scope=OWN),
    Action.KEEP_ORGANISATION: _any(APP, scope=OWN),
    Action.READ_BACKUPS: _any(ADM, MGR),
    Action.MANAGE_BACKUPS: _any(ADM),
}


OFFICE = "office"
BUNDLES: dict[str, tuple[Role, ...]] = {
    OFFICE: (BRO, MGR, FIN, ADM),
    "second": (MGR, CHR),
    "committee": (MEM,),
    "reader": (AUD,),
}
"""What the four names of a small fund mean; the administrator's role comes last, because from two on grave roles are confirmed."""
BUNDLE_NAMES = {
    OFFICE: (mark("Office"), mark("helps applicants, checks, prepares and pays, keeps the accounts and this system")),
    "second": (mark("Second person"), mark("authorises what the office prepared; may lead the committee")),
    "committee": (mark("Committee"), mark("reads, scores and decides")),
    "reader": (mark("Reader"), mark("reads everything, changes nothing")),
}


NEVER_LENT = frozenset(
    {Action.MANAGE_PEOPLE, Action.HAND_OVER, Action.DECLARE, Action.READ_BLIND, Action.SCORE, Action.VOTE}
)  # what a person does only themselves: granting roles, declaring conflicts, scoring, voting


EDITOR, READER = mark("editor"), mark("reader")
READS = frozenset({Action.READ_CASE, Action.READ_ORGANISATION})  # all that a reader of an organisation may


def members_of(by: Actor) -> Mapping[int, str]:
    """The organisations that the person works for, each with editor or reader; never those of somebody they stand in for."""
    return getattr(by, "member_of", {})


def own(by: Actor, thing: Any, *, reading: bool = False) -> bool:
    """Whether `thing` is the person's own, or of an organisation they edit for; `reading`: or read for."""
    if by.id is None:
        return False
    kind = members_of(by).get(getattr(thing, "organisation_id", None) or 0)
    return getattr(thing, "owner_id", None) == by.id or kind == EDITOR or (reading and kind == READER)


def may(by: Actor, action: Action, thing: Any = None) -> bool:
    """Whether `by` may do `action` to `thing` (None: to anything at all). Asks role, scope and the thing's status.

    With the right of somebody they stand in for, if need be: then what they do from here on is recorded with both names.
    """
    if action is Action.ANYONE or (action is Action.SIGNED_IN and by.id is not None):
        return True
    if _has(by, action, thing):
        return True
    return _borrowed(by, lender(by, action, thing))


def lender(by: Actor, action: Action, thing: Any = None) -> Lender | None:
    """Whose right `by` needs for this; None when it is their own, or nobody's."""
    if action in NEVER_LENT or _has(by, action, thing):
        return None
    case = getattr(thing, "case_id", None)
    return next((one for one in lenders(by) if case not in one.closed and _has(one, action, thing)), None)


def lenders(by: Actor) -> tuple[Lender, ...]:
    return getattr(by, "lenders", ())


def closed_by_status(by: Actor, action: Action, thing: Any) -> str | None:
    """The status of `thing` when it alone stands against `action`; None when the person has no such right at all, or has it."""
    who: tuple[Actor, ...] = (by,) if action in NEVER_LENT else (by, *lenders(by))
    at_any_time = any(_has(one, action, thing, any_status=True) for one in who)
    return _status(thing) if at_any_time and not may(by, action, thing) else None


def holds(by: Actor, *roles: Role) -> bool:
    """Whether the person, or somebody they stand in for, holds one of the roles."""
    if any(held.role in roles for held in by.roles):
        return True
    return _borrowed(by, next((one for one in lenders(by) if any(held.role in roles for held in one.roles)), None))


def branches(by: Actor, *, own: bool = False) -> set[int]:
    """The branches in which the person (unless `own`: or somebody they stand in for) holds a branch role."""
    who: tuple[Actor, ...] = (by,) if own else (by, *lenders(by))
    return {
        held.branch_id for one in who for held in one.roles if held.role in BRANCH_ROLES and held.branch_id is not None
    }


def _borrowed(by: Actor, lent_by: Lender | None) -> bool:
    if lent_by is None:
        return False
    by.acts_for = lent_by.id  # type: ignore[attr-defined] # history names both
    return True


def _has(one: Actor, action: Action, thing: Any, *, any_status: bool = False) -> bool:
    return any(
        _covers(right, held, one, thing, any_status, action in READS)
        for right in RIGHTS.get(action, ())
        for held in one.roles
        if held.role == right.role
    )


def _covers(right: Right, held: Held, by: Actor, thing: Any, any_status: bool, reading: bool) -> bool:
    if thing is None:
        return True
    if right.states and not any_status and _status(thing) not in right.states:
        return False
    if right.scope is Scope.OWN:
        return own(by, thing, reading=reading)
    if right.scope is Scope.BRANCH:
        return held.branch_id is not None and getattr(thing, "branch_id", None) == held.branch_id
    if right.scope is Scope.TO_CHECK:
        return held.branch_id is not None and getattr(thing, "check_branch_id", None) == held.branch_id
    if right.scope is Scope.ASSIGNED:
        return by.id in getattr(thing, "assigned_to", ())
    return True


def _status(thing: Any) -> str | None:
    """Where the measure stands that `thing` is or belongs to."""
    return getattr(thing, "status_of_case", None) or getattr(thing, "status", None)
