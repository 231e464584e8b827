"""What the demonstration is made of. Every person, organisation and measure here is invented."""

from dataclasses import dataclass, field

from fundapp.people.permissions import Role

PASSWORD = "only for the demonstration"  # noqa: S105 - printed by `fundapp demo`, works for invented people only

BRANCHES = (
    ("ARK", "Branch Arkhangai", "MN-073", "7033 0000"),
    ("ZAV", "Branch Zavkhan", "MN-057", "7046 0000"),
    ("DOR", "Branch Dornod", "MN-061", "7058 0000"),
)

# given name, second name (says what they are for), e-mail, role, branch
PEOPLE: tuple[tuple[str, str, str, Role, str | None], ...] = (
    ("Anu", "Applicant", "applicant@demo.invalid", Role.APPLICANT, None),
    ("Oyun", "Officer", "officer@demo.invalid", Role.OFFICER, "ZAV"),
    ("Mira", "Member One", "member1@demo.invalid", Role.MEMBER, None),
    ("Bat", "Member Two", "member2@demo.invalid", Role.MEMBER, None),
    ("Tuya", "Member Three", "member3@demo.invalid", Role.MEMBER, None),
    ("Dorj", "Member Four", "member4@demo.invalid", Role.MEMBER, None),
    ("Chimeg", "Chair", "chair@demo.invalid", Role.CHAIR, None),
    ("Maral", "Manager", "manager@demo.invalid", Role.MANAGER, None),
    ("Finn", "Finance", "finance@demo.invalid", Role.FINANCE, None),
    ("Ada", "Auditor", "auditor@demo.invalid", Role.AUDITOR, None),
    ("Adam", "Administrator", "admin@demo.invalid", Role.ADMIN, None),
)
SECTORS = {"Mira": "private", "Bat": "semi_public", "Tuya": "public", "Dorj": "private", "Chimeg": "semi_public"}

# donor, contribution in whole euros, days before today
DONORS = (("Partner chamber (invented)", 60_000, 500), ("Gobi foundation (invented)", 25_000, 420))


@dataclass(frozen=True)
class Line:
    """A budget line in whole euros; who pays: grant, own money, own work."""

    category: str
    what: str
    quantity: int
    price: int
    grant: int
    cash: int
    kind: int


@dataclass(frozen=True)
class Proposal:
    """A proposal and how far it has come."""

    goal: str
    title: str
    region: str
    place: str
    topic: str
    intervention: str
    organisation: str
    kind: str
    sector: str
    summary: str
    problem: str
    effect: str
    trained: int
    jobs: int
    incomes: int
    lines: tuple[Line, ...]
    scores: tuple[tuple[int, ...], ...] = field(default=())


MORE = {
    "summary": " It serves more people than those who run it, is built with what the place has, and shows its effect within "
    "a year. The members pay for its use from the first month on.",
    "problem": " Every household solves this alone today, at a higher cost than one shared solution would have. The nearest "
    "offer is more than two hundred kilometres away, and in winter the road is closed for weeks. Young people leave because "
    "there is no paid work in the soum between the seasons.",
    "objective": "By the end of the measure the service runs every week, is open to all at the same price and pays for "
    "itself from what its users pay.",
    "benefit": "All households of the soum may use it at the same price, members of the group or not. The soum "
    "administration gives the place, the school sends its pupils to learn, and prices and opening hours hang on the door. "
    "Others can copy it: the drawings and the accounts are open to every branch that asks for them.",
    "after": "The group runs it. Two people are paid from the fees; ten per cent of the fees go into a repair box that the "
    "soum accountant keeps. The price list was worked out with the branch: at sixty users a month the costs are covered, "
    "and more than one hundred households have said in writing that they will come.",
}

PROPOSALS: tuple[Proposal, ...] = (
    Proposal(
        "running", "Wool washing line shared by six cooperatives", "MN-057", "Uliastai", "agriculture", "processing",
        "Wool cooperative (invented)", "cooperative", "private",
        "Six cooperatives sell raw wool at the lowest price because nobody in the aimag washes it. A shared line in the old "
        "dairy washes and presses forty tonnes a season.",
        "Wool leaves the aimag unwashed and earns a third of what washed wool would bring.",
        "The line washes wool every week of the season, and everybody can watch it.", 14, 3, 31,
        (
            Line("equipment", "Washing vats and press", 1, 7_200, 5_400, 1_800, 0),
            Line("works", "Water connection and floor", 1, 2_400, 1_600, 400, 400),
            Line("events", "Course for fourteen operators", 2, 800, 1_000, 0, 600),
        ),
        ((4, 4, 3, 3, 4, 5, 3, 3), (5, 4, 4, 3, 3, 4, 4, 3), (4, 3, 4, 4, 3, 4, 3, 4)),
    ),
    Proposal(
        "rated", "Welders’ course with a mobile workshop", "MN-061", "Choibalsan", "crafts", "training",
        "Crafts association (invented)", "association", "semi_public",
        "A trailer with welding sets goes from soum to soum; twenty young people learn to weld and repair stoves, fences and "
        "carts on the spot.",
        "There is no welder in nine of fourteen soums, and a broken stove door waits for the next trip to the capital.",
        "Every soum has had its repair week, with a list of what was mended.", 20, 5, 9,
        (
            Line("equipment", "Trailer and four welding sets", 1, 5_600, 4_200, 1_400, 0),
            Line("experts", "Instructors, eight weeks", 8, 300, 1_800, 0, 600),
        ),
        ((4, 4, 3, 3, 4, 5, 3, 2), (5, 4, 4, 2, 3, 4, 4, 3), (3, 2, 4, 4, 3, 3, 2, 4)),
    ),
    Proposal(
        "rated", "Greenhouse vegetables for the winter market", "MN-073", "Tsetserleg", "agriculture", "new_product",
        "Vegetable growers’ group (invented)", "cooperative", "private",
        "Two winter greenhouses with earth walls give fresh greens from October to April, sold at a stall in the market hall.",
        "All vegetables of the winter come by lorry, at three times the price of the autumn.",
        "The stall sells local greens every market day of the winter.", 12, 4, 16,
        (
            Line("works", "Two earth-walled greenhouses", 2, 2_300, 3_200, 900, 500),
            Line("equipment", "Stove, fans and shelves", 1, 1_400, 1_000, 400, 0),
        ),
        ((5, 4, 4, 4, 4, 4, 4, 3), (4, 4, 4, 3, 4, 4, 4, 4), (4, 4, 5, 4, 4, 4, 3, 3)),
    ),
    Proposal(
        "in_rating", "Sorting point for waste paper and cardboard", "MN-061", "Bayandun", "environment", "new_service",
        "Town clean-up association (invented)", "association", "semi_public",
        "A baling press and a dry shed turn the paper of shops and offices into bales that a mill buys.",
        "Paper is burnt behind the market although a mill pays for it by the tonne.",
        "The yard behind the market is clean, and the weekly weight hangs at its gate.", 6, 2, 4,
        (
            Line("equipment", "Baling press", 1, 3_800, 2_900, 900, 0),
            Line("works", "Dry shed", 1, 1_500, 1_000, 200, 300),
        ),
        ((4, 4, 4, 2, 4, 3, 4, 5), (3, 4, 4, 3, 3, 4, 4, 5)),
    ),
    Proposal(
        "ineligible", "Storage house for one trader", "MN-073", "Ikh-Tamir", "services", "equipment",
        "Trading firm (invented)", "sme", "private",
        "A trader builds a heated storage house and rents out what is left of it to other shops of the soum centre.",
        "Goods freeze on the way and in unheated sheds, and much is thrown away in spring.",
        "The house stands and is heated in the first winter.", 0, 1, 2,
        (Line("works", "Heated storage house", 1, 6_000, 4_500, 1_500, 0),),
    ),
    Proposal(
        "submitted", "Horse-trek operators’ shared booking desk", "MN-057", "Tosontsengel", "tourism", "new_service",
        "Horse-trek operators (invented)", "cooperative", "private",
        "Nine families who guide riders share one desk, one price list and one telephone, so that no guest is lost.",
        "Guests call one family, find nobody, and book elsewhere; nine families keep nine half-empty calendars.",
        "The desk answers every day of the season and publishes its bookings.", 18, 2, 9,
        (
            Line("equipment", "Desk, satellite telephone and signs", 1, 2_600, 1_900, 700, 0),
            Line("events", "Courses in hosting and accounts", 3, 400, 900, 0, 300),
        ),
    ),
    Proposal(
        "returned", "Felt slippers from local sheep wool", "MN-057", "Uliastai", "crafts", "new_product",
        "Women’s felt group (invented)", "cooperative", "private",
        "Fifteen women make slippers from local felt with two presses and sell them to hotels under one mark.",
        "Felt is sold by the roll at the price of the raw wool, and winter has no paid work for women.",
        "Three hotels use the slippers, and the mark hangs at their doors.", 15, 6, 15,
        (
            Line("equipment", "Two felt presses and moulds", 2, 1_500, 2_200, 800, 0),
            Line("material", "Wool and soles for the first season", 1, 1_000, 700, 0, 300),
        ),
    ),
    Proposal(
        "draft", "Root cellar and grading station for vegetables", "MN-073", "Tariat", "agriculture", "processing",
        "Garden households (invented)", "cooperative", "private",
        "Forty households store and grade potatoes and carrots in one cellar and sell them in spring.",
        "Half of the harvest rots in sheds before the price rises in spring.",
        "The cellar is full in October and empty in May.", 28, 1, 40,
        (Line("equipment", "Cold-room door and grading tables", 1, 3_400, 2_500, 900, 0),),
    ),
)  # fmt: skip
