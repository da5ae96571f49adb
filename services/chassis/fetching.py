"""Fetch sessions (KIP-227): the broker remembers what a consumer reads, and each question names only what changed.

The client library names every partition in every question, and then the broker does in every answer, empty or not: with
a topic for each of 350 partners a busy platform answered half as fast. Falls away when the library does this itself.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Final, NamedTuple, cast

from aiokafka import AIOKafkaConsumer, errors
from aiokafka.client import AIOKafkaClient
from aiokafka.protocol.fetch import FetchRequest, FetchRequestStruct

# The first version of a question that may name a session.
FIRST_VERSION: Final = 7
LAST_EPOCH: Final = 2**31 - 1


class Place(NamedTuple):
    """A partition."""

    topic: str
    partition: int


class Asked(NamedTuple):
    """What is asked of a partition."""

    offset: int
    max_bytes: int


class Question(FetchRequest):
    """A question within a session: `changed` is asked anew, `left` no longer, and all the rest as before."""

    def __init__(
        self, whole: FetchRequest, session: "Session", changed: Mapping[Place, Asked], left: set[Place]
    ) -> None:
        vars(self).update(vars(whole))
        self._topics = [(place.topic, [(place.partition, *asked)]) for place, asked in changed.items()]
        self._session_id, self._epoch = session.id, session.epoch
        self._left = [(place.topic, [place.partition]) for place in left]

    def build(self, request_struct_class: type[FetchRequestStruct]) -> FetchRequestStruct:
        """The question as sent; a broker too old for sessions is asked everything, since it never answered with one."""
        struct = cast("Any", super().build(request_struct_class))
        if request_struct_class.API_VERSION >= FIRST_VERSION:
            struct.session_id, struct.session_epoch = self._session_id, self._epoch
            struct.forgotten_topics_data = self._left
        return cast("FetchRequestStruct", struct)


@dataclass(slots=True)
class Session:
    """What one broker remembers. id: 0 for nothing; epoch: the next question's number, 0 when it says everything."""

    id: int = 0
    epoch: int = 0
    known: dict[Place, Asked] = field(default_factory=dict)

    def question(self, whole: FetchRequest) -> Question:
        """What must be said of a whole question, given what the broker remembers; it remembers this, once answered."""
        asked = {
            Place(topic, partition): Asked(offset, max_bytes)
            for topic, partitions in whole.topics
            for partition, offset, max_bytes in partitions
        }
        known = self.known if self.epoch else {}
        changed = {place: wanted for place, wanted in asked.items() if known.get(place) != wanted}
        self.known = asked
        return Question(whole, self, changed, known.keys() - asked.keys())

    def answered(self, session_id: int) -> None:
        """The question was answered in this session; 0: the broker has no room for one."""
        self.epoch = (self.epoch % LAST_EPOCH + 1) if session_id else 0
        self.id = session_id

    def begin_anew(self) -> None:
        """What the broker remembers is not sure: the next question says everything, and ends the old session."""
        self.epoch = 0


class Sessions:
    """The library's client, as its fetcher uses it, asking within sessions: one for each broker."""

    def __init__(self, client: AIOKafkaClient) -> None:
        self._client = client
        self._sessions: dict[int, Session] = {}

    def __getattr__(self, name: str) -> Any:
        return getattr(self._client, name)

    async def send(self, node: int, request: Any) -> Any:
        """Send a request; a fetch says what changed. Raises what the client does."""
        if not isinstance(request, FetchRequest):
            return await self._client.send(node, request)
        session = self._sessions.setdefault(node, Session())
        try:
            answer = await self._client.send(node, session.question(request))
            if answer.API_VERSION < FIRST_VERSION:
                session.begin_anew()
                return answer
            if answer.error_code:
                # Forgotten, since brokers restart and have room for so many. The fetcher asks again a moment later.
                raise errors.for_code(answer.error_code)()
            session.answered(answer.session_id)
        except BaseException:
            # Also when no longer waited for: the broker may have taken it or not.
            session.begin_anew()
            raise
        return answer


def fetch_in_sessions(consumer: AIOKafkaConsumer) -> None:
    """Let a started consumer read within sessions."""
    fetcher: Any = consumer._fetcher
    if not isinstance(fetcher._client, Sessions):
        fetcher._client = Sessions(fetcher._client)
