"""What proposals, receipts, reports and visits say: by theme, by kind of applicant. Invented, in English as all content here.

Fields in braces: title, place, region, trained, jobs, incomes.
"""

from dataclasses import dataclass


@dataclass(frozen=True)
class Cost:
    """A line of the budget: its category, what is bought, of whom, and its part of the cost in percent."""

    category: str
    what: str
    payee: str
    percent: int


@dataclass(frozen=True)
class Theme:
    """How one kind of measure is told."""

    topic: str
    intervention: str
    bottleneck: str
    factor: str
    summary: str
    problem: str
    objective: str
    outputs: str
    effect: str
    costs: tuple[Cost, ...]
    done: str
    results: str
    problems: str
    voice: str
    lesson: str


THEMES: dict[str, Theme] = {
    "agriculture": Theme(
        "agriculture", "new_product", "Raw products leave the aimag unprocessed", "value_chains",
        "Households around {place} produce more than they can sell fresh. “{title}” gives them a shared place, simple "
        "equipment and a first buyer, so that the season's work is paid at home and not in the capital. {trained} people "
        "learn what they need for it within the first months.",
        "Around {place} most families live from animals and gardens, and nearly everything is sold raw to traders who come "
        "twice a year and name the price. What spoils on the way is lost to the families. A single household cannot buy the "
        "equipment, and no firm has come to do it for the {region} area, because the quantities look small from far away.",
        "By the end of the measure the shared place works every week of the season, is open to all at the same price, and "
        "at least two buyers in {place} take what it makes.",
        "A working place with equipment, an agreed price list and trained operators.",
        "The first product of the season stands in the shops of {place}, with the mark of those who made it.",
        (
            Cost("equipment", "Equipment for the shared place", "Machine trader, Ulaanbaatar", 52),
            Cost("works", "Floor, water and power connection", "Building crew, {place}", 27),
            Cost("events", "Course and first season of advice", "Agricultural adviser, {place}", 21),
        ),
        "The place was repaired, the equipment set up and tried, and {trained} people took part in the course. Opening hours "
        "and prices hang on the door.",
        "{incomes} people earned more this season than last; the first buyers have ordered again.",
        "The delivery came three weeks late because of the road; the course was moved forward instead.",
        "“We used to wait for the trader. Now the trader waits for us.”",
        "Agree with the first buyer before the equipment is ordered.",
    ),
    "tourism": Theme(
        "tourism", "new_service", "Guests pass through and do not stay", "demand",
        "Guests drive through {place} without stopping, because nobody tells them what there is. “{title}” brings families, "
        "guides and the museum together with one price list, one telephone and clear signs. {trained} people learn hosting, "
        "first aid and simple accounts before the season.",
        "In the summer hundreds of cars pass {place} every week. Families who would host or guide them keep separate "
        "calendars and separate prices, and a guest who finds nobody at home drives on. There are no signs, no shared "
        "booking, and no one who answers in another language. What could be a second income for the {region} area goes elsewhere.",
        "By the end of the measure guests find, book and pay in one place, at known prices, on every day of the season.",
        "A shared desk with booking list, signs and trained hosts.",
        "Signs stand along the road to {place}, and the desk is open every day of the season.",
        (
            Cost("equipment", "Desk, signs and outdoor equipment", "Sign maker, {place}", 46),
            Cost("events", "Courses in hosting and first aid", "Tourism school, Ulaanbaatar", 30),
            Cost("services", "Price list, pictures and printing", "Printing house, {place}", 24),
        ),
        "The desk opened with the season, the signs were set together with the road office, and {trained} hosts and guides "
        "finished the course.",
        "{incomes} people took money from guests this season; bookings are counted every week.",
        "Two families left the list after the first month; three others came in.",
        "“For the first time guests called us before they came.”",
        "One telephone number, answered every day, is worth more than a page with pictures.",
    ),
    "vocational training": Theme(
        "services", "training", "Firms look for skilled people, young people look for work", "skills",
        "Firms in {place} bring skilled workers from the capital while young people of the aimag have no trade. “{title}” "
        "teaches {trained} of them in short blocks with real orders, in the workshops of local firms. Whoever finishes "
        "receives a certificate that firms in {place} have promised to recognise.",
        "Employers around {place} say in every interview that they cannot find people who have learnt the work. The "
        "vocational school teaches other trades and has old equipment. Young people who leave for a course in the capital "
        "seldom come back to {region}. Women with small children cannot leave at all, and so skilled work stays undone or "
        "is brought in from outside.",
        "By the end of the measure at least {trained} people have finished the course, and firms have taken in or ordered "
        "from the best of them.",
        "A course with written lessons, tools for two groups and agreements with firms.",
        "The first group has finished, and its work can be seen in public buildings of {place}.",
        (
            Cost("equipment", "Tools and machines for two groups", "Tool trader, Ulaanbaatar", 43),
            Cost("experts", "Instructors, eight weeks", "Master craftsman, {place}", 35),
            Cost("material", "Material for practice", "Building market, {place}", 22),
        ),
        "Two groups were taught in turn, each with an order from a local firm at the end. {trained} people have the certificate.",
        "{incomes} of those who finished earn more than before; {jobs} found or made themselves a steady job.",
        "Five people left the first group at the harvest; the second one began after it.",
        "“My first order was the door of the school I went to.”",
        "Begin with the orders that firms have, then write the lessons.",
    ),
    "services": Theme(
        "services", "new_service", "Services for small firms are missing outside the capital", "business_services",
        "People and small firms of {place} travel to the capital for things that take an hour there. “{title}” offers them "
        "at home, at a price that covers the work. {trained} people learn to run it and to keep its books.",
        "Whoever needs this service in {place} today loses two days and the fare to the capital, or does without. Each small "
        "firm alone is too small a customer for a provider to come. In winter the road is closed for days. Mothers, old "
        "people and people with disabilities feel it most, and so do the market traders of {region}, who close their stands "
        "while they travel.",
        "By the end of the measure the service is open on every working day and covers its running costs from what it takes.",
        "A furnished room, equipment, a price list and people trained to run it.",
        "The service is open in the centre of {place}, with prices and hours on its door.",
        (
            Cost("equipment", "Equipment of the room", "Office supplier, Ulaanbaatar", 48),
            Cost("works", "Repair of the room", "Building crew, {place}", 28),
            Cost("events", "Course for those who run it", "Business adviser, {place}", 24),
        ),
        "The room was repaired and opened; {trained} people were trained, two of them run it day by day.",
        "Users come from nine soums; {incomes} people have more income through it.",
        "In the first two months takings did not cover the heating; the opening hours were changed.",
        "“I keep my stand open now instead of sitting on the bus.”",
        "Count the users of the first month on paper; it shows which hours nobody needs.",
    ),
    "processing": Theme(
        "crafts", "processing", "Local material earns a third of what it could", "value_chains",
        "The material is at hand around {place}, the work is done elsewhere. “{title}” sets up a small workshop that several "
        "producers share, with the papers it needs to sell to shops and kindergartens. {trained} people learn the work.",
        "What is gathered, grown or cut around {place} leaves the aimag as it is, and comes back as a finished product at "
        "three times the price. A workshop with the right papers is beyond what one family can build. Those who tried it at "
        "home could not sell to shops, because the inspection asks for a washed floor, a scale and a book. The {region} area "
        "loses work that it could do itself.",
        "By the end of the measure the workshop has its papers, works at least four days a week and sells in ten shops.",
        "A workshop with the papers of the inspection, a mark and a price list.",
        "The product lies in the shops of {place}, with the name of the workshop on it.",
        (
            Cost("equipment", "Machines of the workshop", "Machine trader, Ulaanbaatar", 55),
            Cost("works", "Floor, tiles and ventilation", "Building crew, {place}", 26),
            Cost("services", "Inspection, mark and packaging", "Inspection office, {place}", 19),
        ),
        "The workshop was built in, inspected and opened. {trained} people learnt the work, in two groups.",
        "The workshop sells to shops and kindergartens; {incomes} people earn more than before.",
        "The first packaging leaked; a better one was found at the same price.",
        "“We sell the same wool, but now it has our name on it.”",
        "Ask the inspection before the floor is laid, not after.",
    ),
    "environment": Theme(
        "environment", "new_service", "Waste and worn-out land drive people away", "environment",
        "What is burnt, buried or left behind around {place} can be used or sold. “{title}” shows it at a place that "
        "everybody passes, with people who look after it. {trained} people learn how, and schools come to see it.",
        "Around {place} waste is burnt behind the market, springs are trodden down by animals and trees are cut for fuel. "
        "Everybody sees it and nobody is in charge of it. The town has no money for it, and those who would take it on have "
        "no place, no tools and no buyer. In the interviews of the {region} area it was named by firms, offices and herders "
        "alike.",
        "By the end of the measure the place is looked after every week, and what is gathered or grown is sold or used.",
        "A fenced place with tools, a weekly plan and people who answer for it.",
        "Everybody who passes sees the place, and its weekly figures hang at the gate.",
        (
            Cost("equipment", "Press, tools and containers", "Machine trader, Ulaanbaatar", 50),
            Cost("works", "Fence, shed and ground", "Building crew, {place}", 31),
            Cost("events", "Days of work with schools and neighbours", "Environment club, {place}", 19),
        ),
        "The place was fenced and furnished, and {trained} people from schools and neighbourhoods learnt the work.",
        "The weekly figures have been kept since the start; {incomes} people have an income from it.",
        "Wind took the first fence; the second one stands deeper.",
        "“Children now bring what their parents used to burn.”",
        "A board with the week's figures does more than a campaign.",
    ),
}  # fmt: skip


@dataclass(frozen=True)
class Kind:
    """How one kind of applicant is told: the word of the one who leads it, what it is, how it goes on."""

    head: str
    note: str
    after: str


KINDS: dict[str, Kind] = {
    "cooperative": Kind("Head of the cooperative", "A cooperative of herder families, founded eight years ago.",
                        "The cooperative runs it. Its members pay for use, and a tenth of the takings goes into a repair fund."),
    "association": Kind("Chairwoman", "A registered association; its members meet every month.",
                        "The association runs it. Two members are paid from the fees, the accounts are read out twice a year."),
    "sme": Kind("Director", "A small firm with six people, paying taxes and insurance.",
                "The firm runs it at its own risk and keeps it open to others at the agreed price for three years."),
    "group": Kind("Speaker of the group", "A group of citizens without legal form; the soum administration signs for it.",
                  "The group runs it together with the soum administration, which owns the place and lets it for nothing."),
    "municipality": Kind("Head of the administration", "The administration of the soum.",
                         "The administration lets it to whoever runs it for the public; the contract is renewed every year."),
    "school": Kind("Director of the school", "A vocational school with two hundred pupils.",
                   "The school runs it as a part of its lessons; what it takes pays for material and upkeep."),
}  # fmt: skip

MORE = (
    " The price list was worked out with the branch: at sixty users a month the running costs are covered, and more than a "
    "hundred households have said in writing that they will come. Repairs up to the price of one part are paid from the "
    "takings, larger ones from what is put aside. The accounts are open to the branch, and the drawings to whoever wants to "
    "do the same elsewhere."
)
BENEFIT = (
    "All households of the soum may use it at the same price, members or not. Prices and hours hang on the door. The "
    "administration gives the place, the school sends its pupils, and the branch shows it to groups from other soums. What "
    "is learnt is written down in four pages that others can follow, and once a year there is an open day with figures."
)
SHARED = (
    " It serves more people than those who run it, is built with what the place has, and shows its effect within a year. "
    "Users pay for it from the first month on."
)
OWN_WORK = "Own work, rooms and transport"
OUTCOMES = "It is used every week and pays for itself."
STRONG, WEAK = "Convincing, and well shown by its figures.", "Too little is said about this."
REASONS = "Clear bottleneck, many users, own money in."
STILL = "It works as on the day it was opened; those who run it put money aside."
STOPPED = "It stands still. Those who ran it have moved away, and nobody has taken it over."
PARTED = "It works in the season only; a part stands idle."

WHY = "Has worked in this trade for years and wants the young people to stay."
ENVIRONMENT = "Less water and fuel are used than today, because the work is shared in one place."
RISKS = (
    ("The winter comes early and work outdoors has to stop", "Everything outdoors is done in the first months."),
    ("A supplier raises the price after the offer", "Two offers are kept; the difference comes from own money."),
)
ACTIVITIES = (
    "Compare offers, sign, get the place ready",
    "Deliver, install, train those who use it",
    "Run it, count what it does, report",
)
OWN_WHEN = "Half after the cashmere in May, the rest when the autumn sales are paid."
VALUED = "Working days at the price that the soum pays for such work."
