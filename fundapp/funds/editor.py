"""The questions of a call as a page to edit: rows as typed, moved without losing a word, and read back as questions or errors."""

import re
from dataclasses import dataclass, field
from typing import Any

from fundapp.funds import questions
from fundapp.funds.models import Call
from fundapp.funds.questions import CHOOSING, DECIDING, KINDS, NO, YES, Question, words
from fundapp.kit.i18n import gettext as _
from fundapp.kit.web.forms import Posted

MOST, MOST_CHOICES = 30, 30
LABEL, HELP, CHOICE = 200, 500, 120  # characters
CODE = re.compile(r"q\d{1,3}", re.ASCII)
Row = dict[str, str]
Sent = dict[str, str]


@dataclass
class Editor:
    """`rows` as they stand on the page; `values` and `errors` are by the names of the fields, as the macros ask for them."""

    languages: list[str]
    rows: list[Row]
    errors: dict[str, str] = field(default_factory=dict)
    before: dict[str, Question] = field(default_factory=dict)  # by code, as they were kept

    @property
    def values(self) -> dict[str, Any]:
        return {f"q-{n}-{name}": value for n, row in enumerate(self.rows) for name, value in row.items()}

    @property
    def ok(self) -> bool:
        return not self.errors

    def conditions(self, place: int) -> list[tuple[str, str]]:
        """What a question at this place can depend on: (value, words), out of the questions before it."""
        found: list[tuple[str, str]] = []
        for row in self.rows[:place]:
            title = row.get(f"label_{self.languages[0]}", "").strip() or row["code"]
            found += [
                (f"{row['code']}={code}", _("“%(question)s” is: %(answer)s", question=title, answer=answer))
                for code, answer in self._answers(row)
            ]
        return found

    def _answers(self, row: Row) -> list[tuple[str, str]]:
        """(text, words) of what a deciding question can be answered with. Choices go by their text until they are kept."""
        if row.get("kind") == "yes_no":
            return [(YES, _("Yes")), (NO, _("No"))]
        if row.get("kind") in DECIDING:
            return [(line, line) for line in lines(row.get(f"choices_{self.languages[0]}", ""))]
        return []

    def act(self, do: str) -> int | None:
        """Adds, removes or moves a row ('add', 'remove-2', 'up-2', 'down-2'); gives the place to look at then."""
        name, _dash, number = do.partition("-")
        place = int(number) if number.isascii() and number.isdigit() else -1
        if name == "add" and len(self.rows) < MOST:
            self.rows.append({"code": self._free(), "kind": "short"})
            return len(self.rows) - 1
        if not 0 <= place < len(self.rows):
            return None
        if name == "remove":
            del self.rows[place]
            return min(place, len(self.rows) - 1) if self.rows else None
        other = place + {"up": -1, "down": 1}.get(name, 0)
        if 0 <= other < len(self.rows):
            self.rows[place], self.rows[other] = self.rows[other], self.rows[place]
            return other
        return place

    def _free(self) -> str:
        taken = {row["code"] for row in self.rows} | self.before.keys()
        return next(f"q{n}" for n in range(1, 1000) if f"q{n}" not in taken)

    def questions(self) -> list[Question]:
        """What the rows say; what cannot be is told in `errors`."""
        found: list[Question] = []
        for n, row in enumerate(self.rows):
            found.append(self._question(n, row, found))
        return found

    def _question(self, n: int, row: Row, earlier: list[Question]) -> Question:
        kind = row.get("kind", "")
        if kind not in KINDS:
            self._say(n, "kind", _("Please choose one of the answers given."))
        label = self._texts(n, row, "label", LABEL)
        if not row.get(f"label_{self.languages[0]}", "").strip():
            self._say(n, f"label_{self.languages[0]}", _("Please write what you ask."))
        choices = self._choices(n, row) if kind in CHOOSING else ()
        return Question(
            code=row["code"],
            kind=kind,
            label=label,
            help=self._texts(n, row, "help", HELP),
            needed=row.get("needed") == "yes",
            choices=choices,
            shown_if=self._condition(n, row.get("shown_if", ""), earlier),
        )

    def _texts(self, n: int, row: Row, what: str, most: int) -> Sent:
        found = {lang: row.get(f"{what}_{lang}", "").strip() for lang in self.languages}
        for lang, text in found.items():
            if len(text) > most:
                self._say(n, f"{what}_{lang}", _("Please write at most %(most)s characters.", most=most))
        return {lang: text for lang, text in found.items() if text}

    def _choices(self, n: int, row: Row) -> tuple[tuple[str, Sent], ...]:
        """Line by line; the first language says how many there are, an empty one falls back to it."""
        first, *others = self.languages
        own = lines(row.get(f"choices_{first}", ""))
        if not 2 <= len(own) <= MOST_CHOICES or len(set(own)) < len(own) or any(len(line) > CHOICE for line in own):
            told = _(
                "Write two or more different answers, one on each line, of at most %(most)s characters.", most=CHOICE
            )
            self._say(n, f"choices_{first}", told)
        given = {lang: lines(row.get(f"choices_{lang}", "")) for lang in others}
        for lang, said in given.items():
            if said and len(said) != len(own):
                self._say(n, f"choices_{lang}", _("Write as many lines as in the first language: %(n)s.", n=len(own)))
            elif any(len(line) > CHOICE for line in said):
                self._say(n, f"choices_{lang}", _("Please write at most %(most)s characters.", most=CHOICE))
        codes = self._codes(row["code"], own)
        texts = [
            {first: line} | {lang: said[i] for lang, said in given.items() if i < len(said)}
            for i, line in enumerate(own)
        ]
        return tuple(zip(codes, texts, strict=True))

    def _codes(self, question: str, own: list[str]) -> list[str]:
        """A choice keeps its code as long as it keeps its words in the first language."""
        before = self.before.get(question)
        known = {words(texts, self.languages[0]): code for code, texts in before.choices} if before else {}
        free = (code for n in range(1, 1000) if (code := f"c{n}") not in known.values())
        return [known.get(line) or next(free) for line in own]

    def _condition(self, n: int, typed: str, earlier: list[Question]) -> tuple[str, str] | None:
        if not typed:
            return None
        code, _equals, answer = typed.partition("=")
        on = next((question for question in earlier if question.code == code), None)
        if on is not None and on.kind == "yes_no" and answer in (YES, NO):
            return code, answer
        if on is not None and on.kind in CHOOSING:
            for choice, texts in on.choices:
                if words(texts, self.languages[0]) == answer:
                    return code, choice
        self._say(n, "shown_if", _("Choose an answer of a question that stands before this one."))
        return None

    def _say(self, n: int, name: str, text: str) -> None:
        self.errors.setdefault(f"q-{n}-{name}", text)


def lines(text: str) -> list[str]:
    return [line.strip() for line in text.split("\n") if line.strip()]


def shown(call: Call, languages: list[str]) -> Editor:
    """The questions that the call asks."""
    kept = questions.of(call)
    return Editor(languages, [_row(question, languages, kept) for question in kept], before={q.code: q for q in kept})


def _row(question: Question, languages: list[str], kept: list[Question]) -> Row:
    row = {"code": question.code, "kind": question.kind, "needed": "yes" if question.needed else ""}
    for lang in languages:
        row[f"label_{lang}"] = question.label.get(lang, "")
        row[f"help_{lang}"] = question.help.get(lang, "")
        row[f"choices_{lang}"] = "\n".join(texts.get(lang, "") for _code, texts in question.choices).strip("\n")
    row["shown_if"] = _typed(question, kept, languages[0])
    return row


def _typed(question: Question, kept: list[Question], lang: str) -> str:
    """The condition as the page sends it: by the words of the choice."""
    if question.shown_if is None:
        return ""
    code, choice = question.shown_if
    texts = next((dict(other.choices).get(choice) for other in kept if other.code == code), None)
    return f"{code}={words(texts, lang) if texts else choice}"


def read(call: Call, languages: list[str], posted: Posted) -> Editor:
    """The page as it was sent."""
    before = {question.code: question for question in questions.of(call)}
    editor = Editor(languages, [], before=before)
    names = {"kind", "needed", "shown_if", *(f"{w}_{lang}" for w in ("label", "help", "choices") for lang in languages)}
    for row in posted.rows("q")[:MOST]:
        kept = {name: value for name, value in row.items() if name in names}
        code = row.get("code", "")
        taken = {other["code"] for other in editor.rows}
        editor.rows.append({"code": code if CODE.fullmatch(code) and code not in taken else editor._free()} | kept)
    return editor
