"""Office."""

import sqlalchemy as sa
from alembic import op

revision = "2026_11_23_office"
down_revision = "2026_11_22_first_rooms"
branch_labels = None
depends_on = None


def upgrade() -> None:
    pass


def downgrade() -> None:
    pass
