"""What is under way on the day of preparation: days count from it. Money in whole euros. Invented."""

from dataclasses import dataclass
from datetime import timedelta

from fundapp.demo.facts import SECTORS, Plan
from fundapp.demo.story import Story


@dataclass(frozen=True)
class Sketch:
    """A plan whose days are counted from the day of preparation."""

    key: str
    title: str
    theme: str
    region: str
    organisation: str
    kind: str
    sector: str
    starts: int
    ends: int
    total: int
    grant: int
    own: int
    third: int
    people: tuple[int, int, int, int]  # trained, of them women, jobs, higher incomes

    def plan(self, story: Story) -> Plan:
        trained, women, jobs, incomes = self.people
        begins, ends = story.end + timedelta(days=self.starts), story.end + timedelta(days=self.ends)
        return Plan(
            self.key, self.title, self.theme, self.region, self.organisation, self.kind, SECTORS[self.sector], begins, ends,
            self.total, self.grant, self.own, self.third, trained, women, jobs, jobs // 2, incomes, 0, "yes",
        )  # fmt: skip


# fmt: off
RUNNING = (
    Sketch("due", "Felt slippers from local sheep wool", "processing", "MN-073", "Felt makers of Tsetserleg",
           "association", "civil society", -110, 118, 9_600, 6_900, 2_500, 200, (18, 15, 4, 18)),
    Sketch("late", "Root cellar and grading station for vegetables", "agriculture", "MN-073", "Garden households of Tariat",
           "cooperative", "private", -129, 111, 8_400, 6_000, 2_100, 300, (28, 14, 2, 40)),
    Sketch("sent", "Local guides for the volcano and the white lake", "tourism", "MN-073", "Guides of Tariat",
           "cooperative", "private", -124, 116, 7_900, 5_600, 2_000, 300, (16, 9, 3, 16)),
    Sketch("prepared", "Poultry keeping for single-parent households", "agriculture", "MN-043", "Women’s association of Khovd",
           "association", "civil society", -140, 100, 6_700, 4_600, 1_600, 500, (24, 22, 3, 24)),
    Sketch("authorised", "Mobile hairdressing and barber service for soums", "services", "MN-061", "Barbers of Choibalsan",
           "sme", "private", -12, 250, 5_900, 4_100, 1_800, 0, (9, 6, 4, 9)),
    Sketch("paused", "Spring protection with herder communities", "environment", "MN-046", "Herders of Uvs lake",
           "group", "civil society", -95, 180, 6_300, 4_400, 1_400, 500, (32, 15, 1, 12)),
    Sketch("forgotten", "Leather off-cuts turned into gloves", "processing", "MN-049", "Leather workers of Selenge",
           "cooperative", "private", -138, 98, 8_800, 6_200, 2_300, 300, (20, 13, 5, 20)),
)

FIRST_MEETING = (
    Sketch("contracted", "Bricklayers for energy-saving stoves", "vocational training", "MN-057", "Vocational school of Uliastai",
           "school", "public", 12, 250, 8_200, 5_900, 1_800, 500, (24, 6, 6, 14)),
    Sketch("reserved", "Solar cookers for summer camps", "environment", "MN-065", "Camp owners of Govi-Altai",
           "cooperative", "private", 90, 300, 6_900, 4_800, 2_100, 0, (26, 13, 1, 14)),
    Sketch("rejected", "Bottling of mineral spring water", "processing", "MN-055", "Spring water firm of Arvaikheer",
           "sme", "private", 60, 320, 9_900, 7_400, 2_300, 200, (8, 3, 2, 6)),
)
SECOND_MEETING = (
    Sketch("less", "Computer skills for young job seekers", "vocational training", "MN-041", "Youth club of Mörön",
           "association", "civil society", 75, 330, 8_600, 6_200, 2_000, 400, (36, 20, 3, 12)),
    Sketch("deferred", "Day-care service for market women’s children", "services", "MN-041", "Youth club of Mörön",
           "association", "civil society", 80, 320, 7_200, 5_100, 1_700, 400, (12, 12, 4, 22)),
)
TO_DECIDE = (
    Sketch("rated1", "Greenhouse vegetables for the winter market", "agriculture", "MN-059", "Vegetable growers of Mandalgovi",
           "cooperative", "private", 95, 330, 7_400, 5_200, 2_000, 200, (12, 8, 4, 16)),
    Sketch("rated2", "Freight-sharing board for trips to the capital", "services", "MN-069", "Drivers of Bayankhongor",
           "association", "private", 100, 320, 5_600, 3_900, 1_500, 200, (14, 3, 2, 30)),
)
IN_RATING = Sketch("rating", "Paper and cardboard collection with a baling press", "environment", "MN-037",
                   "Clean town of Darkhan", "association", "civil society", 110, 330, 7_800, 5_500, 1_900, 400, (16, 9, 3, 6))
ELIGIBLE = Sketch("eligible", "Berry jam kitchen with food-safety certificate", "processing", "MN-035",
                  "Berry gatherers of Erdenet", "cooperative", "private", 120, 340, 7_000, 4_900, 1_900, 200, (18, 16, 3, 20))
INELIGIBLE = Sketch("ineligible", "Heated storage house of one trading firm", "services", "MN-071", "Trading firm of Ölgii",
                    "sme", "private", 70, 300, 8_000, 6_000, 2_000, 0, (3, 1, 1, 2))
DRAFT = Sketch("draft", "Second felting room for the winter", "processing", "MN-073", "Felt makers of Tsetserleg",
               "association", "civil society", 150, 330, 7_000, 4_900, 1_900, 200, (10, 9, 3, 10))
SUBMITTED = Sketch("submitted", "Horse-trek operators’ shared booking desk", "tourism", "MN-073", "Horse guides of Tsenkher",
                   "cooperative", "private", 130, 340, 6_400, 4_500, 1_700, 200, (18, 7, 2, 18))
RETURNED = Sketch("returned", "Home-stay network along the old caravan road", "tourism", "MN-041", "Youth club of Mörön",
                  "association", "civil society", 140, 340, 6_800, 4_700, 1_800, 300, (15, 10, 1, 24))
WITHDRAWN = Sketch("withdrawn", "Laundry service for hotels and clinics", "services", "MN-063", "Laundry of Sainshand",
                   "sme", "private", 130, 330, 7_700, 5_400, 2_100, 200, (10, 8, 4, 10))
# fmt: on

# A small fund: one office; grants up to five thousand
# fmt: off
SMALL_CLOSED = Sketch("small-closed", "Repair shop for small engines", "services", "MN-073", "Workshop of Tsetserleg",
                      "cooperative", "private", -1_110, -790, 5_600, 3_900, 1_500, 200, (8, 2, 3, 12))
SMALL_SETTLED = Sketch("small-settled", "Beekeeping starter apiaries", "agriculture", "MN-073", "Beekeepers of Ikh-Tamir",
                       "cooperative", "private", -480, -181, 4_900, 3_400, 1_300, 200, (14, 8, 1, 14))
SMALL_LATE = Sketch("small-late", "Felt slippers from local sheep wool", "processing", "MN-073", "Felt makers of Tsetserleg",
                    "association", "civil society", -330, -96, 6_400, 4_500, 1_700, 200, (18, 15, 4, 18))
SMALL_SENT = Sketch("small-sent", "Basic bookkeeping for women traders", "vocational training", "MN-073",
                    "Women’s association of Tsetserleg", "association", "civil society", -240, -24, 4_200, 2_900, 1_100, 200,
                    (31, 31, 2, 22))
SMALL_BEGUN = Sketch("small-begun", "Horse-trek operators’ shared booking desk", "tourism", "MN-073", "Horse guides of Tsenkher",
                     "cooperative", "private", -3, 230, 5_200, 3_600, 1_400, 200, (18, 7, 2, 18))
SMALL_APPROVED = Sketch("small-approved", "Tree nursery of native elm", "environment", "MN-073", "School of Tariat",
                        "school", "public", 40, 300, 3_900, 2_700, 900, 300, (26, 14, 1, 4))
SMALL_RATED = Sketch("small-rated", "Root cellar for vegetables", "agriculture", "MN-073", "Garden households of Tariat",
                     "cooperative", "private", 60, 290, 5_000, 3_500, 1_300, 200, (12, 7, 1, 20))
SMALL_RATING = Sketch("small-rating", "Sewing of work clothes", "vocational training", "MN-073", "Sewing circle of Tsetserleg",
                      "association", "civil society", 70, 310, 4_400, 3_000, 1_200, 200, (12, 12, 3, 10))
SMALL_SUBMITTED = Sketch("small-submitted", "Sorting point for paper and glass", "environment", "MN-073",
                         "Clean town of Tsetserleg", "association", "civil society", 90, 330, 4_600, 3_200, 1_200, 200,
                         (16, 8, 2, 4))
SMALL_DRAFT = Sketch("small-draft", "Second felting room for the winter", "processing", "MN-073", "Felt makers of Tsetserleg",
                     "association", "civil society", 120, 330, 4_000, 2_800, 1_000, 200, (10, 9, 3, 10))
# fmt: on
