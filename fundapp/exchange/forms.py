"""What a browser may send to an import."""

from typing import Annotated

from pydantic import StringConstraints

from fundapp.kit.web.forms import Form


class ImportForm(Form):
    """Which fund the grants go to, by its code; blank: the fund of each funding organisation."""

    fund: Annotated[str, StringConstraints(max_length=200)] = ""
