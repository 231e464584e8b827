"""The life of a contract: issued, signed, or void because a newer one or an end took its place."""

from fundapp.kit.i18n import mark
from fundapp.lifecycle.steps import Step
from fundapp.people.permissions import Action

ISSUED, SIGNED, VOID = "issued", "signed", "void"

# fmt: off
FILE_SIGNED = Step(
    "file_signed", (ISSUED,), SIGNED, Action.SIGN, "grants",
    mark("File the signed copy"), mark("filed the signed copy of the contract"),
)
MAKE_VOID = Step(
    "make_void", (ISSUED,), VOID, Action.ISSUE_CONTRACT, "grants",
    mark("Issue again"), mark("made the contract void"), reason=True,
)
END_UNSIGNED = Step(
    "end_unsigned", (ISSUED,), VOID, Action.READ_CASE, "grants",
    mark("End without signature"), mark("ended the contract without signature"),
)
REOPEN = Step(
    "reopen", (SIGNED,), ISSUED, Action.TAKE_BACK, "grants",
    mark("Take the signature back"), mark("took the signature back"),
)
# fmt: on
STEPS = (FILE_SIGNED, MAKE_VOID, END_UNSIGNED, REOPEN)
