"""People and requests of the small SIAO: ordinary unless said."""

from datetime import UTC, date, datetime

from contracts import notices, requests
from contracts.codes import (
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
from deploy.demo.people import canary

HERE, FAR = "92050", "92002"
START = datetime(2026, 11, 2, 8, tzinfo=UTC)


def person(
    number: int, *, age: int = 40, relation: Relation = Relation.LEAD, gender: Gender = Gender.WOMAN
) -> requests.Member:
    """Somebody, with the canary word of this number."""
    return requests.Member(
        family_name=f"Martin {canary(number)}",
        given_name="Nina",
        birth_date=date(2026 - age, 5, 1),
        gender=gender,
        relation=relation,
    )


def request(
    request_id: str,
    *members: requests.Member,
    recommended: tuple[OfferType, ...] = (OfferType.CHRS,),
    lacking: tuple[EvaluationSection, ...] = (),
    revision: int = 1,
    mediation: requests.Mediation | None = None,
    needs: dict[str, Known] | None = None,
) -> requests.RequestSubmitted:
    """A request, complete unless some headings lack."""
    known = {"accessibility": Known.NO, "pets": Known.NO, "resources": Known.YES, "residence_right": Known.YES}
    sections = {section: "Rempli." for section in EvaluationSection if section not in lacking}
    return requests.RequestSubmitted(
        request_id=request_id,
        revision=revision,
        prescriber_kind=PrescriberKind.CCAS,
        reason=RequestReason.SEPARATION,
        situation=Situation.STREET,
        recommended=recommended,
        members=members,
        needs=requests.Needs(support=SupportLevel.REGULAR, **{**known, **(needs or {})}),
        evaluation=requests.Evaluation(
            grid_version=1,
            evaluated_on=START.date(),
            evaluators=("Une évaluatrice",),
            applicant_agrees=True,
            sections=sections,
        ),
        mediation=mediation,
    )


def identity_of(member: requests.Member) -> notices.Identity:
    """A person, as a notice shows them."""
    return notices.Identity(**{name: getattr(member, name) for name in notices.Identity.model_fields})
