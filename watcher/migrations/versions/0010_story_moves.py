"""stories that turned out to be one with another"""

import sqlalchemy as sa
from alembic import op

from watcher.storage import database

revision = "0010"
down_revision = "0009"
branch_labels = None
depends_on = None


def upgrade() -> None:
    key = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
    op.create_table(
        "story_moves",
        sa.Column("story", key, nullable=False),
        sa.Column("into", key, nullable=False),
        sa.Column("revision", sa.Integer(), nullable=False),
        sa.Column("at", database.Utc(), nullable=False),
        sa.Column("because", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(["story"], ["stories.id"], name=op.f("fk_story_moves_story_stories"), ondelete="CASCADE"),
        sa.ForeignKeyConstraint(["into"], ["stories.id"], name=op.f("fk_story_moves_into_stories"), ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("story", name=op.f("pk_story_moves")),
    )
    op.create_index(op.f("ix_story_moves_into"), "story_moves", ["into"])


def downgrade() -> None:
    """What was merged stays merged; the numbers that were told of the other lead nowhere."""
    op.drop_table("story_moves")
