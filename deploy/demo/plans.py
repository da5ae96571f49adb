"""What a partner will decide, and when, drawn from the seed alone; delays in days, outcomes by their shares."""

import random
from dataclasses import dataclass
from enum import StrEnum
from typing import Final, Literal

from contracts.codes import HouseholdRefusal, OfferType, Regime, StructureRefusal
from contracts.rules import Rule
from deploy.demo import draws
from deploy.demo.calibration import Profile

# Median days from a designation to its answer, and share of silence beyond 10 days, give the spread.
ANSWER_MEDIAN_DAYS: Final = 6.0
ANSWER_SIGMA: Final = 0.381
ENTRY_MEDIAN_DAYS: Final = 8.0
ENTRY_SIGMA: Final = 0.5
DEADLINE_DAYS: Final = 10.0
# A: of those who are late, one in three answers all the same, and learns that it is too late.
LATE_ANSWERS: Final = 1 / 3
UPHELD_SHARE: Final = 0.65
WRONG_ARTICLE_SHARE: Final = 0.08
CITING: Final = frozenset(
    {
        StructureRefusal.PUBLIC_NOT_AUTHORISED,
        StructureRefusal.CAPACITY_MISMATCH,
        StructureRefusal.COMPOSITION_MISMATCH,
        StructureRefusal.ACCESSIBILITY_MISMATCH,
        StructureRefusal.SUPPORT_EXCEEDS_MEANS,
    }
)
_ADAPTED_ONLY: Final = frozenset({StructureRefusal.RESOURCES, StructureRefusal.ADMINISTRATIVE})


class Intent(StrEnum):
    """What the structure, or the household, will do."""

    ADMIT = "admit"
    REFUSE = "refuse"
    DECLINE = "decline"
    MISS_INTERVIEW = "miss_interview"
    MISS_ENTRY = "miss_entry"
    WITHDRAW = "withdraw"


@dataclass(frozen=True, slots=True)
class Plan:
    """How one designation will be answered. Days count from the designation; entry_days from the acceptance.

    answer_days is beyond DEADLINE_DAYS for one who answers late, None for one who stays silent.
    """

    acknowledge_days: float | None
    answer_days: float | None
    intent: Intent
    entry_days: float
    refusal: StructureRefusal
    article: str | None
    wrong_article_first: bool
    household_refusal: HouseholdRefusal


def plan_of(rng: random.Random, profile: Profile, offer: OfferType, rules: tuple[Rule, ...]) -> Plan:
    """The plan for one designation to a structure of this type, with these rules."""
    answer: float | None = draws.around(rng, ANSWER_MEDIAN_DAYS, ANSWER_SIGMA)
    late = answer is not None and answer > DEADLINE_DAYS
    if late:
        answer = DEADLINE_DAYS + rng.uniform(0.5, 4) if rng.random() < LATE_ANSWERS else None
    reads_soon = min(rng.expovariate(1 / 0.7), 0.9 * answer) if answer else rng.uniform(0, DEADLINE_DAYS)
    refusal = _refusal(rng, profile, offer)
    article = rng.choice(rules).article if rules and (refusal in CITING or rng.random() < 0.3) else None
    if refusal in CITING and article is None:
        refusal = StructureRefusal.OTHER_ARGUED
    return Plan(
        acknowledge_days=reads_soon if rng.random() < (0.5 if late else 0.9) else None,
        answer_days=answer,
        intent=_intent(rng, profile),
        entry_days=draws.around(rng, ENTRY_MEDIAN_DAYS, ENTRY_SIGMA),
        refusal=refusal,
        article=article,
        wrong_article_first=refusal in CITING and rng.random() < WRONG_ARTICLE_SHARE,
        household_refusal=draws.pick(rng, profile.household_refusals),
    )


def _intent(rng: random.Random, profile: Profile) -> Intent:
    """The share of cancelled or other ends is the prescriber's for one half, the vacancy's withdrawal for the other."""
    outcomes = profile.outcomes
    return draws.pick(
        rng,
        {
            Intent.ADMIT: outcomes["admitted"] + outcomes["cancelled_or_other"] / 2,
            Intent.REFUSE: outcomes["structure_refusal"],
            Intent.DECLINE: outcomes["household_refusal"],
            Intent.MISS_INTERVIEW: outcomes["unreachable"],
            Intent.MISS_ENTRY: outcomes["no_show_at_entry"],
            Intent.WITHDRAW: outcomes["cancelled_or_other"] / 2,
        },
    )


def _refusal(rng: random.Random, profile: Profile, offer: OfferType) -> StructureRefusal:
    """Resources and papers are a reason in logement adapté only: a redevance is due there."""
    shelter = offer.regime is Regime.HEBERGEMENT
    reasons = {r: w for r, w in profile.structure_refusals.items() if not (shelter and r in _ADAPTED_ONLY)}
    return draws.pick(rng, reasons)


def cancels_when_designated(rng: random.Random, profile: Profile) -> float | None:
    """Days after which the prescriber cancels a request that has just been designated; None: it does not."""
    share = profile.outcomes["cancelled_or_other"] / 2 / 100
    return rng.uniform(0.5, 5) if rng.random() < share else None


def verdict(rng: random.Random, *, again: bool) -> tuple[float, Literal["upheld", "overruled"]]:
    """(days, judgement) of the operator; a second refusal of the same designation is upheld."""
    days = rng.uniform(0.5, 3)
    return days, "upheld" if again or rng.random() < UPHELD_SHARE else "overruled"


class Fate(StrEnum):
    """How a household that is ready leaves the list."""

    REHOUSED = "rehoused"
    LEFT = "left"
    WITHDRAWN = "withdrawn"


def fate_of(seed: int, household: str) -> Fate:
    """Settled by the household's id, so that its structure and the bailleurs never act on it at the same time (A)."""
    return draws.pick(draws.stream(seed, "fate", household), {Fate.REHOUSED: 88.0, Fate.LEFT: 7.0, Fate.WITHDRAWN: 5.0})
