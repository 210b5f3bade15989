"""of which types of papers a subscription wants to hear"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0008"
down_revision = "0007"
branch_labels = None
depends_on = None


def upgrade() -> None:
    json = sa.JSON().with_variant(postgresql.JSONB(), "postgresql")
    with op.batch_alter_table("subscriptions", recreate="never") as batch_op:
        batch_op.add_column(sa.Column("types", json, server_default="[]", nullable=False))


def downgrade() -> None:
    """Who asked for some types alone is told of all."""
    with op.batch_alter_table("subscriptions", recreate="never") as batch_op:
        batch_op.drop_column("types")
