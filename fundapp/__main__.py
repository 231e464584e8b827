from fundapp.cli import app

app(prog_name="fundapp")
