"""Makes the broker as a list of partners says; never widens what is listed, never removes a partner unasked.

The order matters: a partner can send only once the register names it, so no service ever meets an unknown sender; and
a partner that goes has no right left before anything else of it is touched.
"""

import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from confluent_kafka.admin import AdminClient

from contracts.partners import PartnerRegistered
from contracts.tokens import TokensIssued
from contracts.topics import CORE, TOKENS
from deploy.provision import changes, compacted, credentials, reading, register, wire
from deploy.provision import partners as partners_file
from deploy.provision.credentials import OWN_USERS, Credential, Credentials
from deploy.provision.holdings import Holdings, wanted
from deploy.provision.partners import Partner, with_defaults
from deploy.provision.plan import Plan, Removal, difference

Settings = Mapping[str, str | int]

CORE_NAMES: Final = frozenset(topic.name for topic in (*CORE, TOKENS))


@dataclass(frozen=True, slots=True)
class Prepared:
    """What is to be done, from what was found, with everyone's credentials; those that are new are not written yet.

    mislaid: partners that log in with a password which is not in our file.
    """

    plan: Plan
    found: Holdings
    known: Credentials
    keys: Credentials
    mislaid: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Applied:
    """What was changed (counts), in how many seconds, and everyone's credentials.

    remaining: what was named and not done: removals that were not asked for.
    """

    registered: int
    topics: int
    settings: int
    users: int
    granted: int
    revoked: int
    quotas: int
    tokens: int
    removed: tuple[str, ...]
    remaining: tuple[Removal, ...]
    seconds: float
    credentials: Credentials
    mislaid: tuple[str, ...]


def prepare(
    settings: Settings, partners: Sequence[PartnerRegistered], credentials_path: Path, *, only_records: bool = False
) -> Prepared:
    """The difference between these partners and the broker; changes nothing.

    `settings`: librdkafka settings of a super user. only_records: as `apply`. Raises PlatformError for a wrong list,
    KafkaException when the broker refuses.
    """
    partners_file.check(partners)
    everyone = with_defaults(partners)
    found, known = reading.read(settings), credentials.read(credentials_path)
    ids = {partner.id for partner in everyone}
    # Whoever has a password that we do not know keeps it: another one in our file would only be a wrong one.
    mislaid = {name for name in ids if not known.of(name) and found.users.intersection(credentials.users_of(name))}
    # Where passwords are another's affair, none is missed here.
    mislaid = set() if only_records else mislaid
    http = {partner.id for partner in everyone if partner.http}
    keys = credentials.completed(known, OWN_USERS, [p.id for p in everyone if p.id not in mislaid], http)
    plan = difference(wanted(everyone, keys, found), found)
    plan = plan.records() if only_records else plan
    return Prepared(plan, found, known, keys, tuple(sorted(mislaid)))


def apply(
    settings: Settings,
    partners: Sequence[PartnerRegistered],
    credentials_path: Path,
    replication: int = 1,
    *,
    remove: bool = False,
    only_records: bool = False,
) -> Applied:
    """Provisions the core topics, the SIAO's own users and these partners; returns when a new plan would be empty.

    `replication`: on how many brokers each topic is kept. remove: take away the partners that are not named; they keep
    what they have otherwise. only_records: the register and the tokens, where something else makes the rest.
    Raises PlatformError for a wrong list, KafkaException when the broker refuses.
    """
    began = time.monotonic()
    prepared = prepare(settings, partners, credentials_path, only_records=only_records)
    doing = prepared.plan if remove else prepared.plan.without_removals()
    keys = prepared.keys
    _add(settings, doing, prepared, credentials_path, replication, own_users=not only_records)
    if doing.removals:
        keys = _take_away(settings, doing.removals, keys, credentials_path)
    if not doing.empty:
        changes.wait_until(lambda: _left(settings, with_defaults(partners), keys, remove, only_records).empty)
    return Applied(
        registered=len(doing.registered),
        topics=len(doing.topics),
        settings=len(doing.settings),
        users=len(doing.users),
        granted=len(doing.granted),
        revoked=len(doing.revoked),
        quotas=len(doing.quotas),
        tokens=len(doing.tokens),
        removed=tuple(removal.partner for removal in doing.removals if removal.whole),
        remaining=() if remove else prepared.plan.removals,
        seconds=time.monotonic() - began,
        credentials=keys,
        mislaid=prepared.mislaid,
    )


def publish_tokens(settings: Settings, tokens: Mapping[str, TokensIssued | None]) -> None:
    """Tells the edge which tokens are in force, None for a partner that has none any more."""
    if tokens:
        compacted.say(settings, TOKENS.name, TokensIssued.type, tokens)


def _add(
    settings: Settings, plan: Plan, prepared: Prepared, credentials_path: Path, replication: int, *, own_users: bool
) -> None:
    admin = AdminClient(dict(settings))
    core = {name: topic for name, topic in plan.topics.items() if name in CORE_NAMES}
    changes.create_topics(admin, core, replication)
    register.publish(settings, {name: now for name, (_, now) in plan.registered.items()})
    others = {name: topic for name, topic in plan.topics.items() if name not in CORE_NAMES}
    changes.create_topics(admin, others, replication)
    changes.set_topics(admin, plan.settings)
    credentials.keep(credentials_path, prepared.known, prepared.keys)
    if own_users:
        changes.set_users(settings, _logins(settings, plan, prepared.keys))
    # Limits before rights: nobody is ever without them.
    wire.set_quotas(settings, {user: now for user, (_, now) in plan.quotas.items()})
    changes.revoke(admin, plan.revoked)
    changes.grant(admin, plan.granted)
    publish_tokens(settings, plan.tokens)


def _logins(settings: Settings, plan: Plan, keys: Credentials) -> list[Credential]:
    """New users; and the SIAO's own each time: a secret that was lost or changed is mended by provisioning again.

    The administrator's too: it may have come by another mechanism. A partner's password is set once.
    """
    administrator = Credential(str(settings["sasl.username"]), str(settings["sasl.password"]))
    own = {credential.user: credential for credential in (administrator, *keys.services.values())}
    new = {user: credential for user, credential in keys.everyone().items() if user in plan.users}
    return list({**new, **own}.values())


def _take_away(
    settings: Settings, removals: Sequence[Removal], keys: Credentials, credentials_path: Path
) -> Credentials:
    """Rights first: they are what an open connection feels. The register last: until then a new plan names it again."""
    admin = AdminClient(dict(settings))
    changes.revoke(admin, (right for removal in removals for right in removal.rights))
    changes.delete_users(admin, [user for removal in removals for user in removal.users])
    wire.set_quotas(settings, {user: None for removal in removals for user in removal.quotas})
    publish_tokens(settings, {removal.partner: None for removal in removals if removal.tokens})
    changes.delete_topics(admin, [topic for removal in removals for topic in removal.topics])
    gone = {removal.partner for removal in removals if removal.whole}
    rest = keys.without(gone)
    credentials.keep(credentials_path, keys, rest)
    register.publish(settings, dict.fromkeys(gone))
    return rest


def _left(settings: Settings, partners: Sequence[Partner], keys: Credentials, remove: bool, only_records: bool) -> Plan:
    """What a plan would still say; the controller has accepted, the broker enforces a moment later."""
    found = reading.read(settings)
    plan = difference(wanted(partners, keys, found), found)
    plan = plan if remove else plan.without_removals()
    return plan.records() if only_records else plan
