"""Who may come in: the register and the tokens, read whole from their topics, then followed; keeps no token."""

import asyncio
import hmac
import math
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime
from hashlib import sha256
from typing import Any, Final, NamedTuple, TypeVar

from aiokafka import AIOKafkaConsumer, TopicPartition

from contracts.event import Message, Refusal, open_envelope, read_body
from contracts.partners import PartnerRegistered
from contracts.tokens import Token, TokensIssued
from contracts.topics import EDGE_READS, PARTNERS, TOKENS
from services.chassis.faults import Fault, Faults
from services.chassis.kafka import client_settings
from services.chassis.logs import log
from services.chassis.needs import check_topics, reason_of
from services.chassis.settings import ProcessSettings
from services.edge.refusals import Refused

# A token that is taken back opens nothing any more in less than a second.
FOLLOW_SECONDS: Final = 0.25
# A broker that answers, answers within milliseconds.
ANSWER_SECONDS: Final = 5.0
RETRY_SECONDS: Final = 0.5
# What an unknown partner's token is compared with, so that it takes as long as a known one's.
_NOBODY: Final = (Token(sha256="0" * 64, expires_at=datetime.min.replace(tzinfo=UTC)),)
_PLACES: Final = tuple(TopicPartition(topic.name, 0) for topic in EDGE_READS)

M = TypeVar("M", bound=Message)


class Caller(NamedTuple):
    """Who asks, and by which token."""

    partner: PartnerRegistered
    digest: str


@dataclass(slots=True)
class Known:
    """The register and the tokens, by partner."""

    partners: dict[str, PartnerRegistered] = field(default_factory=dict)
    tokens: dict[str, tuple[Token, ...]] = field(default_factory=dict)

    def take(self, record: Any) -> str:
        """Take over one record; the partner that it is about."""
        partner = (record.key or b"").decode("utf-8", "replace")
        if record.topic == PARTNERS.name:
            registered = _read(PartnerRegistered, record)
            _put(self.partners, partner, registered)
        else:
            issued = _read(TokensIssued, record)
            # What cannot be read lets nobody in, and so does a record under another partner's key.
            _put(self.tokens, partner, issued.tokens if issued is not None and issued.partner == partner else None)
        return partner


V = TypeVar("V")


def _put(known: dict[str, V], key: str, value: V | None) -> None:
    if value is None:
        known.pop(key, None)
    else:
        known[key] = value


def _read(model: type[M], record: Any) -> M | None:
    if record.value is None:
        return None
    try:
        _, body = open_envelope(record.headers, record.value)
        return read_body(model, body)
    except Refusal as refusal:
        log().error("registration-unreadable", code=refusal.code, where=record.topic)
        return None


class Doorkeeper:
    """Knows partners and the digests of their tokens. changed: called with each partner whose rights have changed."""

    def __init__(self, settings: ProcessSettings, faults: Faults, changed: Callable[[str], None]) -> None:
        self._settings, self._faults, self._changed = settings, faults, changed
        self._known = Known()
        self.ready = False

    def identify(self, token: str) -> Caller:
        """Whose token this is. Raises Refused (`token-unknown`, `token-expired`)."""
        digest = sha256(token.encode()).hexdigest()
        # An id has no underscore; the random part may have.
        name = token.removeprefix("siao_").partition("_")[0]
        partner, found = self._known.partners.get(name), None
        for candidate in self._known.tokens.get(name, _NOBODY):
            if hmac.compare_digest(candidate.sha256, digest):
                found = candidate
        if partner is None or found is None:
            raise Refused("token-unknown", "Authorization")
        if _seconds(found) <= 0:
            raise Refused("token-expired", "Authorization")
        return Caller(partner, digest)

    def seconds_left(self, caller: Caller) -> float:
        """How long the caller's token still opens the door: 0 once it was taken back or has expired."""
        if caller.partner.id not in self._known.partners:
            return 0.0
        tokens = self._known.tokens.get(caller.partner.id, ())
        return max((_seconds(token) for token in tokens if token.sha256 == caller.digest), default=0.0)

    def holders(self) -> list[PartnerRegistered]:
        """The partners that hold a token."""
        return [self._known.partners[name] for name in self._known.tokens if name in self._known.partners]

    async def run(self) -> None:
        """Follow both topics until cancelled; what is known stays known while the broker is away."""
        while True:
            try:
                await self._follow()
            except Exception as error:
                self._faults.tell("tokens", await self._why(error))
            await asyncio.sleep(RETRY_SECONDS)

    async def _follow(self) -> None:
        consumer = AIOKafkaConsumer(
            **client_settings(self._settings), auto_offset_reset="earliest", enable_auto_commit=False
        )
        try:
            async with asyncio.timeout(ANSWER_SECONDS):
                await consumer.start()
                consumer.assign(_PLACES)
                await consumer.seek_to_beginning(*_PLACES)
            # Read anew after each loss: what was taken back meanwhile may be gone from the topic without a trace.
            fresh = Known()
            await self._catch_up(consumer, fresh)
            before, self._known, self.ready = self._known, fresh, True
            for partner in before.tokens.keys() | fresh.tokens.keys():
                self._changed(partner)
            while True:
                for partner in await self._catch_up(consumer, self._known):
                    self._changed(partner)
                self._faults.mended("tokens")
                await asyncio.sleep(FOLLOW_SECONDS)
        finally:
            # When the broker is away, the client ends by raising what it had cancelled itself.
            await asyncio.gather(consumer.stop(), return_exceptions=True)

    async def _catch_up(self, consumer: AIOKafkaConsumer, known: Known) -> set[str]:
        """Read to the end of both topics; the partners that something was said of."""
        told: set[str] = set()
        async with asyncio.timeout(ANSWER_SECONDS):
            ends = await consumer.end_offsets(_PLACES)
            for place, end in ends.items():
                while await consumer.position(place) < end:
                    batches = await consumer.getmany(place, timeout_ms=200)
                    told.update(known.take(record) for record in batches.get(place, ()))
        return told

    async def _why(self, error: Exception) -> Exception:
        found = Fault("broker-unreachable", self._settings.kafka) if isinstance(error, TimeoutError) else error
        better = await reason_of(found, self._settings)
        if better is not found:
            return better
        try:
            async with asyncio.timeout(ANSWER_SECONDS):
                await check_topics(self._settings, [TOKENS.name])
        except Fault as lack:
            return lack
        except Exception:
            return found
        return found


def _seconds(token: Token) -> float:
    if token.expires_at is None:
        return math.inf
    return (token.expires_at - datetime.now(UTC)).total_seconds()
