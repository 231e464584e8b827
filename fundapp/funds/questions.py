"""Extra questions of a call: what is asked besides the form, and when. Pure; texts stand by language, the call's first language first."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Protocol

from fundapp.kit.i18n import mark

KINDS: dict[str, str] = {
    "short": mark("Short text"),
    "long": mark("Long text"),
    "number": mark("Number"),
    "money": mark("Amount of money"),
    "date": mark("Date"),
    "yes_no": mark("Yes or no"),
    "one": mark("One of several"),
    "several": mark("Several of a list"),
    "file": mark("File"),
}
CHOOSING = frozenset({"one", "several"})  # kinds with choices
DECIDING = frozenset({"yes_no", "one", "several"})  # kinds a later question may depend on
YES, NO = "yes", "no"
YES_NO: tuple[tuple[str, str], ...] = ((YES, mark("Yes")), (NO, mark("No")))
SHORT, LONG = 200, 3000  # characters of a short and of a long answer

Texts = Mapping[str, str]
Answer = str | list[str]


@dataclass(frozen=True)
class Question:
    """`code` names the answer in Measure.answers; `shown_if` is (code of an earlier question, its choice)."""

    code: str
    kind: str
    label: dict[str, str]
    help: dict[str, str] = field(default_factory=dict)
    needed: bool = False
    choices: tuple[tuple[str, dict[str, str]], ...] = ()
    shown_if: tuple[str, str] | None = None

    @property
    def annex(self) -> str:
        """The kind of annex under which the files of a file question are kept."""
        return f"q:{self.code}"


class Asking(Protocol):
    """A call with its questions as they are kept."""

    @property
    def questions(self) -> Sequence[Mapping[str, Any]]: ...


def of(call: Asking) -> list[Question]:
    """The questions of a call, in their order."""
    return [_question(row) for row in call.questions or ()]


def _question(row: Mapping[str, Any]) -> Question:
    condition = row.get("shown_if")
    return Question(
        code=row["code"],
        kind=row["kind"],
        label=dict(row["label"]),
        help=dict(row.get("help") or {}),
        needed=bool(row.get("needed")),
        choices=tuple((code, dict(texts)) for code, texts in row.get("choices") or ()),
        shown_if=(condition[0], condition[1]) if condition else None,
    )


def kept(questions: Iterable[Question]) -> list[dict[str, Any]]:
    """The questions as `Call.questions` keeps them; `of` gives them back."""
    return [
        {
            "code": q.code,
            "kind": q.kind,
            "label": dict(q.label),
            "help": dict(q.help),
            "needed": q.needed,
            "choices": [[code, dict(texts)] for code, texts in q.choices],
            "shown_if": list(q.shown_if) if q.shown_if else None,
        }
        for q in questions
    ]


def shown(questions: Sequence[Question], answers: Mapping[str, Answer]) -> list[Question]:
    """The questions that are asked with these answers: one whose condition is not met is left out, and so is what hangs on it."""
    found: list[Question] = []
    for question in questions:
        if question.shown_if is None:
            found.append(question)
            continue
        code, choice = question.shown_if
        if any(earlier.code == code for earlier in found) and chosen(answers.get(code), choice):
            found.append(question)
    return found


def chosen(answer: Answer | None, choice: str) -> bool:
    """Whether the choice is (among) the answer."""
    return choice in answer if isinstance(answer, list) else answer == choice


def choices_of(question: Question, lang: str) -> list[tuple[str, str]]:
    """(code, words) of what can be answered, in the reader's language; yes and no stay English source text."""
    if question.kind == "yes_no":
        return list(YES_NO)
    return [(code, words(texts, lang)) for code, texts in question.choices]


def words(texts: Texts, lang: str) -> str:
    """The text in the reader's language, else in the first language it was written in."""
    return texts.get(lang) or next((text for text in texts.values() if text), "")
