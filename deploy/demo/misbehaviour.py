"""What partners do wrong now and then: broken messages, wrong senders, retries; each with the answer it must get."""

import json
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, replace
from datetime import date
from typing import Any, Final, TypeAlias

from contracts.answers import DesignationAccepted, HouseholdLeft, HouseholdRehoused
from contracts.codes import ExitDestination
from contracts.event import partner_source
from contracts.requests import HouseholdDeclaredReady, RequestCancelled
from contracts.topics import PARTNER_ANSWERS, REQUESTS, VACANCIES, Channel, Role
from contracts.vacancies import VacancyPublished, VacancyWithdrawn
from deploy.demo.department import Dossier
from deploy.demo.dossiers import submission
from deploy.demo.software import TAKEN, Sending, Software

DEEP: Final = 2_000
NOWHERE: Final = "00000000-0000-0000-0000-000000000000"


@dataclass(frozen=True, slots=True)
class Scene:
    """What a misbehaving partner has at hand: a request of its own that nobody else uses, another's designation."""

    dossier: Dossier
    today: date
    start: date
    foreign_designation: str | None


Trick: TypeAlias = Callable[[Software, Scene], Awaitable[None]]


@dataclass(frozen=True, slots=True)
class Misdeed:
    """A kind of misbehaviour, and the role that shows it."""

    name: str
    role: Role
    act: Trick


def _request(software: Software, scene: Scene) -> Sending:
    return software.prepare(REQUESTS, submission(scene.dossier, 1, scene.today, scene.start))


def _broken(name: str, code: str, spoil: Callable[[Sending], Sending]) -> Misdeed:
    """A request spoilt in one way, refused with one code."""

    async def act(software: Software, scene: Scene) -> None:
        await software.post(replace(spoil(_request(software, scene)), message=None), frozenset({code}))

    return Misdeed(name, Role.PRESCRIBER, act)


def _body(change: Callable[[dict[str, Any]], object]) -> Callable[[Sending], Sending]:
    def spoil(sending: Sending) -> Sending:
        content = json.loads(sending.body or b"{}")
        change(content)
        return replace(sending, body=json.dumps(content).encode())

    return spoil


def _raw(body: Callable[[bytes], bytes | None]) -> Callable[[Sending], Sending]:
    return lambda sending: replace(sending, body=body(sending.body or b""))


def _header(name: str, value: bytes | None) -> Callable[[Sending], Sending]:
    def spoil(sending: Sending) -> Sending:
        headers = [(key, old) for key, old in sending.headers if key != name]
        identity = None if name == "ce_id" else sending.id
        return replace(sending, headers=headers + ([(name, value)] if value is not None else []), id=identity)

    return spoil


BROKEN: Final = (
    _broken("not_json", "body-not-json", _raw(lambda body: body[: len(body) // 2])),
    _broken("empty_body", "body-empty", _raw(lambda _: b"")),
    _broken("tombstone", "body-empty", _raw(lambda _: None)),
    _broken("not_utf8", "body-not-json", _raw(lambda body: body.replace(b"household", b"\xff\xfe", 1) + b"\xff")),
    _broken("duplicate_key", "body-duplicate-key", _raw(lambda body: b'{"revision":1,' + body[1:])),
    _broken("deep", "body-not-json", _raw(lambda body: body[:-1] + b',"x":' + b"[" * DEEP + b"]" * DEEP + b"}")),
    _broken("unknown_field", "body-invalid", _body(lambda c: c.update(surprise=True))),
    _broken("missing_field", "body-invalid", _body(lambda c: c.pop("members"))),
    _broken("wrong_type", "body-invalid", _body(lambda c: c.update(revision="one"))),
    _broken("unknown_code", "body-invalid", _body(lambda c: c.update(situation="castle"))),
    _broken("too_long", "body-invalid", _body(lambda c: c["evaluation"]["sections"].update(budget="a" * 5_000))),
    _broken("two_leads", "lead-applicant-not-one", _body(lambda c: c["members"].append(c["members"][0]))),
    _broken("no_agreement", "applicant-disagrees", _body(lambda c: c["evaluation"].update(applicant_agrees=False))),
    _broken("emergency", "out-of-scope-emergency", _body(lambda c: c.update(recommended=["chu"]))),
    _broken("asylum", "out-of-scope-asylum", _body(lambda c: c.update(recommended=["cada"]))),
    _broken("no_id", "envelope-missing", _header("ce_id", None)),
    _broken("long_id", "id-invalid", _header("ce_id", b"x" * 200)),
    _broken("no_source", "envelope-missing", _header("ce_source", None)),
    _broken("bad_time", "time-invalid", _header("ce_time", b"yesterday")),
    _broken("unreadable_header", "header-unreadable", _header("ce_subject", b"\xff\xfe")),
    _broken("forged_sender", "source-forged", _header("ce_source", partner_source("operateur").encode())),
    _broken("unknown_type", "type-unknown", _header("ce_type", b"request.dreamt.v1")),
    _broken("future_version", "type-unknown", _header("ce_type", b"request.submitted.v9")),
)


async def _retry(software: Software, scene: Scene) -> None:
    """The same message three times, as a client that lost its connection does; taken once."""
    sending = _request(software, scene)
    await software.post(sending, TAKEN)
    await software.again(sending)
    await software.again(sending)


async def _reuse_id(software: Software, scene: Scene) -> None:
    """Another content under an id already taken, then the request's own revision again."""
    sending = _request(software, scene)
    await software.post(sending, TAKEN)
    other = software.prepare(REQUESTS, RequestCancelled(request_id=scene.dossier.request_id), sending.id)
    await software.post(replace(other, message=None), frozenset({"id-reused"}))


async def _stale(software: Software, scene: Scene) -> None:
    """The same revision under a new id."""
    await software.post(_request(software, scene), TAKEN)
    again = _request(software, scene)
    await software.post(replace(again, message=None), frozenset({"revision-stale"}))


def _simple(name: str, role: Role, channel: Channel, make: Callable[[Scene], Any], code: str) -> Misdeed:
    """A well-formed message that its sender may not, or cannot, send."""

    async def act(software: Software, scene: Scene) -> None:
        sending = software.prepare(channel, make(scene))
        await software.post(replace(sending, message=None), frozenset({code}))

    return Misdeed(name, role, act)


async def _foreign(software: Software, scene: Scene) -> None:
    """An answer to another structure's designation."""
    identity = scene.foreign_designation or NOWHERE
    sending = software.prepare(PARTNER_ANSWERS, DesignationAccepted(designation=identity, entry_on=scene.today))
    await software.post(replace(sending, message=None), frozenset({"designation-unknown"}))


WRONG: Final = (
    Misdeed("retry", Role.PRESCRIBER, _retry),
    Misdeed("id_reused", Role.PRESCRIBER, _reuse_id),
    Misdeed("stale_revision", Role.PRESCRIBER, _stale),
    Misdeed("foreign_designation", Role.STRUCTURE, _foreign),
    _simple(
        "role_not_entitled",
        Role.PRESCRIBER,
        REQUESTS,
        lambda _: HouseholdDeclaredReady(household=NOWHERE, social_housing_number="000", rooms=1),
        "role-not-entitled",
    ),
    _simple(
        "unknown_request", Role.PRESCRIBER, REQUESTS, lambda _: RequestCancelled(request_id="nobody"), "request-unknown"
    ),
    _simple(
        "unknown_structure",
        Role.STRUCTURE,
        VACANCIES,
        lambda scene: VacancyPublished(structure_id="nowhere", place_id="p1", available_on=scene.today),
        "structure-unknown",
    ),
    _simple(
        "not_hosted",
        Role.STRUCTURE,
        REQUESTS,
        lambda _: HouseholdDeclaredReady(household=NOWHERE, social_housing_number="000", rooms=1),
        "household-not-hosted",
    ),
    _simple(
        "unknown_stay",
        Role.STRUCTURE,
        PARTNER_ANSWERS,
        lambda scene: HouseholdLeft(household=NOWHERE, left_on=scene.today, destination=ExitDestination.DEATH),
        "stay-unknown",
    ),
    _simple(
        "not_on_the_list",
        Role.BAILLEUR,
        PARTNER_ANSWERS,
        lambda scene: HouseholdRehoused(household=NOWHERE, lease_from=scene.today),
        "household-not-ready",
    ),
    _simple(
        "vacancy_never_published",
        Role.STRUCTURE,
        VACANCIES,
        lambda _: VacancyWithdrawn(structure_id="nowhere", place_id="p1"),
        "structure-unknown",
    ),
)
MISDEEDS: Final = (*BROKEN, *WRONG)
