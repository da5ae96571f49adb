"""What a rejection says, whatever its reason."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Rejection:
    """What a sender reads. `fr` and `en` say what happened and what to do, in one or two sentences."""

    code: str
    fr: str
    en: str
