"""The figures of a SIAO as it shares them: a month, or what is true now; no household is in them, and no structure."""

from datetime import date
from typing import Annotated, ClassVar, Final, Literal, TypeAlias

from pydantic import Field, StringConstraints

from contracts.codes import OfferType
from contracts.event import Fact
from contracts.fields import Instant, SiaoCode
from contracts.indicator_codes import Indicator
from contracts.topics import Role

LIVE: Final = "live"
PERIOD: Final = "^(live|[0-9]{4}-(0[1-9]|1[0-2]))$"
Period: TypeAlias = Annotated[str, StringConstraints(pattern=PERIOD)]

# Those who answer for the whole of it see it as it is. For the others, a figure of one to four ménages could say who.
EXACT_ROLES: Final = frozenset({Role.PREFECTURE, Role.OPERATOR})
ROUNDED_TO: Final = 5


class IndicatorLine(Fact):
    """One figure, of all types of offer or of one; a type of which nothing is counted has no line."""

    indicator: Indicator = Field(description="What is counted.")
    offer_type: OfferType | Literal["all"] = Field(description="Type of offer; all: the total, known type or not.")
    households: int = Field(description="Ménages; vacancies, where vacancies are counted.")
    persons: int = Field(description="Personnes; the capacity, where vacancies are counted.")


class IndicatorsComputed(Fact):
    """The indicators of a month, or those that are true now (key: the period); the newest of a period replaces others.

    Exact for the préfecture and the operator. For the others every figure is rounded to the nearest multiple of
    `rounded_to`, each by itself, so that none says whether it counts one ménage or two, nor does any difference.
    """

    type: ClassVar[str] = "indicators.computed.v1"

    siao: SiaoCode
    period: Period = Field(description="2026-11: a month; live: what is true now.")
    since: date = Field(description="First day, in Paris.")
    until: date = Field(description="The day after the last one.")
    final: bool = Field(description="The month is over; a fact that comes late changes it still, and is told.")
    computed_at: Instant = Field(description="When it was computed, in the SIAO's time.")
    rounded_to: int = Field(ge=1, description="1: exact figures; else each is rounded to a multiple of this.")
    lines: tuple[IndicatorLine, ...] = Field(description="Each indicator: its total, then by type of offer.")


def rounded(told: IndicatorsComputed) -> IndicatorsComputed:
    """The same for those who may not see small figures."""
    lines = tuple(
        IndicatorLine(
            indicator=line.indicator,
            offer_type=line.offer_type,
            households=(households := _near(line.households)),
            # Of one or two ménages, how many personnes they are would say who.
            persons=_near(line.persons) if households else 0,
        )
        for line in told.lines
    )
    # That a type has a line at all would say that there is somebody.
    kept = tuple(line for line in lines if line.offer_type == "all" or line.households or line.persons)
    return told.model_copy(update={"rounded_to": ROUNDED_TO, "lines": kept})


def _near(figure: int) -> int:
    return (figure + ROUNDED_TO // 2) // ROUNDED_TO * ROUNDED_TO
