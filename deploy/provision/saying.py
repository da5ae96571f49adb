"""A plan in words, for whoever must agree to it; no password and no token is ever said."""

from collections.abc import Iterable, Iterator

from confluent_kafka.admin import AclBinding

from contracts.partners import PartnerRegistered
from deploy.provision.apply import Applied, Prepared
from deploy.provision.plan import Plan, Removal
from deploy.provision.rights import words_of
from deploy.provision.rotation import Rotation


def plan_lines(prepared: Prepared) -> Iterator[str]:
    """What would be done, in sections; one line when there is nothing to do."""
    if prepared.plan.empty:
        yield "Rien à faire. / Nothing to do."
    for title, lines in _sections(prepared.plan):
        if lines:
            yield f"{title} ({len(lines)})"
            yield from (f"  {line}" for line in lines)
    if prepared.plan.removals:
        yield (
            "Rien n'est retiré sans --remove : un fichier coupé par erreur ne doit priver personne."
            " / Nothing is removed without --remove."
        )
    for partner, new in sorted(prepared.known.next.items()):
        yield (
            f"… {partner} : rotation en cours, {new.user} est le nouveau compte ; rotate --finish la termine."
            f" / being rotated, {new.user} is the new user; rotate --finish ends it."
        )
    yield from mislaid_lines(prepared.mislaid)


def applied_line(applied: Applied, partners: int, where: object) -> str:
    """What was done, in one sentence."""
    return (
        f"{partners} partenaires en place en {applied.seconds:.1f} s "
        f"(+{applied.registered} inscriptions, +{applied.topics} topics, ~{applied.settings} réglages, "
        f"+{applied.users} comptes, +{applied.granted} droits, -{applied.revoked} droits, ~{applied.quotas} quotas, "
        f"~{applied.tokens} jetons, -{len(applied.removed)} partenaires) ; identifiants : {where}"
        f" / {partners} partners in place; credentials: {where}"
    )


def remaining_lines(applied: Applied) -> Iterator[str]:
    """What was named and left as it is, and what to do."""
    if applied.remaining:
        names = ", ".join(sorted({removal.partner for removal in applied.remaining}))
        yield (
            f"Pas dans le fichier, laissés en place : {names} (--remove les retire)."
            f" / Not in the file, left in place: {names} (--remove takes them away)."
        )
    yield from mislaid_lines(applied.mislaid)


def mislaid_lines(partners: Iterable[str]) -> Iterator[str]:
    """Who logs in with a password that this file does not know."""
    for partner in partners:
        yield (
            f"! {partner} : son mot de passe n'est pas dans ce fichier d'identifiants ; rotate en fait un autre."
            f" / its password is not in this file of credentials; rotate makes another."
        )


def _sections(plan: Plan) -> list[tuple[str, list[str]]]:
    return [
        ("Registre / register", [_registered(*change) for change in plan.registered.values()]),
        ("Topics", [f"+ {name}" for name in sorted(plan.topics)]),
        ("Réglages des topics / topic settings", sorted(_settings(plan))),
        ("Comptes / users", [f"+ {user}" for user in sorted(plan.users)]),
        ("Quotas", [f"{'~' if old else '+'} {user}: {new}" for user, (old, new) in sorted(plan.quotas.items())]),
        ("Droits / rights", [*_rights("-", plan.revoked), *_rights("+", plan.granted)]),
        ("Jetons HTTP / HTTP tokens", [f"{'~' if now else '-'} {who}" for who, now in sorted(plan.tokens.items())]),
        ("Retraits / removals", [_removal(removal) for removal in plan.removals]),
    ]


def _registered(before: PartnerRegistered | None, now: PartnerRegistered) -> str:
    if before is None:
        return f"+ {now.id}: {now.role}, {now.siao}, {now.name}"
    old, new = dict(before), dict(now)
    changed = ", ".join(f"{name} {_value(old[name])} → {_value(new[name])}" for name in new if old[name] != new[name])
    return f"~ {now.id}: {changed}"


def _value(value: object) -> str:
    return "[" + " ".join(value) + "]" if isinstance(value, tuple) else str(value)


def _settings(plan: Plan) -> Iterator[str]:
    for topic, changed in plan.settings.items():
        for key, (old, new) in changed.items():
            yield f"~ {topic}: {key} {old} → {new}"


def _rights(sign: str, rights: Iterable[AclBinding]) -> list[str]:
    """One line a topic or group: who, what."""
    by_place: dict[str, list[str]] = {}
    for right in sorted(map(words_of, rights)):
        place = f"{right.kind} {right.name}{'*' if right.prefixed else ''}"
        by_place.setdefault(place, []).append(f"{right.user} {right.operation}")
    return [f"{sign} {place}: {', '.join(who)}" for place, who in sorted(by_place.items())]


def _removal(removal: Removal) -> str:
    if not removal.whole:
        return f"- {removal.topics[0]} (nominatif, le rôle n'y donne plus droit / nominative, its role has it no more)"
    parts = [
        f"comptes/users {' '.join(removal.users)}" if removal.users else "",
        f"{len(removal.rights)} droits/rights" if removal.rights else "",
        f"quotas {' '.join(removal.quotas)}" if removal.quotas else "",
        "jetons/tokens" if removal.tokens else "",
        f"topics {' '.join(removal.topics)}" if removal.topics else "",
    ]
    return f"- {removal.partner}: {', '.join(part for part in parts if part) or 'registre/register'}"


def begun_lines(turn: Rotation, where: object, days: int) -> str:
    """What to give to a partner whose credentials are being replaced, and what then."""
    token = f" Son ancien jeton HTTP ouvre encore {days} jours au plus." if turn.token else ""
    return (
        f"{turn.partner} : nouveau compte {turn.new}{' et nouveau jeton' if turn.token else ''}, sous « next » dans "
        f"{where} ; {turn.old} marche encore. Donnez-les au partenaire (SIAO_USER={turn.new}, autre mot de passe), "
        f"puis : rotate --finish {turn.partner}.{token}"
        f" / new user {turn.new} beside {turn.old}: give it to the partner, then rotate --finish {turn.partner}"
    )


def finished_line(turn: Rotation) -> str:
    """What was taken away."""
    return (
        f"{turn.partner} : {turn.old} n'ouvre plus rien ; {turn.new} est son compte."
        f" / {turn.old} opens nothing any more; {turn.new} is its user."
    )
