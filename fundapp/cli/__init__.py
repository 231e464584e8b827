"""The command line. Each command says what it needs and exits 0 only when it did what it says."""

import typer

from fundapp.cli import exchanging, keeping, persons, serving

app = typer.Typer(no_args_is_help=True, add_completion=False, pretty_exceptions_enable=False, help=__doc__)
for command in (
    serving.migrate, serving.serve, keeping.due, keeping.verify, keeping.backup, keeping.restore, serving.demo, exchanging.report,
):  # fmt: skip
    app.command()(command)
app.add_typer(persons.person_app, name="person")
app.add_typer(exchanging.import_app, name="import")
app.add_typer(exchanging.export_app, name="export")
