"""Score sheets without a line: a member's open sheets as Word, sheets to print and sign, and what a filled file would change.

In a blind call nothing in such a file tells who proposes, also where the names are open to the member already.
"""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date

from sqlalchemy import select

from fundapp.funds.models import Call
from fundapp.kit import i18n
from fundapp.kit.database import ReadSession
from fundapp.kit.errors import Refused
from fundapp.kit.i18n import gettext as _
from fundapp.kit.i18n import ngettext, speaking
from fundapp.kit.texts import show_date
from fundapp.people.models import Person
from fundapp.rating import blind, filled, sheetpaper, sitting, standing
from fundapp.rating.filled import Filled
from fundapp.rating.models import Criterion, Member, Sheet
from fundapp.rating.scheme import anchors
from fundapp.rating.sheetpaper import COMMENT, POINTS, UNJUDGED, Asked, Form, Stand, Written

Row = tuple[Sheet, int | None]


def own(session: ReadSession, call: Call, person: Person, *, language: str, today: date, sheet: int = 0) -> bytes:
    """The member's sheets of the call that are not signed yet (or that one `sheet`), with what stands in them, to fill in.

    Raises Refused where there is none.
    """
    rows = [
        (each, no)
        for each, no, _n in standing.my_sheets(session, person, [call.id])
        if each.status != "signed" and sheet in (0, each.id)
    ]
    if not rows:
        raise Refused(_("No sheet of this call is open for you."))
    return _document(session, call, person, rows, language, today)


def to_sign(
    session: ReadSession, call: Call, person: Person, rows: Iterable[Row], *, language: str, today: date
) -> bytes:
    """Empty sheets of a member for proposals, to print and to sign by hand; nothing of what the member has scored is in them."""
    return _document(session, call, person, list(rows), language, today, paper=True)


def _document(
    session: ReadSession, call: Call, person: Person, rows: list[Row], lang: str, today: date, *, paper: bool = False
) -> bytes:
    given = filled.of_sheets(session, [sheet.id for sheet, _no in rows])
    with speaking(lang):
        rule = given[rows[0][0].id].rule
        return sheetpaper.document(
            sheetpaper.Paper(
                title=_("Score sheets: %(call)s", call=call.title),
                head=_head(person, today, rule, paper=paper),
                key=sheetpaper.key_of(call=call.code, member=person.id, language=lang),
                language=lang,
                forms=[_form(sheet, no, call, given[sheet.id], lang, paper=paper) for sheet, no in rows],
                to_sign=paper,
            )
        )


def _head(person: Person, today: date, rule: str, *, paper: bool) -> list[str]:
    who = _("For %(name)s, %(day)s", name=person.shown_name, day=show_date(today))
    if paper:
        return [
            who,
            _("Write the points and the reasons by hand, sign each sheet, and give it to the office of the fund."),
            _("A reason is needed %(rule)s.", rule=rule),
        ]
    return [
        who,
        _("Choose the points, or tick that you cannot judge, and write the reason below. A reason is needed %(rule)s.", rule=rule),
        _("Save the file and send it on the page “Sheets in Word”. You see what was read before anything is taken over, and you sign on the screen."),
    ]  # fmt: skip


def seat_of(session: ReadSession, call: Call, person: Person) -> Member | None:
    """The seat with which this person scores in the call; files they send belong to it."""
    committees = sitting.committees_of_call(session, call.id)
    asked = select(Member).where(Member.person_id == person.id, Member.left_at.is_(None))
    return session.scalars(asked.where(Member.committee_id.in_(committees)).order_by(Member.id)).first()


def title_of(call: Call, sheet: Sheet, no: int | None) -> str:
    """'Proposal 7', with its title where names are open."""
    named = _("Proposal %(no)s", no=no or sheet.id)
    return named if call.blind else f"{named}: {sheet.measure.title}"


def _form(sheet: Sheet, no: int | None, call: Call, given: Filled, lang: str, *, paper: bool) -> Form:
    stands = {} if paper else {criterion.id: stand_of(given, criterion) for criterion in given.criteria}
    return Form(
        id=sheet.id,
        title=title_of(call, sheet, no),
        asked=tuple(_asked(c, sheet, call, given, lang, paper=paper) for c in given.criteria),
        stands=stands,
    )


def _asked(criterion: Criterion, sheet: Sheet, call: Call, given: Filled, lang: str, *, paper: bool) -> Asked:
    later = paper and call.blind and criterion.needs_identity
    return Asked(
        id=criterion.id,
        code=criterion.code,
        title=criterion.titles.get(lang) or criterion.titles["en"],
        question=criterion.questions.get(lang) or criterion.questions.get("en", ""),
        weight=criterion.weight,
        highest=given.scheme.highest,
        anchors=anchors(criterion.anchors, given.scheme.highest, lang),
        note=_("Only after you were told who proposes it.") if later else "",
        closed="" if paper else why_closed(sheet, criterion, is_blind=call.blind),
    )


def stand_of(given: Filled, criterion: Criterion) -> Stand:
    row = given.scores.get(criterion.id)
    if row is None:
        return Stand()
    score = UNJUDGED if row.unjudged else "" if row.points is None else str(row.points)
    return Stand(score, row.comment)


def why_closed(sheet: Sheet, criterion: Criterion, *, is_blind: bool) -> str:
    """Why this criterion cannot be scored now; '' when it can."""
    if sheet.status == "signed":
        return _("The sheet is signed.")
    if is_blind and criterion.needs_identity != blind.names_are_open(sheet, blind=True):
        return (
            _("Scored once the names are open.") if criterion.needs_identity else _("Locked on the screen; it stands.")
        )
    return ""


# What a filled file says


@dataclass(frozen=True)
class Difference:
    """A score or reason in which the file says something else than the sheet. `meanwhile`: changed on the screen, too, since
    the file was made; then the member chooses. `there` and `read`: as text of a field, for people in `told`."""

    sheet_id: int
    criterion_id: int
    code: str
    what: str
    form: str
    label: str
    there: str
    read: str
    told: tuple[str, str]
    meanwhile: bool

    @property
    def name(self) -> str:
        return f"{self.sheet_id}-{self.criterion_id}-{self.what}"

    @property
    def keep(self) -> bool:
        """It is blank in the file."""
        return not self.read


@dataclass(frozen=True)
class Unread:
    label: str
    text: str
    why: str


@dataclass
class Report:
    """What was read. `since`: changed on the screen and not in the file, so it stays as it is; `count`: filled in."""

    differences: list[Difference] = field(default_factory=list)
    unread: list[Unread] = field(default_factory=list)
    since: list[str] = field(default_factory=list)
    hints: list[str] = field(default_factory=list)
    equal: int = 0
    count: int = 0


def report(session: ReadSession, call: Call, person: Person, data: bytes, *, language: str) -> Report:
    """Compares a filled file with the member's sheets of the call, stores nothing. Raises package.NotAWordFile."""
    reading = sheetpaper.read(data)
    rows = {sheet.id: (sheet, no) for sheet, no, _n in standing.my_sheets(session, person, [call.id])}
    given = filled.of_sheets(session, rows)
    found = Report(hints=list(_hints(reading, call, person, rows)))
    for (sheet_id, criterion_id), written in sorted(reading.found.items()):
        if sheet_id not in rows:
            continue
        sheet, no = rows[sheet_id]
        criterion = next((c for c in given[sheet_id].criteria if c.id == criterion_id), None)
        if criterion is not None:
            _Compared(found, call, sheet, no, criterion, given[sheet_id], language).with_file(written)
    for name, text in reading.strange:
        found.unread.append(Unread(name, text, _("this form has no such field")))
    return found


def _hints(reading: sheetpaper.Reading, call: Call, person: Person, rows: Mapping[int, object]) -> Iterator[str]:
    """What is unusual about the file as a whole."""
    key, sheets = reading.key, {sheet_id for sheet_id, _criterion in reading.found}
    if not sheets:
        yield _("None of the fields of a score sheet could be found in it. Please fill in the file from this page.")
    elif key.get("call") not in (None, call.code):
        yield _("This file was made for another call (%(code)s).", code=key["call"])
    if key.get("member") not in (None, str(person.id)):
        yield _("This file was made for somebody else; only sheets of your own can be read.")
    if others := len(sheets - set(rows)):
        said = ngettext("%(num)s sheet in this file is not open for you.", "%(num)s sheets in this file are not open for you.", others)  # fmt: skip
        yield said + " " + _("Nothing of that is read.")


class _Compared:
    """What a file says of one criterion beside what stands in the sheet."""

    def __init__(
        self, found: Report, call: Call, sheet: Sheet, no: int | None, criterion: Criterion, given: Filled, lang: str
    ) -> None:
        self.found, self.sheet, self.criterion = found, sheet, criterion
        self.highest, self.stands = given.scheme.highest, stand_of(given, criterion)
        self.closed = why_closed(sheet, criterion, is_blind=call.blind)
        self.form = title_of(call, sheet, no)
        self.label = f"{criterion.code} {criterion.titles.get(lang) or criterion.titles['en']}"
        self.words = anchors(criterion.anchors, self.highest, lang)

    def with_file(self, written: Written) -> None:
        if POINTS in written.texts or UNJUDGED in written.texts:
            self._score(written)
        if COMMENT in written.texts:
            self._compare(COMMENT, self.stands.comment, written.texts[COMMENT], written)

    def _score(self, written: Written) -> None:
        typed, left_out = written.texts.get(POINTS, ""), written.texts.get(UNJUDGED, "")
        if typed and left_out:
            self._unread(typed, _("there are points, and it is ticked that you cannot judge it"))
            return
        points = sheetpaper.points_in(typed, [anchors(self.criterion.anchors, self.highest, each) for each in i18n.NAMES], self.highest)  # fmt: skip
        if typed and points is None:
            self._unread(typed, _("these are no whole points from 0 to %(highest)s", highest=self.highest))
            return
        read = UNJUDGED if left_out else "" if points is None else str(points)
        self._compare(POINTS, self.stands.score, read, written)

    def _compare(self, what: str, there: str, read: str, written: Written) -> None:
        self.found.count += bool(read)
        if sheetpaper.mark_of(read) == sheetpaper.mark_of(there):
            self.found.equal += bool(read)
        elif written.kept(what, read):
            self.found.since.append(f"{self.form}, {self._named(what)}")
        elif self.closed:
            self._unread(self._told(what, read), self.closed)
        else:
            told = self._told(what, there), self._told(what, read)
            self.found.differences.append(
                Difference(
                    self.sheet.id, self.criterion.id, self.criterion.code, what, self.form, self._named(what), there, read,
                    told, meanwhile=not written.kept(what, there),
                )
            )  # fmt: skip

    def _named(self, what: str) -> str:
        return self.label if what == POINTS else _("%(criterion)s, reason", criterion=self.label)

    def _told(self, what: str, text: str) -> str:
        """What people read: points with their words."""
        if what == COMMENT or not text:
            return text
        return _("cannot judge") if text == UNJUDGED else f"{text} {self.words.get(int(text), '')}".strip()

    def _unread(self, text: str, why: str) -> None:
        self.found.unread.append(Unread(f"{self.form}, {self.label}", text, why))
