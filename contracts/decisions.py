"""What the SIAO's operator decides (`partners.<id>.decisions`)."""

from typing import ClassVar, Literal

from pydantic import Field

from contracts.event import Message
from contracts.fields import Id, Revision

Criterion = Literal["legal_clock", "danger", "situation", "seniority"]


class RefusalJudged(Message):
    """The operator judges a structure's refusal: upheld (the place is designated anew) or overruled."""

    type: ClassVar[str] = "refusal.judged.v1"

    designation: Id = Field(description="The designation that was refused.")
    verdict: Literal["upheld", "overruled"] = Field(description="The judgement.")


class CriteriaAdopted(Message):
    """The commission's common criteria: the order in which households are designated, first criterion first."""

    type: ClassVar[str] = "criteria.adopted.v1"

    version: Revision = Field(description="Version, growing.")
    criteria: tuple[Criterion, ...] = Field(
        min_length=1, max_length=4, description="Compared lexicographically; ties go by seniority, then by id."
    )
