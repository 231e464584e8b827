"""Where templates, documents and migrations lie: inside the installed package, else beside it in the checkout."""

from pathlib import Path

PACKAGE = Path(__file__).resolve().parent.parent


def folder(inside: str, beside: str) -> Path:
    """The folder `inside` the package (a wheel) or `beside` it (a checkout)."""
    packed = PACKAGE / inside
    return packed if packed.is_dir() else PACKAGE.parent / beside


TEMPLATES = folder("templates", "templates")
DOCUMENTS = folder("word_templates", "documents")
MIGRATIONS = folder("migrations", "migrations")
STATIC = PACKAGE / "static"
LOCALES = PACKAGE / "locales"
