"""dockets that are of one case"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

from watcher.storage import database

revision = "0009"
down_revision = "0008"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Every source is read once more, though nothing has changed there: what it said before names dockets as well."""
    op.create_table(
        "family_links",
        sa.Column("watch", sa.Text(), nullable=False),
        sa.Column("court", sa.Text(), nullable=False),
        sa.Column("number", sa.Text(), nullable=False),
        sa.Column("written", sa.Text(), nullable=False),
        sa.Column("courtlistener", sa.BigInteger(), nullable=True),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("how", sa.Text(), nullable=False),
        sa.Column("named_by", sa.JSON().with_variant(postgresql.JSONB(astext_type=sa.Text()), "postgresql"), nullable=False),
        sa.Column("document", sa.Text(), nullable=False),
        sa.Column("url", sa.Text(), nullable=False),
        sa.Column("found", sa.Text(), nullable=False),
        sa.Column("field", sa.Text(), nullable=False),
        sa.Column("start", sa.Integer(), nullable=False),
        sa.Column("end", sa.Integer(), nullable=False),
        sa.Column("missing", sa.Text(), nullable=False),
        sa.Column("at", database.Utc(), nullable=False),
        sa.PrimaryKeyConstraint("watch", "court", "number", name=op.f("pk_family_links")),
    )
    validators = dict.fromkeys(("etag", "last_modified", "body_hash"))
    op.execute(sa.update(sa.table("sources", *map(sa.column, validators))).values(validators))


def downgrade() -> None:
    op.drop_table("family_links")
