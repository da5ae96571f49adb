"""What a plan says of a file and a broker: what is missing, what has changed, what is too much; as pure functions."""

from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

import pytest

from contracts.tokens import Token, TokensIssued
from contracts.topics import Role
from deploy.provision import rights, saying
from deploy.provision.apply import Prepared
from deploy.provision.credentials import OWN_USERS, Credential, Credentials, completed, users_of
from deploy.provision.holdings import NOTHING, Holdings, digest, wanted
from deploy.provision.partners import Partner
from deploy.provision.plan import Plan, difference
from deploy.provision.quotas import DEFAULTS, Quota, QuotaAsked

NOBODY = Credentials({}, {})


def a_partner(name: str = "chrs-1", role: Role = Role.STRUCTURE, **more: Any) -> Partner:
    return Partner(id=name, role=role, siao="92", name=name, **more)


def keys_of(*partners: Partner) -> Credentials:
    http = {partner.id for partner in partners if partner.http}
    return completed(NOBODY, OWN_USERS, [partner.id for partner in partners], http)


def held(*partners: Partner, keys: Credentials | None = None) -> Holdings:
    """A broker that holds exactly what these partners need."""
    return wanted(partners, keys or keys_of(*partners))


def plan_of(found: Holdings, *partners: Partner, keys: Credentials | None = None) -> Plan:
    return difference(wanted(partners, keys or keys_of(*partners), found), found)


def words(plan: Plan) -> str:
    return "\n".join(saying.plan_lines(Prepared(plan, NOTHING, NOBODY, NOBODY, ())))


def test_an_empty_broker_lacks_everything_and_then_nothing() -> None:
    plan = plan_of(NOTHING, a_partner())
    assert set(plan.registered) == {"chrs-1"}
    assert {"siao.partners", "siao.tokens", "siao.offers", "partners.chrs-1.vacancies"} <= plan.topics.keys()
    assert plan.users == {"offers", "intake", "orientation", "reporting", "edge", "chrs-1"}
    assert plan.quotas == {"chrs-1": (None, DEFAULTS[Role.STRUCTURE])}
    assert (plan.settings, plan.revoked, plan.tokens, plan.removals) == ({}, (), {}, ())
    assert plan_of(held(a_partner()), a_partner()).empty
    assert words(plan_of(held(a_partner()), a_partner())) == "Rien à faire. / Nothing to do."


def test_what_the_register_says_follows_the_file() -> None:
    plan = plan_of(held(a_partner()), a_partner(status="suspended"))
    assert set(plan.registered) == {"chrs-1"}
    assert replace(plan, registered={}).empty
    assert "~ chrs-1: status active → suspended" in words(plan)


def test_a_record_of_the_register_that_cannot_be_read_is_said_again() -> None:
    assert set(plan_of(replace(held(a_partner()), register={"chrs-1": None}), a_partner()).registered) == {"chrs-1"}


def test_another_role_changes_topics_rights_and_limits() -> None:
    plan = plan_of(held(a_partner()), a_partner(role=Role.OPERATOR))
    gained = {f"partners.chrs-1.{channel}" for channel in ("decisions", "indicators")}
    assert set(plan.topics) == gained
    assert {right.name for right in plan.revoked} == {
        f"partners.chrs-1.{channel}" for channel in ("vacancies", "requests", "answers")
    }
    assert {right.name for right in plan.granted} == gained
    assert plan.quotas == {"chrs-1": (DEFAULTS[Role.STRUCTURE], DEFAULTS[Role.OPERATOR])}
    # What was said is kept for its retention.
    assert plan.removals == ()


def test_a_role_that_loses_the_nominative_list_has_it_named() -> None:
    bailleur, member = a_partner("office", Role.BAILLEUR), a_partner("office", Role.MEMBER)
    plan = plan_of(held(bailleur), member)
    [removal] = plan.removals
    assert (removal.whole, removal.topics, removal.users) == (False, ("partners.office.ready-households",), ())
    assert plan.without_removals().removals == ()


def test_the_retention_of_notices_and_limits_come_from_the_file() -> None:
    plan = plan_of(held(a_partner()), a_partner(notices_days=3, quota=QuotaAsked(write=70_000)))
    assert plan.settings == {"partners.chrs-1.notices": {"retention.ms": ("604800000", "259200000")}}
    usual = DEFAULTS[Role.STRUCTURE]
    assert plan.quotas == {"chrs-1": (usual, Quota(70_000, usual.read, usual.requests))}
    assert replace(plan, settings={}, quotas={}).empty


def test_a_setting_that_an_operator_added_is_left_alone() -> None:
    found = held(a_partner())
    notices = found.topics["partners.chrs-1.notices"]
    more = replace(notices, settings={**notices.settings, "min.insync.replicas": "2"})
    assert plan_of(replace(found, topics={**found.topics, "partners.chrs-1.notices": more}), a_partner()).empty


def test_a_partner_that_the_file_does_not_name_is_named_with_all_that_would_go() -> None:
    office, other = a_partner("office", Role.BAILLEUR, http=True), a_partner("office-1", Role.BAILLEUR, http=True)
    keys = keys_of(office, other)
    plan = plan_of(held(office, other, keys=keys), other, keys=keys)
    [removal] = plan.removals
    assert (removal.partner, removal.users, removal.quotas, removal.tokens) == (
        "office",
        ("office",),
        ("office",),
        True,
    )
    assert removal.topics == ("partners.office.ready-households",)
    gone = {(word.user, word.name) for word in map(rights.words_of, removal.rights)}
    both = ("answers", "notices", "indicators")
    assert gone == {
        ("office", "office."),
        *((user, f"partners.office.{channel}") for user in ("office", "edge") for channel in both),
        *((user, "partners.office.ready-households") for user in ("office", "edge", "intake")),
    }
    assert replace(plan, removals=()).empty
    assert "- office: comptes/users office" in words(plan)
    assert "--remove" in words(plan)


def test_what_belongs_to_nobody_we_know_is_left_alone() -> None:
    foreign = replace(
        held(a_partner()), users=held(a_partner()).users | {"grafana"}, quotas={"grafana": Quota(1, 1, 1)}
    )
    plan = plan_of(foreign, a_partner())
    assert (plan.users, plan.removals, set(plan.quotas)) == (frozenset(), (), {"chrs-1"})


def test_while_credentials_are_replaced_both_users_have_the_same() -> None:
    partner, keys = a_partner(), keys_of(a_partner())
    rotating = replace(keys, next={"chrs-1": Credential("chrs-1.b", "another")})
    plan = plan_of(held(partner, keys=keys), partner, keys=rotating)
    assert (set(plan.users), set(plan.quotas), plan.revoked) == ({"chrs-1.b"}, {"chrs-1.b"}, ())
    by_user = {
        user: {word[1:] for word in map(rights.words_of, held(partner, keys=rotating).rights) if word.user == user}
        for user in users_of("chrs-1")
    }
    assert by_user["chrs-1"] == by_user["chrs-1.b"] != set()


def test_a_user_that_only_the_broker_knows_keeps_its_rights() -> None:
    """Another machine's file began a rotation: ours does not know it, and must not undo it."""
    partner, keys = a_partner(), keys_of(a_partner())
    rotating = replace(keys, next={"chrs-1": Credential("chrs-1.b", "another")})
    assert plan_of(held(partner, keys=rotating), partner, keys=keys).empty


def test_the_rights_of_a_user_that_is_no_more_are_taken_back() -> None:
    partner, keys = a_partner(), keys_of(a_partner())
    rotating = replace(keys, next={"chrs-1": Credential("chrs-1.b", "another")})
    leftover = replace(held(partner, keys=rotating), users=held(partner).users)
    plan = plan_of(leftover, partner, keys=keys)
    assert {right.principal for right in plan.revoked} == {"User:chrs-1.b"}


def test_http_gives_a_token_and_the_edge_its_rights_and_takes_both_back() -> None:
    there, gone = a_partner(http=True), a_partner()
    keys = keys_of(there)
    plan = plan_of(held(gone), there, keys=keys)
    token = keys.partners["chrs-1"].token or ""
    assert plan.tokens == {
        "chrs-1": TokensIssued(partner="chrs-1", tokens=(Token(sha256=digest(token), expires_at=None),))
    }
    edge = {(word.user, word.operation, word.name) for word in map(rights.words_of, plan.granted)}
    assert edge == {
        ("edge", "WRITE", "partners.chrs-1.vacancies"),
        ("edge", "WRITE", "partners.chrs-1.requests"),
        ("edge", "WRITE", "partners.chrs-1.answers"),
        ("edge", "READ", "partners.chrs-1.notices"),
    }
    back = plan_of(held(there, keys=keys), gone, keys=keys_of(gone))
    assert back.tokens == {"chrs-1": None}
    assert {right.principal for right in back.revoked} == {"User:edge"}


def test_a_token_is_its_owner_s_name_and_256_bits_and_ends_with_http() -> None:
    first = keys_of(a_partner(http=True)).partners["chrs-1"].token or ""
    assert first.startswith("siao_chrs-1_")
    assert len(first.removeprefix("siao_chrs-1_")) == 43
    known = completed(keys_of(a_partner(http=True)), (), ["chrs-1"], ())
    assert known.partners["chrs-1"].token is None
    assert completed(known, (), ["chrs-1"], {"chrs-1"}).partners["chrs-1"].token not in (None, first)


def test_a_token_that_only_the_broker_knows_keeps_opening() -> None:
    partner = a_partner(http=True)
    issued = TokensIssued(partner="chrs-1", tokens=(Token(sha256="0" * 64, expires_at=None),))
    unknown = replace(held(partner), tokens={"chrs-1": issued})
    now = plan_of(unknown, partner).tokens["chrs-1"]
    assert now is not None
    assert now.tokens[0] == issued.tokens[0]
    assert len(now.tokens) == 2


def test_a_token_s_end_is_kept() -> None:
    partner, keys = a_partner(http=True), keys_of(a_partner(http=True))
    ours = digest(keys.partners["chrs-1"].token or "")
    ending = Token(sha256=ours, expires_at=datetime(2026, 1, 1, tzinfo=UTC))
    found = replace(held(partner, keys=keys), tokens={"chrs-1": TokensIssued(partner="chrs-1", tokens=(ending,))})
    assert plan_of(found, partner, keys=keys).empty


def test_only_the_records_is_the_register_and_the_tokens() -> None:
    plan = plan_of(NOTHING, a_partner(http=True)).records()
    assert (set(plan.registered), set(plan.tokens)) == ({"chrs-1"}, {"chrs-1"})
    assert replace(plan, registered={}, tokens={}).empty


@pytest.mark.parametrize("role", list(Role))
def test_a_plan_says_no_secret(role: Role) -> None:
    partner = a_partner(role=role, http=True)
    keys = keys_of(partner)
    said = words(plan_of(NOTHING, partner, keys=keys)) + repr(keys) + repr(keys.partners)
    secret = [keys.partners["chrs-1"].password, keys.partners["chrs-1"].token or ""]
    assert not any(word in said for word in secret)
    assert "partners.chrs-1.notices" in said
