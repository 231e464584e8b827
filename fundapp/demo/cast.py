"""Who plays: the accounts of both demonstrations, donors, and the names of those without an account. All invented."""

from dataclasses import dataclass

from fundapp.people.permissions import Role

PASSWORD = "only for the demonstration"  # noqa: S105 - printed by `fundapp demo`, works for invented people only
ADDRESS = "demo.invalid"
HOME = "MN-073"  # the region of the officer who has an account


@dataclass(frozen=True)
class Account:
    """A person who can be signed in. The second name says what the account is for; `sector` is that of a committee's seat."""

    key: str
    given: str
    second: str
    roles: tuple[Role, ...]
    sector: str = ""
    title: str = ""

    @property
    def email(self) -> str:
        return f"{self.key}@{ADDRESS}"


NATIONAL: tuple[Account, ...] = (
    Account("applicant", "Anu", "Applicant", (Role.APPLICANT,)),
    Account("applicant2", "Bilguun", "Applicant Two", (Role.APPLICANT,)),
    Account("officer", "Oyun", "Officer", (Role.OFFICER,)),
    Account("member1", "Mira", "Member One", (Role.MEMBER,), "private"),
    Account("member2", "Bat", "Member Two", (Role.MEMBER,), "semi_public"),
    Account("member3", "Tuya", "Member Three", (Role.MEMBER,), "public"),
    Account("member4", "Dorj", "Member Four", (Role.MEMBER,), "private"),
    Account("member5", "Saran", "Member Five", (Role.MEMBER,), "public"),
    Account("chair", "Chimeg", "Chair", (Role.CHAIR,), "semi_public"),
    Account("manager", "Maral", "Manager", (Role.MANAGER,)),
    Account("finance", "Ganzorig", "Finance", (Role.FINANCE,)),
    Account("auditor", "Ariunaa", "Auditor", (Role.AUDITOR,)),
    Account("admin", "Altan", "Administrator", (Role.ADMIN,)),
)
FIRST_SEATS = ("chair", "member1", "member2", "member3")  # those who have rated all six years
LATER_SEATS = ("member4", "member5")


def account(key: str) -> Account:
    """Of the national fund."""
    return next(account for account in NATIONAL if account.key == key)


SMALL: tuple[Account, ...] = (
    Account("office", "Oyun", "Office", (Role.OFFICER, Role.MANAGER, Role.FINANCE, Role.ADMIN)),
    Account("second", "Suren", "Second Person", (Role.MANAGER, Role.CHAIR)),
    Account("committee1", "Chimeg", "Committee One", (Role.CHAIR,), "semi_public"),
    Account("committee2", "Bat", "Committee Two", (Role.MEMBER,), "private"),
    Account("committee3", "Tuya", "Committee Three", (Role.MEMBER,), "public"),
    Account("reader", "Ariunaa", "Reader", (Role.AUDITOR,)),
    Account("applicant", "Anu", "Applicant", (Role.APPLICANT,)),
)

# donor, whole euros a year, from which of the programme years on
DONORS = (
    ("Partner chamber in Europe (invented)", 42_000, 0),
    ("Steppe Foundation (invented)", 30_000, 0),
    ("Ministry of the regions (invented)", 25_000, 0),
    ("Fund of the chamber’s members (invented)", 24_000, 2),
)

GIVEN = (
    "Altansukh", "Amarsaikhan", "Anand", "Ankhtuya", "Batbold", "Bayarmaa", "Bolormaa", "Bulgan", "Byamba", "Davaa",
    "Delger", "Dulmaa", "Enebish", "Erdene", "Gantulga", "Gerel", "Khongor", "Khulan", "Lkhagva", "Monkhjin", "Naran",
    "Nomin", "Odval", "Otgon", "Purev", "Sarnai", "Solongo", "Tsetseg", "Uranbileg", "Zaya",
)  # fmt: skip
FATHERS = (
    "Adiya", "Baasan", "Chuluun", "Damdin", "Gombo", "Jamba", "Luvsan", "Mijid", "Namjil", "Osor", "Radna", "Sodnom",
    "Tumen", "Vanchig", "Yondon", "Zandan",
)  # fmt: skip


def name(number: int) -> tuple[str, str]:
    """(given name, father's name) of the so-manieth person without an account."""
    return GIVEN[number % len(GIVEN)], FATHERS[(number * 5 + number // len(GIVEN)) % len(FATHERS)]


def phone(number: int) -> str:
    """A number that no network gives out."""
    return f"7000 {number % 10_000:04d}"
