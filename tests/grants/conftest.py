import pytest

from fundapp.kit.database import Database
from tests.grants.case import Case


@pytest.fixture
def case(database: Database) -> Case:
    """An approved measure of EUR 7,500 of 10,000, its money reserved; Monday, 2 March 2026."""
    return Case(database)
