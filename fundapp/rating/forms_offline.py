"""What a browser may send of sheets in Word, of sheets on paper, and of who scores what."""

import json

from fundapp.kit.web.forms import Posted, legible


def chosen(posted: Posted) -> set[str]:
    """The names of the differences to take from the file: ticked, or chosen where both sides were changed."""
    both = {name.removeprefix("both-") for name in posted.fields() if name.startswith("both-")}
    return {*posted.all("take"), *(name for name in both if posted.text(f"both-{name}") == "file")}


def as_shown(posted: Posted) -> dict[str, str]:
    """What the page showed beside the file, as the page itself says it; {} where it does not."""
    try:
        found = json.loads(posted.text("was"))
    except ValueError:
        return {}
    pairs = found.items() if isinstance(found, dict) else ()
    return {name: legible(text) for name, text in pairs if isinstance(text, str)}


def whole(posted: Posted, name: str) -> int:
    """A whole number, 0 for anything else."""
    text = posted.text(name)
    return int(text) if text.isascii() and text.isdecimal() and len(text) < 10 else 0
