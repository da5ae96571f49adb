"""Does the SIAO speak with us? Its last notices are read, and one question is asked that it must refuse and answer."""

import asyncio
import time
import uuid
from collections.abc import AsyncIterator
from datetime import UTC, datetime
from typing import Final

from aiokafka import AIOKafkaConsumer, AIOKafkaProducer, TopicPartition

from contracts import __version__
from contracts.kit.connection import client_settings, started
from contracts.kit.findings import Finding, ill, well
from contracts.kit.records import Notice, Outgoing, Record, headers_of, read_notice
from contracts.kit.settings import Settings
from contracts.topics import NOTICES, Channel

# No service takes this type: its answer is a rejection, and nothing is done.
QUESTION: Final = "doctor.asked.v1"
LAST: Final = 200
PATIENCE_SECONDS: Final = 20.0
# What deadlines and seniority can bear; clocks kept by NTP are a hundred times better.
TOLERANCE_SECONDS: Final = 5.0


async def dialogue(settings: Settings, inbound: list[Channel], *, ask: bool) -> AsyncIterator[Finding]:
    """Reading, version of the contract, and, when a question may be asked, the answer and the clocks."""
    place = TopicPartition(NOTICES.of(settings.partner), 0)
    consumer = AIOKafkaConsumer(**client_settings(settings), enable_auto_commit=False)
    async with started(consumer):
        consumer.assign([place])
        last = await _last(consumer, place)
        yield well("Lecture", f"vos avis se lisent ({len(last)} des derniers)", "your notices can be read")
        yield _version(last)
        if ask and inbound:
            for finding in await _ask(settings, consumer, inbound[0]):
                yield finding


async def _last(consumer: AIOKafkaConsumer, place: TopicPartition) -> list[Notice]:
    first = (await consumer.beginning_offsets([place]))[place]
    end = (await consumer.end_offsets([place]))[place]
    consumer.seek(place, max(first, end - LAST))
    notices: list[Notice] = []
    while await consumer.position(place) < end:
        for records in (await consumer.getmany(timeout_ms=500)).values():
            notices += [read_notice(record) for record in records]
    return notices


def _version(last: list[Notice]) -> Finding:
    unknown = sorted({notice.type for notice in last if notice.message is None})
    if unknown:
        return ill(
            "Contrat",
            f"ce kit ({__version__}) ne connaît pas tout ce que dit le SIAO : {', '.join(unknown)}",
            "this kit does not know all that the SIAO says",
            remedy_fr="Installez la version du kit que l'opérateur du SIAO publie. Ce que vous lisez déjà reste juste.",
            remedy_en="Install the kit that the SIAO's operator publishes. What you read already stays right.",
        )
    return well("Contrat", f"version {__version__}, connue de part et d'autre", "the version that the SIAO speaks")


async def _ask(settings: Settings, consumer: AIOKafkaConsumer, channel: Channel) -> list[Finding]:
    question = Outgoing(QUESTION, b"{}", str(uuid.uuid4()), datetime.now(UTC))
    producer = AIOKafkaProducer(**client_settings(settings), acks="all")
    async with started(producer):
        asked = time.time()
        await producer.send_and_wait(
            channel.of(settings.partner), question.body, headers=headers_of(question, settings.partner)
        )
    try:
        answer = await asyncio.wait_for(_answer(consumer, question.id), PATIENCE_SECONDS)
    except TimeoutError:
        return [
            ill(
                "Réponse",
                f"le SIAO n'a pas répondu en {PATIENCE_SECONDS:.0f} s",
                "the SIAO did not answer in time",
                remedy_fr="Vos messages l'attendent et ne sont pas perdus. Prévenez l'opérateur du SIAO si cela dure.",
                remedy_en="Your messages wait and are not lost. Tell the SIAO's operator if this lasts.",
            )
        ]
    heard = time.time()
    seconds = heard - asked
    return [
        well("Réponse", f"le SIAO répond, en {seconds * 1000:.0f} ms", "the SIAO answers"),
        _clock(asked, answer.timestamp / 1000, heard),
    ]


async def _answer(consumer: AIOKafkaConsumer, question: str) -> Record:
    while True:
        record: Record = await consumer.getone()
        if read_notice(record).document.get("message_id") == question:
            return record


def _clock(asked: float, said: float, heard: float) -> Finding:
    """The SIAO said it between our question and our hearing of it, if our clock is right."""
    ahead = max(asked - said, 0.0) - max(said - heard, 0.0)
    if abs(ahead) > TOLERANCE_SECONDS:
        way_fr, way_en = ("avance", "fast") if ahead > 0 else ("retarde", "slow")
        return ill(
            "Horloge",
            f"la vôtre {way_fr} de {abs(ahead):.0f} s sur celle du SIAO",
            f"yours is {abs(ahead):.0f} s {way_en}",
            remedy_fr="Réglez l'heure de cette machine par NTP : vos messages portent une heure fausse.",
            remedy_en="Set this machine's time by NTP: your messages carry a wrong one.",
        )
    return well("Horloge", "à l'heure du SIAO", "on the SIAO's time")
