"""A partner's software in Python, asynchronous: sends and waits for the answer, hears notices, follows the list."""

import asyncio
from collections.abc import AsyncGenerator
from contextlib import AsyncExitStack
from typing import Final, Self

from aiokafka import AIOKafkaConsumer, AIOKafkaProducer, TopicPartition
from aiokafka.errors import (
    KafkaError,
    KafkaTimeoutError,
    MessageSizeTooLargeError,
    TopicAuthorizationFailedError,
)

from contracts.event import Message
from contracts.indicators import IndicatorsComputed
from contracts.kit import ready
from contracts.kit.answers import Answers
from contracts.kit.compacted import present
from contracts.kit.connection import client_settings, not_allowed, not_connected, require, started
from contracts.kit.failure import NoAnswer, Rejected, too_large
from contracts.kit.ready import ReadyChanges
from contracts.kit.records import CHANNEL_OF, Notice, Outgoing, headers_of, outgoing, read_notice
from contracts.kit.settings import Settings
from contracts.notices import MessageAccepted, MessageRejected
from contracts.topics import INDICATORS, NOTICES, READY_HOUSEHOLDS

PATIENCE_SECONDS: Final = 30.0


class AsyncPartner:
    """`async with AsyncPartner() as siao:` connects with the settings given, or those of Settings.load().

    patience: seconds that `send` waits for the answer. Every failure is a KitError that says what to do.
    """

    def __init__(self, settings: Settings | None = None, *, patience: float = PATIENCE_SECONDS) -> None:
        self.settings = settings or Settings.load()
        self.patience = patience
        self._open = AsyncExitStack()

    async def __aenter__(self) -> Self:
        await require(self.settings, NOTICES.of(self.settings.partner))
        async with AsyncExitStack() as opening:
            producer = AIOKafkaProducer(**client_settings(self.settings), enable_idempotence=True, acks="all")
            self._producer = await opening.enter_async_context(started(producer))
            consumer = await opening.enter_async_context(started(self._consumer()))
            self._answers = Answers(consumer, self.settings.partner)
            opening.push_async_callback(self._answers.stop)
            await self._answers.start()
            self._open = opening.pop_all()
        return self

    async def __aexit__(self, *_: object) -> None:
        await self._open.aclose()

    async def send(self, message: Message, *, message_id: str | None = None) -> MessageAccepted:
        """Say something and wait for the receipt: what it caused, and whether it had been taken before.

        message_id: give one of your own to be able to send again after a cut; done once whatever happens.
        Raises Rejected (nothing was done), NoAnswer (send again with the same id), NotAllowed, NotConnected.
        """
        return await self.send_out(outgoing(message, message_id))

    async def send_out(self, message: Outgoing) -> MessageAccepted:
        """Send a message that is already written out, as `send` does. Raises KeyError for a type unknown to the kit."""
        topic = CHANNEL_OF[message.type].of(self.settings.partner)
        waiting = self._answers.expect(message.id)
        try:
            headers = headers_of(message, self.settings.partner)
            written = await self._producer.send_and_wait(topic, message.body, headers=headers)
            self._answers.written(waiting, (written.topic, written.partition, written.offset))
            answer = await asyncio.wait_for(waiting, self.patience)
        except (TimeoutError, KafkaTimeoutError):
            raise NoAnswer(message.id, self.patience) from None
        except MessageSizeTooLargeError:
            raise too_large(len(message.body)) from None
        except TopicAuthorizationFailedError as error:
            raise not_allowed(error) from None
        except KafkaError as error:
            raise not_connected(error) from None
        finally:
            self._answers.forget(waiting)
        if isinstance(answer, MessageRejected):
            raise Rejected(answer)
        return answer

    async def notices(self, name: str | None = "main") -> AsyncGenerator[Notice]:
        """What the SIAO says, for ever, from where the reader of this name had come to; the first time, all there is.

        A notice is done when the next one is asked for: after a cut, one that was not done comes again.
        name None: all there is, each time, and nothing is remembered.
        """
        topic = NOTICES.of(self.settings.partner)
        await require(self.settings, topic)
        group = f"{self.settings.partner}.{name}" if name else None
        async with started(self._consumer(topic, group_id=group, auto_offset_reset="earliest")) as consumer:
            async for record in consumer:
                yield read_notice(record)
                if group:
                    await consumer.commit({TopicPartition(record.topic, record.partition): record.offset + 1})

    async def ready_households(self) -> AsyncGenerator[ReadyChanges]:
        """The whole list of ready households as it now is, then each change of it, for ever."""
        topic = READY_HOUSEHOLDS.of(self.settings.partner)
        await require(self.settings, topic)
        async with started(self._consumer()) as consumer:
            async for change in ready.changes(consumer, topic):
                yield change

    async def indicators(self) -> dict[str, IndicatorsComputed]:
        """The newest figures of each period: `live`, and the months ("2026-11")."""
        topic = INDICATORS.of(self.settings.partner)
        await require(self.settings, topic)
        async with started(self._consumer()) as consumer:
            told = await present(consumer, topic, IndicatorsComputed)
        return {period: figures for period, figures in sorted(told.items()) if figures is not None}

    def _consumer(self, *topics: str, **options: str | None) -> AIOKafkaConsumer:
        # `read_committed`: nothing that a writer took back is shown.
        return AIOKafkaConsumer(
            *topics,
            **client_settings(self.settings),
            enable_auto_commit=False,
            isolation_level="read_committed",
            **options,
        )
