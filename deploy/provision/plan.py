"""The difference between what a broker holds and what it should: pure; it never takes a partner away, it names it."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass, fields, replace

from confluent_kafka.admin import AclBinding

from contracts.partners import PartnerRegistered
from contracts.tokens import TokensIssued
from contracts.topics import READY_HOUSEHOLDS, channels_of, split_partner_topic
from deploy.provision import rights
from deploy.provision.credentials import users_of
from deploy.provision.holdings import Holdings, KeptTopic
from deploy.provision.quotas import Quota

# One setting of one topic: what it is (None: not known), what it should be.
Change = tuple[str | None, str]


@dataclass(frozen=True, slots=True)
class Removal:
    """What goes with a partner that the file does not name any more; or, `whole` False, with a role it has lost."""

    partner: str
    whole: bool
    users: tuple[str, ...] = ()
    rights: tuple[AclBinding, ...] = ()
    quotas: tuple[str, ...] = ()
    tokens: bool = False
    topics: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Plan:
    """What is to be done; each part empty when there is nothing to do.

    registered: as it will be said, with what was said before; tokens: None takes them away.
    """

    registered: Mapping[str, tuple[PartnerRegistered | None, PartnerRegistered]]
    topics: Mapping[str, KeptTopic]
    settings: Mapping[str, Mapping[str, Change]]
    users: frozenset[str]
    granted: rights.Bindings
    revoked: tuple[AclBinding, ...]
    quotas: Mapping[str, tuple[Quota | None, Quota]]
    tokens: Mapping[str, TokensIssued | None]
    removals: tuple[Removal, ...]

    @property
    def empty(self) -> bool:
        """Is there nothing to do?"""
        return not any(getattr(self, part.name) for part in fields(self))

    def without_removals(self) -> "Plan":
        """The same, without what needs a word of its own."""
        return replace(self, removals=())

    def records(self) -> "Plan":
        """The register and the tokens alone: where an operator of Kubernetes makes topics, users and rights."""
        return replace(
            self, topics={}, settings={}, users=frozenset(), granted=frozenset(), revoked=(), quotas={}, removals=()
        )


def difference(wanted: Holdings, found: Holdings) -> Plan:
    """What makes `found` as `wanted`; the partners are those that `wanted` registers."""
    named = wanted.register.keys()
    return Plan(
        registered={
            name: (found.register.get(name), partner)
            for name, partner in wanted.register.items()
            if partner is not None and partner != found.register.get(name)
        },
        topics={name: topic for name, topic in wanted.topics.items() if name not in found.topics},
        settings=_settings(wanted.topics, found.topics),
        users=wanted.users - found.users,
        granted=wanted.rights - found.rights,
        revoked=tuple(rights.obsolete(found.rights, wanted.rights, named)),
        quotas={
            user: (found.quotas.get(user), quota)
            for user, quota in wanted.quotas.items()
            if quota != found.quotas.get(user)
        },
        tokens={name: wanted.tokens.get(name) for name in named if wanted.tokens.get(name) != found.tokens.get(name)},
        removals=(*_removed(found, named), *_lists_lost(wanted.register, found)),
    )


def _settings(wanted: Mapping[str, KeptTopic], found: Mapping[str, KeptTopic]) -> dict[str, dict[str, Change]]:
    changes = {
        name: {
            key: (found[name].settings.get(key), value)
            for key, value in topic.settings.items()
            if found[name].settings.get(key) != value
        }
        for name, topic in wanted.items()
        if name in found
    }
    return {name: changed for name, changed in changes.items() if changed}


def _removed(found: Holdings, named: Collection[str]) -> list[Removal]:
    return [removal_of(name, found) for name in sorted(found.register) if name not in named]


def removal_of(partner: str, found: Holdings) -> Removal:
    """All that goes with a partner: credentials, rights, quotas, tokens, and the list that names people."""
    users = users_of(partner)
    feed = READY_HOUSEHOLDS.of(partner)
    return Removal(
        partner,
        whole=True,
        users=tuple(user for user in users if user in found.users),
        rights=tuple(rights.of_removed(found.rights, partner, {feed})),
        quotas=tuple(user for user in users if user in found.quotas),
        tokens=partner in found.tokens,
        topics=tuple(name for name in (feed,) if name in found.topics),
    )


def _lists_lost(register: Mapping[str, PartnerRegistered | None], found: Holdings) -> list[Removal]:
    """The nominative lists of partners whose role gives them none any more."""
    lost = []
    for topic in sorted(found.topics):
        owner = split_partner_topic(topic)
        partner = register.get(owner[0]) if owner and owner[1] == READY_HOUSEHOLDS.name else None
        if partner is not None and READY_HOUSEHOLDS not in channels_of(partner.role):
            lost.append(Removal(partner.id, whole=False, topics=(topic,)))
    return lost
