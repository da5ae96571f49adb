"""What each subject amounts to now. Filled by reading the core topics again from their beginning."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0002"
down_revision = "0001"


def upgrade() -> None:
    op.create_table(
        "subjects",
        sa.Column("key", sa.Text(), nullable=False),
        sa.Column("version", sa.BigInteger(), nullable=False),
        sa.Column("body", postgresql.JSONB(), nullable=False),
        sa.Column("siao", sa.Text(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("live", sa.Boolean(), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("persons", sa.Integer(), nullable=False),
        sa.Column("structure", sa.Text(), nullable=True),
        sa.Column("about", sa.Text(), nullable=True),
        sa.Column("since", sa.DateTime(timezone=True), nullable=False),
        sa.Column("due_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("contested", sa.Boolean(), nullable=False),
        sa.PrimaryKeyConstraint("key"),
    )
    op.create_index(
        "subjects_live",
        "subjects",
        ["siao", "kind", "state"],
        unique=False,
        postgresql_include=["persons", "due_at"],
        postgresql_where=sa.text("live"),
    )
    op.create_index(
        "subjects_about",
        "subjects",
        ["about"],
        unique=False,
        postgresql_where=sa.text("live AND kind = 'designation'"),
    )
    op.create_index(
        "subjects_designated",
        "subjects",
        ["since"],
        unique=False,
        postgresql_include=["siao", "structure", "contested"],
        postgresql_where=sa.text("kind = 'designation'"),
    )
