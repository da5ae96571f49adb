"""What became of each designation, household and place, worked out from what partners sent and were told."""

from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from contracts import answers, decisions, notices, requests, vacancies
from contracts.codes import EvaluationSection
from contracts.topics import Role
from deploy.demo.ledger.answers import Act
from deploy.demo.ledger.record import Ledger, Notice

PATIENCE = 10
# (partner, structure, place)
PlaceKey = tuple[str, str, str]


@dataclass(slots=True)
class Designation:
    """A designation as its structure saw it, and what it answered; `judgements` are the operator's."""

    notice: Notice
    acts: list[Act] = field(default_factory=list)
    judgements: list[Act] = field(default_factory=list)
    closed: list[Notice] = field(default_factory=list)
    overruled: list[Notice] = field(default_factory=list)
    reminded: list[Notice] = field(default_factory=list)

    @property
    def told(self) -> notices.HouseholdDesignated:
        """The message to the structure."""
        message: notices.HouseholdDesignated = self.notice.message
        return message

    @property
    def place(self) -> PlaceKey:
        """The place."""
        return self.notice.partner, self.told.structure_id, self.told.place_id

    @property
    def closed_at(self) -> datetime | None:
        """When it ended without an admission, by the SIAO's clock."""
        closings = [n.message for n in self.closed if n.message.outcome != "admitted"]
        return closings[0].at if closings else None

    def taken(self, *models: type) -> list[Act]:
        """The structure's acts of these kinds that the SIAO took."""
        return [act for act in self.acts if act.taken and isinstance(act.delivery.message, models)]

    @property
    def admitted(self) -> Act | None:
        """The admission, once taken."""
        found = self.taken(answers.HouseholdAdmitted)
        return found[0] if found else None


@dataclass(slots=True)
class Case:
    """A household: its request (every version that was taken, in order) or the stay that told of it.

    decided: what the préfecture said of its right.
    """

    household: str
    versions: list[Act] = field(default_factory=list)
    cancelled: list[Act] = field(default_factory=list)
    decided: list[Act] = field(default_factory=list)
    hosted: Act | None = None
    declared: list[Act] = field(default_factory=list)
    withdrawn: list[Act] = field(default_factory=list)
    left: list[Act] = field(default_factory=list)
    rehoused: list[Act] = field(default_factory=list)
    designations: list[Designation] = field(default_factory=list)

    @property
    def request(self) -> requests.RequestSubmitted:
        """The last version of the request; IndexError when it never asked."""
        return [m for act in self.versions if isinstance(m := act.delivery.message, requests.RequestSubmitted)][-1]

    @property
    def recognised(self) -> Act | None:
        """The préfecture's last word on its right that was taken; None when it said nothing."""
        return next((act for act in reversed(self.decided) if act.taken), None)

    @property
    def mediation(self) -> requests.Mediation | None:
        """Its right: the préfecture's word, else the prescriber's; IndexError when it never asked."""
        said = self.recognised.delivery.message if self.recognised else None
        return said.mediation if isinstance(said, requests.MediationDecided) else self.request.mediation

    @property
    def members(self) -> tuple[requests.Member, ...]:
        """The people."""
        told = self.hosted.delivery.message if self.hosted else self.request
        return told.members if isinstance(told, requests.HouseholdHosted | requests.RequestSubmitted) else ()

    @property
    def admission(self) -> tuple[Act, PlaceKey] | None:
        """How it came to live in a place, and where."""
        if self.hosted is not None and isinstance(self.hosted.delivery.message, requests.HouseholdHosted):
            told = self.hosted.delivery.message
            return self.hosted, (self.hosted.delivery.partner, told.structure_id, told.place_id)
        for designation in self.designations:
            if designation.admitted is not None:
                return designation.admitted, designation.place
        return None

    @property
    def departures(self) -> list[Act]:
        """What ended its stay."""
        return [*self.left, *self.rehoused]


@dataclass
class History:
    """Everything, by id. `slack`: business time of one real second, within which two acts may cross."""

    slack: timedelta
    ledger: Ledger
    acts: list[Act]
    designations: dict[str, Designation] = field(default_factory=dict)
    cases: dict[str, Case] = field(default_factory=dict)
    published: dict[PlaceKey, list[Act]] = field(default_factory=lambda: defaultdict(list))
    withdrawn: dict[PlaceKey, list[Act]] = field(default_factory=lambda: defaultdict(list))
    structures: dict[tuple[str, str], vacancies.StructureDescribed] = field(default_factory=dict)
    by_request: dict[tuple[str, str], Case] = field(default_factory=dict)

    @property
    def patience(self) -> timedelta:
        """What the SIAO decides, it tells within this time, however busy the machine is."""
        return PATIENCE * self.slack

    @classmethod
    def of(cls, ledger: Ledger, acts: Sequence[Act], slack: timedelta) -> "History":
        """Works the history out of the paired acts."""
        history = cls(slack, ledger, list(acts))
        for notice in ledger.notices:
            history._hear(notice)
        for notice in ledger.notices:
            history._follow(notice)
        for act in acts:
            if act.taken or act.delivery.expected is None:
                history._learn(act)
        for designation in history.designations.values():
            history.cases.setdefault(designation.told.household, Case(designation.told.household)).designations.append(
                designation
            )
        return history

    def _hear(self, notice: Notice) -> None:
        message = notice.message
        if isinstance(message, notices.HouseholdDesignated):
            self.designations.setdefault(message.designation, Designation(notice))

    def _follow(self, notice: Notice) -> None:
        """What became of a designation; two services tell it, so that its end may be heard before its beginning."""
        message = notice.message
        designation = self.designations.get(getattr(message, "designation", ""))
        if designation is None:
            return
        if isinstance(message, notices.DesignationClosed):
            designation.closed.append(notice)
        elif isinstance(message, notices.RefusalOverruled):
            designation.overruled.append(notice)
        elif isinstance(message, notices.DesignationReminded):
            designation.reminded.append(notice)

    def _learn(self, act: Act) -> None:
        message, partner = act.delivery.message, act.delivery.partner
        match message:
            case vacancies.StructureDescribed() if act.taken:
                self.structures[partner, message.structure_id] = message
            case vacancies.VacancyPublished() if act.taken:
                self.published[partner, message.structure_id, message.place_id].append(act)
            case vacancies.VacancyWithdrawn() if act.taken:
                self.withdrawn[partner, message.structure_id, message.place_id].append(act)
            case requests.RequestSubmitted() if act.taken and (household := act.caused("household")):
                known = self._case(household)
                known.versions.append(act)
                self.by_request[partner, message.request_id] = known
            case requests.RequestCancelled() if asked := self.by_request.get((partner, message.request_id)):
                asked.cancelled.append(act)
            case requests.MediationDecided() if named := self.by_request.get(_request(message.request)):
                named.decided.append(act)
            case requests.HouseholdHosted() if act.taken and (household := act.caused("household")):
                self._case(household).hosted = act
            case decisions.RefusalJudged() if found := self.designations.get(message.designation):
                found.judgements.append(act)
            case _:
                self._learn_answer(act)

    def _learn_answer(self, act: Act) -> None:
        message = act.delivery.message
        match message:
            case requests.HouseholdDeclaredReady():
                self._case(message.household).declared.append(act)
            case requests.ReadinessWithdrawn():
                self._case(message.household).withdrawn.append(act)
            case answers.HouseholdLeft():
                self._case(message.household).left.append(act)
            case answers.HouseholdRehoused():
                self._case(message.household).rehoused.append(act)
            case _:
                designation = self.designations.get(getattr(message, "designation", ""))
                if designation is not None and designation.notice.partner == act.delivery.partner:
                    designation.acts.append(act)

    def _case(self, household: str) -> Case:
        return self.cases.setdefault(household, Case(household))

    def of_role(self, *roles: Role) -> Iterator[str]:
        """Partners of these roles."""
        return (partner.id for partner in self.ledger.partners.values() if partner.role in roles)


def _request(named: str) -> tuple[str, str]:
    prescriber, _, request_id = named.partition("/")
    return prescriber, request_id


def is_complete(version: Act) -> bool:
    """Whether this version of a request has every heading of the evaluation."""
    message = version.delivery.message
    return isinstance(message, requests.RequestSubmitted) and len(message.evaluation.sections) == len(EvaluationSection)
