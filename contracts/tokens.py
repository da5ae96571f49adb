"""The tokens that let partners in over HTTP: only their digests, on `siao.tokens`; a token itself is never kept."""

from typing import Annotated, ClassVar, Final, TypeAlias

from pydantic import AwareDatetime, Field, StringConstraints

from contracts.event import Fact, Message
from contracts.partners import PartnerId

# One in use and one that takes its place while software is changed over.
LIVE_TOKENS: Final = 2

Digest: TypeAlias = Annotated[str, StringConstraints(pattern=r"^[0-9a-f]{64}$")]


class Token(Message):
    """One token `siao_<partner id>_<43 random characters>`: 256 random bits, so that a plain SHA-256 hides them."""

    sha256: Digest = Field(description="SHA-256 of the whole token, in lower-case hexadecimal.")
    expires_at: AwareDatetime | None = Field(description="From this instant it opens nothing; null: until replaced.")


class TokensIssued(Fact):
    """All the tokens of a partner: this replaces what was issued before. A tombstone of its key ends them all."""

    type: ClassVar[str] = "tokens.issued.v1"

    partner: PartnerId = Field(description="The partner they let in, also the record's key.")
    tokens: tuple[Token, ...] = Field(min_length=1, max_length=LIVE_TOKENS, description="The one or two in force.")
