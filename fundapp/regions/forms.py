"""What a browser may send about a branch's region."""

from typing import Annotated

from pydantic import AfterValidator, Field

from fundapp.kit.web.forms import Amount, Count, Day, Form, Words
from fundapp.regions.areas import FACTORS


def _known(code: str) -> str:
    if code not in FACTORS:
        raise ValueError("Please choose one of the answers given.")
    return code


Factor = Annotated[str, AfterValidator(_known)]


class BottleneckForm(Form):
    title: Words
    factor: Factor
    severity: Annotated[Count, Field(ge=1, le=5)]
    reach: Annotated[Count, Field(ge=1, le=5)]
    changeable: Annotated[Count, Field(ge=0, le=2)]
    named_on: Day


class YearForm(Form):
    year: Count
    members: Count
    staff: Count
    dues: Amount
    service_income: Amount
