"""The first schema of `reporting`."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0001"
down_revision = None


def upgrade() -> None:
    op.create_table(
        "facts",
        sa.Column("key", sa.Text(), nullable=False),
        sa.Column("version", sa.BigInteger(), nullable=False),
        sa.Column("body", postgresql.JSONB(), nullable=False),
        sa.Column("siao", sa.Text(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("subject", sa.Text(), nullable=False),
        sa.Column("offer_type", sa.Text(), nullable=True),
        sa.Column("persons", sa.Integer(), nullable=False),
        sa.Column("detail", sa.Text(), nullable=False),
        sa.Column("turn", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("key"),
    )
    op.create_index(
        "facts_by_kind",
        "facts",
        ["siao", "kind", "at"],
        unique=False,
        postgresql_include=["subject", "offer_type", "persons", "detail"],
    )
    op.create_index("facts_by_subject", "facts", ["kind", "subject", "turn"], unique=False)
    op.create_table(
        "inbox",
        sa.Column("entry", sa.LargeBinary(), nullable=False, comment="digest of consumer, sender and id"),
        sa.Column("position", sa.Text(), nullable=False, comment="topic:partition:offset first taken"),
        sa.Column(
            "digest", sa.BigInteger(), nullable=False, comment="of the body, to tell a retry from another message"
        ),
        sa.Column("refused", sa.Boolean(), nullable=False, comment="refused: the same id may be sent again, corrected"),
        sa.Column("at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.PrimaryKeyConstraint("entry"),
    )
    op.create_index("inbox_at", "inbox", ["at"], unique=False, postgresql_using="brin")
    op.create_table(
        "outbox",
        sa.Column("seq", sa.BigInteger(), autoincrement=True, nullable=False),
        sa.Column("id", sa.Text(), nullable=False),
        sa.Column("topic", sa.Text(), nullable=False),
        sa.Column("key", sa.Text(), nullable=False),
        sa.Column("type", sa.Text(), nullable=True),
        sa.Column("time", sa.DateTime(timezone=True), nullable=False, comment="business time of the decision"),
        sa.Column("traceparent", sa.Text(), nullable=True),
        sa.Column("payload", sa.LargeBinary(), nullable=True, comment="null: a tombstone"),
        sa.Column(
            "at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False, comment="real time"
        ),
        sa.PrimaryKeyConstraint("seq"),
    )
    op.create_table(
        "positions",
        sa.Column("siao", sa.Text(), nullable=False),
        sa.Column("input", sa.Text(), nullable=False, comment="topic-partition"),
        sa.Column("offset", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("siao", "input"),
    )
    op.create_table(
        "quarantine",
        sa.Column("topic", sa.Text(), nullable=False),
        sa.Column("partition", sa.Integer(), nullable=False),
        sa.Column("offset", sa.BigInteger(), nullable=False),
        sa.Column("code", sa.Text(), nullable=False),
        sa.Column("sealed", sa.LargeBinary(), nullable=False, comment="the record, encrypted"),
        sa.Column("at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.PrimaryKeyConstraint("topic", "partition", "offset"),
    )
    op.create_table(
        "timers",
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("due_at", sa.DateTime(timezone=True), nullable=False, comment="business time"),
        sa.Column("id", sa.Text(), nullable=False),
        sa.Column("topic", sa.Text(), nullable=False),
        sa.Column("key", sa.Text(), nullable=False),
        sa.Column("type", sa.Text(), nullable=False),
        sa.Column("payload", sa.LargeBinary(), nullable=False),
        sa.PrimaryKeyConstraint("name"),
    )
    op.create_index("timers_due_at", "timers", ["due_at"], unique=False)
