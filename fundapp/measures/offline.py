"""The proposal's form without a line: the Word form of a call, a proposal as Word, and what a filled form would change."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from fundapp.funds import questions
from fundapp.funds.models import Call, Fund
from fundapp.funds.queries import find_call_by_code
from fundapp.kit import i18n
from fundapp.kit.database import ReadSession
from fundapp.kit.dates import offset, town
from fundapp.kit.errors import Refused
from fundapp.kit.i18n import gettext as _
from fundapp.kit.i18n import speaking
from fundapp.kit.money import show
from fundapp.kit.texts import show_moment
from fundapp.measures import filled, gaps, printing, queries, reading
from fundapp.measures.codes import FORMS
from fundapp.measures.fields import find
from fundapp.measures.models import Measure
from fundapp.measures.reading import Reading, Unread
from fundapp.regions import areas
from fundapp.regions.queries import bottlenecks_of

LISTED = 40  # a list of bottlenecks longer than this is no help on paper
Lists = Mapping[str, Sequence[tuple[str, str]]]


def blank(session: ReadSession, call: Call, *, form: str, language: str) -> bytes:
    """The form of a call to fill in, as a Word file; `form`: full or short."""
    fund = session.get_one(Fund, call.fund_id)
    with speaking(language):
        return printing.document(_blank(session, call, fund, form, language, "", {}))


def of_code(session: ReadSession, code: str, *, form: str, language: str) -> bytes:
    """`fundapp report proposal-form --call CODE`: the form to fill in. Raises Refused for what is not there."""
    if form not in FORMS or language not in i18n.NAMES:
        raise Refused(_("There is a full and a short form, in: %(languages)s.", languages=", ".join(i18n.NAMES)))
    call = find_call_by_code(session, code)
    if call is None:
        raise Refused(_("There is no call “%(code)s”.", code=code))
    return blank(session, call, form=form, language=language)


def proposal(session: ReadSession, measure: Measure, *, language: str) -> bytes:
    """A proposal as a Word file, as it stands; it can be changed there and read back."""
    whole = queries.proposal(session, measure)
    with speaking(language):
        texts = {page.name: filled.texts(whole, page.name, language) for page in gaps.pages(measure)}
        call = gaps.call_of(measure)
        return printing.document(
            _blank(session, call, measure.fund, measure.form, language, measure.region, texts, measure.id)
        )


def _blank(
    session: ReadSession,
    call: Call,
    fund: Fund,
    form: str,
    language: str,
    region: str,
    texts: Mapping[str, Mapping[str, str]],
    measure: int = 0,
) -> printing.Blank:
    head = [
        _(
            "Deadline: %(when)s, %(zone)s",
            when=show_moment(call.closes_at, fund.zone),
            zone=f"{town(fund.zone)} ({offset(call.closes_at, fund.zone)})",
        ),
        _(
            "The fund gives %(least)s to %(most)s. At least %(share)s %% of all costs are your own share.",
            least=show(call.smallest, fund.currency, language, with_currency=True, short=True),
            most=show(call.largest, fund.currency, language, with_currency=True, short=True),
            share=i18n.number(call.own_share / 10),
        ),
        _(
            "Write where the dots are, or choose. Save the file and send it on the page of the call, or give it to your branch."
        ),
    ]
    return printing.Blank(
        title=call.said("title", language),
        head=head,
        key=reading.key_of(call=call.code, edition=call.edition, form=form, language=language, measure=measure),
        form=form,
        language=language,
        currency=fund.currency,
        asked=questions.of(call),
        figures=call.asked_indicators,
        texts=texts,
        lists=lists(session, call, region),
    )


def lists(session: ReadSession, call: Call, region: str = "") -> Lists:
    """What can be chosen as region and as bottleneck: those of the measure's region, or of the call's where they are few."""
    named = areas.named()
    codes = call.regions or list(named)
    found = [(str(each.id), each.title) for each in bottlenecks_of(session, [region] if region else codes)]
    return {
        "region": [(code, named.get(code, code)) for code in codes],
        "bottleneck": found if len(found) <= LISTED else [],
    }


@dataclass(frozen=True)
class Difference:
    """A field in which the document says something else than the proposal; `keep`: it is blank in the document."""

    page: str
    name: str
    label: str
    there: str
    read: str

    @property
    def keep(self) -> bool:
        return not self.read


@dataclass
class Report:
    """What was read of a filled form: fields that differ, how many are equal, what could not be read, and hints about the file."""

    reading: Reading
    differences: list[Difference] = field(default_factory=list)
    equal: int = 0
    unread: list[Unread] = field(default_factory=list)
    hints: list[str] = field(default_factory=list)


def report(session: ReadSession, measure: Measure, data: bytes, *, language: str) -> Report:
    """Compares a filled form with what stands in the proposal, stores nothing. Raises reading.NotAWordFile."""
    call = gaps.call_of(measure)
    read = reading.read(data, questions.of(call), lists(session, call, measure.region))
    own, whole = {page.name for page in gaps.pages(measure)}, queries.proposal(session, measure)
    found = Report(read, unread=list(read.unread), hints=_hints(read, measure, call))
    written = read.key.get("language", language)
    for page, texts in read.texts.items():
        if page not in own:
            continue
        there = filled.texts(whole, page, written)
        if page in whole.typed:
            there |= whole.typed[page].content
        for name, text in texts.items():
            if text == there.get(name, ""):
                found.equal += bool(text)
            elif not gaps.is_open(measure, page, name.removeprefix("q_")):
                why = _("Only what was asked for can be changed now.")
                found.unread.append(Unread(name, label(page, name, call), text, why))
            else:
                found.differences.append(Difference(page, name, label(page, name, call), there.get(name, ""), text))
    return found


def label(page: str, name: str, call: Call) -> str:
    """What a field is called, with the number of its row."""
    if page == "questions":
        asked = {f"q_{each.code}": each for each in questions.of(call)}
        return questions.words(asked[name].label, i18n.LANGUAGE.get()) if name in asked else name
    known = find(page, name)
    told = _(known.label) if known else name
    return f"{told} ({int(name.split('-')[1]) + 1})" if name.count("-") > 1 else told


def _hints(read: Reading, measure: Measure, call: Call) -> list[str]:
    """What is unusual about the file as a whole."""
    key, hints = read.key, []
    if not key:
        hints.append(_("This file does not say for which call it was made; what could be matched is shown."))
    elif key.get("call") != call.code:
        hints.append(
            _("This form was made for another call (%(code)s); what fits this one is shown.", code=key.get("call", ""))
        )
    elif key.get("edition") != str(call.edition):
        hints.append(_("The call was changed after this form was made; please look at it closely."))
    if key.get("measure", "0") not in ("0", str(measure.id)):
        hints.append(_("This file was made from another proposal."))
    if not read.texts:
        hints.append(
            _("None of the form’s fields could be found in it. Please fill in the form from the page of the call.")
        )
    return hints
