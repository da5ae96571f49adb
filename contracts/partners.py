"""The register of partners: who is who, for which SIAO; published by provisioning on `siao.partners`."""

from typing import Annotated, ClassVar, Literal, TypeAlias

from pydantic import Field, StringConstraints

from contracts.event import Fact
from contracts.topics import Role

PartnerId: TypeAlias = Annotated[str, StringConstraints(pattern=r"^[a-z0-9]+(-[a-z0-9]+)*$", max_length=60)]
SiaoCode: TypeAlias = Annotated[str, StringConstraints(pattern=r"^([0-9]{2}|2A|2B|97[0-9])$")]
Commune: TypeAlias = Annotated[str, StringConstraints(pattern=r"^([0-9]{2}|2A|2B)[0-9]{3}$")]


class PartnerRegistered(Fact):
    """A partner as the SIAO knows it. A tombstone of its key removes it."""

    type: ClassVar[str] = "partner.registered.v1"

    id: PartnerId = Field(description="The partner's id: part of its topics' names, and its Kafka user.")
    role: Role = Field(description="What the partner is for the SIAO.")
    siao: SiaoCode = Field(description="Code of the SIAO (département): 75, 2A, 974.")
    name: str = Field(min_length=1, max_length=200, description="Name of the organisation (never of a person).")
    communes: tuple[Commune, ...] = Field(
        default=(),
        description="INSEE codes where a bailleur or réservataire has dwellings; empty: the whole département.",
    )
    status: Literal["active", "suspended"] = Field(default="active", description="A suspended partner is refused.")
