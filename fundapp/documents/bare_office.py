"""A Word or Excel file without what tells who made it: only the parts named in KEPT, cleaned."""

from __future__ import annotations

import re
from posixpath import dirname, join, normpath

from lxml import etree

from fundapp.documents.package import RELATIONSHIP, NotAWordFile, members, packed, tree
from fundapp.documents.stains import BROKEN, HOLDS_MORE, LOCKED, Names, NotStripped, picture

WORD = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"
EXCEL = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
ROOT = r"\[Content_Types\]\.xml|_rels/\.rels"
KEPT = {
    WORD: re.compile(
        rf"{ROOT}|word/(document|styles|stylesWithEffects|numbering|settings|webSettings|fontTable|footnotes|endnotes"
        r"|header\d*|footer\d*)\.xml|word/theme/\w+\.xml|word/media/[^/]+|word/_rels/[^/]+\.rels"
    ),
    EXCEL: re.compile(
        rf"{ROOT}|xl/(workbook|styles|sharedStrings|metadata)\.xml|xl/_rels/[^/]+\.rels|xl/media/[^/]+"
        r"|xl/(worksheets|theme|tables|drawings|charts)/([^/]+\.xml|_rels/[^/]+\.rels)"
    ),
}
DROPPED = re.compile(
    r"(docProps|customXml|docMetadata|_xmlsignatures)/.*|_rels/(?!\.rels).*|.*thumbnail\.[a-z]+|word/(people|comments\w*)\.xml"
    r"|word/(glossary|fonts|printerSettings|theme/_rels)/.*|xl/(comments\w*|calcChain|connections)\.xml|xl/(threadedComments|persons|printerSettings|customProperty|queryTables)/.*"
    r"|xl/drawings/vmlDrawing\w*\.vml|xl/drawings/_rels/vmlDrawing.*"
)
ELEMENTS = frozenset(
    [
        "rsids",
        "docVars",
        "attachedTemplate",
        "mailMerge",
        "documentProtection",
        "writeProtection",
        "commentRangeStart",
        "commentRangeEnd",
        "commentReference",
        "dataBinding",
        "printerSettings",
        "embedRegular",
        "embedBold",
        "embedItalic",
        "embedBoldItalic",
        "saveThroughXslt",
        "fileSharing",
        "absPath",
        "legacyDrawing",
        "legacyDrawingHF",
        "customWorkbookViews",
        "customSheetViews",
        "webPublishing",
        "customPr",
    ]
)
EMPTIED = frozenset(
    ["author", "initials", "userName", "userId", "lastModifiedBy", "descr", "alt", "title"]
)  # attributes
BLOCKS = frozenset(["p", "si", "is", "c", "row", "tr", "v", "f"])
AUTHORS = re.compile(
    r"\b(AUTHOR|LASTSAVEDBY|USERNAME|USERINITIALS|USERADDRESS|FILENAME|DOCPROPERTY|INFO)\b", re.IGNORECASE
)


def strip(data: bytes, media_type: str, names: Names) -> bytes:
    try:
        found = members(data)
        kept = {name: content for name, content in found.items() if KEPT[media_type].fullmatch(name)}
        if any(name not in kept and not DROPPED.fullmatch(name) for name in found):
            raise NotStripped(HOLDS_MORE)
        neutral = {name: _name_of(name, n) for n, name in enumerate(sorted(kept), 1)}
        return packed({neutral[name]: _part(name, content, neutral, names) for name, content in sorted(kept.items())})
    except NotAWordFile as error:
        raise NotStripped(LOCKED if data[:4] == b"\xd0\xcf\x11\xe0" else BROKEN) from error


def _name_of(name: str, n: int) -> str:
    """Pictures inside are called by a number: some programs keep the name of the file."""
    return f"{dirname(name)}/image{n}.{name.rpartition('.')[2]}" if "/media/" in name else name


def _part(name: str, content: bytes, neutral: dict[str, str], names: Names) -> bytes:
    if "/media/" in name:
        return picture(content)
    root = tree(content)
    if name == "[Content_Types].xml":
        for each in list(root):
            if each.get("PartName") and each.get("PartName", "").lstrip("/") not in neutral:
                root.remove(each)
            elif each.get("PartName"):
                each.set("PartName", "/" + neutral[each.get("PartName", "").lstrip("/")])
    elif name.endswith(".rels"):
        _relations(name, root, neutral)
    else:
        _clean(root)
        names.forbid(
            "".join(("\n" if _local(e) in BLOCKS else "") + (e.text or "") + (e.tail or "") for e in root.iter())
        )
    names.forbid("\0".join(str(value) for each in root.iter() for value in each.attrib.values()))
    return etree.tostring(root, xml_declaration=True, encoding="UTF-8", standalone=True)


def _relations(name: str, root: etree._Element, neutral: dict[str, str]) -> None:
    """Only to what is kept; addresses outside are blank."""
    base = dirname(dirname(name))
    for each in list(root.iter(RELATIONSHIP)):
        target = each.get("Target", "")
        inside = normpath(join(base, target)) if not target.startswith("/") else target[1:]
        if each.get("TargetMode") == "External":
            each.set("Target", "about:blank")
        elif inside not in neutral:
            root.remove(each)
        else:
            each.set("Target", "/" + neutral[inside])


def _clean(root: etree._Element) -> None:
    etree.strip_tags(root, etree.Comment, etree.ProcessingInstruction)
    for each in list(root.iter()):
        local, parent = _local(each), each.getparent()
        if local in ("instrText", "fldSimple") and AUTHORS.search(
            " ".join([each.text or "", *map(str, each.attrib.values())])
        ):
            raise NotStripped(HOLDS_MORE)
        if local in ELEMENTS and parent is not None:
            parent.remove(each)
            continue
        for attribute in list(each.attrib):
            plain = str(attribute).rpartition("}")[2]
            if plain.startswith("rsid") or (
                plain == "date" and each.get(str(attribute).replace("date", "author")) is not None
            ):
                del each.attrib[attribute]
            elif plain in EMPTIED:
                each.set(attribute, "")
            elif plain == "name" and local in ("docPr", "cNvPr"):
                each.set(attribute, "Picture")
            elif plain == "id" and local == "pageSetup":
                del each.attrib[attribute]


def _local(each: etree._Element) -> str:
    return str(each.tag).rpartition("}")[2]
