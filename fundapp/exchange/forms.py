"""What a browser may send to an import, and by which names the list of measures is narrowed."""

from typing import Annotated

from pydantic import StringConstraints

from fundapp.kit.web.forms import Form


class ImportForm(Form):
    """Which fund the grants go to, by its code; blank: the fund of each funding organisation."""

    fund: Annotated[str, StringConstraints(max_length=200)] = ""


class FilterForm(Form):
    """The choices of the list of measures, as they stand in its address; any text may, and what is not known narrows nothing."""

    q: str = ""
    status: str = ""
    branch: str = ""
    fund: str = ""
    call: str = ""
    topic: str = ""
    year: str = ""
    late: str = ""
