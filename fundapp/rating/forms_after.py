"""What a browser may send about what follows a vote: no-objections, complaints, feedback, corrections of minutes."""

import re
from typing import Annotated, Literal

from pydantic import Field

from fundapp.kit import i18n
from fundapp.kit.i18n import gettext as _
from fundapp.kit.web.forms import Bound, Count, Day, Form, Posted, Text, Words
from fundapp.rating.afterwards import ADDRESS, Asked
from fundapp.rating.releasing import MOST

PLACES = 4  # rows to write into when somebody is asked
Answer = Literal["agreed", "objected"]


class AnswerLinkForm(Form):
    answer: Answer
    note: Text = ""
    name: Words


class PaperForm(Form):
    answer: Answer
    note: Text = ""
    name: Words


class AskForm(Form):
    due: Day | None = None
    all: Literal["yes", ""] = ""


class TakeBackForm(Form):
    because: Text = ""


class ComplaintForm(Form):
    text: Annotated[str, Field(min_length=10, max_length=5000)]


class JudgeForm(Form):
    complaint: Count
    answer: Annotated[str, Field(min_length=10, max_length=5000)]
    upheld: Literal["yes", "no"]


class FeedbackForm(Form):
    decision: Count
    feedback: Annotated[str, Field(max_length=MOST)] = ""
    anyway: Literal["yes", ""] = ""
    act: Literal["keep", "release"] = "keep"


class AddendumForm(Form):
    text: Annotated[str, Field(min_length=10, max_length=8000)]


def people(posted: Posted, form: Bound[AskForm]) -> list[Asked]:
    """Who is to be asked, from the rows `people-<n>-…`; errors and what was typed stand in the form."""
    found = []
    form.values |= {name: values[0] for name, values in posted.fields().items() if name.startswith("people-")}
    for n in range(40):
        name, email = (posted.text(f"people-{n}-{field}").strip() for field in ("name", "email"))
        if not name and not email:
            continue
        if not name:
            form.errors[f"people-{n}-name"] = _("Please write the name.")
        if not re.fullmatch(ADDRESS, email) or len(email) > 200:
            form.errors[f"people-{n}-email"] = _("Please write an e-mail address.")
        language = posted.text(f"people-{n}-language")
        found.append(Asked(name[:200], email, language if language in i18n.NAMES else "en"))
    if not found:
        form.errors["people-0-name"] = _("Please write who is asked.")
    return found
