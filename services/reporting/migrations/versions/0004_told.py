"""How many facts each month has, and what partners were told of its figures."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0004"
down_revision = "0003"


def upgrade() -> None:
    op.create_table(
        "months",
        sa.Column("key", sa.Text(), nullable=False),
        sa.Column("version", sa.BigInteger(), nullable=False),
        sa.Column("body", postgresql.JSONB(), nullable=False),
        sa.Column("siao", sa.Text(), nullable=False),
        sa.Column("month", sa.Text(), nullable=False),
        sa.Column("heard", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("key"),
    )
    op.execute(
        "INSERT INTO months (key, version, body, siao, month, heard)"
        " SELECT siao || ':' || month, 1, jsonb_build_object('siao', siao, 'month', month, 'heard', heard),"
        " siao, month, heard FROM (SELECT siao, to_char(at AT TIME ZONE 'Europe/Paris', 'YYYY-MM') AS month,"
        " count(*) AS heard FROM facts GROUP BY 1, 2) f"
    )
    op.create_table(
        "tellings",
        sa.Column("siao", sa.Text(), nullable=False),
        sa.Column("period", sa.Text(), nullable=False),
        sa.Column("heard", sa.Integer(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False, comment="business time"),
        sa.Column("final", sa.Boolean(), nullable=False),
        sa.Column("body", postgresql.JSONB(), nullable=False),
        sa.PrimaryKeyConstraint("siao", "period"),
    )
    op.create_table(
        "readers",
        sa.Column("partner", sa.Text(), nullable=False),
        sa.Column("exact", sa.Boolean(), nullable=False),
        sa.PrimaryKeyConstraint("partner"),
    )
