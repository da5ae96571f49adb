"""How many things a fact stands for, and the delay that it tells, in days."""

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"


def upgrade() -> None:
    op.add_column("facts", sa.Column("number", sa.Integer(), server_default="1", nullable=False))
    op.add_column("facts", sa.Column("days", sa.Integer(), nullable=True))
