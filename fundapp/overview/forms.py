"""What a browser may send on the plain pages."""

from typing import Annotated

from pydantic import StringConstraints

from fundapp.kit.web.forms import Because, Day, Form

Short = Annotated[str, StringConstraints(max_length=200)]


class BackForm(Form):
    because: Because = ""


class ContactForm(Form):
    spoken_to: Short = ""
    note: Because = ""
    promised: Day | None = None
    back: str = "/"
