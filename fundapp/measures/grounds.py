"""Why a check is not met: sentences to choose from, in the words of the letter that names them. `other`: only the officer's own words."""

from fundapp.kit.i18n import mark

OTHER = "other"
GROUNDS: dict[str, dict[str, str]] = {
    "E1": {"late": mark("It was received after the deadline.")},
    "E2": {
        "papers": mark("A paper that was asked for is not there."),
        "unreadable": mark("A paper cannot be read."),
        "unsigned": mark("It is not signed by who may sign."),
    },
    "E3": {
        "kind": mark("This kind of applicant cannot apply to this call."),
        "young": mark("The organisation has not been registered for a year."),
        "sponsor": mark("No registered sponsor signs for the group."),
    },
    "E4": {"elsewhere": mark("It takes place outside the regions of this call.")},
    "E5": {"long": mark("It lasts longer than the call allows.")},
    "E6": {"amount": mark("The amount asked for is outside the limits of the call.")},
    "E7": {
        "low": mark("The own share is lower than the call asks for."),
        "doubtful": mark("What is given as own share does not count as such."),
    },
    "E8": {
        "begun": mark("The measure has already begun."),
        "ordered": mark("Something has already been ordered or bought."),
    },
    "E9": {
        "other_fund": mark("Another donor pays for the same cost."),
        "twice": mark("The same measure is proposed in another proposal."),
        "budget": mark("It is a duty that a public budget pays for."),
    },
    "E10": {"open": mark("An earlier grant is not accounted for.")},
    "E11": {
        "cap": mark("With this grant the recipient would have more than the limit."),
        "results": mark("An earlier grant has not brought its results yet."),
    },
    "E12": {
        "listed": mark("The applicant stands on a list that excludes funding."),
        "tax": mark("There is a tax debt."),
        "bankrupt": mark("There is a bankruptcy."),
        "fraud": mark("There was fraud with public or donors’ money."),
    },
    "E13": {
        "official": mark("A senior official owns or controls the applicant."),
        "family": mark("The family of a senior official owns or controls the applicant."),
    },
    "E14": {
        "alcohol": mark("It serves the making of alcohol or tobacco."),
        "arms": mark("It serves the making or trade of weapons."),
        "party": mark("It serves a political party or a religious practice."),
        "private": mark("It is purely private consumption."),
        "debt": mark("It pays a debt."),
        "land": mark("It buys land."),
    },
    "E15": {
        "one_firm": mark("Only one firm gains from it."),
        "unclear": mark("What the public gains cannot be told from the proposal."),
    },
    "E16": {"none": mark("It is not linked to a bottleneck of the region.")},
}


def told(code: str, why: str) -> str:
    """The sentence of a ground in English, '' for none or for the officer's own words."""
    return GROUNDS.get(code, {}).get(why, "")
