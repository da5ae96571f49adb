"""What orientation has received (`siao.answers`): partners' answers without their private texts, and deadlines."""

from typing import Any, ClassVar, Literal, TypeAlias

from pydantic import Field

from contracts.event import Fact
from contracts.fields import Id, Instant, SiaoCode
from contracts.origin import Origin
from contracts.topics import Role

DeadlineKind: TypeAlias = Literal[
    "remind",
    "expire",
    "judge",
    "admission",
    "review_near",
    "review_late",
    "extension_near",
    "extension_late",
    "lease_review_near",
    "lease_review_late",
    "lease_term_near",
    "lease_term_late",
    "refresh_near",
    "refresh_late",
    "legal",
    "legal_near",
    "projet",
    "hold_over",
    "agenda",
]


class AnswerReceived(Fact):
    """A partner's answer or decision, authenticated by its topic and valid by its schema.

    `content` is the partner's message; private texts are replaced by the reference under which they are kept.
    """

    type: ClassVar[str] = "answer.received.v1"

    siao: SiaoCode
    origin: Origin
    role: Role = Field(description="Role of the partner in the register.")
    content: dict[str, Any] = Field(description="The message, of the type that `origin` gives, without private texts.")


class DeadlineReached(Fact):
    """A deadline set earlier has come; whoever set it decides whether it still matters."""

    type: ClassVar[str] = "deadline.reached.v1"

    siao: SiaoCode
    kind: DeadlineKind
    subject: Id = Field(description="The designation, admission, household, request, structure or session it is about.")
    due_at: Instant
