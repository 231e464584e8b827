"""Chapter 7: the fund's own template is checked and activated; the contract is issued from it, signed, and the work begins."""

from io import BytesIO

from docx import Document as Word

from fundapp.demo import paper
from tests.journeys.stage import Stage

WORD = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"
CLAUSE = "The school of {{ measure.place }} may wash its wool on Tuesdays."
GRANTOR = {
    "name": "Foundation of the fund", "address": "Peace Avenue 1, Ulaanbaatar", "register_number": "F-12", "signatory": "Maral Manager",
    "function": "Head of the fund", "umbrella": "Partner chamber", "report_to": "integrity@example.org",
}  # fmt: skip


def edited(data: bytes, clause: str) -> dict[str, object]:
    """The template with one more clause, as an upload."""
    word, out = Word(BytesIO(data)), BytesIO()
    word.paragraphs[-1].insert_paragraph_before(clause)
    word.save(out)
    return {"name": "contract.en.docx", "mimeType": WORD, "buffer": out.getvalue()}


def template(stage: Stage) -> None:
    """Downloaded, edited with a slip, refused by the checker; edited well, activated by a second person."""
    maral, ada = stage.maral, stage.ada
    maral.go("/documents/templates")
    maral.go("/documents/templates/contract/en")
    shipped = maral.download("Download it", within="#holds")
    maral.fill({"file": edited(shipped, "The school of {{ measure.palce }}.")})
    maral.press("Send and check the template")
    maral.sees("The checker found one error", "palce")
    maral.go("/documents/templates/contract/en")
    maral.fill({"file": edited(shipped, CLAUSE)})
    maral.press("Send and check the template")
    maral.sees("The checker found no error")
    version = maral.page.url.removeprefix(stage.url)
    assert maral.post(f"{version}/activate") == 409
    ada.begins()
    ada.go(version)
    ada.press("Activate it")
    ada.sees("This version holds: letters are written from it.")


def issued(stage: Stage) -> None:
    maral = stage.maral
    stage.on("2026-04-27")
    maral.go("/cases/1")
    maral.follow("Prepare the contract")
    maral.sees("3,500.00", "2,800.00", "700.00")
    maral.fill(GRANTOR)
    maral.press("Issue the contract over EUR 7,000.00")
    maral.sees("Contract C-2026-0001 waits for signature")
    stage.beat("documents")
    maral.go("/grants/measures/1")
    stage.kept["contract"] = maral.download("Grant agreement C-2026-0001")
    stage.letters()


def signed(stage: Stage) -> None:
    """The signed copy is filed; with it the money is committed."""
    maral = stage.maral
    stage.on("2026-05-04")
    maral.go("/grants/measures/1")
    maral.follow("File the signed contract")
    maral.press("File the signed contract", within="main")
    maral.sees("Please choose the scan or photo of the signed contract")
    scan = {"name": "signed.pdf", "mimeType": "application/pdf", "buffer": paper.pdf("Signed contract")[0].read()}
    maral.fill({"signed_on": "2026-05-04", "signed_copy": scan, "original_with": "Branch Zavkhan, binder 3"})
    maral.press("File the signed contract", within="main")
    maral.sees("The signed contract is filed; the money is committed")
    maral.go("/funds/1")
    maral.sees("Committed 7,000")
    stage.letters()


def started(stage: Stage) -> None:
    oyun = stage.oyun
    stage.on("2026-06-01")
    oyun.begins()
    oyun.go("/cases/1")
    oyun.press("Note the start")
    assert stage.measure().status == "running"
    stage.letters()
