"""The versions of a projet d'établissement: which one is in force on a day, which are to come; refuses an older one."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Final

from contracts.event import Refusal
from contracts.fields import PartnerId
from contracts.offers import ProjetRegistered
from contracts.rules import Rule
from contracts.vacancies import ProjetEtablissement
from services.chassis.kept import Kept


@dataclass(frozen=True, slots=True)
class Policy:
    """A choice that each SIAO may make otherwise, with its origin."""

    value: bool
    origin: str
    by_siao: Mapping[str, bool] = field(default_factory=dict)

    def of(self, siao: str) -> bool:
        """What holds in a SIAO."""
        return self.by_siao.get(siao, self.value)


# No text that was read says whether a projet d'établissement binds the SIAO before it is approved: it does, as it
# always did here, and each proof says whether the version was approved. Where it does not, the last approved version
# stays; a structure without any has the rules that it published, since without rules it would have to take anybody.
UNAPPROVED_APPLIES: Final = Policy(True, "assumption: as it was before approvals were known")


class Projet(Kept):
    """A version. `approved_by`: the operator or préfecture that approved it, with the day and number it gave."""

    version: int
    effective_from: date
    rules: tuple[Rule, ...]
    approved_by: PartnerId | None = None
    approved_on: date | None = None
    reference: str | None = None

    @property
    def registered(self) -> ProjetRegistered:
        """What is said of it."""
        return ProjetRegistered(
            version=self.version,
            effective_from=self.effective_from,
            rules=self.rules,
            approved_by=self.approved_by,
        )


@dataclass(frozen=True, slots=True)
class Versions:
    """The versions of one structure, as they stand on a day. `applies`: the policy on those not approved."""

    all: tuple[Projet, ...]
    today: date
    applies: bool

    @property
    def in_force(self) -> Projet:
        """The highest version that has begun; before any has, the first to begin: rules are never wanting."""
        binding = self._binding
        begun = [projet for projet in binding if projet.effective_from <= self.today]
        if begun:
            return max(begun, key=lambda projet: projet.version)
        return min(binding, key=lambda projet: (projet.effective_from, projet.version))

    @property
    def to_come(self) -> tuple[Projet, ...]:
        """Those that will apply on a later day, the next first."""
        present = self.in_force
        later = [p for p in self._binding if p.effective_from > self.today and p.version > present.version]
        return tuple(sorted(later, key=lambda projet: (projet.effective_from, projet.version)))

    @property
    def kept(self) -> tuple[Projet, ...]:
        """Those that can still apply, now or later, or by an approval."""
        present = self.in_force
        return tuple(projet for projet in self.all if projet is present or projet.version > present.version)

    @property
    def _binding(self) -> tuple[Projet, ...]:
        approved = tuple(projet for projet in self.all if projet.approved_by is not None)
        return self.all if self.applies or not approved else approved


def with_version(known: tuple[Projet, ...], event: ProjetEtablissement) -> tuple[Projet, ...]:
    """The versions after a description. The same number again replaces it; unchanged, it keeps its approval.

    Raises Refusal revision-stale for a lower number than the last.
    """
    last = max((projet.version for projet in known), default=0)
    if event.version < last:
        raise Refusal("revision-stale", "$.projet.version", f"known={last}")
    told = Projet(version=event.version, effective_from=event.effective_from, rules=event.rules)
    for projet in known:
        if (projet.version, projet.effective_from, projet.rules) == (told.version, told.effective_from, told.rules):
            return known
    return (*(projet for projet in known if projet.version != told.version), told)


def with_approval(
    known: tuple[Projet, ...], version: int, by: PartnerId, on: date, reference: str | None
) -> tuple[Projet, ...]:
    """The versions after an approval; the last one counts. Raises Refusal projet-unknown."""
    if all(projet.version != version for projet in known):
        raise Refusal("projet-unknown", "$.version")
    approval = {"approved_by": by, "approved_on": on, "reference": reference}
    return tuple(projet.model_copy(update=approval) if projet.version == version else projet for projet in known)
