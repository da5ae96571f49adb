"""The partners' file (YAML or JSON): read, checked whole; refuses an unknown field, a repeated or reserved id."""

import json
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Annotated

import yaml
from pydantic import BaseModel, ConfigDict, Field, ValidationError

from contracts.partners import PartnerRegistered
from contracts.topics import DAY_MS, EDGE, NOTICES, Channel, Service
from deploy.embedded.failure import PlatformError
from deploy.provision.quotas import DEFAULTS, Quota, QuotaAsked

# A partner's id is its Kafka user and begins its consumer groups, as these names do for the SIAO itself.
RESERVED = (*(service.value for service in Service), "admin")
# The edge has no group: only its own name, and those that look like parts of it.
EDGE_LIKE = (f"{EDGE}-", f"{EDGE}.")


class Partner(PartnerRegistered):
    """An entry of the file: what the register says of a partner, and what provisioning alone makes of it."""

    model_config = ConfigDict(extra="forbid")

    http: bool = Field(default=False, description="May it come by HTTP too? It then has a token, and the edge acts.")
    quota: QuotaAsked = Field(default=QuotaAsked(), description="Limits other than those of its role.")
    notices_days: Annotated[int, Field(ge=1, le=31)] | None = Field(
        default=None, description="Days that its notices are kept; none: as the contract says. They name people."
    )

    @property
    def registration(self) -> PartnerRegistered:
        """What the register says: the contract's fields and no other."""
        return PartnerRegistered(**{name: getattr(self, name) for name in PartnerRegistered.model_fields})

    @property
    def limits(self) -> Quota:
        """What it may use of the broker."""
        return self.quota.over(DEFAULTS[self.role])

    def settings_of(self, channel: Channel) -> dict[str, str]:
        """Kafka's settings of its topic of this channel."""
        if channel is NOTICES and self.notices_days is not None:
            return {**channel.config, "retention.ms": str(self.notices_days * DAY_MS)}
        return dict(channel.config)


class PartnersFile(BaseModel):
    """`partners: [{id, role, siao, name, ...}]`, each a `Partner`."""

    model_config = ConfigDict(extra="forbid", hide_input_in_errors=True)

    partners: tuple[Partner, ...]


def load(path: Path) -> tuple[Partner, ...]:
    """The partners of a file; raises PlatformError with the place of the first fault."""
    try:
        document = yaml.safe_load(path.read_text(encoding="utf-8"))
        partners = PartnersFile.model_validate_json(json.dumps(document)).partners
    except OSError as error:
        raise PlatformError(
            f"Le fichier des partenaires {path} ne peut pas être lu ({error.strerror}).",
            f"The partners' file {path} cannot be read.",
        ) from error
    except (yaml.YAMLError, TypeError, UnicodeDecodeError) as error:
        raise PlatformError(
            f"Le fichier des partenaires {path} n'est ni du YAML ni du JSON : {error}",
            f"The partners' file {path} is neither YAML nor JSON.",
        ) from error
    except ValidationError as error:
        raise _wrong(path, error) from error
    check(partners)
    return partners


def _wrong(path: Path, error: ValidationError) -> PlatformError:
    first = error.errors(include_input=False, include_url=False)[0]
    place = ".".join(str(part) for part in first["loc"]) or "sa racine"
    if first["type"] == "extra_forbidden":
        return PlatformError(
            f"Le fichier des partenaires {path} est faux à {place} : ce champ n'existe pas.",
            f"The partners' file {path} is wrong at {place}: there is no such field.",
        )
    return PlatformError(
        f'Le fichier des partenaires {path} est faux à {place} (un code comme "01" s\'écrit entre guillemets).',
        f'The partners\' file {path} is wrong at {place}: {first["msg"]} (quote codes such as "01").',
    )


def with_defaults(partners: Iterable[PartnerRegistered]) -> tuple[Partner, ...]:
    """Entries of the file as they are; who is known by its registration only has the limits of its role."""
    return tuple(
        partner if isinstance(partner, Partner) else Partner.model_validate(dict(partner)) for partner in partners
    )


def check(partners: Sequence[PartnerRegistered]) -> None:
    """Raises PlatformError for an id given twice, or that would share a name with the SIAO's own users and groups."""
    seen: set[str] = set()
    for partner in partners:
        if partner.id in seen:
            raise PlatformError(
                f"L'identifiant « {partner.id} » est donné à deux partenaires.",
                f"The id '{partner.id}' is given to two partners.",
            )
        if partner.id == EDGE or partner.id.startswith((*RESERVED, *EDGE_LIKE)):
            raise PlatformError(
                f"L'identifiant « {partner.id} » commence par un nom réservé au SIAO ({', '.join((*RESERVED, EDGE))}).",
                f"The id '{partner.id}' begins with a name reserved to the SIAO.",
            )
        seen.add(partner.id)
