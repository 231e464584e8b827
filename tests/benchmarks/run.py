"""How long the three commonest things take - a list, a score that saves itself, a Word document - and a large spreadsheet.

    python -m tests.benchmarks.run [--measures 500] [--database postgresql://...]

Run by hand on a quiet machine; prints medians in milliseconds. SQLite in a temporary folder unless an empty database is given.
"""

import argparse
import csv
import io
import resource
import statistics
import tempfile
import time
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import xlsxwriter
from starlette.testclient import TestClient

from fundapp.config import Settings
from fundapp.documents.process import Press
from fundapp.documents.queries import shipped
from fundapp.documents.word import Template
from fundapp.exchange.imports import sorted_out, take_over
from fundapp.exchange.reading import guess, opened, read
from fundapp.kit.database import Database
from fundapp.kit.migrations import migrate
from fundapp.lifecycle.service import SYSTEM
from fundapp.main import create_app
from fundapp.measures.lifecycle import Status
from fundapp.rooms import letters
from tests import factories as make


def fill(session: Any, measures: int) -> dict[str, Any]:
    branch = make.branch(session)
    chair, manager, owner = (make.person(session, role=role) for role in ("chair", "manager", "applicant"))
    call = make.call(session)
    committee = make.committee(session, chair=chair)
    scheme = make.scheme(session, call=call, committee=committee)
    for n in range(measures):
        status = list(Status)[n % len(Status)]
        awarded = 5_000_00 if status == Status.TERMINATED else None
        make.measure(session, status=status, call=call, branch=branch, owner=owner, awarded=awarded)
    rated = make.measure(session, status="in_rating", call=call, branch=branch, owner=owner)
    make.declaration(session, measure=rated, person=chair)
    sheet = make.sheet(session, measure=rated, person=chair, scheme=scheme)
    keys = {
        name: make.sign_in(session, who, at=datetime.now(UTC)) for name, who in (("chair", chair), ("manager", manager))
    }
    return keys | {"sheet": sheet.id}


def median(name: str, work: Callable[[int], Any], times: int) -> None:
    work(0)
    took = []
    for n in range(1, times + 1):
        began = time.perf_counter()
        work(n)
        took.append((time.perf_counter() - began) * 1000)
    ninety = statistics.quantiles(took, n=10)[8]
    print(f"{name:<40} {statistics.median(took):8.1f} ms   nine of ten below {ninety:8.1f} ms   ({times} times)")


def pages(settings: Settings, keys: dict[str, Any]) -> None:
    app = create_app(settings)
    with TestClient(app, headers={"sec-fetch-site": "same-origin"}, follow_redirects=False) as web:

        def get(path: str) -> None:
            web.cookies.set("fund", keys["manager"])
            assert web.get(path).status_code == 200

        def score(n: int) -> None:
            web.cookies.set("fund", keys["chair"])
            posted = {"scores-0-code": "R1", "scores-0-points": str(n % 6), "scores-0-comment": f"comment {n}"}
            answer = web.post(f"/rating/sheets/{keys['sheet']}/save", data=posted, headers={"hx-request": "true"})
            assert answer.status_code == 200, answer.text

        median("first page of a manager", lambda _: get("/"), 50)
        median("list of measures", lambda _: get("/measures"), 50)
        median("a score that saves itself", score, 100)


def documents() -> None:
    data = shipped("contract", "en")
    sample = letters()["contract"].sample
    assert data is not None
    template = Template(data)
    median("contract: fill", lambda _: template.render(sample), 100)
    with Press() as press:
        median("contract: fill and read back, apart", lambda _: press.render(data, sample), 50)


def spreadsheet(database: Database, lines: int) -> None:
    """A file of earlier grants with twenty columns: understood, looked through, stored; what memory it takes above the start."""
    titles = ["Recipient", "Amount", "Date", *(f"Note {n}" for n in range(17))]
    rows = [[f"Group {n % 999}", f"{n:,}.50", f"{n % 28 + 1}.3.2019", *["some words"] * 17] for n in range(lines)]
    out = io.StringIO()
    csv.writer(out).writerows([titles, *rows])
    book = io.BytesIO()
    with xlsxwriter.Workbook(book) as made:
        sheet = made.add_worksheet()
        for n, row in enumerate([titles, *rows]):
            sheet.write_row(n, 0, row)
    fund = database.write(lambda session: make.fund(session, currency="EUR"))

    def timed(name: str, work: Callable[[], Any]) -> Any:
        before, began = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss, time.process_time()
        done = work()
        took = time.process_time() - began
        more = (resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before) / 1024
        print(f"{name:<40} {took:8.2f} s of the processor, {more:6.1f} MB above the highest so far")
        return done

    def look(data: bytes) -> Any:
        source = opened(data)
        with database.reading() as session:
            found = guess(session, source, fund)
            return sorted_out(session, read(source, found.layout, found.meaning, fund), fund, twins=False)

    timed(f"{lines} lines of CSV, dry run", lambda: look(out.getvalue().encode()))
    report = timed(f"{lines} lines of XLSX, dry run", lambda: look(book.getvalue()))
    timed(
        f"{report.taken} grants stored",
        lambda: database.write(
            lambda session: take_over(session, report.new, fund, of=None, by=SYSTEM, at=make.MORNING, zone="UTC")
        ),
    )


def main() -> None:
    asked = argparse.ArgumentParser(description=__doc__)
    asked.add_argument("--measures", type=int, default=500)
    asked.add_argument("--database", default="")
    asked.add_argument("--lines", type=int, default=10_000, help="of a spreadsheet of earlier grants")
    given = asked.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        settings = Settings(home=Path(folder), database_url=given.database, base_url="http://testserver")
        database = Database(settings.database)
        migrate(database)
        began = time.perf_counter()
        keys = database.write(lambda session: fill(session, given.measures))
        print(f"{given.measures} measures made in {time.perf_counter() - began:.1f} s")
        pages(settings, keys)
        documents()
        spreadsheet(database, given.lines)
        database.close()


if __name__ == "__main__":
    main()
