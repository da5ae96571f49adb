"""The live nominative list of households ready for ordinary housing: who is on it, and which partners hold a copy."""

from collections.abc import Iterable
from typing import Any

from contracts.dwelling_codes import ReadinessPause
from contracts.event import Message, Refusal, derived_id
from contracts.households import ReadinessDeclared, ReadinessEnded
from contracts.notices import Identity, ReadyHousehold
from contracts.requests import HouseholdDeclaredReady, Member, ReadinessSuspended, ReadinessWithdrawn
from contracts.topics import HOUSEHOLDS as HOUSEHOLDS_TOPIC
from contracts.topics import READY_HOUSEHOLDS
from services.chassis.clock import day_of
from services.chassis.fold import Effect, Effects, Heard, Key, Put, Send, State, accept, publish
from services.intake.domain import Disclosure, Household, Readiness, composition_of, entitled
from services.intake.handlers.folds import PARTNERS
from services.intake.store import DISCLOSURES, HOUSEHOLDS

OfHost = HouseholdDeclaredReady | ReadinessSuspended | ReadinessWithdrawn


def named_household(heard: Heard[OfHost]) -> list[Key]:
    """The household that the message names."""
    return [(HOUSEHOLDS, heard.event.household)]


def _hosted_by_sender(heard: Heard[OfHost], state: State) -> Household:
    household = state.get(HOUSEHOLDS, heard.event.household)
    if household is None or household.host != heard.sender.id:
        raise Refusal("household-not-hosted", "$.household")
    return household


@PARTNERS.on(HouseholdDeclaredReady, keys=named_household)
def declare_ready(heard: Heard[HouseholdDeclaredReady], state: State) -> Effects:
    """The household is on the list; every entitled partner's copy has it; said again, the copies are corrected."""
    event = heard.event
    household, key = _hosted_by_sender(heard, state), event.household
    feeds = entitled(state.register, household.siao, event.communes)
    known = household.readiness
    readiness = Readiness(
        social_housing_number=event.social_housing_number,
        communes=event.communes,
        rooms=event.rooms,
        since=known.since if known else household.ready_before or heard.now,
        feeds=feeds,
        proposals=tuple(p for p in known.proposals if {p.by, p.landlord} <= {*feeds}) if known else (),
    )
    yield Put(HOUSEHOLDS, key, household.model_copy(update={"readiness": readiness, "ready_before": None}))
    yield from shown(heard, key, household, readiness, feeds)
    yield from (
        Send(READY_HOUSEHOLDS.of(partner), key, None)
        for partner in (known.feeds if known else ())
        if partner not in feeds
    )
    if known is None:
        yield publish(
            HOUSEHOLDS_TOPIC,
            household.siao,
            ReadinessDeclared(
                siao=household.siao,
                household=key,
                persons=len(household.members),
                rooms=event.rooms,
                communes=event.communes,
                declared_at=heard.now,
            ),
        )
    yield accept(heard, ("household", key))


@PARTNERS.on(ReadinessWithdrawn, keys=named_household)
def withdraw_readiness(heard: Heard[ReadinessWithdrawn], state: State) -> Effects:
    """The household leaves the list and every copy of it."""
    household = _hosted_by_sender(heard, state)
    if household.readiness is None:
        raise Refusal("household-not-ready", "$.household")
    yield from unlisted(heard, heard.event.household, household, "withdrawn")
    yield accept(heard, ("household", heard.event.household))


@PARTNERS.on(ReadinessSuspended, keys=named_household)
def suspend_readiness(heard: Heard[ReadinessSuspended], state: State) -> Effects:
    """The household leaves every copy of the list; declared ready again, it is ready since the same day."""
    household, key = _hosted_by_sender(heard, state), heard.event.household
    if household.readiness is None:
        raise Refusal("household-not-ready", "$.household")
    paused = household.model_copy(update={"ready_before": household.readiness.since})
    yield from unlisted(heard, key, paused, "suspended", heard.event.reason)
    yield accept(heard, ("household", key))


def unlisted(
    heard: Heard[Message], key: str, household: Household, reason: str, suspension: ReadinessPause | None = None
) -> list[Effect]:
    """Take a household off the list and every copy of it.

    Its proposals end with that: the removal from their lists tells it to those who made them.
    """
    changed: dict[str, Any] = {"readiness": None}
    if reason != "suspended":
        changed["ready_before"] = None
    effects: list[Effect] = [Put(HOUSEHOLDS, key, household.model_copy(update=changed))]
    if household.readiness is None:
        return effects
    effects.extend(Send(READY_HOUSEHOLDS.of(partner), key, None) for partner in household.readiness.feeds)
    ended = ReadinessEnded.model_validate(
        {
            "siao": household.siao,
            "household": key,
            "persons": len(household.members),
            "reason": reason,
            "ended_at": heard.now,
            "suspension": suspension,
        }
    )
    effects.append(publish(HOUSEHOLDS_TOPIC, household.siao, ended))
    return effects


def shown(
    heard: Heard[Message], key: str, household: Household, readiness: Readiness, partners: Iterable[str]
) -> Effects:
    """These partners' copies have the household as it now is; the register of disclosures keeps it."""
    for partner in partners:
        yield Send(READY_HOUSEHOLDS.of(partner), key, _listed(key, household, readiness, partner, heard))
        yield disclosed(heard, household, key, partner, "ready household: identity", "access to ordinary housing")


def identity_of(member: Member) -> Identity:
    """A person, as those who are entitled need to know them."""
    return Identity(
        family_name=member.family_name,
        given_name=member.given_name,
        birth_date=member.birth_date,
        gender=member.gender,
        relation=member.relation,
    )


def disclosed(heard: Heard[Message], household: Household, key: str, recipient: str, what: str, purpose: str) -> Put:
    """A line of the register of disclosures."""
    line = Disclosure(
        siao=household.siao,
        household=key,
        recipient=recipient,
        what=what,
        purpose=purpose,
        event=heard.envelope.id,
        at=heard.now,
    )
    return Put(DISCLOSURES, derived_id("disclosure", heard.envelope.source, heard.envelope.id, recipient, key), line)


def _listed(
    key: str, household: Household, readiness: Readiness, partner: str, heard: Heard[Message]
) -> ReadyHousehold:
    return ReadyHousehold(
        household=key,
        members=tuple(identity_of(member) for member in household.members),
        composition=composition_of(household.members, day_of(heard.now)),
        persons=len(household.members),
        phone=household.phone,
        social_housing_number=readiness.social_housing_number,
        communes=readiness.communes,
        rooms=readiness.rooms,
        ready_since=readiness.since,
        proposed_by_another=readiness.proposed_by_another(partner),
    )
