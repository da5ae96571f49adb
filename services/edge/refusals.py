"""Every reason for which the edge itself refuses a request: a stable code, a status, what to do, in two languages.

What a message says is never judged here: that is the services' part, with the codes of `contracts.rejections`.
"""

from dataclasses import dataclass
from typing import Any, Final

from contracts.rejections import REJECTIONS


@dataclass(frozen=True, slots=True)
class Reason:
    """A code with its HTTP status. `fr`, `en`: what happened and what to do."""

    code: str
    status: int
    fr: str
    en: str


_OWN: Final = (
    Reason(
        "parameter-invalid",
        400,
        "Un paramètre de l'adresse est inconnu ou faux. Corrigez celui que `path` désigne.",
        "A parameter of the address is unknown or wrong. Correct the one that `path` names.",
    ),
    Reason(
        "type-differs",
        400,
        "L'en-tête ce-type ne dit pas le même type que l'adresse. Retirez-le, ou corrigez l'un des deux.",
        "The header ce-type does not say the same type as the address. Leave it out, or correct one of them.",
    ),
    Reason(
        "cursor-invalid",
        400,
        "Ce curseur n'est pas de nous. Reprenez celui que nous vous avons donné, sans le changer.",
        "This cursor is not one of ours. Use the one that we gave you, unchanged.",
    ),
    Reason(
        "token-missing",
        401,
        "Le jeton manque. Envoyez l'en-tête Authorization: Bearer <votre jeton>.",
        "The token is missing. Send the header Authorization: Bearer <your token>.",
    ),
    Reason(
        "token-unknown",
        401,
        "Ce jeton n'ouvre rien : faux, remplacé ou retiré. Demandez le vôtre à l'opérateur du SIAO.",
        "This token opens nothing: wrong, replaced or taken back. Ask the SIAO's operator for yours.",
    ),
    Reason(
        "token-expired",
        401,
        "Ce jeton n'est plus valable. Utilisez celui qui l'a remplacé, ou demandez-en un à l'opérateur du SIAO.",
        "This token has expired. Use the one that replaced it, or ask the SIAO's operator for one.",
    ),
    Reason(
        "list-not-yours",
        403,
        "Votre rôle ne reçoit pas cette liste. Vérifiez votre inscription auprès de l'opérateur du SIAO.",
        "Your role does not receive this list. Check your registration with the SIAO's operator.",
    ),
    Reason(
        "page-unknown",
        404,
        "Il n'y a rien à cette adresse. Voyez /docs.",
        "There is nothing at this address. See /docs.",
    ),
    Reason(
        "method-unknown",
        405,
        "Cette adresse ne se lit pas ou ne s'écrit pas ainsi. L'en-tête Allow dit comment ; voyez /docs.",
        "This address is not used so. The header Allow says how; see /docs.",
    ),
    Reason(
        "answer-not-acceptable",
        406,
        "Nous ne savons pas répondre sous cette forme. Voyez /docs pour les valeurs d'Accept.",
        "We cannot answer in that form. See /docs for the values of Accept.",
    ),
    Reason(
        "body-slow",
        408,
        "Le contenu est arrivé trop lentement. Envoyez le même message avec le même ce-id.",
        "The body came too slowly. Send the same message again with the same ce-id.",
    ),
    Reason(
        "cursor-expired",
        410,
        "Ce curseur désigne des avis qui ne sont plus gardés, ou qui n'existent pas : certains ont pu vous échapper. "
        "Reprenez à `continue_with`, et comparez votre copie avec le SIAO.",
        "This cursor is of notices that are not kept any more, or do not exist: you may have missed some. Go on from "
        "`continue_with`, and compare your copy with the SIAO.",
    ),
    Reason(
        "body-too-large",
        413,
        "Le contenu dépasse 62 Kio. Aucun message légitime n'est aussi grand : vérifiez ce que vous envoyez.",
        "The body is larger than 62 KiB. No legitimate message is: check what you send.",
    ),
    Reason(
        "media-type-unknown",
        415,
        "Envoyez du JSON (Content-Type: application/json), ou un CloudEvent (application/cloudevents+json) sur "
        "/v1/messages.",
        "Send JSON (Content-Type: application/json), or a CloudEvent (application/cloudevents+json) to /v1/messages.",
    ),
    Reason(
        "encoding-unknown",
        415,
        "Le contenu est compressé. Envoyez-le tel quel, sans Content-Encoding.",
        "The body is compressed. Send it as it is, without Content-Encoding.",
    ),
    Reason(
        "rate-exceeded",
        429,
        "Trop de requêtes. Attendez le nombre de secondes de Retry-After.",
        "Too many requests. Wait for the seconds of Retry-After.",
    ),
    Reason(
        "tokens-refused",
        429,
        "Trop de jetons refusés de votre adresse. Vérifiez le jeton, puis attendez les secondes de Retry-After.",
        "Too many tokens were refused from your address. Check the token, then wait for the seconds of Retry-After.",
    ),
    Reason(
        "waits-exceeded",
        429,
        "Trop de vos requêtes attendent en même temps. Gardez un seul flux, ou une seule lecture longue, par logiciel.",
        "Too many of your requests wait at the same time. Keep one stream, or one long poll, for each program.",
    ),
    Reason(
        "edge-failed",
        500,
        "La requête a échoué par notre faute. Renvoyez-la avec le même ce-id ; si cela dure, appelez le SIAO.",
        "The request failed by our fault. Send it again with the same ce-id; if it lasts, call the SIAO.",
    ),
    Reason(
        "broker-unreachable",
        503,
        "Le SIAO ne peut ni lire ni écrire à présent. Renvoyez la même requête, avec le même ce-id, après Retry-After.",
        "The SIAO cannot read or write now. Send the same request, with the same ce-id, after Retry-After.",
    ),
)
# Codes of the contract that the edge uses too: faults of the envelope, which it writes itself.
_SHARED: Final = {
    "envelope-missing": 400,
    "header-unreadable": 400,
    "id-invalid": 400,
    "time-invalid": 400,
    "body-empty": 400,
    "body-not-json": 400,
    "body-duplicate-key": 400,
    "source-forged": 400,
    "role-not-entitled": 403,
    "type-unknown": 404,
}
REASONS: Final = {reason.code: reason for reason in _OWN} | {
    code: Reason(code, status, REJECTIONS[code].fr, REJECTIONS[code].en) for code, status in _SHARED.items()
}


class Refused(Exception):
    """A request that we do not take.

    code: a key of REASONS; path: which header, parameter or field; retry: seconds after which to try again;
    facts: machine facts that go into the answer beside the texts.
    """

    def __init__(self, code: str, path: str = "", retry: float | None = None, **facts: Any) -> None:
        super().__init__(code)
        self.reason, self.path, self.retry, self.facts = REASONS[code], path, retry, facts

    def body(self) -> dict[str, Any]:
        """What its sender reads."""
        place = {"path": self.path} if self.path else {}
        texts = {"text_fr": self.reason.fr, "text_en": self.reason.en}
        return {"code": self.reason.code, **place, **self.facts, **texts}
