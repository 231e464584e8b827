"""Office."""

import sqlalchemy as sa
from alembic import op

revision = "2026_11_23_office"
down_revision = "2026_11_22_first_rooms"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("people_branch", sa.Column("names", sa.JSON(), nullable=False, server_default="{}"))


def downgrade() -> None:
    op.drop_column("people_branch", "names")
