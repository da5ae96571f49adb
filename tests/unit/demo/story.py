"""A small SIAO as its partners saw it, told by hand: a ledger in which everything is right, to plant faults in."""

import itertools
from dataclasses import replace
from datetime import date, timedelta
from typing import Any

from contracts import answers, decisions, notices, requests, vacancies
from contracts.codes import (
    Composition,
    DesignationOutcome,
    EvaluationSection,
    HouseholdRefusal,
    MediationKind,
    OfferType,
    Party,
    StructureRefusal,
    SupportLevel,
)
from contracts.designations import Proof
from contracts.event import Message
from contracts.partners import PartnerRegistered
from contracts.rules import Rule
from contracts.topics import DECISIONS, PARTNER_ANSWERS, REQUESTS, VACANCIES, Channel, Role
from deploy.demo.ledger.names import Searched
from deploy.demo.ledger.record import ACCEPTED, Delivery, Ledger, Notice
from deploy.demo.ledger.verdict import Check, Said, examine
from deploy.demo.people import CANARY
from tests.unit.demo.builders import FAR, HERE, START, identity_of

SHELTER, ASKER, LANDLORD, ELSEWHERE = "foyer", "ccas", "bailleur", "bailleur-loin"
PREFECTURE, OPERATOR = "prefecture", "operateur"
RIGHT = frozenset({ACCEPTED})


class Story:
    """Tells what partners send and hear, an hour after the other; reporting's rows are written by hand."""

    def __init__(self) -> None:
        roles = {
            SHELTER: Role.STRUCTURE,
            ASKER: Role.PRESCRIBER,
            LANDLORD: Role.BAILLEUR,
            ELSEWHERE: Role.BAILLEUR,
            PREFECTURE: Role.PREFECTURE,
            OPERATOR: Role.OPERATOR,
        }
        self.ledger = Ledger.of(
            PartnerRegistered(id=name, role=role, siao="92", name=name, communes=(FAR,) if name == ELSEWHERE else ())
            for name, role in roles.items()
        )
        self.now = START
        self.searched = Searched()
        self.rows: dict[tuple[str, str], list[int]] = {}
        self._numbers = itertools.count(1)

    def say(
        self,
        partner: str,
        channel: Channel,
        message: Message,
        code: str | None = ACCEPTED,
        expected: frozenset[str] | None = RIGHT,
        **caused: str,
    ) -> Delivery:
        """A partner sends something; it is answered a minute later, unless `code` is None. An hour goes by."""
        number = next(self._numbers)
        text = message.model_dump_json()
        delivery = Delivery(
            partner=partner,
            topic=channel.of(partner),
            id=f"m-{number}",
            type=getattr(message, "type"),  # noqa: B009
            message=message,
            expected=expected,
            sent_at=self.now,
            sent=float(number),
            words=frozenset(CANARY.findall(text)),
            partition=0,
            offset=number,
        )
        self.ledger.send(delivery)
        self.searched.record(delivery.topic, text.encode())
        self.now += timedelta(minutes=1)
        if code is not None:
            self.answer(delivery, code, **caused)
        self.now += timedelta(minutes=59)
        return delivery

    def answer(self, delivery: Delivery, code: str, **caused: str) -> None:
        """The SIAO answers."""
        if code == ACCEPTED:
            things = tuple(notices.Caused(kind=kind, id=identity) for kind, identity in caused.items())
            accepted = notices.MessageAccepted(message_id=str(delivery.id), message_type=delivery.type, caused=things)
            self.tell(delivery.partner, accepted)
            return
        self.tell(
            delivery.partner,
            notices.MessageRejected(
                message_id=delivery.id,
                message_type=delivery.type,
                topic=delivery.topic,
                partition=delivery.partition,
                offset=delivery.offset,
                code=code,
                path="$",
                detail="",
                text_fr="…",
                text_en="…",
            ),
        )

    def tell(self, partner: str, message: Message) -> None:
        """The SIAO tells a partner something, now."""
        self.ledger.hear(Notice(partner, f"n-{next(self._numbers)}", message, self.now, self.now, 0.0))
        self.searched.record(f"partners.{partner}.notices", message.model_dump_json().encode())

    def describe(self, offer_type: OfferType = OfferType.CHRS, *capacities: int, rules: tuple[Rule, ...] = ()) -> None:
        """The shelter describes itself: places p1, p2 … of these capacities."""
        places = tuple(vacancies.Place(place_id=f"p{i}", capacity=capacity) for i, capacity in enumerate(capacities, 1))
        described = vacancies.StructureDescribed(
            structure_id="s",
            revision=1,
            name="Le foyer",
            offer_type=offer_type,
            commune=HERE,
            places=places,
            projet=vacancies.ProjetEtablissement(version=1, effective_from=START.date(), rules=rules),
        )
        self.say(SHELTER, VACANCIES, described, structure=f"{SHELTER}/s")

    def vacate(self, place: str) -> Delivery:
        """The shelter publishes a vacancy."""
        message = vacancies.VacancyPublished(structure_id="s", place_id=place, available_on=self.now.date())
        return self.say(SHELTER, VACANCIES, message, vacancy=f"v-{place}")

    def withdraw(self, place: str) -> None:
        """The shelter takes a vacancy back."""
        self.say(SHELTER, VACANCIES, vacancies.VacancyWithdrawn(structure_id="s", place_id=place))

    def ask(self, submitted: requests.RequestSubmitted) -> str:
        """The prescriber asks and is told where the request stands; returns the household."""
        household = f"h-{submitted.request_id}"
        self.say(ASKER, REQUESTS, submitted, request=f"{ASKER}/{submitted.request_id}", household=household)
        missing = len(submitted.evaluation.sections) < len(EvaluationSection)
        self.status(submitted.request_id, "incomplete" if missing else "waiting")
        return household

    def status(self, request_id: str, status: Any) -> None:
        """The prescriber is told where its request stands."""
        told = notices.RequestUpdated(request_id=request_id, household=f"h-{request_id}", status=status, at=self.now)
        self.tell(ASKER, told)

    def designate(self, identity: str, request_id: str, place: str, *people: requests.Member) -> None:
        """The SIAO designates a household to a place of the shelter, and tells both sides."""
        self.tell(
            SHELTER,
            notices.HouseholdDesignated(
                designation=identity,
                structure_id="s",
                place_id=place,
                household=f"h-{request_id}",
                members=tuple(identity_of(member) for member in people),
                phone=None,
                needs=requests.Needs(support=SupportLevel.REGULAR),
                made_at=self.now,
                answer_due_at=self.now + timedelta(days=10),
                proof=Proof(
                    criteria_version=0, criteria=(), rules_version=1, rank=1, considered=1, passed_over={}, seen={}
                ),
            ),
        )
        self.status(request_id, "designated")

    def reply(self, message: Message, code: str | None = ACCEPTED) -> Delivery:
        """The shelter answers a designation; the right answer depends on what others did."""
        return self.say(SHELTER, PARTNER_ANSWERS, message, code, expected=None)

    def close(self, identity: str, request_id: str, outcome: DesignationOutcome, party: Party) -> None:
        """The SIAO says that a designation ended; the household waits again."""
        self.tell(SHELTER, notices.DesignationClosed(designation=identity, outcome=outcome, party=party, at=self.now))
        if outcome is not DesignationOutcome.CANCELLED:
            self.status(request_id, "waiting_again")

    def admit(self, identity: str, request_id: str) -> None:
        """The shelter takes the household in."""
        self.reply(answers.DesignationAccepted(designation=identity, entry_on=self.now.date()))
        self.reply(answers.HouseholdAdmitted(designation=identity, entered_on=self.now.date()))
        self.status(request_id, "admitted")

    def decline(self, identity: str, request_id: str) -> None:
        """The household declines; the operator is asked to judge, the designation ends at once."""
        reason, household = HouseholdRefusal.LOCATION, f"h-{request_id}"
        self.reply(answers.HouseholdDeclined(designation=identity, reason=reason))
        about = {"designation": identity, "household": household, "request": f"{ASKER}/{request_id}"}
        self.tell(OPERATOR, notices.HouseholdRefusalToJudge(**about, reason=reason, at=self.now))
        self.close(identity, request_id, DesignationOutcome.DECLINED, Party.HOUSEHOLD)

    def refuse(self, identity: str, verdict: Any, reason: StructureRefusal = StructureRefusal.NOT_READY) -> None:
        """The shelter refuses, the operator judges."""
        refused = answers.DesignationRefused(designation=identity, reason=reason, argument="La chambre est en travaux.")
        self.reply(refused)
        self.tell(
            OPERATOR,
            notices.RefusalToJudge(
                designation=identity,
                reason=reason,
                article=None,
                argument_reference="a",
                at=self.now,
            ),
        )
        judged = decisions.RefusalJudged(designation=identity, verdict=verdict)
        self.say(OPERATOR, DECISIONS, judged, expected=None)

    def host(self, place: str, stay_id: str, *members: requests.Member) -> str:
        """The shelter tells of a household that lives there already."""
        household = f"h-{stay_id}"
        hosted = requests.HouseholdHosted(
            stay_id=stay_id, structure_id="s", place_id=place, entered_on=date(2025, 1, 1), members=members
        )
        self.say(SHELTER, REQUESTS, hosted, household=household)
        return household

    def declare_ready(self, household: str, *members: requests.Member, communes: tuple[str, ...] = (HERE,)) -> None:
        """The shelter says that a household is ready; those entitled get it."""
        told = requests.HouseholdDeclaredReady(
            household=household, social_housing_number="920001", communes=communes, rooms=1
        )
        self.say(SHELTER, REQUESTS, told, household=household)
        for partner in (LANDLORD, PREFECTURE):
            self.list(partner, household, *members)

    def list(self, partner: str, household: str, *members: requests.Member, rooms: int = 1) -> None:
        """A partner's copy of the list gets a household."""
        record = notices.ReadyHousehold(
            household=household,
            members=tuple(identity_of(member) for member in members),
            composition=Composition.SINGLE_WOMAN,
            persons=len(members),
            phone=None,
            social_housing_number="920001",
            communes=(HERE,),
            rooms=rooms,
            ready_since=self.now,
        )
        self.ledger.copy(partner, household, record)
        self.searched.record(f"partners.{partner}.ready-households", record.model_dump_json().encode())

    def rehouse(self, household: str, partner: str = LANDLORD, code: str = ACCEPTED) -> None:
        """A bailleur houses a household of the list; it leaves every copy."""
        rehoused = answers.HouseholdRehoused(household=household, lease_from=self.now.date())
        self.say(partner, PARTNER_ANSWERS, rehoused, code, expected=None)
        for holder in (LANDLORD, PREFECTURE):
            self.ledger.copy(holder, household, None)

    def alert(self, request_id: str, due: date, *, to: tuple[str, ...] = (PREFECTURE, OPERATOR)) -> None:
        """A legal day went by."""
        for partner in to:
            told = notices.LegalClockAlert(
                household=f"h-{request_id}",
                request=f"{ASKER}/{request_id}",
                kind=MediationKind.DAHO_HEBERGEMENT,
                due_on=due,
            )
            self.tell(partner, told)

    def counts(self, **lines: tuple[int, int]) -> None:
        """Reporting says these totals: indicator=(ménages, personnes), on the total line and that of the shelter."""
        for indicator, (households, persons) in lines.items():
            for offer_type in ("all", "chrs"):
                self.rows[indicator, offer_type] = [households, persons]

    def verdict(self) -> dict[str, Check]:
        """All checks by their English name, some days after the last word."""
        until = self.now + timedelta(hours=2)
        rows = [
            {"indicator": i, "offer_type": o, "households": h, "persons": p} for (i, o), (h, p) in self.rows.items()
        ]
        end = until.date() + timedelta(days=1)
        said = [Said(date(2026, 1, 1), end, rows)]
        checks = examine(self.ledger, self.searched, said, timedelta(minutes=5), until)
        return {check.english: check for check in checks}

    def forget(self, *kinds: type[Message]) -> None:
        """The SIAO's notices of these kinds were never sent."""
        self.ledger.notices = [n for n in self.ledger.notices if not isinstance(n.message, kinds)]

    def repeat(self, kind: type[Message]) -> None:
        """The SIAO says the last notice of this kind a second time, as another record."""
        notice = next(n for n in reversed(self.ledger.notices) if isinstance(n.message, kind))
        self.ledger.hear(replace(notice, id=f"n-{next(self._numbers)}"))
