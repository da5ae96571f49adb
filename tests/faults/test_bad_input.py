"""Thousands of records, most of them bad, on a running platform: one answer each, one trace each, no good one waits.

Good ones are sent first among as many other good ones, then among bad ones, at the same pace; `--bad-records` says how
many records that is.
"""

import http.client
import json
import random
from collections import Counter
from collections.abc import Callable, Iterator
from typing import Final
from urllib.parse import urlsplit

import pytest
from confluent_kafka import OFFSET_BEGINNING, Consumer, TopicPartition
from prometheus_client.parser import text_string_to_metric_families

from contracts.codes import OfferType
from contracts.partners import PartnerRegistered
from contracts.topics import CHANNELS, OFFERS, VACANCIES, Role, Service
from contracts.vacancies import Place, ProjetEtablissement, StructureDescribed
from deploy.embedded.platform import Platform
from tests.backends.backend import Backend, platform_on
from tests.faults.bad_records import (
    ACCEPTED,
    BAD,
    DUPLICATE,
    PRESCRIBER,
    STRUCTURE,
    Headers,
    Value,
    body,
    envelope,
    vacancy,
)
from tests.faults.traffic import At, Traffic

pytestmark = pytest.mark.once

PLACES: Final = 150
OTHER_PLACES: Final = 100
STALL_SECONDS: Final = 2.0
# Among so many records the 99th percentile of the good ones is more than chance; among fewer, the median is compared.
MANY: Final = 10_000
WINDOW: Final = 100
# Sender, topic, value, headers, kind, the answer it deserves, codec.
Record = tuple[str, str, Value, Headers, str, str, str]
CODECS: Final = ("none", "gzip", "snappy", "lz4", "zstd")
# The envelope could not be read: the answer names the record by its place in the log only.
UNNAMED: Final = frozenset({"envelope-missing", "header-unreadable", "id-invalid", "time-invalid", "body-empty"})


@pytest.fixture(scope="module")
def platform(backend: Backend, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Platform]:
    """Kafka, PostgreSQL and the four services as processes, and three partners."""
    roles = {STRUCTURE: Role.STRUCTURE, PRESCRIBER: Role.PRESCRIBER, "operator-bad": Role.OPERATOR}
    partners = [PartnerRegistered(id=name, role=role, siao="92", name=name) for name, role in roles.items()]
    with platform_on(backend, tmp_path_factory.mktemp("platform"), partners) as running:
        yield running


@pytest.fixture(scope="module")
def total(pytestconfig: pytest.Config) -> int:
    """How many records are sent in the run where most are bad."""
    return int(pytestconfig.getoption("--bad-records"))


@pytest.fixture(scope="module")
def traffic(platform: Platform, total: int) -> Iterator[Traffic]:
    """All that was sent and answered: every record of the module, once."""
    made = Traffic(platform)
    describe_the_structure(made)
    good, among_bad = good_records("A"), good_records("P")
    send_in_turns(made, good, other_good_records(total - len(good)))
    made.until_answered()
    send_in_turns(made, among_bad, bad_records(total - len(among_bad)))
    made.until_answered()
    # An answer too many would come after those expected.
    made.listen(1.0)
    yield made
    made.close()


def describe_the_structure(traffic: Traffic) -> None:
    """Each service has read a record of each partner before anything is timed."""
    structure = StructureDescribed(
        structure_id="S",
        revision=1,
        name="CHRS",
        offer_type=OfferType.CHRS,
        commune="92050",
        places=tuple(Place(place_id=f"{of}{number}", capacity=1) for of in "AP" for number in range(PLACES))
        + tuple(Place(place_id=f"F{number}", capacity=1) for number in range(OTHER_PLACES)),
        projet=ProjetEtablissement(version=1, effective_from="2026-01-01"),  # type: ignore[arg-type]
    )
    headers = envelope("first", type=StructureDescribed.type)
    value = structure.model_dump_json(exclude_defaults=True).encode()
    traffic.send(STRUCTURE, VACANCIES.of(STRUCTURE), value, headers, "structure", ACCEPTED)
    for kind in (BAD[-1], BAD[-2]):
        traffic.send(kind.partner, kind.channel.of(kind.partner), *kind.make(-1), kind.name, kind.answer)
    traffic.flush()
    traffic.until_answered(60)


def good_records(of: str) -> list[Record]:
    """Vacancies published and taken back, some oddly wrapped but right, some repeated, some ids used again.

    of: what the ids of their places begin with.
    """
    odd: list[Headers] = [[("trace", None)], [("note", b"\xff")], [("reply_to", OFFERS.name)], [("traceparent", b"x")]]
    records: list[Record] = []
    for number in range(PLACES):
        place = body(vacancy(f"{of}{number}"))
        published = envelope(f"{of}-published-{number}", source=f"/partners/{STRUCTURE}")
        records.append(own(place, [*published, *odd[number % 4]], "published", ACCEPTED))
        if number % 4 == 0:
            records.append(own(place, published, "repeated", DUPLICATE))
            records.append(own(body(vacancy(f"{of}0")) + b" ", published, "id used again", "id-reused"))
        if number % 2:
            day = json.loads(place)
            del day["available_on"]
            back = envelope(f"{of}-withdrawn-{number}", type="vacancy.withdrawn.v1")
            records.append(own(body(day), back, "back", ACCEPTED))
    return records


def other_good_records(count: int) -> list[Record]:
    """Vacancies published and taken back, again and again."""
    records = []
    for rank in range(count):
        place, kind = f"F{rank // 2 % OTHER_PLACES}", "withdrawn" if rank % 2 else "published"
        document = vacancy(place)
        if rank % 2:
            del document["available_on"]
        records.append(own(body(document), envelope(f"F-{rank}", type=f"vacancy.{kind}.v1"), "other", ACCEPTED))
    return records


def bad_records(count: int) -> list[Record]:
    """Every kind in turn, under every codec in turn."""
    records = []
    for rank in range(count):
        kind, codec = BAD[rank % len(BAD)], CODECS[rank % len(CODECS)]
        topic = kind.channel.of(kind.partner)
        records.append((kind.partner, topic, *kind.make(rank), kind.name, kind.answer, codec))
    return records


def own(value: Value, headers: Headers, kind: str, answer: str) -> Record:
    """A record of the structure: one producer keeps their order."""
    return STRUCTURE, VACANCIES.of(STRUCTURE), value, headers, kind, answer, CODECS[0]


def send_in_turns(traffic: Traffic, some: list[Record], others: list[Record]) -> None:
    """Each list in its own order, one anywhere between the other; few at a time: no queue is what is measured."""
    random.seed(2010)
    turns = [True] * len(some) + [False] * len(others)
    random.shuffle(turns)
    next_of = {True: iter(some), False: iter(others)}
    for number, turn in enumerate(turns):
        traffic.send(*next(next_of[turn]))
        if number % 20 == 19:
            # What is measured is how a record is held up by those beside it, not how long a queue can be made.
            traffic.until_few_wait(WINDOW)
    traffic.flush()


def quarantined(platform: Platform) -> Counter[tuple[At, str]]:
    """Every record set aside, in all services' databases, with its code."""
    rows: Counter[tuple[At, str]] = Counter()
    for service in Service:
        for line in platform.postgres.sql('SELECT topic, "offset", code FROM quarantine', service).splitlines():
            topic, offset, code = line.split("|")
            rows[(topic, int(offset)), code] += 1
    return rows


def counted(platform: Platform, metric: str) -> Counter[tuple[str, ...]]:
    """A counter's values over all services, by its labels."""
    values: Counter[tuple[str, ...]] = Counter()
    for service in platform.services.values():
        address = urlsplit(service.url)
        connection = http.client.HTTPConnection(str(address.hostname), address.port, timeout=10)
        connection.request("GET", "/metrics")
        text = connection.getresponse().read().decode()
        connection.close()
        for found in text_string_to_metric_families(text):
            for sample in found.samples:
                if sample.name == metric:
                    values[tuple(sample.labels.values())] += int(sample.value)
    return values


def is_rejection(answer: str) -> bool:
    return answer not in (ACCEPTED, DUPLICATE)


def test_each_record_has_the_one_answer_that_it_deserves(traffic: Traffic, total: int) -> None:
    assert len(traffic.sent) == 2 * total + 3
    wrong = Counter[tuple[str, str, tuple[str, ...]]]()
    for at, sent in traffic.sent.items():
        codes = [said["code"] for said in traffic.rejected.get(at, [])]
        if codes != ([sent.answer] if is_rejection(sent.answer) else []):
            wrong[sent.kind, sent.answer, tuple(codes)] += 1
    assert wrong == Counter()
    expected = Counter(
        (sent.identity, sent.answer == DUPLICATE) for sent in traffic.sent.values() if not is_rejection(sent.answer)
    )
    heard = Counter((name, said["duplicate"]) for name, answers in traffic.accepted.items() for said in answers)
    assert heard == expected


def test_a_rejection_names_the_message_that_can_be_named(traffic: Traffic) -> None:
    for at, (said, *_) in traffic.rejected.items():
        sent = traffic.sent[at]
        if sent.answer in UNNAMED:
            assert said["message_id"] is None, sent.kind
        elif sent.identity is not None:
            assert said["message_id"] == sent.identity, sent.kind
        assert all(said[language] for language in ("text_fr", "text_en"))
        assert "root logged in" not in json.dumps(said)


def test_each_rejected_record_is_kept_once_and_nothing_else_is(traffic: Traffic, platform: Platform) -> None:
    expected = Counter((at, sent.answer) for at, sent in traffic.sent.items() if is_rejection(sent.answer))
    assert quarantined(platform) == expected


def test_the_metrics_are_the_truth(traffic: Traffic, platform: Platform) -> None:
    rejected = Counter((sent.answer,) for sent in traffic.sent.values() if is_rejection(sent.answer))
    assert +counted(platform, "siao_messages_quarantined_total") == rejected
    handled = Counter[str]()
    for (family, _), count in counted(platform, "siao_messages_handled_total").items():
        if family in {channel.name for channel in CHANNELS}:
            handled[family] += count
    assert +handled == Counter(topic.split(".")[2] for topic, _ in traffic.sent)


def test_no_good_record_waited_for_the_bad_ones(traffic: Traffic) -> None:
    waits = waits_of(traffic, "P-")
    assert len(waits) == PLACES + PLACES // 2
    assert waits[-1] < STALL_SECONDS * 1000, f"median {waits[len(waits) // 2]} ms, longest {waits[-1]} ms"


def waits_of(traffic: Traffic, prefix: str) -> list[int]:
    """How long each accepted record waited for its answer, by the broker's clock, in ms; the longest last."""
    return sorted(
        traffic.answered_ms[sent.identity] - sent.at_ms
        for sent in traffic.sent.values()
        if sent.answer == ACCEPTED and sent.identity and sent.identity.startswith(prefix)
    )


def test_the_good_records_wait_no_longer_than_twice_as_long_as_among_good_ones(
    traffic: Traffic, total: int, record_testsuite_property: Callable[[str, object], None]
) -> None:
    share = 0.99 if total >= MANY else 0.5
    clean, among = (waits[int(share * len(waits))] for waits in (waits_of(traffic, "A-"), waits_of(traffic, "P-")))
    record_testsuite_property("among_good_ms", clean)
    record_testsuite_property("among_bad_ms", among)
    assert among <= 2 * clean, f"among good ones {clean} ms, among bad records {among} ms, at the {share} quantile"


def test_no_sender_chose_where_a_service_writes(traffic: Traffic, platform: Platform, total: int) -> None:
    assert any(sent.kind == "published" for sent in traffic.sent.values())
    client = Consumer({**platform.kafka.client_settings(), "group.id": "look", "log_level": 0})
    partitions = client.list_topics(OFFERS.name, timeout=15).topics[OFFERS.name].partitions
    client.assign([TopicPartition(OFFERS.name, partition, OFFSET_BEGINNING) for partition in partitions])
    records = [record for batch in iter(lambda: client.consume(10_000, 3.0), []) for record in batch]
    client.close()
    sources = Counter(dict(record.headers() or []).get("ce_source") for record in records)
    # A description; a vacancy opened for each place, and closed for every second; one of those for each other good one.
    others = total - len(good_records("A"))
    assert sources == Counter({b"/siao/offers": 1 + 2 * (PLACES + PLACES // 2) + others})


def test_no_service_died(traffic: Traffic, platform: Platform) -> None:
    assert traffic.sent
    assert platform.deaths == []
    assert all(service.is_ready() for service in platform.services.values())
