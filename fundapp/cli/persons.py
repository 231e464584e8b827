"""`person`: who may sign in, and as what."""

from datetime import UTC, datetime
from typing import Annotated

import typer
from sqlalchemy import select

from fundapp.cli.console import opened, say, using
from fundapp.config import Settings
from fundapp.kit.database import WriteSession
from fundapp.kit.errors import NotFound
from fundapp.lifecycle.service import SYSTEM
from fundapp.people.handing import from_console
from fundapp.people.models import Branch
from fundapp.people.permissions import Role

person_app = typer.Typer(no_args_is_help=True, help="Persons and their roles.")


@person_app.command("add")
def person_add(
    email: str,
    name: Annotated[str, typer.Option(help="given name, then family or father's name")],
    role: Annotated[Role, typer.Option(help="the role given")],
    branch: Annotated[str | None, typer.Option(help="code of the branch, for a branch officer")] = None,
) -> None:
    """Add a person with a role, or let one in again who was switched off, and print a link that sets the password."""
    settings = Settings()
    at = datetime.now(UTC)
    given, _, family = name.partition(" ")

    def add(session: WriteSession) -> str:
        office = session.scalars(select(Branch).where(Branch.code == branch)).first() if branch else None
        if branch and office is None:
            raise NotFound(f"there is no branch {branch}")
        return from_console(
            session, email, given_name=given, family_name=family, role=role, branch=office, by=SYSTEM, at=at
        )

    with using(opened(settings)) as database:
        key = database.write(add)
    say(
        f"{name} is {role.value}. Link to set the password, valid for seven days:",
        f"    {settings.base_url}/people/link/invite/{key}",
    )
