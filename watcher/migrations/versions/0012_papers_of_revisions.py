"""which document made a revision"""

import sqlalchemy as sa
from alembic import op

revision = "0012"
down_revision = "0011"
branch_labels = None
depends_on = None


def upgrade() -> None:
    key = sa.BigInteger().with_variant(sa.Integer, "sqlite")
    with op.batch_alter_table("revisions", recreate="never") as batch_op:
        batch_op.add_column(sa.Column("document", key))


def downgrade() -> None:
    with op.batch_alter_table("revisions", recreate="never") as batch_op:
        batch_op.drop_column("document")
