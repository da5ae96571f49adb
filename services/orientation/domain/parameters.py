"""What a SIAO may set for each type of offer; no source gives a value, each is an assumption and says so."""

from collections.abc import Mapping
from typing import Final

from contracts.codes import OfferType

# How many households are named, in order, after the one designated: a manager of logement adapté interviews, refuses
# and is proposed another more often than a shelter (assumption; monsuivisocial and boston-cas work with short lists).
# One only is designated at a time: the list is shown to the operator, and gives no right. Hébergement: none.
SHORTLISTS: Final[Mapping[OfferType, int]] = {
    OfferType.RESIDENCE_SOCIALE: 3,
    OfferType.PENSION_DE_FAMILLE: 3,
    OfferType.RESIDENCE_ACCUEIL: 3,
    OfferType.FJT: 3,
    OfferType.FTM: 3,
    OfferType.RHVS: 3,
    OfferType.IML_SOUS_LOCATION: 3,
    OfferType.IML_BAIL_GLISSANT: 3,
    OfferType.IML_MANDAT: 3,
}


def shortlist_of(offer_type: OfferType) -> int:
    """How many households a designation of this type names after the one designated."""
    return SHORTLISTS.get(offer_type, 0)
