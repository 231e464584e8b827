"""What a browser may send to an import, and by which names the list of measures is narrowed."""

from typing import Annotated, Literal

from pydantic import Field, StringConstraints

from fundapp.exchange.cells import Layout
from fundapp.exchange.columns import AMOUNTS, DATES
from fundapp.exchange.delimited import DELIMITERS
from fundapp.kit.web.forms import Because, Count, Form

Short = Annotated[str, StringConstraints(max_length=200)]


class ImportForm(Form):
    """Which fund the grants go to, by its code; blank: the fund of each funding organisation."""

    fund: Short = ""


class ReadingForm(Form):
    """How a file is read. What each column is comes as columns-<n>-is; `do` is the button: again or check."""

    version: Count
    encoding: Literal["", "utf-8", "utf-16", "utf-16-le", "utf-16-be", "cp1252", "cp1251", "mac_roman"] = ""
    delimiter: Literal["", "comma", "semicolon", "tab", "bar"] = ""
    sheet: Short = ""
    header: Annotated[Count, Field(ge=1)] = 1
    fund: Short = ""
    currency: Annotated[str, StringConstraints(to_upper=True, max_length=20)] = ""
    style_awarded: Literal["", "point", "comma"] = ""
    style_applied_for: Literal["", "point", "comma"] = ""
    style_awarded_on: Literal["", "ymd", "dmy", "mdy", "serial"] = ""
    style_starts_on: Literal["", "ymd", "dmy", "mdy", "serial"] = ""
    style_ends_on: Literal["", "ymd", "dmy", "mdy", "serial"] = ""
    twins: Literal["", "yes"] = ""
    do: Literal["", "again", "check"] = ""

    def layout(self, before: Layout) -> Layout:
        """Where the table stands now; what was not asked stays."""
        if before.is_workbook:
            return Layout(sheet=self.sheet or before.sheet, header=self.header)
        return Layout(
            self.encoding or before.encoding, DELIMITERS.get(self.delimiter, before.delimiter), header=self.header
        )

    def written(self) -> dict[str, str]:
        """Field -> style, as far as it was said."""
        said = self.model_dump(include={f"style_{code}" for code in (*AMOUNTS, *DATES)})
        return {name.removeprefix("style_"): style for name, style in said.items()}


class TakeForm(Form):
    """Takes over what was looked at: the version says that nothing was changed since."""

    version: Count


class UndoForm(Form):
    because: Because = ""


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
