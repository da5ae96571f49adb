"""Every reason for which a message is rejected: a stable code, what happened and what to do, in French and English."""

from typing import Final

from contracts.commission_rejections import OF_THE_COMMISSION
from contracts.housing_rejections import OF_HOUSING
from contracts.rejection import Rejection
from contracts.request_rejections import OF_REFRESHES

_ALL: Final = (
    Rejection(
        "envelope-missing",
        "L'enveloppe CloudEvents est incomplète. Envoyez ce_id, ce_type, ce_source et ce_time en en-têtes Kafka.",
        "The CloudEvents envelope is incomplete. Send ce_id, ce_type, ce_source and ce_time as Kafka headers.",
    ),
    Rejection(
        "header-unreadable",
        "Un en-tête n'est pas du texte lisible. Encodez les en-têtes ce_* en UTF-8, sans caractère de contrôle.",
        "A header is not readable text. Encode the ce_* headers in UTF-8, without control characters.",
    ),
    Rejection(
        "id-invalid",
        "ce_id doit être un texte imprimable de 1 à 128 caractères, différent pour chaque message.",
        "ce_id must be a printable text of 1 to 128 characters, different for each message.",
    ),
    Rejection(
        "id-reused",
        "Ce ce_id a déjà servi pour un autre contenu. Donnez un nouvel identifiant à chaque nouveau message.",
        "This ce_id was already used for another content. Give each new message a new id.",
    ),
    Rejection(
        "time-invalid",
        "ce_time doit être un instant ISO 8601 avec fuseau, par exemple 2026-11-24T08:00:00Z.",
        "ce_time must be an ISO 8601 instant with its zone, for example 2026-11-24T08:00:00Z.",
    ),
    Rejection(
        "source-forged",
        "ce_source ne désigne pas le partenaire à qui appartient ce topic. Utilisez /partners/<votre identifiant>.",
        "ce_source is not the partner this topic belongs to. Use /partners/<your id>.",
    ),
    Rejection(
        "partner-unknown",
        "Ce partenaire n'est plus inscrit au registre du SIAO. Contactez l'opérateur du SIAO.",
        "This partner is not (or no longer) in the SIAO's register. Contact the SIAO's operator.",
    ),
    Rejection(
        "type-unknown",
        "Ce type ou cette version de message n'existe pas sur ce topic. Voyez la table des messages du contrat.",
        "This message type or version does not exist on this topic. See the contract's table of messages.",
    ),
    Rejection(
        "role-not-entitled",
        "Votre rôle ne permet pas d'envoyer ce message. Vérifiez votre inscription auprès de l'opérateur du SIAO.",
        "Your role may not send this message. Check your registration with the SIAO's operator.",
    ),
    Rejection(
        "body-empty",
        "Le message n'a pas de contenu. Envoyez un objet JSON.",
        "The message has no content. Send a JSON object.",
    ),
    Rejection(
        "body-not-json",
        "Le contenu n'est pas du JSON valide en UTF-8.",
        "The content is not valid JSON in UTF-8.",
    ),
    Rejection(
        "body-duplicate-key",
        "Une clé JSON figure deux fois dans le même objet. Gardez-en une seule.",
        "A JSON key appears twice in the same object. Keep one of them.",
    ),
    Rejection(
        "body-invalid",
        "Le contenu ne respecte pas le schéma du contrat, à l'endroit indiqué. Corrigez ce champ et renvoyez.",
        "The content does not follow the contract's schema, at the path given. Correct this field and send again.",
    ),
    Rejection(
        "internal",
        "Le message est conservé mais n'a pas pu être traité par notre faute. L'exploitant en est averti.",
        "The message is kept but could not be handled, by our fault. The operators are alerted.",
    ),
    Rejection(
        "out-of-scope-emergency",
        "L'hébergement d'urgence n'est pas demandé ici. Adressez-vous au 115.",
        "Emergency shelter is not requested here. Contact the 115.",
    ),
    Rejection(
        "out-of-scope-asylum",
        "Le dispositif national d'accueil n'est pas demandé ici. Adressez-vous à l'OFII.",
        "The asylum scheme is not requested here. Contact the OFII.",
    ),
    Rejection(
        "revision-stale",
        "Une version plus récente de cet objet est déjà enregistrée. Augmentez le numéro de révision.",
        "A more recent version of this object is already recorded. Increase its revision number.",
    ),
    Rejection(
        "structure-unknown",
        "Cette structure n'est pas décrite. Envoyez d'abord structure.described.v1.",
        "This structure is not described. Send structure.described.v1 first.",
    ),
    Rejection(
        "place-unknown",
        "Cette place n'existe pas dans la description de la structure. Mettez la description à jour.",
        "This place is not in the structure's description. Update the description first.",
    ),
    Rejection(
        "place-occupied",
        "Un ménage occupe cette place. Envoyez d'abord household.left.v1.",
        "A household lives in this place. Send household.left.v1 first.",
    ),
    Rejection(
        "vacancy-already-open",
        "Cette place est déjà déclarée vacante.",
        "This place is already declared vacant.",
    ),
    Rejection(
        "vacancy-not-open",
        "Cette place n'est pas déclarée vacante.",
        "This place is not declared vacant.",
    ),
    Rejection(
        "sequence-stale",
        "Un message plus récent sur cette place est déjà enregistré. Augmentez le numéro de séquence.",
        "A more recent message about this place is already recorded. Increase its sequence number.",
    ),
    Rejection(
        "place-unavailable",
        "Cette place est déclarée indisponible. Envoyez d'abord place.available.v1.",
        "This place is declared unavailable. Send place.available.v1 first.",
    ),
    Rejection(
        "place-not-unavailable",
        "Cette place n'est pas déclarée indisponible.",
        "This place is not declared unavailable.",
    ),
    Rejection(
        "places-not-enough",
        "Ce groupe n'a pas autant de places dans cet état. Rien n'a été fait : corrigez le nombre.",
        "This group has not so many places in that state. Nothing was done: correct the count.",
    ),
    Rejection(
        "places-too-many",
        "Une structure décrit au plus 1 000 places, et le nom d'un groupe doit laisser place à leurs numéros.",
        "A structure describes 1,000 places at most, and a group's name must leave room for their numbers.",
    ),
    Rejection(
        "regime-not-of-type",
        "Ce régime n'est pas possible pour ce type d'offre : seule l'ALT relève de l'un ou de l'autre.",
        "This regime is not possible for this type of offer: only ALT is of either.",
    ),
    Rejection(
        "projet-unknown",
        "Cette structure n'a pas de projet d'établissement de cette version, en vigueur ou à venir.",
        "This structure has no projet d'établissement of this version, in force or to come.",
    ),
    Rejection(
        "place-repeated",
        "Deux places portent le même identifiant. Donnez un identifiant à chacune.",
        "Two places have the same id. Give each its own.",
    ),
    Rejection(
        "rule-unsatisfiable",
        "Personne ne peut satisfaire cette règle avec celles qui la précèdent, dans une place de la structure."
        " Corrigez-la.",
        "Nobody can satisfy this rule together with those before it, in a place of the structure. Correct it.",
    ),
    Rejection(
        "lead-applicant-not-one",
        "Le ménage doit avoir exactement un demandeur principal.",
        "The household must have exactly one lead applicant.",
    ),
    Rejection(
        "applicant-disagrees",
        "La personne n'a pas donné son accord. La demande ne peut pas être enregistrée.",
        "The applicant does not agree. The request cannot be registered.",
    ),
    Rejection(
        "request-unknown",
        "Vous n'avez pas de demande portant cet identifiant.",
        "You have no request with this id.",
    ),
    Rejection(
        "request-closed",
        "Cette demande est close.",
        "This request is closed.",
    ),
    Rejection(
        "household-not-hosted",
        "Ce ménage n'est pas hébergé par votre structure.",
        "This household is not hosted by your structure.",
    ),
    Rejection(
        "stay-already-known",
        "Un séjour portant cet identifiant, ou un séjour de ce ménage ou dans cette place, est déjà enregistré.",
        "A stay with this id, or of this household or in this place, is already recorded.",
    ),
    Rejection(
        "household-not-ready",
        "Ce ménage n'est pas (ou plus) sur votre liste des ménages prêts.",
        "This household is not (or no longer) on your list of ready households.",
    ),
    Rejection(
        "designation-unknown",
        "Aucune désignation portant cet identifiant ne vous concerne.",
        "No designation with this id concerns you.",
    ),
    Rejection(
        "designation-not-expecting",
        "Cette désignation n'attend pas cette réponse dans son état actuel.",
        "This designation does not expect this answer in its present state.",
    ),
    Rejection(
        "judge-not-entitled",
        "Ce refus n'est pas à juger par vous, ou pas ainsi. L'opérateur juge ou transmet ; la préfecture juge ce qui"
        " lui est transmis, et ne le transmet pas.",
        "This refusal is not yours to judge, or not so. The operator judges or escalates; the préfecture judges what"
        " is escalated to it, and does not escalate.",
    ),
    Rejection(
        "overruled-too-often",
        "Les refus de cette désignation ont été écartés autant de fois que possible. Retenez le refus, ou"
        " transmettez-le à la préfecture.",
        "The refusals of this designation have been overruled as often as possible. Uphold it, or escalate it.",
    ),
    Rejection(
        "prefecture-unknown",
        "Aucune préfecture active n'est inscrite au registre de ce SIAO. Contactez l'opérateur du SIAO.",
        "No active préfecture is in this SIAO's register. Contact the SIAO's operator.",
    ),
    Rejection(
        "interview-out-of-bounds",
        "La date de l'entretien est passée, à venir pour un entretien tenu, ou trop lointaine. Donnez-en une autre.",
        "The day of the interview is past, to come for one that was held, or too far away. Give another.",
    ),
    Rejection(
        "chrs-only",
        "Ce message ne concerne que les centres d'hébergement et de réinsertion sociale (CASF R345-4).",
        "This message is for centres d'hébergement et de réinsertion sociale only (CASF R345-4).",
    ),
    Rejection(
        "admission-unknown",
        "Aucune admission ou prolongation portant cet identifiant ne vous est soumise.",
        "No admission or extension with this id is before you.",
    ),
    Rejection(
        "admission-not-expecting",
        "Cette admission ou prolongation a déjà sa réponse, ou une autre est déjà soumise au préfet.",
        "This admission or extension has its answer already, or another one is before the préfet.",
    ),
    Rejection(
        "day-out-of-stay",
        "Ce jour n'est pas possible pour ce séjour : avant l'entrée, ou à venir pour un bilan fait, ou déjà couvert"
        " pour une prolongation. Corrigez-le.",
        "This day is not possible for this stay: before the entry, or to come for a review that was made, or already"
        " covered for an extension. Correct it.",
    ),
    Rejection(
        "request-not-of-household",
        "La demande citée n'est pas une demande ouverte de ces personnes : le demandeur principal doit être le même."
        " Corrigez-la, ou ne la citez pas.",
        "The request named is not an open request of these people: the lead applicant must be the same. Correct it, or"
        " do not name it.",
    ),
    Rejection(
        "request-not-waiting",
        "Cette demande n'est pas en attente : incomplète, ajournée ou à renvoyer. Son prescripteur la renvoie d'abord.",
        "This request does not wait: incomplete, adjourned, or to be sent again. Its prescriber sends it again first.",
    ),
    Rejection(
        "household-designated",
        "Ce ménage a déjà une désignation en cours. Annulez-la d'abord, ou attendez son issue.",
        "This household has a designation under way already. Cancel it first, or await its outcome.",
    ),
    Rejection(
        "rule-excludes",
        "Une règle exclut ce ménage de cette place ; le détail la nomme. Citez-la dans overrides, avec vos raisons.",
        "A rule keeps this household out of this place; the detail names it. Name it in overrides, with your reasons.",
    ),
    Rejection(
        "article-unknown",
        "L'article cité ne figure pas dans votre projet d'établissement en vigueur.",
        "The article cited is not in your projet d'établissement in force.",
    ),
    Rejection(
        "stay-unknown",
        "Aucun séjour en cours de ce ménage dans votre structure.",
        "This household has no stay under way in your structure.",
    ),
    *OF_THE_COMMISSION,
    *OF_REFRESHES,
    *OF_HOUSING,
)
REJECTIONS: Final = {rejection.code: rejection for rejection in _ALL}
