"""What a browser may send on the plain pages."""

from typing import Annotated, Literal
from zoneinfo import available_timezones

from pydantic import AfterValidator, Field, StringConstraints

from fundapp.kit.i18n import gettext as _
from fundapp.kit.web.forms import Amount, Because, Count, Day, Form, Words
from fundapp.overview.starting import Answers

Short = Annotated[str, StringConstraints(max_length=200)]
Said = Annotated[str, StringConstraints(max_length=2000)]


def _zone(name: str) -> str:
    if name not in available_timezones():
        raise ValueError(_("This is not a time zone. Write Asia/Ulaanbaatar or Europe/Berlin, for example."))
    return name


class BackForm(Form):
    because: Because = ""


class ContactForm(Form):
    """A call: with whom, what was said, what was promised; `done`: and with it the matter is settled."""

    spoken_to: Short = ""
    note: Because = ""
    promised: Day | None = None
    done: Short = ""
    back: str = "/"


class TellForm(Form):
    """That a message was told by phone, or was not; `back`: the page to go on with."""

    back: str = "/messages"


class NoticeForm(Form):
    """What an applicant tells the branch, and where to be called."""

    words: Said = ""
    phone: Short = ""
    key: Short


class HandOverForm(Form):
    """To whom, which roles and seats, and whether the person leaves."""

    to: Count
    roles: list[Count] = Field(default_factory=list)
    seats: list[Count] = Field(default_factory=list)
    leaves: Literal["yes"] | None = None


class SettingForm(Form):
    """A switch is set; `whole`: the settings of the installation too."""

    value: Short
    fund: Count = 0
    whole: Literal["yes"] | None = None


class StartForm(Form):
    """The five questions of the first start."""

    name: Words
    currency: Annotated[str, StringConstraints(pattern=r"^[A-Z]{3}$", to_upper=True)]
    zone: Annotated[str, AfterValidator(_zone)]
    donor: Words
    amount: Amount | None = None
    arrived_on: Day
    bank_reference: Short = ""
    staff: Annotated[Count, Field(ge=1, le=9999)]
    preset: Literal["", "small", "national"] = ""
    donor_rules: Literal["none", "bmz"] = "none"
    folder: Annotated[str, StringConstraints(min_length=1, max_length=500)]

    def answers(self) -> Answers:
        return Answers(**self.model_dump())


PLACES = {"code": "name"}  # where a verb's refusal stands on the page
