"""The simulated département, drawn whole from a seed before anything runs: who is there, who asks, who is housed."""

from dataclasses import dataclass
from datetime import date
from typing import Final

from contracts.codes import EvaluationSection, Known, OfferType, PrescriberKind, RequestReason, Situation
from contracts.partners import PartnerRegistered
from contracts.requests import Mediation, Needs
from contracts.rules import Rule
from contracts.topics import Role
from deploy.demo.calibration import Profile
from deploy.demo.people import Household


@dataclass(frozen=True, slots=True)
class Settings:
    """What a run can change: size is a fraction of the département, days are simulated days."""

    seed: int
    days: int
    size: float
    profile: str


@dataclass(frozen=True, slots=True)
class Place:
    """A unit that takes one household; capacity in personnes."""

    place_id: str
    capacity: int
    accessible: bool


@dataclass(frozen=True, slots=True)
class Structure:
    """A structure: here one partner runs one structure."""

    partner: str
    structure_id: str
    name: str
    offer_type: OfferType
    commune: str
    places: tuple[Place, ...]
    rules: tuple[Rule, ...]

    def place(self, place_id: str) -> Place:
        """The place of this id; KeyError when it has none."""
        for place in self.places:
            if place.place_id == place_id:
                return place
        raise KeyError(place_id)


@dataclass(frozen=True, slots=True)
class Readiness:
    """A household ready for ordinary housing."""

    number: str
    communes: tuple[str, ...]
    rooms: int


@dataclass(frozen=True, slots=True)
class Hosted:
    """A household that lives in a place when the SIAO starts, by the SIAO's own share of places."""

    structure: Structure
    place: Place
    stay_id: str
    household: Household
    entered_on: date
    ready: Readiness | None


@dataclass(frozen=True, slots=True)
class Opening:
    """A place of the SIAO's share, vacant from `day` (days from the start; 0: when the SIAO starts)."""

    structure: Structure
    place: Place
    day: float


@dataclass(frozen=True, slots=True)
class Prescriber:
    """An organisation that evaluates and asks."""

    partner: str
    kind: PrescriberKind
    name: str


@dataclass(frozen=True, slots=True)
class Dossier:
    """A household's request. `missing`: headings that its first version lacks; `asked_on`: start of its seniority.

    mediation: the right recognised; told_after: days after the request in which the préfecture tells of it, None when
    the prescriber does.
    """

    prescriber: Prescriber
    request_id: str
    household: Household
    recommended: tuple[OfferType, ...]
    communes: tuple[str, ...]
    needs: Needs
    reason: RequestReason
    situation: Situation
    in_danger: Known
    mediation: Mediation | None
    missing: tuple[EvaluationSection, ...]
    asked_on: date
    told_after: float | None = None


@dataclass(frozen=True, slots=True)
class Department:
    """Everyone. `openings`: vacancies that structures will publish; `arriving`: (day, request), by day.

    spare: one request for each misdeed of the run.
    """

    settings: Settings
    profile: Profile
    day: date
    structures: tuple[Structure, ...]
    prescribers: tuple[Prescriber, ...]
    bailleurs: tuple[PartnerRegistered, ...]
    authorities: tuple[PartnerRegistered, ...]
    hosted: tuple[Hosted, ...]
    openings: tuple[Opening, ...]
    waiting: tuple[Dossier, ...]
    arriving: tuple[tuple[float, Dossier], ...]
    spare: tuple[Dossier, ...]

    @property
    def siao(self) -> str:
        """Code of the SIAO."""
        return self.profile.assumed.siao

    def partners(self) -> tuple[PartnerRegistered, ...]:
        """Every partner as the operator registers it."""
        return (
            *(self._registered(s.partner, Role.STRUCTURE, s.name) for s in self.structures),
            *(self._registered(p.partner, Role.PRESCRIBER, p.name) for p in self.prescribers),
            *self.bailleurs,
            *self.authorities,
        )

    def _registered(self, partner: str, role: Role, name: str) -> PartnerRegistered:
        return PartnerRegistered(id=partner, role=role, siao=self.siao, name=name)


LABELS: Final = {
    PrescriberKind.SHELTER: "Équipe sociale d'hébergement",
    PrescriberKind.DEPARTEMENT: "Service social départemental",
    PrescriberKind.CCAS: "CCAS",
    PrescriberKind.DAY_CENTRE: "Accueil de jour",
    PrescriberKind.HOSPITAL: "Service social hospitalier",
    PrescriberKind.YOUTH: "Mission locale",
    PrescriberKind.VIOLENCE_SUPPORT: "Association d'aide aux victimes",
    PrescriberKind.JUSTICE: "SPIP",
    PrescriberKind.OTHER: "Association",
}
