"""What the fields of forms are called where a page repeats them without their form: the field's name in words, translated."""

from fundapp.kit.i18n import mark, words

KNOWN = (
    mark("account"), mark("accepted"), mark("address"), mark("after funding"), mark("amount"), mark("answer"), mark("applicant kinds"),
    mark("arguments"), mark("arrived on"), mark("balance"), mark("bank"), mark("bank reference"), mark("baseline"),
    mark("because"), mark("branch"), mark("budget"), mark("call"), mark("category"), mark("closes at"), mark("code"), mark("comment"),
    mark("conditions"), mark("consent"), mark("contact"), mark("currency"), mark("decision"), mark("description"), mark("donor"),
    mark("due on"), mark("email"), mark("ends on"), mark("explanation"), mark("family name"), mark("female"), mark("form"),
    mark("founded on"), mark("function"), mark("fund"), mark("given name"), mark("held on"), mark("in kind"),
    mark("intervention"), mark("kind"), mark("label"), mark("language"), mark("largest"), mark("line"), mark("local government"),
    mark("longest months"), mark("male"), mark("measure"), mark("name"), mark("note"), mark("number"), mark("objective"),
    mark("opens at"), mark("organisation"), mark("other donor"), mark("outcome"), mark("outcomes"), mark("outputs"), mark("own cash"),
    mark("own share"), mark("paid on"), mark("payee"), mark("person"), mark("phone"), mark("place"), mark("present"), mark("problem"),
    mark("promised"), mark("public benefit"), mark("quantity"), mark("reasons"), mark("region"), mark("results"), mark("return by"),
    mark("review on"), mark("role"), mark("sector"), mark("severity"), mark("signed on"), mark("smallest"), mark("spoken to"),
    mark("starts on"), mark("summary"), mark("target"), mark("title"), mark("topic"), mark("total"), mark("unit"), mark("unit price"),
    mark("value"), mark("visible by"), mark("visible effect"), mark("visited on"), mark("weight"), mark("year"), mark("zone"),
)  # fmt: skip


def label(name: str) -> str:
    """'Bank reference' for bank_reference."""
    text = words(name)
    return text[:1].upper() + text[1:]
