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
    return int(text) if text.isascii() and text.isdecimal() and len(text) < 11 else 0


def ticks(posted: Posted) -> dict[int, set[int]]:
    """Measure id -> the persons ticked for it, from the boxes `seat-<measure id>`; without any box ticked: left out."""
    found: dict[int, set[int]] = {}
    for name, values in posted.fields().items():
        id = name.removeprefix("seat-")
        if name != id and id.isascii() and id.isdecimal() and len(id) < 10:
            found[int(id)] = {int(v) for v in values if v.isascii() and v.isdecimal() and len(v) < 10}
    return found


def drawn(posted: Posted) -> tuple[int | None, int | None]:
    """(members per proposal, seed) of the plan that was on the page; None where none was drawn."""
    if not posted.text("per").strip():
        return None, None
    return whole(posted, "per"), whole(posted, "seed")
