"""what readers say of alerts"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None


def upgrade() -> None:
    key = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
    op.create_table(
        "votes",
        sa.Column("id", key, autoincrement=True, nullable=False),
        sa.Column("story", key, nullable=False),
        sa.Column("watch", sa.Text(), nullable=False),
        sa.Column("terms", sa.JSON().with_variant(postgresql.JSONB(), "postgresql"), nullable=False),
        sa.Column("relevant", sa.Boolean(), nullable=False),
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("letter", key, nullable=True),
        sa.Column("voter", sa.Text(), nullable=True),
        sa.ForeignKeyConstraint(["letter"], ["letters.id"], name=op.f("fk_votes_letter_letters"), ondelete="SET NULL"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_votes")),
        sa.UniqueConstraint("story", "watch", "voter", name=op.f("uq_votes_story_watch_voter")),
    )
    with op.batch_alter_table("votes", recreate="never") as batch_op:
        batch_op.create_index(batch_op.f("ix_votes_day"), ["day"], unique=False)
        batch_op.create_index(batch_op.f("ix_votes_letter"), ["letter"], unique=False)


def downgrade() -> None:
    op.drop_table("votes")
