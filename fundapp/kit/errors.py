"""What can be said no with. One handler renders them all."""

from fundapp.kit.i18n import gettext as _


class FundError(Exception):
    """Anything the domain refuses."""


class Refused(FundError):
    """A verb was not carried out; `reasons` says why, all at once. Nothing was changed."""

    def __init__(self, *reasons: str, field: str | None = None) -> None:
        super().__init__("; ".join(reasons))
        self.reasons = reasons
        self.field = field


class Stale(FundError):
    """Somebody else saved first. `theirs` maps each changed field to the other text."""

    def __init__(self, theirs: dict[str, str] | None = None) -> None:
        super().__init__("somebody else has changed this in the meantime")
        self.theirs = theirs or {}


class NotFound(FundError):
    """There is no such thing, or this person may not know of it."""


class NotAllowed(FundError):
    """The person sees the thing but may not do this with it."""

    def __init__(self, reason: str = "") -> None:
        self.reason = reason or _("Your role does not include this.")
        super().__init__(self.reason)


class SignInNeeded(FundError):
    """Nobody is signed in, or the session has ended."""
