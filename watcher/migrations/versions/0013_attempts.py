"""each attempt at a letter that was not the end of it, and an index of letters in trouble"""

import sqlalchemy as sa
from alembic import op

from watcher.storage import database

revision = "0013"
down_revision = "0012"
branch_labels = None
depends_on = None

TROUBLED = sa.text("state IN ('unknown', 'dead')")


def upgrade() -> None:
    op.create_table(
        "attempts",
        sa.Column("letter", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("number", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("at", database.Utc(), nullable=False),
        sa.Column("channel", sa.Text(), nullable=False),
        sa.Column("fate", sa.Text(), nullable=False),
        sa.Column("error", sa.Text(), nullable=True),
        sa.Column("next_at", database.Utc(), nullable=True),
        sa.ForeignKeyConstraint(["letter"], ["letters.id"], name=op.f("fk_attempts_letter_letters"), ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("letter", "number", name=op.f("pk_attempts")),
    )
    op.create_index(op.f("ix_attempts_at"), "attempts", ["at"])
    columns = ["state", "channel", "lane", "settled_at"]
    op.create_index(op.f("ix_letters_troubled"), "letters", columns, sqlite_where=TROUBLED, postgresql_where=TROUBLED)


def downgrade() -> None:
    op.drop_index(op.f("ix_letters_troubled"), "letters")
    op.drop_table("attempts")
