"""Chapter 1: from an empty database to nine people with their roles."""

import re

from fundapp.cli.serving import first_start
from tests.journeys.person import PASSWORD
from tests.journeys.stage import Stage

ROLES = {
    "maral": ("Maral", "manager"),
    "chimeg": ("Chimeg", "chair"),
    "finn": ("Finn", "finance"),
    "oyun": ("Oyun", "officer"),
    "mira": ("Mira", "member"),
    "bat": ("Bat", "member"),
    "tuya": ("Tuya", "member"),
    "dorj": ("Dorj", "member"),
    "ira": ("Ira", "auditor"),
}
GRAVE = ("maral", "chimeg", "finn")  # a second person confirms these


def first_administrator(stage: Stage, console: str) -> None:
    """The console's link, once."""
    path = re.search(r"http://\S+?(/people/first/\S+)", console)[1]
    adam = stage.enter("adam")
    adam.go(path)
    adam.sees("You are the first")
    adam.fill({"given_name": "Adam", "family_name": "Adler", "email": adam.email, "password": "short"})
    adam.press("Begin")
    adam.sees("at least 10 characters")
    adam.fill({"password": PASSWORD})
    adam.press("Begin")
    adam.sees("You are the administrator of this fund")
    assert adam.status(path) == 404


def invite_all(stage: Stage) -> None:
    """Two administrators, so that each confirms what the other gave; everybody comes by the link in a mail."""
    adam = stage.adam
    adam.go("/people/branches")
    adam.fill({"code": "ZAV", "name": "Branch Zavkhan", "region": "MN-057", "phone": "7046 0000"})
    adam.press("Add the branch")
    adam.sees("Branch Zavkhan")
    invite(stage, "ada", "Ada", "admin")
    for name, (given, role) in ROLES.items():
        invite(stage, name, given, role)
    for name in GRAVE:
        confirm(stage, name)


def invite(stage: Stage, name: str, given: str, role: str) -> None:
    adam = stage.adam
    adam.go("/people/persons/new?roles=eight")
    adam.fill({"given_name": given, "email": f"{name}@example.org", "phone": "7000 0000", "role": role})
    if role == "officer":
        adam.fill({"branch": "1"})
    adam.press("Invite")
    adam.sees("on its way by mail")
    stage.beat("mail")
    person = stage.enter(name)
    person.go(stage.link(name, "Your invitation"))
    person.sees(f"Welcome, {given}")
    person.fill({"password": PASSWORD})
    person.press("Set the password and sign in")
    person.sees("Your password is set")


def confirm(stage: Stage, name: str) -> None:
    """A role that moves money or gives power does nothing before the other administrator has confirmed it."""
    given, _ = ROLES[name]
    assert stage.cast[name].status("/funds") == 403
    stage.adam.go("/people/persons")
    stage.adam.follow(given, within="#waiting")
    stage.adam.press("Confirm")
    stage.adam.sees("A second person confirms")
    stage.ada.go("/people/persons")
    stage.ada.follow(given, within="#waiting")
    stage.ada.press("Confirm")
    stage.ada.sees("The role is confirmed", "confirmed by Ada")


def console(stage: Stage, settings: object, capsys: object) -> str:
    """What the console prints at the very first start."""
    first_start(stage.database, settings.model_copy(update={"base_url": stage.url}))
    return str(capsys.readouterr().out)
