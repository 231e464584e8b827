"""Chapter 8: money goes out through three pairs of hands, receipts and reports come back, the account is settled."""

from fundapp.demo import paper
from tests.journeys.stage import Stage

HERE = "/disbursement/measures/1"
# line, paid on, amount, to whom, what for, what of it counts
FIRST = (
    (0, "2026-07-06", "3,000.00", "Machine trader", "Vats", None),
    (0, "2026-07-13", "1,000.50", "Carrier", "Freight of the press", None),
    (1, "2026-07-20", "250", "Builder", "Cement and a stove", "200"),
)
SECOND = (
    (0, "2026-10-05", "2,150.00", "Machine trader", "Press", None),
    (1, "2026-10-12", "2,190.00", "Builder", "Water connection", None),
    (2, "2026-10-19", "1,500.00", "Training centre", "Course of two weeks", None),
)
REPORT = {
    "done": "The vats stand and the press runs.",
    "results": "Twelve operators wash wool for six cooperatives.",
    "problems": "The road was closed.",
}


def instalment(stage: Stage, amount: str, reference: str) -> None:
    """Prepared by the officer, authorised by the manager, paid by finance; whoever tries what is not theirs is refused."""
    oyun, maral, finn = stage.oyun, stage.maral, stage.finn
    oyun.go(HERE)
    oyun.press(f"Prepare EUR {amount}")
    oyun.sees("It waits to be authorised")
    url = oyun.page.url.removeprefix(stage.url)
    paid = {"bank_reference": reference, "paid_on": f"{stage.clock():%Y-%m-%d}"}
    finn.begins()
    assert (oyun.post(f"{url}/authorise"), finn.post(f"{url}/authorise"), finn.post(f"{url}/pay", **paid)) == (
        403,
        403,
        409,
    )
    maral.begins()
    maral.sees(amount.split(".")[0])
    maral.go(url)
    maral.press(f"Authorise EUR {amount}")
    assert (maral.post(f"{url}/pay", **paid), oyun.post(f"{url}/pay", **paid)) == (403, 403)
    finn.go(url)
    finn.fill(paid)
    finn.press(f"Note EUR {amount} as paid")
    finn.sees("Noted as paid and posted to the ledger", f"bank reference {reference}")
    stage.beat("mail")


def first_instalment(stage: Stage) -> None:
    stage.on("2026-06-03")
    instalment(stage, "3,500.00", "bank 311")
    stage.oyun.go(HERE)
    stage.oyun.sees("Instalment 2", "Possible once the conditions above are met.")


def receipts(stage: Stage, rows: tuple[tuple[object, ...], ...], first: int) -> None:
    """Entered on the phone with a photo, looked at one after another; what does not count is cut with a reason."""
    saran, oyun = stage.saran, stage.oyun
    saran.go(HERE)
    saran.follow("Enter a receipt")
    for number, (line, paid_on, amount, payee, what, _counts) in enumerate(rows, start=first):
        choice = saran.page.locator("[name=line] option").nth(line + 1).get_attribute("value")
        photo = {
            "name": "receipt.pdf",
            "mimeType": "application/pdf",
            "buffer": paper.pdf(f"Receipt {number}")[0].read(),
        }
        saran.fill({
            "photo": photo, "line": choice, "paid_on": paid_on, "amount": amount, "payee": payee, "what_for": what,
            "document_number": f"F-{number}",
        })  # fmt: skip
        saran.press("Enter the receipt")
        saran.sees(f"Receipt {number} is entered")
    oyun.go(f"/disbursement/receipts/{first}")
    for _line, _paid_on, amount, _payee, _what, counts in rows:
        if counts is None:
            oyun.press(f"Accept EUR {float(amount.replace(',', '')):,.2f}")
            continue
        oyun.open("Cut it")
        oyun.fill({"accepted": counts, "because": "The stove is not part of the plan."})
        oyun.press("Cut to this amount")


def report(stage: Stage) -> None:
    """Written by the applicant, accepted by the officer."""
    saran, oyun = stage.saran, stage.oyun
    saran.go(HERE)
    saran.follow("Write the report")
    saran.fill({"done": "Much."})
    saran.press("Save and send the report")
    saran.sees("Nothing was changed and nothing is lost")
    saran.fill(REPORT)
    saran.press("Save and send the report")
    saran.sees("Thank you. We have your report.")
    oyun.go(HERE)
    oyun.follow("Read the report")
    oyun.sees(*REPORT.values())
    oyun.press("Accept the report")
    oyun.sees("The report is accepted")


def first_receipts(stage: Stage) -> None:
    stage.on("2026-08-03")
    receipts(stage, FIRST, 1)
    stage.oyun.sees("The stove is not part of the plan", "4,200.50")


def interim_report(stage: Stage) -> None:
    stage.on("2026-08-28")
    stage.beat()
    assert len(stage.mails("saran", "Interim report due")) == 1
    report(stage)
    stage.letters()


def second_instalment(stage: Stage) -> None:
    stage.on("2026-09-01")
    instalment(stage, "2,800.00", "bank 402")


def second_receipts(stage: Stage) -> None:
    stage.on("2026-11-16")
    receipts(stage, SECOND, 4)
    stage.oyun.sees("10,040.50")


def final_report(stage: Stage) -> None:
    stage.on("2026-12-14")
    stage.beat()
    report(stage)
    stage.letters()


def settled(stage: Stage) -> None:
    """What the accepted receipts carry, less what was paid, is the balance; the rest of the grant is free again."""
    maral, finn = stage.maral, stage.finn
    stage.on("2027-01-11")
    finn.go(f"{HERE}/settlement")
    finn.sees("Accepted cost 10,040.50", "Grant due 6,890.54", "To pay out 590.54")
    finn.press("Make the settlement and its letter")
    stage.beat("documents")
    finn.go(f"{HERE}/settlement")
    stage.kept["settlement"] = finn.download("Settlement of C-2026-0001")
    instalment(stage, "590.54", "bank 8")
    maral.go(f"{HERE}/settlement")
    maral.press("Settle the measure")
    maral.sees("The measure is settled")
    maral.go("/funds/1")
    maral.sees("Paid 6,890.54", "Committed 0")
    stage.letters()
