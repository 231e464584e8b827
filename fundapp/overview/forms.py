"""What a browser may send on the plain pages."""

from typing import Annotated

from pydantic import StringConstraints

from fundapp.kit.web.forms import Because, Day, Form

Short = Annotated[str, StringConstraints(max_length=200)]
Said = Annotated[str, StringConstraints(max_length=2000)]


class BackForm(Form):
    because: Because = ""


class ContactForm(Form):
    """A call: with whom, what was said, what was promised; `done`: and with it the matter is settled."""

    spoken_to: Short = ""
    note: Because = ""
    promised: Day | None = None
    done: Short = ""
    back: str = "/"


class NoticeForm(Form):
    """What an applicant tells the branch, and where to be called."""

    words: Said = ""
    phone: Short = ""
    key: Short
