"""Messages for tests: each builder gives the plainest valid message, and a test says only what matters to it."""

from collections.abc import Sequence
from datetime import UTC, date, datetime, timedelta
from typing import Any, Final, TypeVar

from contracts.codes import (
    Composition,
    EvaluationSection,
    Gender,
    Known,
    OfferType,
    PrescriberKind,
    Relation,
    RequestReason,
    Situation,
    SupportLevel,
)
from contracts.event import Message
from contracts.households import HouseholdFacts
from contracts.partners import PartnerRegistered
from contracts.requests import Evaluation, HouseholdDeclaredReady, HouseholdHosted, Member, Needs, RequestSubmitted
from contracts.topics import Role
from contracts.vacancies import Place, ProjetEtablissement, StructureDescribed, VacancyPublished, VacancyWithdrawn

P = TypeVar("P", bound=Message)

SIAO: Final = "92"
NANTERRE, COURBEVOIE = "92050", "92026"
NOW: Final = datetime(2026, 11, 24, 9, 0, tzinfo=UTC)
DAY: Final = timedelta(days=1)
TODAY: Final = NOW.date()

# A canary: no identifier, number or word of ours holds it, so that a name is found wherever it leaks.
FAMILY_NAME, GIVEN_NAME, PHONE = "Qzfamilyname", "Qzgivenname", "+33 Qz 99 98"
HOUSING_NUMBER, ARGUMENT, SECTION = "Qz092housing", "Qzargument of the team", "Qzsection of the evaluation"
CANARY: Final = "Qz"

STRUCTURE, OTHER_STRUCTURE = "chrs-les-acacias", "chrs-les-tilleuls"
CCAS, HOSPITAL = "ccas-nanterre", "hopital-max-fourestier"
BAILLEUR, BAILLEUR_ELSEWHERE, RESERVATAIRE = "bailleur-nanterre", "bailleur-courbevoie", "action-logement"
PREFECTURE, OPERATOR = "prefecture-92", "siao-92"
STRUCTURE_OF_ANOTHER_SIAO, PREFECTURE_OF_ANOTHER_SIAO = "chrs-de-paris", "prefecture-75"
BAILLEUR_OF_ANOTHER_SIAO, OPERATOR_OF_ANOTHER_SIAO = "bailleur-de-paris", "siao-75"
COLLECTIVITE: Final = "departement-92"


def a_partner(partner: str, role: Role, siao: str = SIAO, **facts: Any) -> PartnerRegistered:
    """A partner of the register."""
    return PartnerRegistered(id=partner, role=role, siao=siao, name=partner, **facts)


def a_register() -> dict[str, PartnerRegistered]:
    """One SIAO with partners of all roles, and a neighbour that must never hear of its households."""
    partners = (
        a_partner(STRUCTURE, Role.STRUCTURE),
        a_partner(OTHER_STRUCTURE, Role.STRUCTURE),
        a_partner(CCAS, Role.PRESCRIBER),
        a_partner(HOSPITAL, Role.PRESCRIBER),
        a_partner(BAILLEUR, Role.BAILLEUR, communes=(NANTERRE,)),
        a_partner(BAILLEUR_ELSEWHERE, Role.BAILLEUR, communes=(COURBEVOIE,)),
        a_partner(RESERVATAIRE, Role.RESERVATAIRE),
        a_partner(PREFECTURE, Role.PREFECTURE),
        a_partner(OPERATOR, Role.OPERATOR),
        a_partner(COLLECTIVITE, Role.COLLECTIVITE),
        a_partner(STRUCTURE_OF_ANOTHER_SIAO, Role.STRUCTURE, "75"),
        a_partner(PREFECTURE_OF_ANOTHER_SIAO, Role.PREFECTURE, "75"),
        a_partner(BAILLEUR_OF_ANOTHER_SIAO, Role.BAILLEUR, "75"),
        a_partner(OPERATOR_OF_ANOTHER_SIAO, Role.OPERATOR, "75"),
    )
    return {partner.id: partner for partner in partners}


def a_member(age: int = 35, gender: Gender = Gender.WOMAN, relation: Relation = Relation.LEAD, **facts: Any) -> Member:
    """A person of this age on 24 November 2026, born on a first of January."""
    person = {"family_name": FAMILY_NAME, "given_name": GIVEN_NAME, "birth_date": date(TODAY.year - age, 1, 1)}
    return Member(**{**person, "gender": gender, "relation": relation, **facts})


def a_child(age: int = 8) -> Member:
    """A child of the household."""
    return a_member(age, relation=Relation.CHILD)


ALL_SECTIONS: Final = dict.fromkeys(EvaluationSection, SECTION)


def an_evaluation(*missing: EvaluationSection, agrees: bool = True) -> Evaluation:
    """A social evaluation, without the headings that are missing."""
    return Evaluation(
        grid_version=1,
        evaluated_on=TODAY,
        evaluators=("Qzevaluator",),
        applicant_agrees=agrees,
        sections={heading: text for heading, text in ALL_SECTIONS.items() if heading not in missing},
    )


def needs(**facts: Any) -> Needs:
    """The needs of a household that any place can meet."""
    plain = {"accessibility": Known.NO, "pets": Known.NO, "resources": Known.YES, "residence_right": Known.YES}
    return Needs(**{**plain, "support": SupportLevel.REGULAR, **facts})


def a_request(request_id: str = "first", **facts: Any) -> RequestSubmitted:
    """A complete request of a woman alone who may live anywhere a CHRS has a place."""
    plain: dict[str, Any] = {
        "revision": 1,
        "prescriber_kind": PrescriberKind.CCAS,
        "reason": RequestReason.SEPARATION,
        "situation": Situation.WITH_OTHERS,
        "in_danger": Known.NO,
        "recommended": (OfferType.CHRS,),
        "members": (a_member(),),
        "phone": PHONE,
        "needs": needs(),
        "evaluation": an_evaluation(),
    }
    return RequestSubmitted(**{"request_id": request_id, **plain, **facts})


def a_place(place_id: str = "A-01", capacity: int = 1, *, accessible: bool = False, **facts: Any) -> Place:
    """A single room."""
    return Place(place_id=place_id, capacity=capacity, accessible=accessible, **facts)


def a_structure(*places: Place, rules: Sequence[Any] = (), **facts: Any) -> StructureDescribed:
    """A CHRS in Nanterre with one single room and no rule of its own."""
    plain: dict[str, Any] = {
        "structure_id": "acacias",
        "revision": 1,
        "name": "CHRS Les Acacias",
        "offer_type": OfferType.CHRS,
        "commune": NANTERRE,
        "places": places or (a_place(),),
        "projet": ProjetEtablissement(version=1, effective_from=date(2026, 1, 1), rules=tuple(rules)),
    }
    return StructureDescribed(**{**plain, **facts})


def a_vacancy(place_id: str = "A-01", structure_id: str = "acacias") -> VacancyPublished:
    """The single room of the CHRS is vacant."""
    return VacancyPublished(structure_id=structure_id, place_id=place_id, available_on=TODAY)


def a_withdrawal(place_id: str = "A-01", structure_id: str = "acacias") -> VacancyWithdrawn:
    """It is not, after all."""
    return VacancyWithdrawn(structure_id=structure_id, place_id=place_id)


def of_place(model: type[P], place_id: str = "A-01", structure_id: str = "acacias", **facts: Any) -> P:
    """Another message about a place of the CHRS."""
    return model.model_validate({"structure_id": structure_id, "place_id": place_id, **facts})


def a_stay(stay_id: str = "stay-1", place_id: str = "A-01", **facts: Any) -> HouseholdHosted:
    """A man alone already lives in the single room."""
    plain: dict[str, Any] = {
        "structure_id": "acacias",
        "entered_on": date(2026, 3, 1),
        "members": (a_member(50, Gender.MAN),),
    }
    return HouseholdHosted(**{"stay_id": stay_id, "place_id": place_id, **plain, **facts})


def ready(household: str, *communes: str, rooms: int = 1) -> HouseholdDeclaredReady:
    """This household is ready for ordinary housing."""
    return HouseholdDeclaredReady(
        household=household, social_housing_number=HOUSING_NUMBER, communes=communes, rooms=rooms
    )


def household_facts(**facts: Any) -> HouseholdFacts:
    """What orientation knows of the woman alone of `a_request`."""
    plain: dict[str, Any] = {
        "composition": Composition.SINGLE_WOMAN,
        "persons": 1,
        "minors": 0,
        "lead_age": 35,
        "situation": Situation.WITH_OTHERS,
        "in_danger": Known.NO,
        "accessibility": Known.NO,
        "pets": Known.NO,
        "support": SupportLevel.REGULAR,
        "resources": Known.YES,
        "residence_right": Known.YES,
        "adult_genders": (Gender.WOMAN,),
    }
    return HouseholdFacts(**{**plain, **facts})
