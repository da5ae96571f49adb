"""The rules of a projet d'établissement, typed: each cites the article it rests on; free text is not a rule.

Three-valued: a rule is satisfied by what is known of a household, never by what is not.
"""

from typing import Annotated, Literal, TypeAlias

from pydantic import ConfigDict, Field
from pydantic.config import JsonDict

from contracts.codes import Composition, SupportLevel
from contracts.event import Message
from contracts.fields import Article


def _kind_is_required(schema: JsonDict) -> None:
    """Without its kind a rule cannot be told from another: only code may leave it out."""
    schema["required"] = ["kind", *schema["required"]]  # type: ignore[misc]


class _Rule(Message):
    model_config = ConfigDict(json_schema_extra=_kind_is_required)

    article: Article = Field(description="Article of the projet d'établissement or of the convention.")


class CompositionRule(_Rule):
    """Only these households (publics autorisés)."""

    kind: Literal["composition"] = "composition"
    allowed: tuple[Composition, ...] = Field(min_length=1, description="Compositions that may be taken in.")


class AgeRule(_Rule):
    """Only lead applicants of this age, bounds included, in years."""

    kind: Literal["age"] = "age"
    minimum: int | None = Field(default=None, ge=0, le=120, description="Youngest age, in years.")
    maximum: int | None = Field(default=None, ge=0, le=120, description="Oldest age, in years.")


class AdultsRule(_Rule):
    """Only households whose adults are all women, or all men (centre for women); without an adult, its members."""

    kind: Literal["adults"] = "adults"
    only: Literal["women", "men"] = Field(description="What all adults of the household are, as they state it.")


class SizeRule(_Rule):
    """Only households of this size, bounds included, in personnes."""

    kind: Literal["size"] = "size"
    minimum: int | None = Field(default=None, ge=1, le=20, description="Smallest size, in personnes.")
    maximum: int | None = Field(default=None, ge=1, le=20, description="Largest size, in personnes.")


class ChildrenRule(_Rule):
    """Only households with this number of children, all of these ages, bounds included. A child is under 18."""

    kind: Literal["children"] = "children"
    minimum: int | None = Field(default=None, ge=0, le=20, description="Fewest children.")
    maximum: int | None = Field(default=None, ge=0, le=20, description="Most children.")
    youngest: int | None = Field(default=None, ge=0, le=17, description="Least age of every child, in years.")
    oldest: int | None = Field(default=None, ge=0, le=17, description="Greatest age of every child, in years.")


class SupportRule(_Rule):
    """Only households whose need of support the team can meet."""

    kind: Literal["support"] = "support"
    allowed: tuple[SupportLevel, ...] = Field(min_length=1, description="Support levels the team can give.")


class NoPetsRule(_Rule):
    """No animals."""

    kind: Literal["no_pets"] = "no_pets"


class ResourcesRule(_Rule):
    """Only households with resources (logement adapté: a redevance is due)."""

    kind: Literal["resources"] = "resources"


class ResidenceRightRule(_Rule):
    """Only households with a right of residence (logement adapté)."""

    kind: Literal["residence_right"] = "residence_right"


# The kinds of the first contract: what its readers know of.
FirstRule: TypeAlias = Annotated[
    CompositionRule | AgeRule | SupportRule | NoPetsRule | ResourcesRule | ResidenceRightRule,
    Field(discriminator="kind"),
]
Rule: TypeAlias = Annotated[
    CompositionRule
    | AgeRule
    | AdultsRule
    | SizeRule
    | ChildrenRule
    | SupportRule
    | NoPetsRule
    | ResourcesRule
    | ResidenceRightRule,
    Field(discriminator="kind"),
]


def of_the_first_kinds(rules: tuple[Rule, ...]) -> tuple[FirstRule, ...]:
    """The rules that readers of the first contract understand."""
    return tuple(rule for rule in rules if not isinstance(rule, AdultsRule | SizeRule | ChildrenRule))
