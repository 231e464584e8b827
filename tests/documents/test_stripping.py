"""A paper without what tells who made it."""

import io
import struct
import zipfile
import zlib

import pytest
from docx import Document
from PIL import Image
from pypdf import PdfReader

from fundapp.documents import process, stains
from fundapp.documents.stains import NotStripped
from fundapp.documents.stripping import strip
from tests.documents.stained import EXCEL, WORD, docx, jpeg, pdf, png, unpacked, webp, xlsx

TOKEN = "Zqxstaincanary"
MADE = {
    "image/jpeg": jpeg(TOKEN), "image/png": png(TOKEN), "image/webp": webp(TOKEN), "application/pdf": pdf(TOKEN), WORD: docx(TOKEN), EXCEL: xlsx(TOKEN),
}  # fmt: skip


def word_in(data: bytes) -> bool:
    found = unpacked(data).lower()
    return any(TOKEN.lower().encode(code) in found for code in ("ascii", "utf-16-le", "utf-16-be"))


@pytest.mark.parametrize("kind", MADE)
def test_nothing_in_a_stripped_paper_says_who_made_it(kind: str) -> None:
    assert word_in(MADE[kind])
    bare = strip(MADE[kind], kind, [TOKEN])
    assert not word_in(bare)
    assert bare == strip(MADE[kind], kind, [TOKEN])


def test_what_the_paper_says_stays() -> None:
    assert (
        "A pump costs 900"
        in PdfReader(io.BytesIO(strip(MADE["application/pdf"], "application/pdf", []))).pages[0].extract_text()
    )
    bare = Document(io.BytesIO(strip(MADE[WORD], WORD, [])))
    assert (bare.paragraphs[0].text, len(bare.inline_shapes)) == ("A pump costs 900", 1)
    with zipfile.ZipFile(io.BytesIO(strip(MADE[EXCEL], EXCEL, []))) as book:
        assert b"Pump" in book.read("xl/sharedStrings.xml")
        assert {info.date_time for info in book.infolist()} == {(1980, 1, 1, 0, 0, 0)}


def test_a_photograph_is_turned_as_it_was_to_be_seen() -> None:
    with Image.open(io.BytesIO(strip(jpeg(TOKEN, (12, 8)), "image/jpeg", []))) as seen:
        assert (seen.size, dict(seen.getexif()), seen.info.get("comment")) == ((8, 12), {}, None)


@pytest.mark.parametrize(
    ("kind", "data"),
    [
        ("application/pdf", pdf("x", "Offer to Alt ai Herders")),
        (WORD, docx("x", "Offer to ALTAI herders.")),
        (EXCEL, xlsx("x", "for Altai  Herders")),
    ],
)
def test_a_paper_whose_text_has_one_of_the_names_is_refused(kind: str, data: bytes) -> None:
    with pytest.raises(NotStripped, match=stains.NAMES):
        strip(data, kind, ["Altai Herders"])


@pytest.mark.parametrize(
    ("kind", "data", "why"),
    [
        ("application/pdf", pdf("x", password="secret"), stains.LOCKED),
        ("application/pdf", b"%PDF-1.4 half of it", stains.BROKEN),
        ("image/jpeg", jpeg("x")[:60], stains.BROKEN),
        ("image/png", jpeg("x"), stains.BROKEN),
        (WORD, b"PK\x03\x04 and no more", stains.BROKEN),
        ("text/html", b"<p>", stains.OTHER),
        ("image/jpeg", b"\xff\xd8" + bytes(16 * 1024 * 1024), stains.TOO_LARGE),
    ],
)
def test_what_cannot_be_cleaned_is_refused_with_its_reason(kind: str, data: bytes, why: str) -> None:
    with pytest.raises(NotStripped) as told:
        strip(data, kind, [])
    assert str(told.value) == why


def test_a_picture_that_unpacks_to_gigabytes_is_refused_before_it_is_unpacked() -> None:
    def chunk(name: bytes, data: bytes) -> bytes:
        return struct.pack(">I", len(data)) + name + data + struct.pack(">I", zlib.crc32(name + data))

    head = struct.pack(">IIBBBBB", 50_000, 50_000, 8, 2, 0, 0, 0)
    bomb = (
        b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", head) + chunk(b"IDAT", zlib.compress(bytes(1000))) + chunk(b"IEND", b"")
    )
    with pytest.raises(NotStripped, match=stains.TOO_LARGE):
        strip(bomb, "image/png", [])


def test_a_package_that_unpacks_to_gigabytes_is_refused() -> None:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as packed:
        packed.writestr("word/document.xml", bytes(60 * 1024 * 1024))
    with pytest.raises(NotStripped):
        strip(out.getvalue(), WORD, [])


def test_an_embedded_file_in_word_is_not_offered() -> None:
    out = io.BytesIO(docx("x"))
    with zipfile.ZipFile(out, "a") as packed:
        packed.writestr("word/embeddings/book.xlsx", b"PK")
    with pytest.raises(NotStripped, match="cannot be cleaned"):
        strip(out.getvalue(), WORD, [])


def test_it_happens_in_a_process_with_limits() -> None:
    with process.Press() as press:
        assert not word_in(press.strip(MADE["application/pdf"], "application/pdf", [TOKEN]))
        with pytest.raises(process.RenderFailed, match=stains.NAMES):
            press.strip(pdf("x", "Offer to Altai Herders"), "application/pdf", ["Altai Herders"])
