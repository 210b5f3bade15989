"""what was told, for longer than the Letters that told it"""

import sqlalchemy as sa
from alembic import op

from watcher.storage import database

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None


def upgrade() -> None:
    key = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
    op.create_table(
        "told",
        sa.Column("subscriber", key, nullable=False),
        sa.Column("story", key, autoincrement=False, nullable=False),
        sa.Column("reference", sa.Text(), nullable=True),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("at", database.Utc(), nullable=False),
        sa.ForeignKeyConstraint(["subscriber"], ["subscribers.id"], name=op.f("fk_told_subscriber_subscribers"), ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("subscriber", "story", name=op.f("pk_told")),
    )
    with op.batch_alter_table("told", recreate="never") as batch_op:
        batch_op.create_index(batch_op.f("ix_told_story_subscriber"), ["story", "subscriber"], unique=False)
        batch_op.create_index(batch_op.f("ix_told_at"), ["at"], unique=False)


def downgrade() -> None:
    op.drop_table("told")
