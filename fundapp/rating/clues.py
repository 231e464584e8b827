"""What ties a member to a proposal by what both have on record. Every rule is one function that gives what it compared, or None.

To add a rule: write the function, name it in `RULES` with its sentence, add a row to the table test. A rule never judges:
what it finds closes the proposal until the member's chair has looked at it. Evidence is shown to the chair and kept, so it
holds no whole telephone, tax or account number, only how they end. Source of the list: domain.md 4.3, PRAG 2.9.2.
"""

import re
import unicodedata
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass

from fundapp.kit.i18n import gettext as _
from fundapp.kit.i18n import mark
from fundapp.measures.codes import CONFLICTS, OFFICE

Evidence = dict[str, str]

PUBLIC = frozenset((
    "gmail.com", "googlemail.com", "yahoo.com", "yahoo.de", "yahoo.co.uk", "ymail.com", "rocketmail.com",
    "hotmail.com", "hotmail.de", "outlook.com", "outlook.de", "live.com", "live.de", "msn.com", "icloud.com",
    "me.com", "mac.com", "aol.com", "aol.de", "gmx.de", "gmx.net", "gmx.com", "gmx.at", "gmx.ch", "web.de",
    "t-online.de", "freenet.de", "arcor.de", "mail.de", "posteo.de", "mailbox.org", "proton.me", "protonmail.com",
    "protonmail.ch", "pm.me", "tutanota.com", "tuta.io", "fastmail.com", "hey.com", "zoho.com", "yandex.com",
    "yandex.ru", "ya.ru", "mail.ru", "bk.ru", "inbox.ru", "list.ru", "rambler.ru", "qq.com", "163.com", "126.com",
    "sina.com", "foxmail.com", "naver.com", "daum.net", "hanmail.net", "magicnet.mn", "mongol.net", "mobinet.mn",
    "univision.mn", "yahoo.co.jp", "example.com", "example.net", "example.org",
))  # fmt: skip
"""Where everybody can have an address: sharing one says nothing."""
RESERVED = frozenset({"invalid", "example", "test", "localhost"})
"""Endings that belong to nobody (RFC 2606): addresses of tests and demonstrations."""
SHARED_LABELS = frozenset({"com", "co", "org", "gov", "edu", "net", "ac", "mil", "or", "go"})
LEGAL_FORMS = frozenset((
    "llc", "ltd", "limited", "gmbh", "ag", "ug", "ev", "eg", "inc", "corp", "co", "company", "ххк", "хк", "хзх",
    "тббт", "ббсб", "ххн", "llp", "plc",
))  # fmt: skip


@dataclass(frozen=True)
class Place:
    """An organisation as far as it can be compared. Telephones as dialled."""

    name: str
    id: int | None = None
    register: str = ""
    tax_number: str = ""
    address: str = ""
    phones: frozenset[str] = frozenset()
    emails: frozenset[str] = frozenset()
    accounts: frozenset[str] = frozenset()


@dataclass(frozen=True)
class Tie:
    """An interest that a member keeps on record. `kind`: a code of measures.codes.CONFLICTS."""

    kind: str
    name: str
    organisation_id: int | None = None
    number: str = ""


@dataclass(frozen=True)
class Insider:
    """A member. `places`: where they belong, or belonged in the last three years; `offices`: branches whose officer they are,
    `branches`: also those of the last three years; `declared`: organisation and proposal of every conflict they declared."""

    id: int
    email: str = ""
    phone: str = ""
    places: tuple[Place, ...] = ()
    offices: frozenset[int] = frozenset()
    branches: frozenset[int] = frozenset()
    ties: tuple[Tie, ...] = ()
    declared: frozenset[tuple[int, int]] = frozenset()
    accounts: frozenset[str] = frozenset()


@dataclass(frozen=True)
class Proposal:
    """Who proposes, with whom, through which branch. `branches`: id -> name of those that look after it; `applying`: of those
    that apply themselves; `helpers` wrote or typed it; `names`: of parties, partners and persons in it."""

    id: int = 0
    owner_id: int | None = None
    place: Place | None = None
    names: tuple[str, ...] = ()
    helpers: frozenset[int] = frozenset()
    branches: Mapping[int, str] | None = None
    applying: Mapping[int, str] | None = None
    emails: frozenset[str] = frozenset()
    phones: frozenset[str] = frozenset()
    accounts: frozenset[str] = frozenset()


def own_proposal(member: Insider, proposal: Proposal) -> Evidence | None:
    return {} if proposal.owner_id == member.id else None


def own_branch(member: Insider, proposal: Proposal) -> Evidence | None:
    """A member who is an officer of the branch that looks after it."""
    return _branch(member.offices, proposal.branches)


def branch_applies(member: Insider, proposal: Proposal) -> Evidence | None:
    """A branch of the chamber applies itself: all of its people stay out, outsiders decide."""
    return _branch(member.branches, proposal.applying)


def same_organisation(member: Insider, proposal: Proposal) -> Evidence | None:
    there = {spelt(name) for name in (*proposal.names, proposal.place.name if proposal.place else "")} - {""}
    for place in member.places:
        if (proposal.place and place.id and place.id == proposal.place.id) or spelt(place.name) in there:
            return {"organisation": place.name}
    return None


def email_domain(member: Insider, proposal: Proposal) -> Evidence | None:
    """The same domain, or one below the other; never that of a public provider."""
    mine = _domains([member.email, *(email for place in member.places for email in place.emails)])
    theirs = _domains([*proposal.emails, *(proposal.place.emails if proposal.place else ())])
    alike = {min(a, b, key=len) for a in mine for b in theirs if a == b or _below(a, b) or _below(b, a)}
    return {"domain": min(alike)} if alike else None


def phone(member: Insider, proposal: Proposal) -> Evidence | None:
    mine = {member.phone, *(phone for place in member.places for phone in place.phones)}
    theirs = {*proposal.phones, *(proposal.place.phones if proposal.place else ())}
    return _ends(mine & theirs)


def address(member: Insider, proposal: Proposal) -> Evidence | None:
    """The same words and house number; an address without a number is a place where many are."""
    if proposal.place is None:
        return None
    there = placed(proposal.place.address)
    same = there and any(placed(place.address) == there for place in member.places)
    return {"address": proposal.place.address} if same else None


def tax_number(member: Insider, proposal: Proposal) -> Evidence | None:
    return _number(member, proposal, lambda place: place.tax_number)


def register_number(member: Insider, proposal: Proposal) -> Evidence | None:
    return _number(member, proposal, lambda place: place.register)


def bank_account(member: Insider, proposal: Proposal) -> Evidence | None:
    mine = {*member.accounts, *(account for place in member.places for account in place.accounts)}
    return _ends({plain(account) for account in mine} & {plain(account) for account in proposal.accounts})


def interest(member: Insider, proposal: Proposal) -> Evidence | None:
    """A seat, a share or family on record: the same organisation, its number, or a name in the proposal."""
    place = proposal.place
    numbers = {plain(place.register), plain(place.tax_number)} - {""} if place else set()
    names = {spelt(name) for name in (*proposal.names, place.name if place else "")} - {""}
    for tie in member.ties:
        same = place is not None and tie.organisation_id is not None and tie.organisation_id == place.id
        if same or plain(tie.number) in numbers or spelt(tie.name) in names:
            return {"organisation": tie.name, "kind": tie.kind}
    return None


def helped(member: Insider, proposal: Proposal) -> Evidence | None:
    return {} if member.id in proposal.helpers else None


def declared_before(member: Insider, proposal: Proposal) -> Evidence | None:
    """The same organisation in another proposal."""
    place = proposal.place
    before = any(id != proposal.id and place and place.id == organisation for organisation, id in member.declared)
    return {"organisation": place.name} if place and before else None


@dataclass(frozen=True)
class Rule:
    """`finds` compares; `sentence` says it of a member; what `stands` cannot be waived."""

    code: str
    finds: Callable[[Insider, Proposal], Evidence | None]
    name: str
    sentence: str
    stands: bool = False


RULES: tuple[Rule, ...] = (
    Rule("own_proposal", own_proposal, mark("Own proposal"), mark("The proposal is their own."), stands=True),
    Rule(
        "branch_applies", branch_applies, mark("A branch applies"),
        mark("A branch of the chamber applies, and they belong to it: %(branch)s."),
    ),
    Rule(OFFICE, own_branch, mark("Own branch"), mark("Officer of the branch that looks after it: %(branch)s.")),
    Rule(
        "same_organisation", same_organisation, mark("Same organisation"),
        mark("Belongs to %(organisation)s, or did so in the last three years."),
    ),
    Rule("helped", helped, mark("Helped to write it"), mark("Wrote or typed the proposal.")),
    Rule("interest", interest, mark("Interest on record"), mark("On record with %(organisation)s: %(kind)s.")),
    Rule(
        "declared_before", declared_before, mark("Declared earlier"),
        mark("Has declared a conflict with %(organisation)s before."),
    ),
    Rule("bank_account", bank_account, mark("Bank account"), mark("The same bank account, ending in %(end)s.")),
    Rule("tax_number", tax_number, mark("Tax number"), mark("%(organisation)s has the same tax number, ending in %(end)s.")),
    Rule(
        "register_number", register_number, mark("Register number"),
        mark("%(organisation)s has the same register number, ending in %(end)s."),
    ),
    Rule("phone", phone, mark("Telephone"), mark("The same telephone number, ending in %(end)s.")),
    Rule("email_domain", email_domain, mark("E-mail"), mark("The e-mail addresses end alike: %(domain)s.")),
    Rule("address", address, mark("Address"), mark("The same address: %(address)s.")),
)  # fmt: skip
BY_CODE = {rule.code: rule for rule in RULES}


def found(member: Insider, proposal: Proposal) -> dict[str, Evidence]:
    """rule -> what it compared, for every rule that ties this member to this proposal."""
    return {rule.code: what for rule in RULES if (what := rule.finds(member, proposal)) is not None}


def say(code: str, evidence: Mapping[str, str]) -> str:
    """The sentence of a rule with what it compared."""
    values = dict(evidence)
    if "kind" in values:
        values["kind"] = _(CONFLICTS.get(values["kind"], values["kind"]))
    return _(BY_CODE[code].sentence, **values)


def plain(number: str) -> str:
    """A register, tax or account number without what only separates; '' when it is too short to mean anything."""
    kept = re.sub(r"[\W_]+", "", unicodedata.normalize("NFKC", number)).upper()
    return kept if len(kept) >= 4 else ""


def spelt(name: str) -> str:
    """A name as it is compared: in small letters, without signs and legal form; '' when nothing much is left."""
    words = _words(name)
    kept = " ".join(word for word in words if word not in LEGAL_FORMS) or " ".join(words)
    return kept if len(kept) >= 3 else ""


def placed(address: str) -> str:
    """An address as it is compared, whatever the order of its words; '' without a number or with hardly a word."""
    words = _words(address)
    return " ".join(sorted(words)) if len(words) >= 3 and any(word[0].isdigit() for word in words) else ""


def _words(text: str) -> list[str]:
    return re.findall(r"[^\W_]+", unicodedata.normalize("NFKC", text).casefold())


def _branch(mine: Iterable[int], theirs: Mapping[int, str] | None) -> Evidence | None:
    shared = sorted(set(mine) & set(theirs or {}))
    return {"branch": (theirs or {})[shared[0]]} if shared else None


def _number(member: Insider, proposal: Proposal, of: Callable[[Place], str]) -> Evidence | None:
    there = plain(of(proposal.place)) if proposal.place else ""
    if not there:
        return None
    same = next((place for place in member.places if plain(of(place)) == there), None)
    return {"organisation": same.name, "end": there[-3:]} if same else None


def _ends(shared: Iterable[str]) -> Evidence | None:
    known = sorted(set(shared) - {""})
    return {"end": known[0][-3:]} if known else None


def _domains(emails: Iterable[str]) -> set[str]:
    found = {email.rpartition("@")[2].strip().rstrip(".").casefold() for email in emails if "@" in email}
    return {domain for domain in found if "." in domain and domain not in PUBLIC and not _shared(domain)}


def _below(longer: str, shorter: str) -> bool:
    return longer.endswith(f".{shorter}")


def _shared(domain: str) -> bool:
    """A suffix under which many have their own: gov.mn, co.uk; or an ending that nobody owns."""
    labels = domain.split(".")
    return labels[-1] in RESERVED or (len(labels) == 2 and labels[0] in SHARED_LABELS and len(labels[1]) == 2)
