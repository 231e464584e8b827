"""One measure of EUR 5,000 through all its life, by the requests that its people send; each act that changes something is counted."""

import re
from collections import Counter
from datetime import date, datetime
from typing import Any

from sqlalchemy import select

from fundapp.disbursement import queries as money
from fundapp.documents.models import Document
from fundapp.evaluation import queries as evaluation
from fundapp.funds import service as funds
from fundapp.kit.database import WriteSession
from fundapp.measures import attaching, drafting, queries, starting
from fundapp.measures.models import Measure
from fundapp.rating import committees, schemes
from fundapp.rating.models import Sheet
from tests import factories
from tests.factories import MORNING
from tests.measures.conftest import FIELDS, PDF, ROWS

SCAN = b"%PDF-1.4\n1 0 obj<</Type/Catalog>>endobj\ntrailer<</Root 1 0 R>>\n%%EOF\n"
RECEIPTS = tuple((line, amount) for line, amount in [(1, 3_500), (1, 3_300), (1, 200)] + [(2, 250)] * 12)
ASKED = ("E8", "E9", "E12", "E13", "E14", "E15")  # what the officer answers; the rest is computed
PROOF = {"E12_list": "Sanctions list", "E12_on": "2026-03-02", "E12_found": "no entry"}


class Life:
    """`cast` maps names to roles; `life.acts` counts what each kind of act took."""

    def __init__(
        self, app: Any, client: Any, clock: Any, write: Any, preset: str, cast: dict[str, tuple[str, ...]]
    ) -> None:
        self.app, self.client, self.clock, self.write = app, client, clock, write
        self.acts: Counter[str] = Counter()
        self.who: dict[str, Any] = {}
        self.write(lambda session: self._make(session, preset, cast))
        self.hands = {name: client(person) for name, person in self.who.items()}

    def _make(self, session: WriteSession, preset: str, cast: dict[str, tuple[str, ...]]) -> None:
        branch = factories.branch(session, region="MN-041", name="Branch Khövsgöl", phone="7038 0000")
        for name, roles in cast.items():
            person = self.who[name] = factories.person(session, name=name.capitalize(), email=f"{name}@example.org")
            for role in roles:
                factories.give(session, person, role=role, branch=branch)
        manager = self.who["office"]
        fund = funds.open_fund(
            session,
            code="LED",
            name="Fund",
            currency="EUR",
            zone="Europe/Berlin",
            preset=preset,
            by=manager,
            at=MORNING,
        )
        donor = funds.add_donor(session, fund, name="Donor", by=manager, at=MORNING)
        funds.add_contribution(
            session, donor, amount=50_000_00, arrived_on=date(2026, 3, 1), bank_reference="B-1", key="first gift", by=manager,
            at=MORNING,
        )  # fmt: skip
        call = factories.call(session, fund=fund, annexes=["registration"], own_share=150)
        committee = committees.set_up(session, name="Committee", smallest_quorum=2, by=manager, at=MORNING)
        for n, name in enumerate(name for name, roles in cast.items() if {"member", "chair"} & {*roles}):
            sector = ("private", "public", "semi_public")[n % 3]
            committees.add_member(
                session, committee, self.who[name], sector=sector, chair="chair" in cast[name], by=manager, at=MORNING
            )
        schemes.make_scheme(session, call, committee, by=manager, at=MORNING)
        self.call, self.raters = call.id, [name for name, roles in cast.items() if {"member", "chair"} & {*roles}]
        self.id = self._draft(session, call)

    def _draft(self, session: WriteSession, call: Any) -> int:
        owner = self.who["applicant"]
        measure = starting.start(session, call, by=owner, at=MORNING)
        for section, fields in FIELDS.items():
            drafting.save(session, measure, section, fields, ROWS.get(section, ()), by=owner, at=MORNING)
        first, second = queries.lines(session, measure)
        shares = [{"id": first.id, "own_cash": 3_500_00}, {"id": second.id, "own_cash": 1_500_00}]
        paid = {"own_when": "After the cashmere, in May"}
        drafting.save(session, measure, "financing", paid, shares, by=owner, at=MORNING)
        attaching.attach(session, measure, PDF, "registration", by=owner, at=MORNING)
        return measure.id

    # What the tests use

    def act(self, kind: str, name: str, url: str, data: dict[str, Any] | None = None, **how: Any) -> str:
        """An act of a person: a request that changes something. It has to be carried out, and it is counted."""
        answer = self.hands[name].post(url, data=data or {}, **how)
        said = re.findall(r'class="error"[^>]*>([^<]+)<|<li>([^<]+)</li>', answer.text)
        assert answer.status_code == 303, f"{kind} by {name}: {url} {answer.status_code} {said} {answer.text[-1500:]}"
        self.acts[kind] += 1
        return str(answer.headers["location"])

    def page(self, name: str, url: str) -> str:
        answer = self.hands[name].get(url)
        assert answer.status_code == 200, f"{name}: {url} {answer.status_code} {answer.text[-800:]}"
        return answer.text

    def hidden(self, name: str, url: str, field: str) -> str:
        found = re.search(rf'name="{field}" value="([^"]+)"', self.page(name, url))
        assert found, f"no field {field} on {url}"
        return found[1]

    def ask(self, question: Any) -> Any:
        return self.write(question)

    def status(self) -> str:
        return self.ask(lambda session: session.get_one(Measure, self.id).status)

    def on(self, day: str) -> None:
        """The clock goes to nine o'clock of a day, and the heartbeat does what it does by itself."""
        self.clock.set(datetime.fromisoformat(f"{day}T09:00:00+00:00"))
        self.beat()

    def beat(self) -> None:
        for name, job in self.app.state.heart.jobs.items():
            if name not in ("documents", "mail"):  # writing Word files and sending are not waited for
                job()

    def present(self) -> list[str]:
        """Everybody of the committee, as the form of a meeting names them."""
        return [str(self.who[name].id) for name in self.raters]

    # Acts, in the order of a life

    def submit(self) -> None:
        self.page("applicant", f"/measures/{self.id}/review")
        self.act("send", "applicant", f"/measures/{self.id}/submit")

    def check(self, name: str) -> None:
        self.page(name, f"/measures/{self.id}/check")
        self.act("check", name, f"/measures/{self.id}/check", dict.fromkeys(ASKED, "pass") | PROOF)
        self.act("check", name, f"/measures/{self.id}/accept")
        self.beat()

    def declare_and_sign(self) -> None:
        for name in self.raters:
            self.page(name, f"/rating/calls/{self.call}/declare")
            self.act("declare", name, f"/rating/calls/{self.call}/declare", {f"said-{self.id}-answer": "none"})
        for name in self.raters:
            sheet = self.ask(
                lambda session, name=name: session.scalars(
                    select(Sheet.id).where(Sheet.person_id == self.who[name].id, Sheet.status == "open")
                ).one()
            )
            shown = self.page(name, f"/rating/sheets/{sheet}")
            rows = re.findall(r'name="(scores-\d+-)code" value="(R\d)"', shown)
            assert "Sign the sheet" in shown
            given = {f"{pre}{field}": value for pre, code in rows for field, value in (("code", code), ("points", 4))}
            self.act("sign", name, f"/rating/sheets/{sheet}/sign", given)

    def contract(self, issues: str, signs: str) -> None:
        shown = self.page(issues, f"/grants/measures/{self.id}")
        plan = re.search(r'name="plan"[^>]*value="([\d/]+)"', shown)
        assert plan
        terms = {"starts_on": "2026-06-01", "ends_on": "2027-03-31", "plan": plan[1], "name": "Chamber"}
        self.act("contract", issues, f"/grants/measures/{self.id}/issue", terms)
        self.ask(self._written)
        signed = {"signed_on": "2026-03-20", "original_with": "binder 1"}
        files = {"signed_copy": ("signed.pdf", SCAN, "application/pdf")}
        self.act("contract", signs, f"/grants/measures/{self.id}/sign", signed, files=files)

    def _written(self, session: WriteSession) -> None:
        """As if the job had written the Word files: what is tested here is who has to do what."""
        for document in session.scalars(select(Document).where(Document.status == "ordered")):
            kept = factories.file(session, thing=f"documents.document:{document.id}", data=f"d{document.id}".encode())
            document.status, document.file_id, document.issued_at = "issued", kept.id, self.clock()

    def pay(self, no: int, prepares: str, authorises: str, pays: str) -> None:
        here = f"/disbursement/measures/{self.id}"
        self.ask(self._written)
        key, instalment = (self.hidden(prepares, here, field) for field in ("key", "instalment"))
        url = self.act("payment", prepares, f"{here}/payments", {"instalment": instalment, "key": key})
        self.act("payment", authorises, f"{url}/authorise")
        paid = {"bank_reference": f"KB-{no}", "paid_on": self.clock().date().isoformat()}
        self.act("payment", pays, f"{url}/pay", paid)

    def rows(self, receipts: Any, day: str) -> dict[str, str]:
        found: dict[str, str] = {}
        for n, (line, amount) in enumerate(receipts):
            row = {"paid_on": day, "payee": f"Shop {n}", "what_for": "Steel", "line": line, "amount": f"{amount}.00"}
            found |= {f"lines-{n}-{name}": str(value) for name, value in row.items()}
        return found

    def enter_receipts(self, receipts: Any, day: str) -> None:
        url = f"/disbursement/measures/{self.id}/receipts/list"
        key = self.hidden("applicant", url, "key")
        self.act("receipts", "applicant", url, self.rows(receipts, day) | {"key": key})

    def check_receipts(self, name: str) -> tuple[int, int]:
        """(receipts, how many of them had to be opened)."""
        url = f"/disbursement/measures/{self.id}/receipts/check"
        shown = self.page(name, url)
        waiting = re.findall(r'name="receipt" value="(\d+)"', shown)
        opened = re.findall(r'name="(rows-\d+-opened)"', shown)
        self.act("receipts", name, url, {"receipt": waiting} | dict.fromkeys(opened, "yes"))
        return len(waiting), len(opened)

    def report(self, receipts: Any, day: str, **results: str) -> int:
        id = self.ask(lambda session: money.final_report(session, self.id).id)
        url = f"/disbursement/reports/{id}"
        version, key = (self.hidden("applicant", url, field) for field in ("version", "key"))
        words = {
            "done": "The line stands.",
            "results": "Wool is washed.",
            "version": version,
            "key": key,
            "act": "send",
        }
        self.act("report", "applicant", url, words | self.rows(receipts, day) | results)
        return int(id)

    def visit(self, point: int, name: str, **more: str) -> None:
        id, version = self.ask(
            lambda session: next((e.id, e.version) for e in evaluation.of_measure(session, self.id) if e.point == point)
        )
        self.page(name, f"/evaluation/{id}")
        found = {"version": version, "effective": "yes", "visited_on": self.clock().date().isoformat()}
        self.act("report" if more else "visit", name, f"/evaluation/{id}", found | more)
