"""Requests: the list of those who wait when the SIAO starts, and those who will come, day by day."""

import random
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from datetime import date, timedelta
from typing import Final

from contracts.codes import (
    Composition,
    EvaluationSection,
    Known,
    MediationKind,
    OfferType,
    Regime,
    RequestReason,
)
from contracts.requests import Evaluation, Mediation, RequestSubmitted
from deploy.demo import draws, projets
from deploy.demo.calibration import Profile
from deploy.demo.department import Dossier, Prescriber
from deploy.demo.people import Census, Household

# Mean time in the list, in months: 7.7 in D92 (D); mean wait of a recognised right, in days (P).
MEAN_WAIT_MONTHS: Final = {"D92": 7.7, "D67": 6.3}
DAHO_WAIT_DAYS: Final = {"D92": 434, "D67": 120}
# Requests by day of the week, from Monday (A: Monday 24 %, Friday 15 %), and the season (A: +8 % in winter).
WEEK: Final = (0.24, 0.21, 0.19, 0.19, 0.15, 0.01, 0.01)
WINTER: Final = 1.08
OFFICE_HOURS: Final = (8.0, 18.0)
SECOND_CHOICE_SHARE: Final = 0.35
ANYWHERE_SHARE: Final = 0.75
# A: of the rights recognised in the month, the préfecture tells one in two, within ten days, and the prescriber the
# others, with the request.
TOLD_BY_PREFECTURE: Final = 0.5
TOLD_AFTER_DAYS: Final = (1.0, 10.0)

_TEXTS: Final = {
    EvaluationSection.ADMINISTRATIVE: "Situation administrative vérifiée avec {name}.",
    EvaluationSection.FAMILY: "Famille {name}, {persons} personne(s).",
    EvaluationSection.SOCIAL: "Suivi social régulier de {name} depuis plusieurs mois.",
    EvaluationSection.EMPLOYMENT: "Démarches d'emploi ou de formation en cours.",
    EvaluationSection.BUDGET: "Budget établi avec la personne.",
    EvaluationSection.SOCIAL_COVER: "Couverture sociale ouverte.",
    EvaluationSection.HOUSING: "Parcours résidentiel de {name} retracé sur trois ans.",
    EvaluationSection.SUPPORT: "Accompagnement proposé et accepté.",
}


@dataclass(frozen=True)
class Desk:
    """Draws requests for one département; each prescriber numbers its own."""

    seed: int
    profile: Profile
    census: Census
    prescribers: tuple[Prescriber, ...]
    day: date
    _table: dict[tuple[Composition, bool], dict[OfferType, float]] = field(init=False)

    def __post_init__(self) -> None:
        under_31 = 0.4
        kinds = {
            (composition, young): weight * (under_31 if young else 1 - under_31)
            for composition, weight in self.profile.compositions.items()
            for young in (True, False)
        }
        object.__setattr__(self, "_table", draws.fitted(kinds, self.profile.preconised, projets.affinity))

    def waiting(self, count: int, number: Callable[[], int]) -> tuple[Dossier, ...]:
        """The complete requests of those who wait already, since an exponential time."""
        mean_days = MEAN_WAIT_MONTHS[self.profile.name] * 365 / 12
        stale = self.profile.assumed.daho_waiting / self.profile.assumed.waiting
        found = []
        for _ in range(count):
            rng = draws.stream(self.seed, "waiting", taken := number())
            asked_on = self.day - timedelta(days=1 + int(rng.expovariate(1 / mean_days)))
            decided_on = self.day - timedelta(days=int(rng.expovariate(1 / DAHO_WAIT_DAYS[self.profile.name])))
            right = min(decided_on, asked_on) if rng.random() < stale else None
            found.append(self._dossier(rng, taken, asked_on, right, incomplete=0.0))
        return tuple(found)

    def arriving(self, per_year: float, days: int, number: Callable[[], int]) -> tuple[tuple[float, Dossier], ...]:
        """(day, request) in order: the day is counted from the first day, a Monday in winter."""
        found = []
        recognised = self.profile.daho_recognised_per_year / self.profile.requests_per_year
        for day in range(days):
            rng = draws.stream(self.seed, "arriving", day)
            for _ in range(draws.whole(rng, per_year / 365 * WINTER * 7 * WEEK[day % 7])):
                dossier_rng = draws.stream(self.seed, "arriving", day, taken := number())
                right = self.day + timedelta(days=day) if dossier_rng.random() < recognised else None
                dossier = self._dossier(
                    dossier_rng, taken, self.day + timedelta(days=day), right, self.profile.assumed.incomplete
                )
                if right is not None and dossier_rng.random() < TOLD_BY_PREFECTURE:
                    dossier = replace(dossier, told_after=dossier_rng.uniform(*TOLD_AFTER_DAYS))
                found.append((at_office(rng, day), dossier))
        return tuple(sorted(found, key=lambda pair: (pair[0], pair[1].request_id)))

    def spare(self, count: int, number: Callable[[], int]) -> tuple[Dossier, ...]:
        """Complete requests that nobody follows: what partners spoil or repeat."""
        return tuple(
            self._dossier(draws.stream(self.seed, "spare", taken := number()), taken, self.day, None, incomplete=0.0)
            for _ in range(count)
        )

    def _dossier(
        self, rng: random.Random, number: int, asked_on: date, right: date | None, incomplete: float
    ) -> Dossier:
        household = self.census.household(rng, number)
        first = draws.pick(rng, self._table[household.composition, household.lead_age <= 30])
        second = projets.second_choice(rng, first, household) if rng.random() < SECOND_CHOICE_SHARE else None
        kind = draws.pick(rng, self.profile.prescriber_kinds)
        prescriber = rng.choice([p for p in self.prescribers if p.kind is kind])
        reason = draws.pick(rng, self.profile.reasons)
        communes = [
            c.code for c in rng.choices(self.profile.communes, [c.population for c in self.profile.communes], k=5)
        ]
        lacking = rng.random() < incomplete
        return Dossier(
            prescriber=prescriber,
            request_id=f"d-{number}",
            household=household,
            recommended=(first, second) if second else (first,),
            communes=() if rng.random() < ANYWHERE_SHARE else tuple(sorted(set(communes))),
            needs=projets.needs_of(rng, first),
            reason=reason,
            situation=draws.pick(rng, self.profile.situations),
            in_danger=_danger(rng, reason),
            mediation=Mediation(kind=_right(first), decided_on=right) if right else None,
            missing=tuple(sorted(rng.sample(list(EvaluationSection), rng.randint(1, 2)))) if lacking else (),
            asked_on=asked_on,
        )


def at_office(rng: random.Random, day: float) -> float:
    """An instant of office hours of that day, in days."""
    return int(day) + rng.uniform(*OFFICE_HOURS) / 24


def _danger(rng: random.Random, reason: RequestReason) -> Known:
    violence = reason is RequestReason.VIOLENCE
    return draws.pick(rng, {Known.YES: 75 if violence else 3, Known.NO: 10 if violence else 82, Known.UNKNOWN: 15})


def _right(first: OfferType) -> MediationKind:
    shelter = first.regime is Regime.HEBERGEMENT
    return MediationKind.DAHO_HEBERGEMENT if shelter else MediationKind.DAHO_TRANSITION


def submission(dossier: Dossier, revision: int, today: date, start: date) -> RequestSubmitted:
    """The message of this request: revision 1 lacks what the dossier misses, later ones are complete."""
    lacking = dossier.missing if revision == 1 else ()
    household = dossier.household
    return RequestSubmitted(
        request_id=dossier.request_id,
        revision=revision,
        prescriber_kind=dossier.prescriber.kind,
        first_received_on=dossier.asked_on if dossier.asked_on < start else None,
        reason=dossier.reason,
        situation=dossier.situation,
        in_danger=dossier.in_danger,
        recommended=dossier.recommended,
        communes=dossier.communes,
        members=household.members,
        phone=household.phone,
        needs=dossier.needs,
        evaluation=Evaluation(
            grid_version=1,
            evaluated_on=min(today, max(dossier.asked_on, start)) if revision == 1 else today,
            evaluators=(_evaluator(dossier.prescriber),),
            applicant_agrees=True,
            sections={section: text_of(section, household) for section in EvaluationSection if section not in lacking},
        ),
        mediation=dossier.mediation if dossier.told_after is None else None,
    )


def text_of(section: EvaluationSection, household: Household) -> str:
    """What the social worker writes under this heading: it names the household, as real ones do."""
    return _TEXTS[section].format(name=household.name, persons=household.persons)


def _evaluator(prescriber: Prescriber) -> str:
    return f"Travailleur social, {prescriber.kind.label}"
