"""Places have rows of their own: one each, with one vacancy at most; projets d'établissement have versions.

Additive: what the first schema kept stays where it is. Places are copied from their structures, so that this runs while
no instance of the code before writes them.
"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0002"
down_revision = "0001"

# The day from which the one known version applies is not known any more: it applies.
_VERSIONS = """
UPDATE structures SET version = version + 1, body = body || jsonb_build_object('projets', jsonb_build_array(
    jsonb_build_object('version', body -> 'rules_version', 'effective_from', '1900-01-01', 'rules', body -> 'rules')))
WHERE body ? 'rules'
"""
_DESCRIBED = """
INSERT INTO places (key, version, body, siao, structure, household, vacancy)
SELECT s.key || '/' || p.key, 1,
    jsonb_build_object('siao', s.siao, 'structure', s.key, 'place_id', p.key, 'described', true,
        'household', p.value -> 'household', 'vacancy', p.value -> 'vacancy'),
    s.siao, s.key, p.value ->> 'household', p.value ->> 'vacancy'
FROM structures s, jsonb_each(s.body -> 'places') p
"""
_LEFT_OUT = """
INSERT INTO places (key, version, body, siao, structure, household)
SELECT s.key || '/' || p.key, 1,
    jsonb_build_object('siao', s.siao, 'structure', s.key, 'place_id', p.key, 'described', false,
        'household', p.value),
    s.siao, s.key, p.value
FROM structures s, jsonb_each_text(s.body -> 'left_out') p
"""


def upgrade() -> None:
    op.create_table(
        "places",
        sa.Column("key", sa.Text(), nullable=False),
        sa.Column("version", sa.BigInteger(), nullable=False),
        sa.Column("body", postgresql.JSONB(), nullable=False),
        sa.Column("siao", sa.Text(), nullable=False),
        sa.Column("structure", sa.Text(), nullable=False),
        sa.Column("household", sa.Text(), nullable=True),
        sa.Column("vacancy", sa.Text(), nullable=True),
        sa.PrimaryKeyConstraint("key"),
        sa.CheckConstraint("vacancy IS NULL OR household IS NULL", name="no_vacancy_where_a_household_lives"),
        sa.CheckConstraint("key = structure || '/' || (body ->> 'place_id')", name="one_row_a_place"),
    )
    for statement in (_VERSIONS, _DESCRIBED, _LEFT_OUT):
        op.execute(statement)
