"""phrases that subscribers own"""

import sqlalchemy as sa
from alembic import op

from watcher.storage import database

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None


def upgrade() -> None:
    key = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
    op.create_table(
        "own_watches",
        sa.Column("id", key, autoincrement=True, nullable=False),
        sa.Column("subscriber", key, nullable=False),
        sa.Column("phrase", sa.Text(), nullable=False),
        sa.Column("folded", sa.Text(), nullable=False),
        sa.Column("created_at", database.Utc(), nullable=False),
        sa.ForeignKeyConstraint(["subscriber"], ["subscribers.id"], name=op.f("fk_own_watches_subscriber_subscribers"), ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_own_watches")),
        sa.UniqueConstraint("subscriber", "folded", name=op.f("uq_own_watches_subscriber_folded")),
        sqlite_autoincrement=True,
    )


def downgrade() -> None:
    """What they found goes with them: the next upgrade counts from 1 again, and would give it to others."""
    for name in ("matches", "story_watches", "subscriptions"):
        table = sa.table(name, sa.column("watch"))
        op.execute(sa.delete(table).where(table.c.watch.startswith("own-")))
    op.drop_table("own_watches")
