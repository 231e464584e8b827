import pytest

from fundapp.kit.database import Database
from tests.grants.case import Case


@pytest.fixture
def case(database: Database) -> Case:
    """A running measure: EUR 7,500 of 10,000, instalments of 3,750, 3,000 and 750; Monday, 2 March 2026."""
    made = Case(database)
    made.run()
    return made
