"""whose address a source's state is of; which Watches were seen"""

import sqlalchemy as sa
from alembic import op

from watcher.storage import database

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None


def upgrade() -> None:
    with op.batch_alter_table("sources", recreate="never") as batch_op:
        batch_op.add_column(sa.Column("address", sa.Text(), nullable=True))

    with op.batch_alter_table("story_watches", recreate="never") as batch_op:
        batch_op.add_column(sa.Column("history", sa.Boolean(), server_default=sa.false(), nullable=False))

    op.create_table(
        "watches",
        sa.Column("watch", sa.Text(), nullable=False),
        sa.Column("met_at", database.Utc(), nullable=False),
        sa.Column("reached", sa.BigInteger(), nullable=False),
        sa.Column("done_at", database.Utc(), nullable=True),
        sa.PrimaryKeyConstraint("watch", name=op.f("pk_watches")),
    )
    # Whatever has matched was in force while this was stored: nothing is to be looked up for it again.
    op.execute(
        """
        INSERT INTO watches (watch, met_at, reached, done_at)
        SELECT watch, min(matched_at), (SELECT max(id) FROM documents), min(matched_at) FROM matches GROUP BY watch
        """
    )


def downgrade() -> None:
    op.drop_table("watches")
    with op.batch_alter_table("story_watches", recreate="never") as batch_op:
        batch_op.drop_column("history")

    with op.batch_alter_table("sources", recreate="never") as batch_op:
        batch_op.drop_column("address")
