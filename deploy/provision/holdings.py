"""What a broker holds of the SIAO, and what it should hold; one form for both, so that they can be compared."""

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from contracts import topics
from contracts.partners import PartnerRegistered
from contracts.tokens import LIVE_TOKENS, Token, TokensIssued
from contracts.topics import channels_of
from deploy.provision.credentials import OWN_USERS, Credentials, users_of
from deploy.provision.partners import Partner
from deploy.provision.quotas import Quota
from deploy.provision.rights import Bindings, bindings_of


@dataclass(frozen=True, slots=True)
class KeptTopic:
    """A topic: its partitions and, of Kafka's settings, those that the contract or the file speaks of."""

    partitions: int
    settings: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Holdings:
    """The SIAO's side of a broker.

    register, tokens: by partner id, None where the record cannot be read; topics: by name; quotas: by Kafka user.
    """

    register: Mapping[str, PartnerRegistered | None] = field(default_factory=dict)
    topics: Mapping[str, KeptTopic] = field(default_factory=dict)
    users: frozenset[str] = frozenset()
    rights: Bindings = frozenset()
    quotas: Mapping[str, Quota] = field(default_factory=dict)
    tokens: Mapping[str, TokensIssued | None] = field(default_factory=dict)


NOTHING = Holdings()


def wanted(partners: Sequence[Partner], keys: Credentials, found: Holdings = NOTHING) -> Holdings:
    """What a broker should hold for these partners and for the SIAO itself.

    found: what it holds now. What is live there is never taken away for want of a password in our file.
    """
    users = {partner.id: live_users(partner.id, keys, found) for partner in partners}
    issued = {partner.id: issued_to(partner, keys, found) for partner in partners}
    return Holdings(
        register={partner.id: partner.registration for partner in partners},
        topics={**_core_topics(), **_partner_topics(partners)},
        users=frozenset((*OWN_USERS, *(user for some in users.values() for user in some))),
        rights=bindings_of(partners, users),
        quotas={user: partner.limits for partner in partners for user in users[partner.id]},
        tokens={partner: tokens for partner, tokens in issued.items() if tokens is not None},
    )


def live_users(partner: str, keys: Credentials, found: Holdings) -> list[str]:
    """The partner's Kafka users: those that our file or the broker knows, its id when neither does."""
    known = {credential.user for credential in keys.of(partner)}
    if keys.finishing(partner):
        return list(known)
    return [user for user in users_of(partner) if user in known or user in found.users] or [partner]


def digest(token: str) -> str:
    """What is told of a token."""
    return hashlib.sha256(token.encode()).hexdigest()


def issued_to(partner: Partner, keys: Credentials, found: Holdings) -> TokensIssued | None:
    """The tokens in force: those that the broker knows, then those that our file adds to them."""
    if not partner.http:
        return None
    before = None if keys.finishing(partner.id) else found.tokens.get(partner.id)
    live = list(before.tokens) if before else []
    known = {token.sha256 for token in live}
    ours = [digest(credential.token) for credential in keys.of(partner.id) if credential.token is not None]
    live += [Token(sha256=sha256, expires_at=None) for sha256 in ours if sha256 not in known]
    return TokensIssued(partner=partner.id, tokens=tuple(live[-LIVE_TOKENS:])) if live else None


def _core_topics() -> dict[str, KeptTopic]:
    return {topic.name: KeptTopic(topic.partitions, topic.config) for topic in (*topics.CORE, topics.TOKENS)}


def _partner_topics(partners: Sequence[Partner]) -> dict[str, KeptTopic]:
    return {
        channel.of(partner.id): KeptTopic(channel.partitions, partner.settings_of(channel))
        for partner in partners
        for channel in channels_of(partner.role)
    }
