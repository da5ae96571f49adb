"""A territory as a decision saw it, rebuilt from the log; and the decision taken again on it, by the code that decides.

What was heard is replayed up to the positions that the proof names; what orientation itself had decided, up to the
designation. It publishes and stores nothing.
"""

from collections.abc import Callable, Iterator
from typing import Any, Final, NamedTuple

from contracts.codes import DesignationOutcome
from contracts.designations import (
    CriteriaInForce,
    DesignationEnded,
    DesignationMade,
    HouseholdRefusalSettled,
    RequestHeld,
    StayStarted,
)
from contracts.event import Message
from contracts.households import HouseholdWaiting, RequestClosed, RequestSetAside, RightRecognised
from contracts.offers import StructureRegistered, VacancyClosed, VacancyExpected, VacancyOpened
from contracts.received import DeadlineReached
from contracts.rules import Rule
from contracts.sessions import AgendaFrozen
from services.chassis.fold import Effects, Put
from services.orientation.domain.agenda import Proposal, propose
from services.orientation.domain.becoming import as_described, set_aside_of, structure_of, vacancy_of, waiting_of
from services.orientation.domain.explaining import Place
from services.orientation.domain.model import Criteria, Vacancy
from services.orientation.domain.waiting_lists import Choice
from services.orientation.handlers import holds
from services.orientation.store import CRITERIA, STRUCTURES, VACANCIES, WAITING
from services.orientation.territory import Territory


class Difference(NamedTuple):
    """What the log says and what the replay says, where they do not say the same."""

    what: str
    logged: Any
    replayed: Any


class Redrawn(NamedTuple):
    """A session's agenda, drawn up again: what it proposes by vacancy, under which criteria; where it differs."""

    proposals: dict[str, Proposal]
    criteria: Criteria
    differences: list[Difference]


class Past:
    """One SIAO, as far as its log has been replayed."""

    def __init__(self) -> None:
        self.territory = Territory({})
        # The rules of each version that a structure ever had: a proof names the one in force.
        self._rules: dict[tuple[str, int], tuple[Rule, ...]] = {}
        self._structure_of: dict[str, str] = {}
        self._held_before: dict[str, list[RequestHeld]] = {}
        # Each session's agenda, drawn up again.
        self._agendas: dict[str, Redrawn] = {}

    def hear(self, fact: Message) -> None:
        """The next fact of a topic; one that changes no list changes nothing."""
        change = _CHANGES.get(type(fact))
        if change is not None:
            self._apply(change(self, fact))

    def _apply(self, effects: Effects) -> None:
        for effect in effects:
            if isinstance(effect, Put):
                self.territory.apply(effect)

    def decide_again(self, made: DesignationMade) -> list[Difference]:
        """Take the decision again; where it differs from what was decided. The territory stays as it is."""
        if made.proof.session is not None and made.out_of_order is None:
            return list(self._from_proposal(made, made.proof.session))
        vacancy = self.territory.get(VACANCIES, made.vacancy)
        rules = self._rules.get((made.structure, made.proof.rules_version))
        if vacancy is None or rules is None:
            return [Difference("vacancy" if vacancy is None else "rules_version", made.vacancy, None)]
        return list(self._differences(made, self._choice(made, vacancy, rules)))

    def freeze_again(self, frozen: AgendaFrozen) -> None:
        """Propose the whole allocation again, of the same vacancies on what was seen; kept for what follows from it."""
        places = list[Place]()
        for item in frozen.items:
            vacancy = self.territory.get(VACANCIES, item.vacancy)
            rules = self._rules.get((item.structure, item.rules_version))
            if vacancy is not None and rules is not None:
                places.append(Place(item.vacancy, vacancy, rules))
        agenda, criteria = propose(self.territory.lists, places), self.territory.criteria
        proposals = {proposal.place.id: proposal for proposal in agenda.proposals}
        counts = (agenda.without_place, agenda.all_held)
        differences = list(_on_items(frozen, proposals))
        if counts != (frozen.without_place, frozen.all_held):
            differences.append(Difference("unplaced", (frozen.without_place, frozen.all_held), counts))
        self._agendas[frozen.session] = Redrawn(proposals, criteria, differences)

    def _from_proposal(self, made: DesignationMade, session: str) -> Iterator[Difference]:
        """A designation that follows its session's proposal, beside the agenda drawn up again."""
        redrawn = self._agendas.get(session)
        proposal = redrawn.proposals.get(made.vacancy) if redrawn is not None else None
        if redrawn is None or proposal is None:
            yield Difference("session", session, None)
            return
        yield from redrawn.differences
        criteria = redrawn.criteria
        again: dict[str, Any] = {
            "criteria_version": criteria.version,
            "criteria": criteria.criteria,
            "request": proposal.request,
            "rank": proposal.rank,
            "considered": proposal.considered,
            "passed_over": proposal.passed_over,
        }
        for what, replayed in again.items():
            said = made.request if what == "request" else getattr(made.proof, what)
            if said != replayed:
                yield Difference(what, said, replayed)

    def _choice(self, made: DesignationMade, vacancy: Vacancy, rules: tuple[Rule, ...]) -> Choice | None:
        if made.out_of_order is None:
            return self.territory.lists.choose(vacancy, rules, len(made.shortlist))
        try:
            return self.territory.lists.standing(made.request, vacancy, rules)
        except LookupError:
            return None

    def _differences(self, made: DesignationMade, choice: Choice | None) -> Iterator[Difference]:
        proof, criteria = made.proof, self.territory.criteria
        again: dict[str, Any] = {"criteria_version": criteria.version, "criteria": criteria.criteria}
        if choice is None:
            yield Difference("request", made.request, None)
            return
        following = [self.territory.lists.get(request) for request in choice.shortlist]
        again |= {
            "request": choice.request,
            "rank": choice.rank,
            "considered": choice.considered,
            "passed_over": choice.passed_over,
            "shortlist": tuple(other.household for other in following if other is not None),
        }
        logged = {"request": made.request, "shortlist": made.shortlist}
        for what, replayed in again.items():
            said = logged[what] if what in logged else getattr(proof, what)
            if said != replayed:
                yield Difference(what, said, replayed)

    def _registered(self, fact: StructureRegistered) -> Effects:
        structure = structure_of(fact)
        self._rules[fact.structure, structure.rules_version] = structure.rules
        for projet in fact.to_come:
            self._rules[fact.structure, projet.version] = projet.rules
        yield Put(STRUCTURES, fact.structure, structure)
        described = {f"{fact.structure}/{place.place_id}": place for place in fact.places}
        for vacancy_id in self.territory.vacancies_of(fact.structure):
            vacancy = self.territory.get(VACANCIES, vacancy_id)
            place = described.get(vacancy.place) if vacancy else None
            if vacancy is not None and place is not None:
                yield Put(VACANCIES, vacancy_id, as_described(vacancy, structure, place))

    def _opened(self, fact: VacancyOpened | VacancyExpected) -> Effects:
        if isinstance(fact, VacancyExpected) and fact.expected_on is None:
            yield from self._shut(fact.vacancy)
            return
        yield Put(VACANCIES, fact.vacancy, vacancy_of(fact))

    def _closed(self, fact: VacancyClosed) -> Effects:
        yield from self._shut(fact.vacancy)

    def _shut(self, vacancy_id: str) -> Effects:
        vacancy = self.territory.get(VACANCIES, vacancy_id)
        if vacancy is not None:
            yield Put(VACANCIES, vacancy_id, vacancy.model_copy(update={"live": False}))

    def _waits(self, fact: HouseholdWaiting) -> Effects:
        waiting = waiting_of(fact, self.territory.get(WAITING, fact.request))
        if waiting is not None:
            yield Put(WAITING, fact.request, waiting)
        for held in self._held_before.pop(fact.request, ()):
            yield from self._held(held)

    def _set_aside(self, fact: RequestSetAside) -> Effects:
        waiting = set_aside_of(self.territory.get(WAITING, fact.request))
        if waiting is not None:
            yield Put(WAITING, fact.request, waiting)

    def _recognised(self, fact: RightRecognised) -> Effects:
        waiting = self.territory.get(WAITING, fact.request)
        if waiting is not None and (waiting.live or waiting.to_update):
            yield Put(WAITING, fact.request, waiting.model_copy(update={"legal_clock": fact.legal_clock}))

    def _asks_no_more(self, fact: RequestClosed) -> Effects:
        waiting = self.territory.get(WAITING, fact.request)
        if waiting is not None and waiting.live:
            yield Put(WAITING, fact.request, waiting.model_copy(update={"live": False}))

    def _lives_somewhere(self, fact: StayStarted) -> Effects:
        waiting = self.territory.get(WAITING, fact.request) if fact.request is not None else None
        if fact.request is not None and waiting is not None:
            yield Put(WAITING, fact.request, waiting.model_copy(update={"live": False, "to_update": False}))

    def _reached(self, fact: DeadlineReached) -> Effects:
        if fact.kind == "hold_over":
            yield from holds.release(self.territory, fact.subject, fact.due_at)

    def _held(self, fact: RequestHeld) -> Effects:
        if self.territory.get(WAITING, fact.request) is None:
            # It waits already; what was heard of it is replayed with the next designation only.
            self._held_before.setdefault(fact.request, []).append(fact)
        yield from holds.suspend(self.territory, fact.request, fact.offer_types, fact.at, fact.until)

    def _made(self, fact: DesignationMade) -> Effects:
        self._structure_of[fact.designation] = fact.structure
        yield from self._designated(fact.vacancy, fact.request, fact.designation)

    def _designated(self, vacancy_id: str, request: str, designation: str | None) -> Effects:
        vacancy, waiting = self.territory.get(VACANCIES, vacancy_id), self.territory.get(WAITING, request)
        if vacancy is not None:
            barred = vacancy.barred if designation is not None else (*vacancy.barred, request)
            yield Put(VACANCIES, vacancy_id, vacancy.model_copy(update={"designation": designation, "barred": barred}))
        if waiting is not None:
            yield Put(WAITING, request, waiting.model_copy(update={"designation": designation}))

    def _ended(self, fact: DesignationEnded) -> Effects:
        yield from self._designated(fact.vacancy, fact.request, None)
        if fact.outcome is DesignationOutcome.ADMITTED:
            yield from self._shut(fact.vacancy)
        elif fact.outcome is DesignationOutcome.REFUSED and fact.structure_reason not in holds.OF_THE_PLACE:
            yield from holds.cool_off(self.territory, fact.request, fact.structure, fact.at)

    def _settled(self, fact: HouseholdRefusalSettled) -> Effects:
        waiting = self.territory.get(WAITING, fact.request)
        if waiting is None or fact.consequence == "none":
            return
        if waiting.restarts < fact.restarts:
            left = {"live": False, "to_update": True} if fact.consequence == "to_update" else {}
            restarted = {"restarts": fact.restarts, "since": fact.at, **left}
            yield Put(WAITING, fact.request, waiting.model_copy(update=restarted))
        yield from holds.cool_off(self.territory, fact.request, self._structure_of[fact.designation], fact.at)

    def _adopted(self, fact: CriteriaInForce) -> Effects:
        yield Put(CRITERIA, fact.siao, Criteria(siao=fact.siao, version=fact.version, criteria=fact.criteria))


def _on_items(frozen: AgendaFrozen, proposals: dict[str, Proposal]) -> Iterator[Difference]:
    """Where the items of an agenda differ from those drawn up again."""
    for item in frozen.items:
        proposal = proposals.get(item.vacancy)
        for what in ("request", "rank", "considered", "passed_over", "following"):
            replayed = getattr(proposal, what, None)
            if getattr(item, what) != replayed:
                yield Difference(f"{item.vacancy}: {what}", getattr(item, what), replayed)


_CHANGES: Final[dict[type[Message], Callable[[Past, Any], Effects]]] = {
    StructureRegistered: Past._registered,
    VacancyExpected: Past._opened,
    VacancyOpened: Past._opened,
    VacancyClosed: Past._closed,
    HouseholdWaiting: Past._waits,
    RequestSetAside: Past._set_aside,
    RightRecognised: Past._recognised,
    RequestClosed: Past._asks_no_more,
    StayStarted: Past._lives_somewhere,
    DeadlineReached: Past._reached,
    DesignationMade: Past._made,
    DesignationEnded: Past._ended,
    HouseholdRefusalSettled: Past._settled,
    CriteriaInForce: Past._adopted,
    RequestHeld: Past._held,
}
