"""What the doctor finds: one line each, green or red; a red one without a remedy cannot be made."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Finding:
    """subject: what was looked at; fr, en: what was seen; remedy_fr, remedy_en: what to do, None when all is well."""

    subject: str
    fr: str
    en: str
    remedy_fr: str | None = None
    remedy_en: str | None = None

    @property
    def well(self) -> bool:
        """Whether nothing is to be done."""
        return self.remedy_fr is None


def well(subject: str, fr: str, en: str) -> Finding:
    """A green line."""
    return Finding(subject, fr, en)


def ill(subject: str, fr: str, en: str, *, remedy_fr: str, remedy_en: str) -> Finding:
    """A red line with its remedy."""
    return Finding(subject, fr, en, remedy_fr, remedy_en)
