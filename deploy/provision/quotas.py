"""What one partner may use of the broker; refuses a limit under which one message would not pass.

Kafka slows down who goes beyond (it answers later) and loses nothing; the others do not feel it. It counts over about
ten seconds: a burst passes.
"""

from dataclasses import dataclass
from typing import Annotated, Final, TypeAlias

from pydantic import BaseModel, ConfigDict, Field

from contracts.topics import PARTNER_MESSAGE_BYTES, READY_HOUSEHOLDS, Role

MEBIBYTE: Final = 1 << 20

Rate: TypeAlias = Annotated[int, Field(ge=PARTNER_MESSAGE_BYTES)]


@dataclass(frozen=True, slots=True)
class Quota:
    """Limits of one Kafka user: bytes a second written and read; requests, % of the time of one broker thread."""

    write: int
    read: int
    requests: int

    def __str__(self) -> str:
        return f"write {self.write} B/s, read {self.read} B/s, requests {self.requests} %"


class QuotaAsked(BaseModel):
    """What the file says of a partner's limits: those that differ from its role's."""

    model_config = ConfigDict(strict=True, frozen=True, extra="forbid", hide_input_in_errors=True)

    write: Rate | None = Field(default=None, description="Bytes a second that it may write.")
    read: Rate | None = Field(default=None, description="Bytes a second that it may read.")
    requests: Annotated[int, Field(ge=1, le=1000)] | None = Field(
        default=None, description="Percentage of the time of one of the broker's threads."
    )

    def over(self, default: Quota) -> Quota:
        """These limits, and the default's where nothing is said."""
        return Quota(self.write or default.write, self.read or default.read, self.requests or default.requests)


def _default(role: Role) -> Quota:
    # One organisation's software: some 500 ordinary messages (2 kB) a second, a thousand times what it needs and a
    # fraction of what the services take. The operator and the préfecture speak for a whole département.
    whole = role in (Role.OPERATOR, Role.PREFECTURE)
    # A list of ten thousand ready households (20 MB) is read again from its start in a few seconds.
    reads_list = role in READY_HOUSEHOLDS.roles
    return Quota(
        write=2 * MEBIBYTE if whole else MEBIBYTE,
        read=8 * MEBIBYTE if reads_list else 2 * MEBIBYTE,
        # One whole thread out of a broker's eleven (three for the network, eight for requests, by default).
        requests=100,
    )


DEFAULTS: Final = {role: _default(role) for role in Role}
