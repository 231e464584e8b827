"""Papers with a word in every place where a program writes who made them, and the bytes of a paper unpacked to look for it."""

import io
import zipfile
from typing import Any

import xlsxwriter
from docx import Document
from docx.oxml import OxmlElement
from docx.oxml.ns import qn
from PIL import Image, PngImagePlugin
from pypdf import PdfReader, PdfWriter
from pypdf.generic import DictionaryObject, NameObject, StreamObject, TextStringObject

WORD = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"
EXCEL = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


def jpeg(word: str, size: tuple[int, int] = (12, 8)) -> bytes:
    exif = Image.Exif()
    exif[0x013B], exif[0x010E], exif[0x8298], exif[0x0112] = (
        word,
        word,
        word,
        6,
    )  # artist, description, copyright, turned
    out = io.BytesIO()
    Image.new("RGB", size, "green").save(out, "JPEG", exif=exif, comment=word.encode(), dpi=(72, 72))
    return out.getvalue()


def png(word: str) -> bytes:
    told = PngImagePlugin.PngInfo()
    told.add_text("Author", word)
    told.add_itxt("XML:com.adobe.xmp", word, zip=True)
    out = io.BytesIO()
    Image.new("P", (9, 9)).save(out, "PNG", pnginfo=told)
    return out.getvalue()


def webp(word: str) -> bytes:
    exif = Image.Exif()
    exif[0x013B] = word
    out = io.BytesIO()
    Image.new("RGB", (9, 9)).save(out, "WEBP", exif=exif, xmp=word.encode())
    return out.getvalue()


def pdf(word: str, text: str = "A pump costs 900", password: str = "") -> bytes:
    """One page with `text`, with a picture and a note; `word` in all that is about the file."""
    writer = PdfWriter()
    page = writer.add_blank_page(300, 300)
    font = DictionaryObject({NameObject("/Type"): NameObject("/Font"), NameObject("/Subtype"): NameObject("/Type1")})
    font[NameObject("/BaseFont")] = NameObject("/Helvetica")
    image = StreamObject()
    image._data = jpeg(word)
    for key, value in {"/Subtype": "/Image", "/Filter": "/DCTDecode", "/ColorSpace": "/DeviceRGB"}.items():
        image[NameObject(key)] = NameObject(value)
    image[NameObject("/Metadata")] = writer._add_object(_stream(word))
    content = _stream(f"BT /F1 12 Tf 20 200 Td ({text}) Tj ET")
    page[NameObject("/Resources")] = DictionaryObject(
        {
            NameObject("/Font"): DictionaryObject({NameObject("/F1"): font}),
            NameObject("/XObject"): DictionaryObject({NameObject("/Im1"): writer._add_object(image)}),
        }
    )
    page[NameObject("/Contents")] = writer._add_object(content)
    note = DictionaryObject({NameObject("/Subtype"): NameObject("/Text"), NameObject("/T"): TextStringObject(word)})
    page[NameObject("/PieceInfo")] = DictionaryObject({NameObject("/Shop"): TextStringObject(word)})
    writer.add_annotation(0, note | {NameObject("/Contents"): TextStringObject(word)})
    writer.add_metadata({"/Author": word, "/Title": word, "/Creator": word})
    writer.add_attachment(f"{word}.txt", word.encode())
    writer.add_outline_item(title=word, page_number=0)
    writer.xmp_metadata = f'<?xpacket begin=""?><x:xmpmeta xmlns:x="adobe:ns:meta/"><rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#"><rdf:Description xmlns:dc="http://purl.org/dc/elements/1.1/" dc:source="{word}"/></rdf:RDF></x:xmpmeta>'.encode()
    if password:
        writer.encrypt(password)
    out = io.BytesIO()
    writer.write(out)
    return out.getvalue()


def _stream(text: str) -> StreamObject:
    made = StreamObject()
    made._data = text.encode("latin-1")
    return made


def docx(word: str, text: str = "A pump costs 900") -> bytes:
    doc = Document()
    core = doc.core_properties
    core.author = core.last_modified_by = core.title = core.comments = word
    paragraph = doc.add_paragraph(text)
    doc.add_comment(paragraph.runs, text=word, author=word, initials=word)
    change = OxmlElement("w:ins")
    change.set(qn("w:author"), word)
    change.set(qn("w:date"), "2026-01-01T00:00:00Z")
    change.append(OxmlElement("w:r"))
    paragraph._p.append(change)
    paragraph._p.set(qn("w:rsidR"), "00AB12CD")
    doc.add_picture(io.BytesIO(png(word)))
    for drawing in doc.element.body.iter(qn("wp:docPr")):
        drawing.set("name", word)
        drawing.set("descr", f"C:\\{word}\\house.jpg")
    out = io.BytesIO()
    doc.save(out)
    return _with(out.getvalue(), {"customXml/item9.xml": f"<a>{word}</a>", "word/people.xml": f"<p>{word}</p>"})


def xlsx(word: str, text: str = "Pump") -> bytes:
    out = io.BytesIO()
    with xlsxwriter.Workbook(out) as book:
        book.set_properties({"author": word, "company": word, "manager": word, "comments": word})
        book.set_custom_property("From", word)
        sheet = book.add_worksheet("Costs")
        sheet.write_row(0, 0, [text, 900])
        sheet.write_comment("A1", word, {"author": word})
        sheet.insert_image("C3", f"{word}.jpg", {"image_data": io.BytesIO(jpeg(word)), "description": word})
    return out.getvalue()


def _with(data: bytes, more: dict[str, str]) -> bytes:
    out = io.BytesIO(data)
    with zipfile.ZipFile(out, "a") as packed:
        for name, text in more.items():
            packed.writestr(name, text)
    return out.getvalue()


def unpacked(data: bytes) -> bytes:
    """All that can be read in the bytes: members of a package, with their names and moments; streams of a PDF."""
    found = [data]
    if data[:2] == b"PK":
        with zipfile.ZipFile(io.BytesIO(data)) as packed:
            for info in packed.infolist():
                found += [info.filename.encode(), info.comment, info.extra, packed.read(info)]
    if data[:4] == b"%PDF":
        reader = PdfReader(io.BytesIO(data))
        found += [repr(reader.trailer).encode(), *(page.extract_text().encode() for page in reader.pages)]
        for number in range(1, len(reader.xref[0]) + 40 if 0 in reader.xref else 200):
            thing: Any = reader.get_object(number) if number in reader.xref.get(0, {}) else None
            found += [repr(thing).encode()]
            found += [thing.get_data()] if isinstance(thing, StreamObject) and "/Filter" not in thing else []
    return b"\0".join(found)
