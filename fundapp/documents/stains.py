"""Names that must not be read, and pictures drawn anew: what `stripping` uses for every kind of file."""

from __future__ import annotations

import io
import re
import struct
from collections.abc import Iterable

from PIL import Image, ImageOps

from fundapp.kit.i18n import mark

PIXELS = 40_000_000  # of one picture, unpacked
BROKEN = mark("It is damaged, or not what its name says.")
LOCKED = mark("It is protected by a password.")
TOO_LARGE = mark("It is too large once it is unpacked.")
HOLDS_MORE = mark("It holds parts that cannot be cleaned, such as embedded files or form fields.")
NAMES = mark("Names stand in its text.")
OTHER = mark("Files of this kind cannot be cleaned of names.")
REASONS = (BROKEN, LOCKED, TOO_LARGE, HOLDS_MORE, NAMES, OTHER)


class NotStripped(ValueError):
    """The file cannot be given without telling who made it; the message is one of REASONS."""


class Names:
    """Names looked for in texts; of six and more letters also where blanks and lines break them."""

    def __init__(self, secret: Iterable[str]) -> None:
        given = {name.strip().casefold() for name in secret if name.strip()}
        self.long = [found for name in given if len(found := _squeezed(name)) >= 6]
        self.short = [re.compile(rf"(?<!\w){re.escape(n)}(?!\w)") for n in given if len(_squeezed(n)) < 6]

    def forbid(self, text: str) -> None:
        folded = text.casefold()
        squeezed = _squeezed(folded)
        if any(name in squeezed for name in self.long) or any(name.search(folded) for name in self.short):
            raise NotStripped(NAMES)


def picture(data: bytes, formats: tuple[str, ...] = ("JPEG", "PNG", "WEBP", "GIF", "BMP")) -> bytes:
    """The picture drawn anew, turned as it is to be seen. Raises NotStripped above PIXELS, before it is unpacked."""
    try:
        with Image.open(io.BytesIO(data), formats=formats) as found:
            if found.width * found.height > PIXELS:
                raise NotStripped(TOO_LARGE)
            kind = "JPEG" if found.format in ("JPEG", "MPO") else str(found.format)
            turned = ImageOps.exif_transpose(found)
            clear = kind != "JPEG" and (turned.mode in ("RGBA", "LA", "PA") or "transparency" in turned.info)
            pixels = turned.convert("RGBA" if clear else "L" if turned.mode in ("1", "L") else "RGB")
    except NotStripped:
        raise
    except Image.DecompressionBombError as error:
        raise NotStripped(TOO_LARGE) from error
    except (OSError, ValueError, SyntaxError, EOFError, struct.error) as error:
        raise NotStripped(BROKEN) from error
    bare = Image.new(pixels.mode, pixels.size)
    bare.paste(pixels)
    out = io.BytesIO()
    bare.save(out, kind, **({"quality": 90} if kind in ("JPEG", "WEBP") else {}))
    return out.getvalue()


def _squeezed(text: str) -> str:
    return re.sub(r"\s+", "", text)
