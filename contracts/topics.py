"""Every topic of the platform as a typed constant, with who may write and read it; nothing else may name a topic."""

from dataclasses import dataclass, field
from enum import StrEnum
from functools import lru_cache
from typing import Final


class Service(StrEnum):
    """A service of the SIAO; its value is also its Kafka principal, consumer group and database."""

    OFFERS = "offers"
    INTAKE = "intake"
    ORIENTATION = "orientation"
    REPORTING = "reporting"


# The door over HTTP: a process and its Kafka principal. Not a `Service`: it has no database and no consumer group.
EDGE: Final = "edge"


class Role(StrEnum):
    """What a partner is for the SIAO (domain vocabulary: actors)."""

    STRUCTURE = "structure"
    PRESCRIBER = "prescriber"
    BAILLEUR = "bailleur"
    RESERVATAIRE = "reservataire"
    PREFECTURE = "prefecture"
    COLLECTIVITE = "collectivite"
    OPERATOR = "operator"
    MEMBER = "member"


DAY_MS: Final = 86_400_000
# What a partner may put in one record, in bytes: far above any legitimate message, far below what hurts.
PARTNER_MESSAGE_BYTES: Final = 65_536
CORE_PARTITIONS: Final = 4


@dataclass(frozen=True, slots=True)
class Topic:
    """A topic of the SIAO itself. `config` is Kafka topic configuration; `key` says what its records' keys are."""

    name: str
    meaning: str
    writers: tuple[Service, ...]
    readers: tuple[Service, ...]
    partitions: int = CORE_PARTITIONS
    key: str = "SIAO code"
    config: dict[str, str] = field(default_factory=dict)


# Core topics are pseudonymous and kept for ever: any read model can be rebuilt from them.
FOREVER: Final = {"retention.ms": "-1", "cleanup.policy": "delete"}
ALL_SERVICES: Final = tuple(Service)

PARTNERS: Final = Topic(
    "siao.partners",
    "the register of partners; written by provisioning",
    (),
    ALL_SERVICES,
    partitions=1,
    key="partner id",
    config={"cleanup.policy": "compact"},
)
OFFERS: Final = Topic(
    "siao.offers",
    "structures, their rules, their vacancies",
    (Service.OFFERS,),
    (Service.ORIENTATION, Service.REPORTING),
    config=FOREVER,
)
HOUSEHOLDS: Final = Topic(
    "siao.households",
    "requests and households, without identity",
    (Service.INTAKE,),
    (Service.ORIENTATION, Service.REPORTING),
    config=FOREVER,
)
ANSWERS: Final = Topic(
    "siao.answers",
    "answers and decisions received from partners, and deadlines reached",
    (Service.ORIENTATION,),
    (Service.ORIENTATION, Service.INTAKE, Service.OFFERS),
    config=FOREVER,
)
DESIGNATIONS: Final = Topic(
    "siao.designations",
    "designations, their answers and their proofs, admissions and departures",
    (Service.ORIENTATION,),
    (Service.OFFERS, Service.INTAKE, Service.REPORTING),
    config=FOREVER,
)
CORE: Final = (PARTNERS, OFFERS, HOUSEHOLDS, ANSWERS, DESIGNATIONS)
# Beside the core: no service reads it, and no read model is made from it.
TOKENS: Final = Topic(
    "siao.tokens",
    "digests of the partners' tokens for HTTP; written by provisioning, read by the edge alone",
    (),
    (),
    partitions=1,
    key="partner id",
    config={"cleanup.policy": "compact"},
)
# What the edge reads of the SIAO itself; of partners' topics, it reaches only those of partners that have a token.
EDGE_READS: Final = (PARTNERS, TOKENS)


@dataclass(frozen=True, slots=True)
class Channel:
    """A kind of partner topic, named `partners.<partner id>.<channel>`.

    inbound: written by the partner and read by `services`; outbound: written by `services`, read by the partner.
    """

    name: str
    inbound: bool
    meaning: str
    services: tuple[Service, ...]
    roles: tuple[Role, ...]
    config: dict[str, str] = field(default_factory=dict)
    # One partition: a partner's messages are read in the order in which they were sent, whatever their keys.
    partitions: int = 1
    key: str = "none needed"

    def of(self, partner: str) -> str:
        """The topic's name for one partner."""
        return f"partners.{partner}.{self.name}"

    @property
    def pattern(self) -> str:
        """The regular expression a service subscribes to."""
        return rf"^partners\.[a-z0-9-]+\.{self.name}$"


INBOUND_CONFIG: Final = {"retention.ms": str(7 * DAY_MS), "max.message.bytes": str(PARTNER_MESSAGE_BYTES)}
# Notices carry identities: they are kept for days, not for ever.
NOTICES_CONFIG: Final = {"retention.ms": str(7 * DAY_MS)}
# A household housed elsewhere must leave the partner's copy: tombstones stay readable for a week.
FEED_CONFIG: Final = {
    "cleanup.policy": "compact",
    "delete.retention.ms": str(7 * DAY_MS),
    "max.compaction.lag.ms": str(DAY_MS),
}
# What is true now is told again and again: small segments, so that what it replaces is soon compacted away.
INDICATORS_CONFIG: Final = {
    "cleanup.policy": "compact",
    "segment.bytes": str(4 * 1024 * 1024),
    "max.compaction.lag.ms": str(DAY_MS),
}

VACANCIES: Final = Channel(
    "vacancies",
    True,
    "what a structure offers: itself, its rules, its vacancies",
    (Service.OFFERS,),
    (Role.STRUCTURE,),
    INBOUND_CONFIG,
)
REQUESTS: Final = Channel(
    "requests",
    True,
    "requests with their evaluation; households ready for ordinary housing",
    (Service.INTAKE,),
    (Role.STRUCTURE, Role.PRESCRIBER, Role.PREFECTURE, Role.COLLECTIVITE),
    INBOUND_CONFIG,
)
PARTNER_ANSWERS: Final = Channel(
    "answers",
    True,
    "answers to designations, admissions, departures, rehousings",
    (Service.ORIENTATION,),
    (Role.STRUCTURE, Role.BAILLEUR, Role.RESERVATAIRE, Role.PREFECTURE, Role.COLLECTIVITE, Role.MEMBER),
    INBOUND_CONFIG,
)
DECISIONS: Final = Channel(
    "decisions",
    True,
    "the operator's decisions, and the préfecture's on what is put before it",
    (Service.ORIENTATION,),
    (Role.OPERATOR, Role.PREFECTURE),
    INBOUND_CONFIG,
)
NOTICES: Final = Channel(
    "notices",
    False,
    "what the SIAO tells a partner: one answer to each message, designations, reminders",
    (Service.OFFERS, Service.INTAKE, Service.ORIENTATION),
    tuple(Role),
    NOTICES_CONFIG,
)
READY_HOUSEHOLDS: Final = Channel(
    "ready-households",
    False,
    "the live nominative list of households ready for ordinary housing; a tombstone removes",
    (Service.INTAKE,),
    (Role.BAILLEUR, Role.RESERVATAIRE, Role.PREFECTURE),
    FEED_CONFIG,
    key="household id",
)
INDICATORS: Final = Channel(
    "indicators",
    False,
    "the figures of the SIAO, each month's and those true now; no household is in them",
    (Service.REPORTING,),
    # The State, who shares the cost or the places, and the members of the commission: some tens of partners, not the
    # hundreds of structures and prescribers, who have the report.
    (Role.PREFECTURE, Role.OPERATOR, Role.COLLECTIVITE, Role.MEMBER, Role.BAILLEUR, Role.RESERVATAIRE),
    INDICATORS_CONFIG,
    key="period",
)
CHANNELS: Final = (VACANCIES, REQUESTS, PARTNER_ANSWERS, DECISIONS, NOTICES, READY_HOUSEHOLDS, INDICATORS)


def channels_of(role: Role) -> tuple[Channel, ...]:
    """The channels that a partner of this role has."""
    return tuple(channel for channel in CHANNELS if role in channel.roles)


@lru_cache(maxsize=10_000)
def split_partner_topic(topic: str) -> tuple[str, str] | None:
    """`partners.chrs-7.vacancies` -> ("chrs-7", "vacancies"); None for a topic that is not a partner's."""
    parts = topic.split(".")
    return (parts[1], parts[2]) if len(parts) == 3 and parts[0] == "partners" else None
