"""in which channel and lane a delivery waits, and indexes of those that wait, by both and by subscriber"""

import sqlalchemy as sa
from alembic import op

revision = "0015"
down_revision = "0014"
branch_labels = None
depends_on = None

WAITING = sa.text("letter_id IS NULL AND skipped IS NULL")
PRESSING = "UPDATE deliveries SET lane = 0 WHERE duty <> 'edit' AND story IN (SELECT id FROM stories WHERE severity = 3)"
MAILED = "UPDATE deliveries SET channel = 'mailto' WHERE subscriber IN (SELECT id FROM subscribers WHERE address LIKE 'mailto:%')"
SHOWN = "UPDATE deliveries SET channel = 'console' WHERE subscriber IN (SELECT id FROM subscribers WHERE address LIKE 'console:%')"


def upgrade() -> None:
    with op.batch_alter_table("deliveries", recreate="never") as batch_op:
        batch_op.add_column(sa.Column("channel", sa.Text(), server_default="telegram", nullable=False))
        batch_op.add_column(sa.Column("lane", sa.Integer(), server_default="2", nullable=False))
    for filling in (PRESSING, MAILED, SHOWN):
        op.execute(filling)
    op.drop_index(op.f("ix_deliveries_due"), "deliveries")
    columns = ["channel", "lane", "due_at", "subscriber"]
    op.create_index(op.f("ix_deliveries_due"), "deliveries", columns, sqlite_where=WAITING, postgresql_where=WAITING)
    op.create_index(op.f("ix_deliveries_waiting"), "deliveries", ["subscriber"], sqlite_where=WAITING, postgresql_where=WAITING)


def downgrade() -> None:
    op.drop_index(op.f("ix_deliveries_waiting"), "deliveries")
    op.drop_index(op.f("ix_deliveries_due"), "deliveries")
    columns = ["due_at", "subscriber"]
    op.create_index(op.f("ix_deliveries_due"), "deliveries", columns, sqlite_where=WAITING, postgresql_where=WAITING)
    with op.batch_alter_table("deliveries", recreate="never") as batch_op:
        batch_op.drop_column("lane")
        batch_op.drop_column("channel")
