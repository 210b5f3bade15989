"""in which lane a letter waits, and an index that is read in that order"""

import sqlalchemy as sa
from alembic import op

revision = "0011"
down_revision = "0010"
branch_labels = None
depends_on = None

WAITING = sa.text("state = 'pending'")


def upgrade() -> None:
    with op.batch_alter_table("letters", recreate="never") as batch_op:
        batch_op.add_column(sa.Column("lane", sa.Integer(), server_default="2", nullable=False))
    op.execute("UPDATE letters SET lane = CASE WHEN urgent THEN 0 ELSE 1 END WHERE urgent OR kind IN ('confirmation', 'notice')")
    op.drop_index(op.f("ix_letters_waiting"), "letters")
    columns = ["channel", "lane", "due_at", "id"]
    op.create_index(op.f("ix_letters_waiting"), "letters", columns, sqlite_where=WAITING, postgresql_where=WAITING)


def downgrade() -> None:
    op.drop_index(op.f("ix_letters_waiting"), "letters")
    columns = ["channel", "due_at", "id"]
    op.create_index(op.f("ix_letters_waiting"), "letters", columns, sqlite_where=WAITING, postgresql_where=WAITING)
    with op.batch_alter_table("letters", recreate="never") as batch_op:
        batch_op.drop_column("lane")
