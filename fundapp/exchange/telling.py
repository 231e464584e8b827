"""How the list of measures says what figures of the results it is narrowed to."""

from fundapp.kit.i18n import gettext as _
from fundapp.kit.i18n import mark

COUNTED = {
    "ended": mark("contracted, and their funding has ended"),
    "running": mark("contracted, funding has not ended"),
    "people_trained": mark("with people trained"),
    "jobs": mark("with new jobs"),
    "higher_income": mark("with higher incomes"),
    "effective": mark("whose visit at the end is due"),
}
ANSWERS = {
    "due": mark("visit due"),
    "yes": mark("still effective"),
    "partly": mark("partly effective"),
    "no": mark("not effective any more"),
    "unknown": mark("not reached or not answered"),
}


def told_answer(asked: str) -> str:
    """'yes-12': still effective, 12 months after the end."""
    answer, _dash, months = asked.partition("-")
    if not months:
        return _(ANSWERS[answer])
    if months == "0":
        return _("%(answer)s, at the end of funding", answer=_(ANSWERS[answer]))
    return _("%(answer)s, %(months)s months after the end", answer=_(ANSWERS[answer]), months=months)
