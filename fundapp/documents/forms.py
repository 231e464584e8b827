"""What a browser may send about documents: one Word file."""

from pathlib import PurePath

from fundapp.documents.checker import Report
from fundapp.files.store import LARGEST, TYPES, Kept, Unfit
from fundapp.kit.i18n import gettext as _
from fundapp.kit.web.forms import Bound, Form, Posted, bind


class UploadForm(Form):
    """A template as Word file, posted as `file`."""


def bound(posted: Posted, report: Report | None) -> tuple[Bound[UploadForm], Kept | None]:
    """The form, and the kept file when it can be taken. `report` is the checker's; what it says of the file as a whole refuses it."""
    form = bind(UploadForm, posted)
    received = posted.files("file")
    kept = received[0] if received else None
    if kept is None:
        form.errors["file"] = _("Please choose the Word file (.docx).")
    elif isinstance(kept, Unfit) or kept.media_type != TYPES[".docx"]:
        form.errors["file"] = _why(posted, kept)
    elif report is None:
        form.errors["file"] = _("The file could not be checked. Please send it once more.")
    elif whole := [found.message for found in report.errors if not (found.place or found.name)]:
        form.errors["file"] = " ".join(whole)
    return form, kept if form.ok else None


def _why(posted: Posted, kept: Kept | Unfit) -> str:
    """Why this is no template, in words about Word files."""
    sent = posted.form.get("file")
    name, size = str(getattr(sent, "filename", "")), int(getattr(sent, "size", None) or 0)
    suffix = PurePath(name).suffix.lower()
    if isinstance(kept, Unfit) and (size > LARGEST or size == 0):
        return str(kept)
    if suffix in {".docm", ".dotm"}:
        return _("“%(name)s” may hold macros. Open it in Word and save it as .docx, which holds none.") % {"name": name}
    if suffix == ".docx":
        return _("“%(name)s” is called a Word file but holds something else. Save it in Word as .docx.") % {
            "name": name
        }
    return _("“%(name)s” is not a Word file. Please send a .docx.") % {"name": name}
