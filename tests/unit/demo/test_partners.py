"""What partners decide is drawn from the seed, in the published shares, within the rules of the contract."""

import asyncio
import random
import statistics
from collections import Counter
from datetime import UTC, datetime, timedelta

import pytest

from contracts.catalogue import MESSAGES
from contracts.codes import OfferType, StructureRefusal
from contracts.event import Refusal, open_envelope, read_body
from contracts.rules import AgeRule, NoPetsRule
from deploy.demo import draws, options
from deploy.demo.agenda import Agenda
from deploy.demo.board import percentiles
from deploy.demo.calibration import load
from deploy.demo.clock import BusinessClock
from deploy.demo.department import Settings
from deploy.demo.ledger.record import Ledger
from deploy.demo.misbehaviour import BROKEN, MISDEEDS, Misdeed, Scene
from deploy.demo.plans import CITING, DEADLINE_DAYS, Fate, Intent, fate_of, plan_of, verdict
from deploy.demo.settlement import START, draw
from deploy.demo.software import Sending, Software, World

PROFILE = load("D92")
RULES = (AgeRule(article="2.2", minimum=18), NoPetsRule(article="6.3"))
MANY = 1_500


def plans(offer: OfferType = OfferType.RESIDENCE_SOCIALE) -> list[object]:
    return [plan_of(draws.stream(1, "plan", number), PROFILE, offer, RULES) for number in range(MANY)]


def test_the_same_stream_gives_the_same_plan() -> None:
    assert plans()[:50] == plans()[:50]
    assert draws.stream(1, "a", 2).random() != draws.stream(2, "a", 2).random()


def test_structures_answer_in_six_days_and_one_in_eleven_is_silent_for_ten() -> None:
    drawn = [plan_of(draws.stream(1, n), PROFILE, OfferType.CHRS, RULES) for n in range(MANY)]
    in_time = [p.answer_days for p in drawn if p.answer_days is not None and p.answer_days <= DEADLINE_DAYS]
    late = [p for p in drawn if p.answer_days is not None and p.answer_days > DEADLINE_DAYS]
    assert 1 - len(in_time) / MANY == pytest.approx(0.09, abs=0.02)
    assert late
    assert statistics.median(in_time) == pytest.approx(6, rel=0.1)
    assert statistics.median(p.entry_days for p in drawn) == pytest.approx(8, rel=0.1)


def test_outcomes_have_their_assumed_shares() -> None:
    drawn = Counter(plan_of(draws.stream(1, n), PROFILE, OfferType.CHRS, RULES).intent for n in range(MANY))
    assert drawn[Intent.REFUSE] / MANY == pytest.approx(0.14, abs=0.02)
    assert drawn[Intent.DECLINE] / MANY == pytest.approx(0.12, abs=0.02)
    assert drawn[Intent.ADMIT] / MANY == pytest.approx(0.605, abs=0.03)


def test_reasons_that_must_cite_an_article_cite_one_of_the_structure() -> None:
    for number in range(MANY):
        plan = plan_of(draws.stream(1, number), PROFILE, OfferType.FJT, RULES)
        assert plan.refusal not in CITING or plan.article in {"2.2", "6.3"}
        bare = plan_of(draws.stream(1, number), PROFILE, OfferType.FJT, ())
        assert bare.refusal not in CITING
        assert bare.article is None


def test_a_shelter_never_refuses_for_want_of_resources_and_adapted_housing_does() -> None:
    def reasons(offer: OfferType) -> set[StructureRefusal]:
        return {plan_of(draws.stream(1, n), PROFILE, offer, RULES).refusal for n in range(MANY)}

    assert StructureRefusal.RESOURCES not in reasons(OfferType.CHRS)
    assert StructureRefusal.RESOURCES in reasons(OfferType.RESIDENCE_SOCIALE)


def test_a_second_refusal_of_the_same_designation_is_upheld() -> None:
    assert {verdict(random.Random(n), again=True)[1] for n in range(200)} == {"upheld"}
    assert {verdict(random.Random(n), again=False)[1] for n in range(200)} == {"upheld", "overruled"}


def test_the_fate_of_a_ready_household_is_settled_by_its_id() -> None:
    fates = Counter(fate_of(1, f"household-{n}") for n in range(2_000))
    assert set(fates) == set(Fate)
    assert fate_of(1, "household-3") == fate_of(1, "household-3")


class Recorder(Software):
    """A partner whose messages are kept instead of sent."""

    async def post(self, sending: Sending, expected: frozenset[str] | None) -> None:
        self.kept = getattr(self, "kept", [])
        self.kept.append((sending, expected))


DEPARTMENT = draw(Settings(1, 2, 0.02, "D92"))


def recorder() -> Recorder:
    clock = BusinessClock(datetime.now(UTC), datetime.now(UTC), 1.0)
    world = World(1, clock, Agenda(clock), Ledger.of(DEPARTMENT.partners()))
    return Recorder(DEPARTMENT.partners()[0], world)


def misbehave(misdeed: Misdeed, culprit: Recorder) -> None:
    async def act() -> None:
        await misdeed.act(culprit, Scene(DEPARTMENT.spare[0], START, START, None))

    asyncio.run(act())


def read(sending: Sending, partner: str) -> str:
    """What the contract alone says of a message: a rejection code, or accepted."""
    try:
        envelope, body = open_envelope(sending.headers, sending.body)
        if envelope.type not in MESSAGES[sending.channel.name]:
            raise Refusal("type-unknown")
        if envelope.source != f"/partners/{partner}":
            raise Refusal("source-forged")
        read_body(MESSAGES[sending.channel.name][envelope.type], body)
    except Refusal as refusal:
        return refusal.code
    return "accepted"


@pytest.mark.parametrize("misdeed", MISDEEDS, ids=[misdeed.name for misdeed in MISDEEDS])
def test_a_misdeed_expects_what_the_contract_says_of_it(misdeed: Misdeed) -> None:
    culprit = recorder()
    misbehave(misdeed, culprit)
    for sending, expected in culprit.kept:
        said = read(sending, culprit.partner.id)
        # What the contract cannot see (who may, what exists) is the services' to refuse.
        assert said in ("accepted", *expected)
    if misdeed in BROKEN[:11]:
        assert {read(sending, culprit.partner.id) for sending, _ in culprit.kept} == set(culprit.kept[0][1])


def test_misdeeds_are_of_many_kinds() -> None:
    assert len({misdeed.name for misdeed in MISDEEDS}) == len(MISDEEDS) >= 20


def test_a_retry_is_the_same_message() -> None:
    culprit = recorder()
    retry = next(misdeed for misdeed in MISDEEDS if misdeed.name == "retry")
    misbehave(retry, culprit)
    assert len({(sending.id, sending.body) for sending, _ in culprit.kept}) == 1


def test_the_agenda_acts_in_order_of_time_and_leaves_what_is_later() -> None:
    begun = datetime(2026, 1, 1, tzinfo=UTC)
    clock = BusinessClock(begun, datetime.now(UTC), 86_400.0)
    agenda, done = Agenda(clock), []

    def note(text: str) -> None:
        async def act() -> None:
            done.append(text)

        agenda.at(begun + timedelta(hours=len(text)), act)

    for text in ("ccc", "a", "bb", "d" * 60):
        note(text)
    asyncio.run(agenda.run(begun + timedelta(hours=4)))
    assert done == ["a", "bb", "ccc"]


def test_business_time_runs_at_its_rate() -> None:
    clock = BusinessClock(datetime(2026, 1, 1, tzinfo=UTC), datetime.now(UTC), 86_400.0)
    assert 0 < clock.seconds_until(clock.next_midnight()) <= 1
    assert clock.during(2) == timedelta(days=2)


def test_shares_of_a_whole_keep_the_whole() -> None:
    assert draws.shares(11, [1, 1, 2]) == [3, 3, 5]
    assert draws.shares(2, [1, 1, 1]) == [1, 1, 1]


def test_a_tilted_distribution_has_its_mean() -> None:
    weights = draws.tilted(range(1, 6), 2.2)
    assert sum(k * w for k, w in weights.items()) / sum(weights.values()) == pytest.approx(2.2, abs=0.001)


def test_a_fitted_table_has_its_margins_and_its_holes() -> None:
    table = draws.fitted({"a": 1.0, "b": 3.0}, {"x": 2.0, "y": 2.0}, lambda r, c: 0.0 if (r, c) == ("a", "y") else 1.0)
    assert table["a"]["y"] == 0
    assert sum(table["b"].values()) == pytest.approx(0.75)


def test_percentiles_of_few_and_of_many() -> None:
    assert percentiles([]) == (0.0, 0.0)
    assert percentiles([2.0]) == (2.0, 2.0)
    assert percentiles([float(n) for n in range(101)]) == (50.0, 99.0)


def test_options_come_from_the_environment_as_make_passes_them(monkeypatch: pytest.MonkeyPatch) -> None:
    for name, value in {"SEED": "7", "DAYS": "5", "SIZE": "0.5", "PROFILE": "D67"}.items():
        monkeypatch.setenv(name, value)
    assert options.read([]).settings == Settings(7, 5, 0.5, "D67")


def test_empty_variables_are_the_defaults(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("SEED", "DAYS", "SIZE", "PROFILE"):
        monkeypatch.setenv(name, "")
    assert options.read([]).settings == Settings(1, 30, 1.0, "D92")


@pytest.mark.parametrize(
    "arguments",
    [
        ["--days", "0"],
        ["--size", "9"],
        ["--profile", "D01"],
        ["--kill", "kafka@2"],
        ["--kill", "intake"],
        ["--composed", "--attach"],
    ],
)
def test_nonsense_is_refused(arguments: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit):
        options.read(arguments)
    assert "error" in capsys.readouterr().err


def test_a_service_to_kill_has_its_day() -> None:
    (kill,) = options.read(["--kill", "intake@2.5"]).kill
    assert (kill.service, kill.day) == ("intake", 2.5)


def test_in_containers_kafka_and_postgresql_can_be_killed_too() -> None:
    asked = options.read(["--composed", "--kill", "kafka@1.5", "--kill", "postgres@2"])
    assert [(kill.service, kill.day) for kill in asked.kill] == [("kafka", 1.5), ("postgres", 2.0)]
