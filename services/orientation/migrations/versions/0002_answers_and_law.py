"""What CHRS put before the préfet, and the files of recognised rights: those that run already are opened."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0002"
down_revision = "0001"

# A designation under way is taken for the offer, and a day that has gone by was told of: as it was decided until now.
_RUNNING = """
INSERT INTO legal_files (key, version, body, siao, live)
SELECT key, 1, jsonb_build_object(
    'siao', siao, 'live', true,
    'household', household, 'persons', body->'facts'->'persons', 'clock', body->'legal_clock',
    'state', CASE WHEN body->>'designation' IS NOT NULL THEN 'met'
                  WHEN (body->'legal_clock'->>'due_on')::date < current_date THEN 'overdue'
                  ELSE 'running' END,
    'offer', body->'designation',
    'missed_told', (body->'legal_clock'->>'due_on')::date < current_date AND body->>'designation' IS NULL
), siao, true
FROM waiting WHERE live AND jsonb_typeof(body->'legal_clock') = 'object'
"""


def upgrade() -> None:
    for name in ("admissions", "legal_files"):
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
    op.execute(_RUNNING)
