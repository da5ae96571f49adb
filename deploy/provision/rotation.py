"""New credentials for a partner while the old ones still open: begun, then finished; refuses a third of either.

A partner has two Kafka users at most, by turns (`credentials.users_of`), and two tokens. Nothing but the file says
which is the old one, and it is written before the broker is told: each act, done again after a fault, goes on.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Final

from confluent_kafka.admin import AclBinding, AdminClient

from contracts.tokens import Token, TokensIssued
from deploy.embedded import state
from deploy.embedded.failure import PlatformError
from deploy.provision import changes, credentials, reading, rights, wire
from deploy.provision.apply import publish_tokens
from deploy.provision.credentials import Credential, Credentials, users_of
from deploy.provision.holdings import Holdings, digest

Settings = Mapping[str, str | int]

# How long a token that was replaced still opens, in days.
OVERLAP_DAYS: Final = 14


@dataclass(frozen=True, slots=True)
class Rotation:
    """One partner's: its old Kafka user, its new one, and if it has a new token too."""

    partner: str
    old: str
    new: str
    token: bool


def begin(
    settings: Settings, partners: Sequence[str], credentials_path: Path, days: int = OVERLAP_DAYS
) -> list[Rotation]:
    """A second Kafka user for each, with the rights and limits of the first, and a second token where it has one.

    Kept under `next` in the file; both work until `finish`, but the old token for `days` days only. Begun already: the
    same again. Raises PlatformError, before anything is touched, for a partner that has nothing to replace.
    """
    found, known = reading.read(settings), credentials.read(credentials_path)
    turns = [_turn(partner, known, found) for partner in partners]
    begun = {turn.partner: known.next.get(turn.partner) or _made(turn) for turn in turns}
    keys = replace(known, next={**known.next, **begun})
    credentials.keep(credentials_path, known, keys)
    admin = AdminClient(dict(settings))
    changes.set_users(settings, begun.values())
    limits = {turn.new: found.quotas[turn.old] for turn in turns if turn.old in found.quotas}
    wire.set_quotas(settings, limits)
    granted = [right for turn in turns for right in rights.handed_to(found.rights, turn.old, turn.new)]
    changes.grant(admin, set(granted) - found.rights)
    changes.wait_until(lambda: reading.existing_rights(admin).issuperset(granted))
    until = datetime.now(UTC) + timedelta(days=days)
    publish_tokens(settings, {turn.partner: _both(turn.partner, keys, found, until) for turn in turns if turn.token})
    return turns


def finish(settings: Settings, partners: Sequence[str], credentials_path: Path) -> list[Rotation]:
    """Takes the old Kafka user and the old token of each away, at once; the new ones are the partner's own from now on.

    Raises PlatformError, before anything is touched, for a partner whose credentials are not being replaced.
    """
    found, known = reading.read(settings), credentials.read(credentials_path)
    turns = [_begun(partner, known, found) for partner in partners]
    now = {turn.partner: _successor(turn.partner, known) for turn in turns}
    # The new one in both places (`Credentials.finishing`): interrupted, nothing that follows brings the old one back.
    halfway = replace(known, partners={**known.partners, **now}, next={**known.next, **now})
    credentials.keep(credentials_path, known, halfway)
    admin = AdminClient(dict(settings))
    ended = [right for turn in turns for right in _rights_of(turn.old, found)]
    changes.revoke(admin, ended)
    changes.wait_until(lambda: reading.existing_rights(admin).isdisjoint(ended))
    gone = [turn.old for turn in turns if turn.old in found.users]
    changes.delete_users(admin, gone)
    # A plan that still saw one would take it for live.
    changes.wait_until(lambda: reading.existing_users(admin).isdisjoint(gone))
    wire.set_quotas(settings, {turn.old: None for turn in turns if turn.old in found.quotas})
    publish_tokens(settings, {turn.partner: _last(turn.partner, halfway, found) for turn in turns if turn.token})
    rest = {name: kept for name, kept in halfway.next.items() if name not in now}
    credentials.keep(credentials_path, halfway, replace(halfway, next=rest))
    return turns


def _turn(partner: str, known: Credentials, found: Holdings) -> Rotation:
    """Who replaces whom, for a rotation that begins or goes on."""
    if known.finishing(partner):
        raise PlatformError(
            f"La rotation de « {partner} » n'est pas terminée : rotate --finish {partner}.",
            f"The rotation of '{partner}' is not finished: rotate --finish {partner}.",
        )
    if partner in known.next:
        return _begun(partner, known, found)
    live = [user for user in users_of(partner) if user in found.users]
    if partner not in found.register or not live:
        raise PlatformError(
            f"« {partner} » n'a pas d'identifiants à remplacer : mettez-le d'abord en place (apply).",
            f"'{partner}' has no credentials to replace: put it in place first (apply).",
        )
    if len(live) > 1:
        raise PlatformError(
            f"« {partner} » a déjà deux comptes et ce fichier d'identifiants ne dit pas lequel est le nouveau : prenez "
            "celui où la rotation a commencé.",
            f"'{partner}' has two users already and this file of credentials does not say which is the new one: take "
            "the file where the rotation began.",
        )
    [old] = live
    return Rotation(partner, old, _other(partner, old), token=found.tokens.get(partner) is not None)


def _begun(partner: str, known: Credentials, found: Holdings) -> Rotation:
    if partner not in known.next:
        raise PlatformError(
            f"Aucune rotation n'est en cours pour « {partner} » dans ce fichier d'identifiants.",
            f"No rotation is under way for '{partner}' in this file of credentials.",
        )
    new = known.next[partner]
    has_token = found.tokens.get(partner) is not None and new.token is not None
    return Rotation(partner, _other(partner, new.user), new.user, has_token)


def _other(partner: str, user: str) -> str:
    first, second = users_of(partner)
    return second if user == first else first


def _made(turn: Rotation) -> Credential:
    token = credentials.new_token(turn.partner) if turn.token else None
    return Credential(turn.new, state.password(), token)


def _successor(partner: str, known: Credentials) -> Credential:
    new, old = known.next[partner], known.partners.get(partner)
    # Let in by HTTP only since the rotation began: the one token is with the old user.
    return replace(new, token=new.token or (old.token if old else None))


def _rights_of(user: str, found: Holdings) -> list[AclBinding]:
    return [right for right in found.rights if right.principal == f"User:{user}"]


def _both(partner: str, keys: Credentials, found: Holdings, until: datetime) -> TokensIssued:
    """The new token after the one before it, which now has an end; the end that it had, if that is sooner."""
    issued, new = found.tokens[partner], keys.next[partner].token
    fresh = Token(sha256=digest(new or ""), expires_at=None)
    before = [token for token in (issued.tokens if issued else ()) if token.sha256 != fresh.sha256]
    ending = [Token(sha256=old.sha256, expires_at=min(old.expires_at or until, until)) for old in before[-1:]]
    return TokensIssued(partner=partner, tokens=(*ending, fresh))


def _last(partner: str, keys: Credentials, found: Holdings) -> TokensIssued | None:
    new = keys.partners[partner].token
    return (
        found.tokens[partner]
        if new is None
        else TokensIssued(partner=partner, tokens=(Token(sha256=digest(new), expires_at=None),))
    )
