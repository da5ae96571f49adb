"""Faults to plant in a month in which all is right, each with the check that must find it."""

from collections.abc import Callable
from dataclasses import replace
from datetime import date, timedelta

from contracts import answers, notices, requests
from contracts.codes import DesignationOutcome, Party, Relation, StructureRefusal
from contracts.topics import REQUESTS, VACANCIES
from deploy.demo.people import canary
from tests.unit.demo.builders import person, request
from tests.unit.demo.story import (
    ASKER,
    ELSEWHERE,
    LANDLORD,
    OPERATOR,
    PREFECTURE,
    SHELTER,
    Story,
)

ANSWERED, RIGHT_ANSWER = "One answer for each message", "The right answer"
LAWFUL, DOUBLE, ENDED = "Lawful designations", "Nothing double", "Designations ended as said"
FORGOTTEN, TOLD, LEGAL = "No place forgotten", "Prescribers and operator told", "Legal clocks"
COPIES, COUNTS, NAMES = "Bailleurs' copies", "The month's indicators", "Names where they belong"


def missing_answer(story: Story) -> None:
    story.say(SHELTER, VACANCIES, story.ledger.deliveries[0].message, code=None)  # type: ignore[arg-type]


def second_answer(story: Story) -> None:
    story.repeat(notices.MessageAccepted)


def answer_about_another_record(story: Story) -> None:
    delivery = story.say(ASKER, REQUESTS, requests.RequestCancelled(request_id="x"), code=None)
    story.answer(replace(delivery, offset=999), "request-unknown")


def accepted_though_it_is_wrong(story: Story) -> None:
    wrong = requests.RequestCancelled(request_id="nobody")
    story.say(ASKER, REQUESTS, wrong, expected=frozenset({"request-unknown"}))


def wrong_code(story: Story) -> None:
    wrong = requests.RequestCancelled(request_id="nobody")
    story.say(ASKER, REQUESTS, wrong, "request-closed", expected=frozenset({"request-unknown"}))


def late_answer_taken(story: Story) -> None:
    story.designate("d9", "cleo", "p1", person(3))
    story.now += timedelta(days=10)
    story.close("d9", "cleo", DesignationOutcome.EXPIRED, Party.STRUCTURE)
    story.now += timedelta(days=1)
    story.reply(answers.DesignationAcknowledged(designation="d9"))


def answer_refused_without_reason(story: Story) -> None:
    story.designate("d9", "cleo", "p1", person(3))
    story.reply(answers.DesignationAcknowledged(designation="d9"), "designation-not-expecting")


def housed_twice(story: Story) -> None:
    story.rehouse("h-stay", PREFECTURE)


def too_small(story: Story) -> None:
    child = person(5, age=7, relation=Relation.CHILD)
    story.ask(request("pair", person(5), child))
    story.designate("d9", "pair", "p1", person(5), child)


def rule_broken(story: Story) -> None:
    story.ask(request("young", person(5, age=17)))
    story.designate("d9", "young", "p1", person(5, age=17))


def not_recommended(story: Story) -> None:
    story.designate("d9", "cleo", "p1", person(3))


def other_people(story: Story) -> None:
    story.ask(request("emma", person(5)))
    story.designate("d9", "emma", "p1", person(6))


def same_household_again(story: Story) -> None:
    story.ask(request("emma", person(5)))
    for identity in ("d9", "d10"):
        story.designate(identity, "emma", "p1", person(5))
        story.reply(answers.HouseholdNoShow(designation=identity))
        story.close(identity, "emma", DesignationOutcome.NO_SHOW, Party.HOUSEHOLD)


def same_structure_too_soon(story: Story) -> None:
    story.ask(request("emma", person(5)))
    story.designate("d9", "emma", "p1", person(5))
    story.refuse("d9", "upheld", StructureRefusal.SAFETY)
    story.close("d9", "emma", DesignationOutcome.REFUSED, Party.STRUCTURE)
    story.now += timedelta(days=30)
    story.designate("d10", "emma", "p3", person(5))


def two_at_one_place(story: Story) -> None:
    for number, name in ((5, "emma"), (6, "fanny")):
        story.ask(request(name, person(number)))
        story.designate(f"d-{name}", name, "p1", person(number))


def one_at_two_places(story: Story) -> None:
    story.ask(request("emma", person(5)))
    story.designate("d9", "emma", "p1", person(5))
    story.designate("d10", "emma", "p3", person(5))


def occupied_place(story: Story) -> None:
    story.host("p2", "stay-2", person(5))
    story.ask(request("emma", person(6)))
    story.designate("d9", "emma", "p2", person(6))


def closed_otherwise(story: Story) -> None:
    story.ask(request("emma", person(5)))
    story.designate("d9", "emma", "p1", person(5))
    story.reply(answers.HouseholdNoShow(designation="d9"))
    story.close("d9", "emma", DesignationOutcome.REFUSED, Party.STRUCTURE)


def never_closed(story: Story) -> None:
    story.ask(request("emma", person(5)))
    story.designate("d9", "emma", "p1", person(5))
    story.reply(answers.HouseholdNoShow(designation="d9"))


def wrong_party(story: Story) -> None:
    story.ask(request("emma", person(5)))
    story.designate("d9", "emma", "p1", person(5))
    story.reply(answers.HouseholdNoShow(designation="d9"))
    story.close("d9", "emma", DesignationOutcome.NO_SHOW, Party.STRUCTURE)


def never_expired(story: Story) -> None:
    story.ask(request("emma", person(5)))
    story.designate("d9", "emma", "p1", person(5))
    story.now += timedelta(days=11)


def expired_early(story: Story) -> None:
    story.ask(request("emma", person(5)))
    story.designate("d9", "emma", "p1", person(5))
    story.now += timedelta(days=8)
    story.tell(SHELTER, notices.DesignationReminded(designation="d9", at=story.now))
    story.close("d9", "emma", DesignationOutcome.EXPIRED, Party.STRUCTURE)


def expired_without_reminder(story: Story) -> None:
    story.ask(request("emma", person(5)))
    story.designate("d9", "emma", "p1", person(5))
    story.now += timedelta(days=10)
    story.close("d9", "emma", DesignationOutcome.EXPIRED, Party.STRUCTURE)


def reminded_though_accepted(story: Story) -> None:
    story.ask(request("emma", person(5)))
    story.designate("d9", "emma", "p1", person(5))
    story.reply(answers.DesignationAccepted(designation="d9", entry_on=story.now.date() + timedelta(days=5)))
    story.now += timedelta(days=8)
    story.tell(SHELTER, notices.DesignationReminded(designation="d9", at=story.now))


def overruled_unsaid(story: Story) -> None:
    story.ask(request("emma", person(5)))
    story.designate("d9", "emma", "p1", person(5))
    story.refuse("d9", "overruled")


def vacant_while_someone_waits(story: Story) -> None:
    story.ask(request("emma", person(5)))


def step_untold(story: Story) -> None:
    story.forget(notices.RequestUpdated)


def step_told_twice(story: Story) -> None:
    story.repeat(notices.RequestUpdated)


def refusal_not_passed_on(story: Story) -> None:
    story.forget(notices.RefusalToJudge)


def unreadable_notice(story: Story) -> None:
    story.ledger.unreadable.append("partners.foyer.notices 7: Refusal")


def alert_untold(story: Story) -> None:
    story.forget(notices.LegalClockAlert)


def alert_to_one_only(story: Story) -> None:
    story.ledger.notices = [
        n for n in story.ledger.notices if n.partner != OPERATOR or not isinstance(n.message, notices.LegalClockAlert)
    ]


def alert_twice(story: Story) -> None:
    story.alert("cleo", date(2026, 10, 13))


def alert_of_a_wrong_day(story: Story) -> None:
    story.forget(notices.LegalClockAlert)
    story.alert("cleo", date(2026, 10, 14))


def alert_without_a_right(story: Story) -> None:
    story.alert("anna", date(2026, 10, 13))


def household_refusal_not_passed_on(story: Story) -> None:
    story.forget(notices.HouseholdRefusalToJudge)


def copy_lacks_one(story: Story) -> None:
    story.declare_ready(story.host("p2", "stay-2", person(5)), person(5))
    story.ledger.copy(LANDLORD, "h-stay-2", None)


def copy_keeps_one(story: Story) -> None:
    story.list(PREFECTURE, "h-stay", person(4))


def copy_of_one_not_entitled(story: Story) -> None:
    story.declare_ready(story.host("p2", "stay-2", person(5)), person(5))
    story.list(ELSEWHERE, "h-stay-2", person(5))


def copy_shows_other_rooms(story: Story) -> None:
    story.declare_ready(story.host("p2", "stay-2", person(5)), person(5))
    story.list(LANDLORD, "h-stay-2", person(5), rooms=4)


def wrong_households(story: Story) -> None:
    story.rows["designations_made", "all"][0] += 1


def wrong_persons(story: Story) -> None:
    story.rows["departures", "chrs"][1] -= 1


def indicator_absent(story: Story) -> None:
    del story.rows["rehoused", "all"]


def stock_wrong(story: Story) -> None:
    story.rows["waiting", "all"] = [3, 3]


def name_in_a_core_topic(story: Story) -> None:
    story.searched.record("siao.households", None, f'{{"name":"{canary(1)}"}}'.encode())


def name_in_a_header(story: Story) -> None:
    story.searched.record("siao.designations", None, b"{}", canary(2).encode())


def name_at_another_structure(story: Story) -> None:
    story.searched.record("partners.autre.notices", None, canary(1).encode())


def name_at_its_structure_before_any_designation(story: Story) -> None:
    story.searched.record(f"partners.{SHELTER}.notices", None, canary(3).encode())


def name_in_a_log(story: Story) -> None:
    story.searched.text("logs/intake.log", f"decision-failed {canary(4)}")


FAULTS: list[tuple[str, Callable[[Story], None]]] = [
    *((ANSWERED, plant) for plant in (missing_answer, second_answer, answer_about_another_record)),
    *((RIGHT_ANSWER, plant) for plant in (accepted_though_it_is_wrong, wrong_code, late_answer_taken)),
    *((RIGHT_ANSWER, plant) for plant in (answer_refused_without_reason, housed_twice)),
    *((LAWFUL, plant) for plant in (too_small, rule_broken, not_recommended, other_people, same_household_again)),
    (LAWFUL, same_structure_too_soon),
    *((DOUBLE, plant) for plant in (two_at_one_place, one_at_two_places, occupied_place)),
    *((ENDED, plant) for plant in (closed_otherwise, never_closed, wrong_party, never_expired, expired_early)),
    *((ENDED, plant) for plant in (expired_without_reminder, overruled_unsaid, reminded_though_accepted)),
    (FORGOTTEN, vacant_while_someone_waits),
    *((TOLD, plant) for plant in (step_untold, step_told_twice, refusal_not_passed_on, unreadable_notice)),
    *((LEGAL, plant) for plant in (alert_untold, alert_to_one_only, alert_twice, alert_of_a_wrong_day)),
    (LEGAL, alert_without_a_right),
    (TOLD, household_refusal_not_passed_on),
    *((COPIES, plant) for plant in (copy_lacks_one, copy_keeps_one, copy_of_one_not_entitled, copy_shows_other_rooms)),
    *((COUNTS, plant) for plant in (wrong_households, wrong_persons, indicator_absent, stock_wrong)),
    *((NAMES, plant) for plant in (name_in_a_core_topic, name_in_a_header, name_at_another_structure, name_in_a_log)),
    (NAMES, name_at_its_structure_before_any_designation),
]
