"""signs of life of each role, and its last outage"""

import sqlalchemy as sa
from alembic import op

from watcher.storage import database

revision = "0014"
down_revision = "0013"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "presence",
        sa.Column("role", sa.Text(), nullable=False),
        sa.Column("seen_at", database.Utc(), nullable=False),
        sa.Column("away_from", database.Utc(), nullable=True),
        sa.Column("away_until", database.Utc(), nullable=True),
        sa.PrimaryKeyConstraint("role", name=op.f("pk_presence")),
    )


def downgrade() -> None:
    op.drop_table("presence")
