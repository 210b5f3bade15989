"""in which lane a delivery waits, and an index that is read in that order"""

import sqlalchemy as sa
from alembic import op

revision = "0015"
down_revision = "0014"
branch_labels = None
depends_on = None

WAITING = sa.text("letter_id IS NULL AND skipped IS NULL")
PRESSING = "UPDATE deliveries SET lane = 0 WHERE duty <> 'edit' AND story IN (SELECT id FROM stories WHERE severity = 3)"


def upgrade() -> None:
    with op.batch_alter_table("deliveries", recreate="never") as batch_op:
        batch_op.add_column(sa.Column("lane", sa.Integer(), server_default="2", nullable=False))
    op.execute(PRESSING)
    op.drop_index(op.f("ix_deliveries_due"), "deliveries")
    columns = ["lane", "due_at", "subscriber"]
    op.create_index(op.f("ix_deliveries_due"), "deliveries", columns, sqlite_where=WAITING, postgresql_where=WAITING)


def downgrade() -> None:
    op.drop_index(op.f("ix_deliveries_due"), "deliveries")
    columns = ["due_at", "subscriber"]
    op.create_index(op.f("ix_deliveries_due"), "deliveries", columns, sqlite_where=WAITING, postgresql_where=WAITING)
    with op.batch_alter_table("deliveries", recreate="never") as batch_op:
        batch_op.drop_column("lane")
