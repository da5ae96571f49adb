"""Why what is said on the way from the list of ready households to a lease is rejected."""

from typing import Final

from contracts.rejection import Rejection

OF_HOUSING: Final = (
    Rejection(
        "landlord-unknown",
        "Aucun bailleur portant cet identifiant n'a ce ménage sur sa liste des ménages prêts. Corrigez le bailleur.",
        "No bailleur with this id has this household on its list of ready households. Correct the landlord.",
    ),
    Rejection(
        "lease-not-sliding",
        "Ce séjour n'est pas une sous-location avec bail glissant.",
        "This stay is not a sub-letting whose lease is to slide (bail glissant).",
    ),
    Rejection(
        "place-landlord-unknown",
        "Aucun bailleur partenaire du SIAO ne porte cet identifiant. Corrigez-le, ou retirez ce champ.",
        "No bailleur that is a partner of this SIAO has this id. Correct it, or leave the field out.",
    ),
    Rejection(
        "dwelling-already-proposed",
        "Ce logement est déjà proposé à ce ménage.",
        "This dwelling is already proposed to this household.",
    ),
    Rejection(
        "household-attributed",
        "Un logement est déjà attribué à ce ménage : il n'en attend pas d'autre.",
        "A dwelling is already attributed to this household: it awaits no other.",
    ),
    Rejection(
        "proposal-unknown",
        "Ce logement n'est pas (ou plus) proposé à ce ménage, ou votre CALEOL n'a pas à en décider.",
        "This dwelling is not (or no longer) proposed to this household, or is not for your CALEOL to decide.",
    ),
    Rejection(
        "caleol-reason-missing",
        "Une décision qui n'attribue pas le logement est motivée. Ajoutez le motif.",
        "A decision that does not attribute the dwelling has a reason. Add it.",
    ),
)
