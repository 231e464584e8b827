"""How long the pages of a closed round take: 40 proposals and 571 (4,000 sheets), seven members each, on SQLite.

    python -m tests.benchmarks.ranking

Run by hand; prints the best of three in milliseconds, and the statements each page sends. Ends with 1 beyond eight questions.
"""

import sys
import tempfile
import time
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from starlette.testclient import TestClient

from fundapp.config import Settings
from fundapp.kit.database import Database
from fundapp.kit.migrations import migrate
from fundapp.main import create_app
from fundapp.rating import verifying
from tests import factories as make
from tests.rating.many import asked, many

PAGES = {"ranking": 8, "fairness": 8, "fits": 9, "ranking.xlsx": 8}


def best(work: Callable[[], object]) -> float:
    """Milliseconds, the best of three."""
    times = []
    for _ in range(3):
        before = time.perf_counter()
        work()
        times.append((time.perf_counter() - before) * 1000)
    return min(times)


def measured(folder: Path, proposals: int) -> bool:
    settings = Settings(home=folder, database_url=f"sqlite:///{folder}/fund.sqlite3", secret_key="benchmark")
    database = Database(settings.database)
    migrate(database)
    at = datetime.now(UTC)

    def fill(session: Any) -> tuple[int, str]:
        made = many(session, proposals)
        return made.call.id, make.sign_in(session, made.chair, at=at)

    call, key = database.write(fill)
    print(f"{proposals} proposals, 7 members, {7 * proposals} sheets")
    app = create_app(settings, clock=lambda: at)
    kept = True
    with TestClient(app, base_url=settings.base_url, cookies={"fund": key}) as browser:
        for page, most in PAGES.items():
            url = f"/rating/calls/{call}/{page}"
            browser.get(url)
            answer, seen = asked(app.state.database, lambda: browser.get(url))  # noqa: B023
            questions = sum(each.startswith(("SELECT", "WITH")) for each in seen)
            kept = kept and answer.status_code == 200 and questions <= most
            took = best(lambda: browser.get(url))  # noqa: B023
            size = len(answer.content) // 1024
            print(f"  {page:<14}{answer.status_code}{questions:>4} questions{size:>6} KB{took:>9.0f} ms")
    with database.reading() as session:
        print(f"  verify{best(lambda: verifying.verify(session)):>37.0f} ms")
    database.close()
    return kept


if __name__ == "__main__":
    found = []
    for size in (40, 571):
        with tempfile.TemporaryDirectory() as home:
            found.append(measured(Path(home), size))
    sys.exit(0 if all(found) else 1)
