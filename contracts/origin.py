"""Which partner's message a fact comes from, so that the service that decides can answer the sender."""

from pydantic import Field

from contracts.event import Fact
from contracts.fields import PartnerId


class Origin(Fact):
    """A partner's message, as it was received."""

    partner: PartnerId = Field(description="The sender: the owner of the topic.")
    message_id: str = Field(description="Its ce_id.")
    message_type: str = Field(description="Its ce_type.")
    topic: str = Field(description="Where it was received.")
    partition: int
    offset: int
