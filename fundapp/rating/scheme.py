"""The default scheme for measures of local economic development: eight criteria, points 0 to 5, weights sum to 100.

The threshold of R6 is the 12 of 20 points for capacity in EU full applications.

A call starts from it and may change its own copy until the first sheet is signed.
"""

from collections.abc import Mapping
from dataclasses import replace
from decimal import Decimal

from fundapp.rating.scoring import Criterion, Scheme

ANCHORS = {
    0: {"en": "not answered", "de": "nicht beantwortet", "mn": "хариулаагүй"},
    1: {"en": "very poor", "de": "sehr schwach", "mn": "маш сул"},
    2: {"en": "poor", "de": "schwach", "mn": "сул"},
    3: {"en": "adequate", "de": "ausreichend", "mn": "хангалттай"},
    4: {"en": "good", "de": "gut", "mn": "сайн"},
    5: {"en": "very good", "de": "sehr gut", "mn": "маш сайн"},
}


def anchors(own: Mapping[str, Mapping[str, str]], highest: int, lang: str) -> dict[int, str]:
    """Point -> what it stands for in this language (else in English, else in any), in the order of points.

    `own` are a criterion's (point as text -> language -> words); for the points without: the usual words, which on another
    scale than 0 to 5 stand at its two ends only.
    """
    usual = ANCHORS if highest == 5 else {0: ANCHORS[0], highest: ANCHORS[5]}
    found = {}
    for point in range(highest + 1):
        said = {code: text for code, text in own.get(str(point), {}).items() if text} or usual.get(point, {})
        if said:
            found[point] = said.get(lang) or said.get("en") or next(iter(said.values()))
    return found


RELEVANCE = Criterion(
    code="R1",
    weight=20,
    threshold=Decimal(3),
    title={
        "en": "Relevance and link to the bottleneck",
        "de": "Relevanz und Bezug zum Engpass",
        "mn": "Саад бэрхшээлтэй уялдах байдал",
    },
    question={
        "en": "Which finding of the region does it answer, and how high does that bottleneck rank there?",
        "de": "Auf welchen Befund der Region antwortet sie, und wie weit oben steht dieser Engpass dort?",
        "mn": "Бүс нутгийн ямар дүгнэлтэд хариулж байна вэ, тэр саад бэрхшээл хэр чухал вэ?",
    },
)

PUBLIC_BENEFIT = Criterion(
    code="R2",
    weight=15,
    threshold=Decimal(3),
    title={
        "en": "Public benefit and breadth",
        "de": "Öffentlicher Nutzen und Breitenwirkung",
        "mn": "Нийтийн ашиг тус, хүртээмж",
    },
    question={
        "en": "Who gains besides the applicant, how many are they, and does it ease more than one problem?",
        "de": "Wer hat außer dem Antragsteller etwas davon, wie viele sind es, und löst sie mehr als ein Problem?",
        "mn": "Өргөдөл гаргагчаас гадна хэн, хэдэн хүн ашиг хүртэх вэ, хэд хэдэн асуудлыг шийдэх үү?",
    },
)

VISIBLE_EFFECT = Criterion(
    code="R3",
    weight=15,
    threshold=Decimal(2),
    title={
        "en": "Visible effect within 12 months, feasibility",
        "de": "Sichtbare Wirkung in höchstens 12 Monaten, Umsetzbarkeit",
        "mn": "12 сарын дотор харагдах үр дүн, хэрэгжих боломж",
    },
    question={
        "en": "What can be seen or counted, and by when? Are the people and means for it at hand locally?",
        "de": "Was ist bis wann zu sehen oder zu zählen? Sind Menschen und Mittel dafür vor Ort vorhanden?",
        "mn": "Юу, хэзээ гэхэд харагдаж, тоологдох вэ? Хүн хүч, нөөц нь орон нутагт бий юу?",
    },
)

JOBS_AND_INCOMES = Criterion(
    code="R4",
    weight=15,
    title={"en": "Jobs and incomes", "de": "Beschäftigung und Einkommen", "mn": "Ажлын байр, орлого"},
    question={
        "en": "How many jobs (full-time, women, men) and whose incomes? Is the cost of a job plausible? "
        "What would happen without the grant: nothing, later, less, or the same?",
        "de": "Wie viele Arbeitsplätze (Vollzeit, Frauen, Männer) und wessen Einkommen? Sind die Kosten je Platz "
        "plausibel? Was geschähe ohne Zuschuss: nichts, später, weniger oder dasselbe?",
        "mn": "Хэдэн ажлын байр (бүтэн цагийн, эмэгтэй, эрэгтэй), хэний орлого нэмэгдэх вэ? Нэг ажлын байрны зардал "
        "бодитой юу? Дэмжлэггүйгээр юу болох байсан бэ?",
    },
)

SUSTAINABILITY = Criterion(
    code="R5",
    weight=10,
    threshold=Decimal(2),
    title={
        "en": "Sustainability after funding",
        "de": "Nachhaltigkeit nach Förderende",
        "mn": "Санхүүжилтийн дараах тогтвортой байдал",
    },
    question={
        "en": "Who runs it and who pays for it when the grant has ended?",
        "de": "Wer betreibt und wer bezahlt sie, wenn der Zuschuss zu Ende ist?",
        "mn": "Санхүүжилт дууссаны дараа хэн ажиллуулж, хэн зардлыг нь даах вэ?",
    },
)

PEOPLE_AND_PARTNERS = Criterion(
    code="R6",
    weight=10,
    threshold=Decimal(3),
    needs_identity=True,
    title={
        "en": "Applicant, champions, three-sector partnership",
        "de": "Träger, Schlüsselpersonen, Partnerschaft der drei Sektoren",
        "mn": "Хэрэгжүүлэгчийн чадавх, түншлэл",
    },
    question={
        "en": "What have they achieved before, who drives it, do private, public and semi-public partners take part?",
        "de": "Was haben sie schon geleistet, wer treibt es voran, und sind private, öffentliche und halbstaatliche "
        "Partner dabei?",
        "mn": "Өмнө нь юу хийсэн, хэн манлайлж байна, хувийн, төрийн, хагас төрийн түншүүд оролцож байна уу?",
    },
)

COST_EFFECTIVENESS = Criterion(
    code="R7",
    weight=10,
    title={
        "en": "Cost-effectiveness, budget, own contribution",
        "de": "Wirtschaftlichkeit, Finanzplan, Eigenbeitrag",
        "mn": "Зардлын үр ашиг, өөрийн оролцоо",
    },
    question={
        "en": "Do offers back the prices, is the own share above the minimum, and is administration within 10 %?",
        "de": "Sind Preise durch Angebote belegt, liegt der Eigenanteil über dem Minimum, die Verwaltung bei höchstens "
        "10 %?",
        "mn": "Үнэ саналаар баталгаажсан уу, өөрийн оролцоо доод хэмжээнээс их үү, удирдлагын зардал "
        "10 %-д багтсан уу?",
    },
)

CROSS_CUTTING = Criterion(
    code="R8",
    weight=5,
    title={
        "en": "Cross-cutting: environment, women, youth",
        "de": "Querschnitt: Umwelt, Frauen, Jugend",
        "mn": "Байгаль орчин, эмэгтэйчүүд, залуучууд",
    },
    question={
        "en": "Does it help or harm the environment, and how many of those reached are women and young people?",
        "de": "Nützt oder schadet sie der Umwelt, und wie viele der Erreichten sind Frauen und junge Menschen?",
        "mn": "Байгаль орчинд ямар нөлөөтэй вэ, оролцогчдын хэд нь эмэгтэйчүүд, залуучууд вэ?",
    },
)

DEFAULT_SCHEME = Scheme(
    criteria=(
        RELEVANCE,
        PUBLIC_BENEFIT,
        VISIBLE_EFFECT,
        JOBS_AND_INCOMES,
        SUSTAINABILITY,
        PEOPLE_AND_PARTNERS,
        COST_EFFECTIVENESS,
        CROSS_CUTTING,
    )
)

SHORT_SCHEME = Scheme(
    criteria=(
        replace(RELEVANCE, weight=25),
        replace(PUBLIC_BENEFIT, weight=20),
        replace(VISIBLE_EFFECT, weight=20),
        replace(SUSTAINABILITY, weight=20),
        replace(COST_EFFECTIVENESS, weight=15),
    )
)
"""What a small committee rates on one page (practice.md 3); the weights of what is left out go to the others."""

DEFAULTS = {"eight": DEFAULT_SCHEME, "five": SHORT_SCHEME}
