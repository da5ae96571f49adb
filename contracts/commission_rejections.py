"""Why what is said of the commission is rejected."""

from typing import Final

from contracts.rejection import Rejection

OF_THE_COMMISSION: Final = (
    Rejection(
        "offer-type-not-governed",
        "La commission ne régit que des types d'offre du logement de transition. Retirez ce type.",
        "The commission governs types of logement de transition only. Remove this type.",
    ),
    Rejection(
        "member-unknown",
        "Ce partenaire n'est pas un membre : il n'est pas inscrit activement à ce SIAO, ou pas au règlement.",
        "This partner is no member: it is not active in this SIAO's register, or not in the règlement.",
    ),
    Rejection(
        "quorum-too-high",
        "Le quorum dépasse le nombre de membres. Baissez-le, ou ajoutez des membres.",
        "The quorum is above the number of members. Lower it, or add members.",
    ),
    Rejection(
        "commission-unknown",
        "Aucune commission ne régit de type d'offre. Envoyez d'abord commission.instituted.v1.",
        "No commission governs any type of offer. Send commission.instituted.v1 first.",
    ),
    Rejection(
        "session-day-impossible",
        "Ce jour n'est pas possible : séance passée, gel après la séance, ou procès-verbal avant la séance.",
        "This day is not possible: a session in the past, a freeze after it, or minutes before it.",
    ),
    Rejection(
        "session-not-expecting",
        "Cette séance est inconnue, ou son ordre du jour n'attend pas cela : pas encore gelé, déjà gelé, ou clos.",
        "This session is unknown, or its agenda does not expect this: not frozen yet, frozen already, or closed.",
    ),
    Rejection(
        "item-unknown",
        "Cette vacance n'est pas à l'ordre du jour de cette séance.",
        "This vacancy is not on the agenda of this session.",
    ),
    Rejection(
        "opinion-not-member",
        "Vous n'êtes pas membre de la commission. L'opérateur du SIAO tient la liste de son règlement.",
        "You are no member of the commission. The SIAO's operator keeps the list of its règlement.",
    ),
    Rejection(
        "opinion-recused",
        "Cette place est de votre propre structure : vous ne donnez pas d'avis sur ce point.",
        "This place is in your own structure: you give no opinion on this item.",
    ),
    Rejection(
        "deviation-unexplained",
        "Cette décision s'écarte de la proposition. Donnez un motif (reason) et un argument.",
        "This decision departs from the proposal. Give a reason and an argument.",
    ),
    Rejection(
        "household-decided-elsewhere",
        "Cette séance a déjà décidé d'une autre place pour ce ménage. Revenez d'abord sur cette décision.",
        "This session has decided another place for this household already. Change that decision first.",
    ),
    Rejection(
        "holder-not-entitled",
        "Ce partenaire ne peut pas détenir de contingent : réservataire, bailleur, collectivité ou préfecture du SIAO.",
        "This partner cannot hold a contingent: a réservataire, bailleur, collectivité or préfecture of the SIAO can.",
    ),
    Rejection(
        "quota-exhausted",
        "Ce détenteur n'a plus de place de son contingent dans cette structure, ou n'en a jamais eu.",
        "This holder has no place left of its contingent in this structure, or never had one.",
    ),
    Rejection(
        "quorum-not-reached",
        "Le quorum n'est pas atteint : rien n'a été décidé. Convoquez une autre séance ou complétez les présents.",
        "The quorum is not reached: nothing was decided. Complete those present, or hold the session again.",
    ),
)
