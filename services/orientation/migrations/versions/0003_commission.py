"""The commission: its règlement, contingents, sessions and the items of their agendas."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0003"
down_revision = "0002"


def upgrade() -> None:
    for name in ("commissions", "quotas", "sessions", "agenda_items"):
        op.create_table(
            name,
            sa.Column("key", sa.Text(), nullable=False),
            sa.Column("version", sa.BigInteger(), nullable=False),
            sa.Column("body", postgresql.JSONB(), nullable=False),
            sa.Column("siao", sa.Text(), nullable=False),
            sa.Column("live", sa.Boolean(), nullable=False),
            sa.PrimaryKeyConstraint("key"),
        )
        op.create_index(f"{name}_live", name, ["siao"], unique=False, postgresql_where=sa.text("live"))
