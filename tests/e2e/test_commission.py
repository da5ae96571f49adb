"""A story of the commission: two places wait for its session, its members give opinions, its minutes designate."""

from datetime import date
from typing import Any

from contracts.answers import HouseholdDeclined
from contracts.codes import HouseholdRefusal, OfferType
from contracts.commission import (
    CommissionAgenda,
    CommissionConvened,
    CommissionInstituted,
    CommissionMinuted,
    CommissionMinutes,
    OpinionGiven,
    PreAllocationDecided,
    QuotaSet,
)
from contracts.notices import HouseholdDesignated, HouseholdRefusalToJudge, RequestUpdated
from contracts.rule_codes import OutOfOrderReason
from services.chassis.clock import day_of, real_time
from tests.builders import ARGUMENT, a_place, a_request, a_structure, a_vacancy
from tests.e2e.partner import Partner
from tests.e2e.territory import Territory

PENSION, SOCIALE = OfferType.PENSION_DE_FAMILLE, OfferType.RESIDENCE_SOCIALE


async def asks(ccas: Partner, request_id: str, *types: OfferType) -> str:
    """A household waits for these types of offer; its id."""
    household = (await ccas.tells(a_request(request_id, recommended=types)))["household"]
    await ccas.hears(RequestUpdated, request_id=request_id, status="waiting")
    return household


async def instituted(territory: Territory, federation: Partner) -> None:
    """The commission governs pensions de famille and résidences sociales; the federation and the first are members."""
    regulation: dict[str, Any] = {"version": 1, "offer_types": (PENSION, SOCIALE), "quorum": 1}
    members = (federation.id, territory.structure.id)
    await territory.operator.tells(CommissionInstituted(**regulation, members=members))


async def frozen(operator: Partner, session: str, today: date) -> CommissionAgenda:
    """A session of today: its agenda is frozen at once, and read by the operator."""
    assert await operator.tells(CommissionConvened(session=session, held_on=today)) == {"session": session}
    return await operator.hears(CommissionAgenda, session=session)


async def test_two_places_wait_for_the_session_and_follow_its_minutes(territory: Territory) -> None:
    """The allocation leaves nobody out who could be placed; the operator departs from it once, and says why."""
    pension, residence, ccas = territory.structure, territory.other_structure, territory.ccas
    federation = territory.partners[f"federation-{territory.siao}"]
    await instituted(territory, federation)
    await pension.tells(a_structure(offer_type=PENSION))
    await residence.tells(a_structure(a_place("R-01"), offer_type=SOCIALE))
    anne = await asks(ccas, "anne", PENSION, SOCIALE)
    await asks(ccas, "bilal", PENSION)
    chloe = await asks(ccas, "chloe", PENSION)
    in_pension = (await pension.tells(a_vacancy()))["vacancy"]
    in_residence = (await residence.tells(a_vacancy("R-01")))["vacancy"]
    await territory.live(waiting=(3, 3), vacant=2)

    # Anne is first, and could have the pension; Bilal can have nothing else, so she is proposed the résidence.
    agenda = await frozen(territory.operator, "december", day_of(real_time()))
    proposed = {line.vacancy: line.request for line in agenda.lines}
    assert proposed == {in_pension: f"{ccas.id}/bilal", in_residence: f"{ccas.id}/anne"}
    assert (agenda.all_held, agenda.without_place, agenda.left_out) == (1, 0, 0)
    (own,) = (await pension.hears(CommissionAgenda)).lines
    assert (own.vacancy, own.request) == (in_pension, None)
    assert len((await federation.hears(CommissionAgenda)).lines) == 2

    await the_operator_departs(territory, federation, in_pension)
    first, second = await minuted(territory, federation, in_pension)
    assert (first.household, second.household) == (chloe, anne)
    assert (first.proof.session, first.proof.passed_over) == ("december", {"out_of_order": 2})
    assert (second.proof.session, second.proof.rank) == ("december", 1)
    await goes_on_at_once(territory, first.designation)
    await it_is_counted(territory)
    await territory.only_these_saw_a_name(pension, residence)


async def the_operator_departs(territory: Territory, federation: Partner, vacancy: str) -> None:
    """An opinion, but none on one's own place; then the operator's decision, with its reasons and on a contingent."""
    pension, operator, holder = territory.structure, territory.operator, territory.reservataire.id
    item: dict[str, Any] = {"session": "december", "vacancy": vacancy}
    await federation.tells(OpinionGiven(**item, opinion="unfavourable", argument=ARGUMENT))
    assert await pension.is_refused(OpinionGiven(**item, opinion="favourable")) == "opinion-recused"
    departure: dict[str, Any] = {**item, "request": f"{territory.ccas.id}/chloe"}
    assert await operator.is_refused(PreAllocationDecided(**departure)) == "deviation-unexplained"
    departure |= {"reason": OutOfOrderReason.CARE, "argument": ARGUMENT, "holder": holder}
    assert await operator.is_refused(PreAllocationDecided(**departure)) == "quota-exhausted"
    await operator.tells(QuotaSet(structure=f"{pension.id}/acacias", holder=holder, places=1))
    await operator.tells(PreAllocationDecided(**departure))


async def minuted(
    territory: Territory, federation: Partner, vacancy: str
) -> tuple[HouseholdDesignated, HouseholdDesignated]:
    """With its quorum, the session designates both; everyone reads what became of the items they may read."""
    operator, pension = territory.operator, territory.structure
    assert await operator.is_refused(CommissionMinuted(session="december", present=())) == "quorum-not-reached"
    await operator.tells(CommissionMinuted(session="december", present=(federation.id,)))
    for reader, lines in ((operator, 2), (federation, 2), (pension, 1)):
        minutes = await reader.hears(CommissionMinutes)
        assert len(minutes.lines) == lines
        (line,) = [line for line in minutes.lines if line.vacancy == vacancy]
        assert (line.outcome, line.departs, line.unfavourable) == ("designated", True, 1)
    return await pension.hears(HouseholdDesignated), await territory.other_structure.hears(HouseholdDesignated)


async def goes_on_at_once(territory: Territory, designation: str) -> None:
    """Chloé does not want the place: it waits for no other session, and Bilal is next."""
    pension = territory.structure
    await pension.tells(HouseholdDeclined(designation=designation, reason=HouseholdRefusal.OTHER))
    await territory.operator.hears(HouseholdRefusalToJudge, designation=designation)
    following = await pension.hears(HouseholdDesignated)
    assert (following.proof.session, following.place_id) == (None, "A-01")
    await territory.ccas.hears(RequestUpdated, request_id="bilal", status="designated")


async def it_is_counted(territory: Territory) -> None:
    """The observatory knows what the commission did."""
    await territory.counts(
        requests_registered=(3, 3),
        vacancies_opened=(2, 2),
        designations_made=(3, 3),
        designations_declined=(1, 1),
        waiting=(3, 3),
        commission_sessions=(1, 0),
        agenda_items_designated=(2, 2),
        agenda_items_departing=(1, 1),
        opinions_given=(1, 0),
        opinions_unfavourable=(1, 0),
    )
