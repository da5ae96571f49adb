"""S4: from a vacancy published on a structure's own topic to the designation on its notices, through three services."""

import json
import random
import tempfile
import threading
import time
import urllib.request
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Final

from confluent_kafka import Consumer, Producer

from contracts.codes import EvaluationSection, Situation
from contracts.partners import PartnerRegistered
from contracts.topics import HOUSEHOLDS, NOTICES, REQUESTS, VACANCIES, Role, Service
from deploy.embedded.platform import SERVICES_PORTS, Addresses, Platform
from deploy.embedded.ports import free_port

SIAO: Final = "92"
# What a waiting household may take to be loaded, with all that comes with the first of them.
LOADING_SECONDS: Final = 60.0
LOADING_SECONDS_EACH: Final = 0.012
DRAIN_SECONDS: Final = 20.0


@dataclass(frozen=True, slots=True)
class Scale:
    """How large the département is. By default as Hauts-de-Seine, with few who wait."""

    waiting: int = 10_000
    structures: int = 167
    prescribers: int = 180


def partners(scale: Scale) -> list[PartnerRegistered]:
    """A département's partners."""
    structures = [
        PartnerRegistered(id=f"structure-{n}", role=Role.STRUCTURE, siao=SIAO, name=f"Structure {n}")
        for n in range(scale.structures)
    ]
    prescribers = [
        PartnerRegistered(id=f"prescriber-{n}", role=Role.PRESCRIBER, siao=SIAO, name=f"Prescriber {n}")
        for n in range(scale.prescribers)
    ]
    return [*structures, *prescribers]


@contextmanager
def platform(scale: Scale) -> Iterator[Platform]:
    """The whole platform on free ports and a state of its own; nothing of it stays."""
    with tempfile.TemporaryDirectory(prefix="siao-load-") as folder:
        addresses = Addresses(free_port(3), free_port(), free_port(SERVICES_PORTS))
        running = Platform(Path(folder), partners=partners(scale), addresses=addresses)
        running.start()
        try:
            yield running
        finally:
            running.stop()


@dataclass(slots=True)
class Notices:
    """Reads every structure's and prescriber's notices; knows when each answer and each designation was read."""

    consumer: Consumer
    answered: int = 0
    rejected: int = 0
    designated: dict[str, float] = field(default_factory=dict)
    stopping: threading.Event = field(default_factory=threading.Event)

    def read(self) -> None:
        """Until told to stop."""
        while not self.stopping.is_set():
            for record in self.consumer.consume(500, 0.05):
                now = time.monotonic()
                kind = dict(record.headers() or [])["ce_type"]
                self.answered += kind == b"message.accepted.v1"
                self.rejected += kind == b"message.rejected.v1"
                if kind == b"household.designated.v1":
                    notice = json.loads(record.value() or b"null")
                    self.designated[f"{notice['structure_id']}/{notice['place_id']}"] = now
        self.consumer.close()


def send(producer: Producer, partner: str, topic: str, kind: str, value: dict[str, Any]) -> None:
    """A message as a partner's software would send it."""
    headers = {
        "ce_specversion": "1.0",
        "ce_id": str(uuid.uuid4()),
        "ce_type": kind,
        "ce_source": f"/partners/{partner}",
        "ce_time": datetime.now(UTC).isoformat(),
        "content-type": "application/json",
    }
    producer.produce(topic, json.dumps(value).encode(), headers=list(headers.items()))
    producer.poll(0)


def structure(name: str, places: int) -> dict[str, Any]:
    """A structure that takes any single person; its rules are looked at all the same."""
    rules = [
        {"kind": "composition", "article": "art. 1", "allowed": ["single_man", "single_woman"]},
        {"kind": "age", "article": "art. 2", "minimum": 18},
    ]
    return {
        "structure_id": name,
        "revision": 1,
        "name": name,
        "offer_type": "chrs",
        "commune": "92050",
        "places": [{"place_id": f"p{n}", "capacity": 1, "accessible": n % 4 == 0} for n in range(places)],
        "projet": {"version": 1, "effective_from": "2026-01-01", "rules": rules},
    }


def request(number: int, chance: random.Random) -> dict[str, Any]:
    """A complete request; one household in three does not fit the places, as in life."""
    year = chance.randint(1950, 2005)
    lead = {
        "family_name": f"Nom{number}",
        "given_name": f"Prénom{number}",
        "birth_date": f"{year}-05-17",
        "gender": chance.choice(["man", "woman"]),
        "relation": "lead",
    }
    child = {**lead, "birth_date": "2019-03-01", "relation": "child"}
    return {
        "request_id": f"r{number}",
        "revision": 1,
        "prescriber_kind": "ccas",
        "reason": "wandering",
        "situation": chance.choice([situation.value for situation in Situation]),
        "in_danger": chance.choice(["yes", "no", "unknown"]),
        "recommended": ["chrs"],
        "members": [lead, child] if chance.random() < 1 / 3 else [lead],
        "needs": {"support": "regular", "accessibility": "no", "pets": "no"},
        "evaluation": {
            "grid_version": 1,
            "evaluated_on": "2026-11-01",
            "evaluators": ["Une assistante sociale"],
            "applicant_agrees": True,
            "sections": {section.value: "Renseigné." for section in EvaluationSection},
        },
    }


def load(producer: Producer, notices: Notices, scale: Scale, places: int) -> None:
    """Structures and waiting households, by messages; returns when each is answered. Raises TimeoutError."""
    chance = random.Random(92)
    for n in range(scale.structures):
        name = f"structure-{n}"
        send(producer, name, VACANCIES.of(name), "structure.described.v1", structure(name, places))
    for n in range(scale.waiting):
        name = f"prescriber-{n % scale.prescribers}"
        send(producer, name, REQUESTS.of(name), "request.submitted.v1", request(n, chance))
    producer.flush(60)
    expected = scale.structures + scale.waiting
    deadline = time.monotonic() + LOADING_SECONDS + LOADING_SECONDS_EACH * scale.waiting
    while notices.answered < expected:
        if notices.rejected or time.monotonic() > deadline:
            raise TimeoutError(f"{notices.answered} of {expected} accepted, {notices.rejected} rejected")
        time.sleep(0.05)


def known(running: Platform, scale: Scale) -> None:
    """Returns when all services have heard of all who wait: prescribers are answered before. Raises TimeoutError."""
    deadline = time.monotonic() + LOADING_SECONDS + LOADING_SECONDS_EACH * scale.waiting
    for service in (Service.ORIENTATION, Service.REPORTING):
        address = f"{running.services[service].url}/metrics"
        # Each request is registered, and waits: two facts.
        while heard_of(address) < 2 * scale.waiting:
            if time.monotonic() > deadline:
                raise TimeoutError(f"{service.value} has heard {heard_of(address):.0f} of {2 * scale.waiting} facts")
            time.sleep(0.2)


def heard_of(address: str) -> float:
    """Facts about households that a service has taken."""
    with urllib.request.urlopen(address, timeout=10) as answer:
        lines = answer.read().decode().splitlines()
    taken = [line for line in lines if HOUSEHOLDS.name in line and 'outcome="taken"' in line and "_total" in line]
    return sum(float(line.rpartition(" ")[2]) for line in taken)


def publish(producer: Producer, notices: Notices, scale: Scale, per_second: int, seconds: float) -> list[float]:
    """Vacancies in open loop; milliseconds from the intended sending to the designation read. Raises TimeoutError."""
    count, intended = int(per_second * seconds), dict[str, float]()
    start = time.monotonic()
    for n in range(count):
        due = start + n / per_second
        time.sleep(max(0.0, due - time.monotonic()))
        name, place = f"structure-{n % scale.structures}", f"p{n // scale.structures}"
        intended[f"{name}/{place}"] = due
        vacancy = {"structure_id": name, "place_id": place, "available_on": "2026-12-01"}
        send(producer, name, VACANCIES.of(name), "vacancy.published.v1", vacancy)
    deadline = time.monotonic() + DRAIN_SECONDS
    while not intended.keys() <= notices.designated.keys():
        if time.monotonic() > deadline:
            missing = len(intended.keys() - notices.designated.keys())
            raise TimeoutError(f"{missing} of {count} vacancies were not designated")
        time.sleep(0.02)
    return [1000 * (notices.designated[place] - due) for place, due in intended.items()]


def measure(per_second: int, seconds: float, scale: Scale) -> list[float]:
    """Milliseconds of each vacancy, the first two seconds left out."""
    places = int(per_second * seconds) // scale.structures + 1
    with platform(scale) as running:
        settings = running.kafka.client_settings()
        producer = Producer({**settings, "linger.ms": 0, "queue.buffering.max.messages": 200_000, "log_level": 0})
        group = {"group.id": uuid.uuid4().hex, "auto.offset.reset": "earliest", "log_level": 0}
        consumer = Consumer({**settings, **group})
        consumer.subscribe([NOTICES.pattern])
        notices = Notices(consumer)
        reader = threading.Thread(target=notices.read, daemon=True)
        reader.start()
        try:
            load(producer, notices, scale, places)
            known(running, scale)
            return publish(producer, notices, scale, per_second, seconds)[2 * per_second :]
        finally:
            notices.stopping.set()
            reader.join()
