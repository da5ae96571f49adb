"""The partners' file (YAML or JSON): read, checked whole; refuses an unknown field, a repeated or reserved id."""

import json
from collections.abc import Sequence
from pathlib import Path

import yaml
from pydantic import BaseModel, ConfigDict, ValidationError

from contracts.partners import PartnerRegistered
from contracts.topics import Service
from deploy.embedded.failure import PlatformError

# A partner's id is its Kafka user and begins its consumer groups, as these names do for the SIAO itself.
RESERVED = (*(service.value for service in Service), "admin")


class PartnersFile(BaseModel):
    """`partners: [{id, role, siao, name, communes, status}]`, each as `contracts.partners.PartnerRegistered`."""

    model_config = ConfigDict(extra="forbid", hide_input_in_errors=True)

    partners: tuple[PartnerRegistered, ...]


def load(path: Path) -> tuple[PartnerRegistered, ...]:
    """The partners of a file; raises PlatformError with the place of the first fault."""
    try:
        document = yaml.safe_load(path.read_text(encoding="utf-8"))
        partners = PartnersFile.model_validate_json(json.dumps(document)).partners
    except OSError as error:
        raise PlatformError(
            f"Le fichier des partenaires {path} ne peut pas être lu ({error.strerror}).",
            f"The partners' file {path} cannot be read.",
        ) from error
    except (yaml.YAMLError, TypeError) as error:
        raise PlatformError(
            f"Le fichier des partenaires {path} n'est ni du YAML ni du JSON : {error}",
            f"The partners' file {path} is neither YAML nor JSON.",
        ) from error
    except ValidationError as error:
        first = error.errors(include_input=False, include_url=False)[0]
        place = ".".join(str(part) for part in first["loc"])
        raise PlatformError(
            f'Le fichier des partenaires {path} est faux à {place} (un code comme "01" s\'écrit entre guillemets).',
            f'The partners\' file {path} is wrong at {place}: {first["msg"]} (quote codes such as "01").',
        ) from error
    check(partners)
    return partners


def check(partners: Sequence[PartnerRegistered]) -> None:
    """Raises PlatformError for an id given twice, or that would share a name with the SIAO's own users and groups."""
    seen: set[str] = set()
    for partner in partners:
        if partner.id in seen:
            raise PlatformError(
                f"L'identifiant « {partner.id} » est donné à deux partenaires.",
                f"The id '{partner.id}' is given to two partners.",
            )
        if partner.id.startswith(RESERVED):
            raise PlatformError(
                f"L'identifiant « {partner.id} » commence par un nom réservé au SIAO ({', '.join(RESERVED)}).",
                f"The id '{partner.id}' begins with a name reserved to the SIAO.",
            )
        seen.add(partner.id)
