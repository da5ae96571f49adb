"""The kinds of field that messages share, and the mark of what must never reach a core topic."""

import re
from datetime import date
from typing import Annotated, Any, Final, TypeAlias

from pydantic import AwareDatetime, BeforeValidator, Field, StringConstraints
from pydantic.config import JsonDict
from pydantic_core import PydanticKnownError

from contracts.partners import Commune, PartnerId, SiaoCode

PRIVATE_MARK: Final = "x-private"
PRIVATE: Final[JsonDict] = {PRIVATE_MARK: True}

# No text may hold a NUL: no database would keep it.
TEXT: Final = r"^[^\u0000]*$"
# Far above any real number, and what an integer column of four bytes holds.
GREATEST: Final = 2_147_483_647

# Any deadline can be computed from such a day. JSON Schema cannot compare days: the pattern tells it.
DAY: Final = "^(19|20|21)[0-9]{2}-[0-9]{2}-[0-9]{2}$"


def _day(value: Any) -> Any:
    """A text is read here: pydantic alone would also take a number of seconds."""
    if not isinstance(value, str):
        return value
    try:
        if re.fullmatch(DAY, value):
            return date.fromisoformat(value)
    except ValueError:
        pass
    raise PydanticKnownError("date_parsing", {"error": "not year-month-day, from 1900 to 2199"})


# Ids chosen by a partner live inside that partner's name space: it cannot even name what is another's.
LocalId: TypeAlias = Annotated[str, StringConstraints(pattern=r"^[A-Za-z0-9][A-Za-z0-9._-]*$", max_length=64)]
# Ids given by the SIAO.
Id: TypeAlias = Annotated[str, StringConstraints(pattern=r"^[A-Za-z0-9/._-]+$", max_length=220)]
Article: TypeAlias = Annotated[str, StringConstraints(min_length=1, max_length=80, pattern=TEXT)]
Name: TypeAlias = Annotated[str, StringConstraints(min_length=1, max_length=200, pattern=TEXT)]
# A revision or a version: grows.
Revision: TypeAlias = Annotated[int, Field(ge=1, le=GREATEST)]
Day: TypeAlias = Annotated[date, BeforeValidator(_day), Field(json_schema_extra={"pattern": DAY})]
Instant: TypeAlias = AwareDatetime
PrivateText: TypeAlias = Annotated[
    str, StringConstraints(min_length=3, max_length=4000, pattern=TEXT), Field(json_schema_extra=PRIVATE)
]
# A family or given name: one letter is a name.
PersonName: TypeAlias = Annotated[
    str, StringConstraints(min_length=1, max_length=100, pattern=TEXT), Field(json_schema_extra=PRIVATE)
]
# A phone number or the number of a housing application.
PrivateNumber: TypeAlias = Annotated[
    str, StringConstraints(min_length=3, max_length=30, pattern=TEXT), Field(json_schema_extra=PRIVATE)
]

__all__ = [
    "GREATEST",
    "PRIVATE",
    "PRIVATE_MARK",
    "TEXT",
    "Article",
    "Commune",
    "Day",
    "Id",
    "Instant",
    "LocalId",
    "Name",
    "PartnerId",
    "PersonName",
    "PrivateNumber",
    "PrivateText",
    "Revision",
    "SiaoCode",
]
