"""Every deadline and limit, of the law or of the SIAO's own making, as data with its origin; and how days are counted.

What no source confirms is a parameter like the others, and says so. It holds no rule that is not a number: what a
deadline brings about is decided by the services.
"""

from calendar import monthrange
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from enum import StrEnum
from typing import Final

from contracts.codes import MediationKind, OfferType, Regime


class Unit(StrEnum):
    """What a limit is counted in."""

    DAYS = "days"
    WEEKS = "weeks"
    MONTHS = "months"
    TIMES = "times"


@dataclass(frozen=True, slots=True)
class Limit:
    """One deadline or limit. `by_siao`: départements where its value differs; `confirmed`: a source says so."""

    id: str
    value: int
    unit: Unit
    fr: str
    en: str
    origin: str
    confirmed: bool = False
    by_siao: Mapping[str, int] = field(default_factory=dict)

    def of(self, siao: str = "") -> int:
        """Its value in a département."""
        return self.by_siao.get(siao, self.value)

    def after(self, day: date, siao: str = "") -> date:
        """The last day of a delay that begins on `day`. Raises ValueError for what is not a delay."""
        return self._shifted(day, self.of(siao))

    def before(self, day: date, siao: str = "") -> date:
        """The day that comes this long before another. Raises ValueError for what is not a delay."""
        return self._shifted(day, -self.of(siao))

    def later(self, instant: datetime, siao: str = "") -> datetime:
        """The instant that comes this long after another. Raises ValueError for what is not counted in days."""
        if self.unit not in (Unit.DAYS, Unit.WEEKS):
            raise ValueError(f"{self.id} is not counted in days")
        return instant + timedelta(days=self.of(siao) * (7 if self.unit is Unit.WEEKS else 1))

    def _shifted(self, day: date, count: int) -> date:
        match self.unit:
            case Unit.DAYS:
                return day + timedelta(days=count)
            case Unit.WEEKS:
                return day + timedelta(weeks=count)
            case Unit.MONTHS:
                return months_after(day, count)
            case Unit.TIMES:
                raise ValueError(f"{self.id} is not a delay")


def months_after(day: date, months: int) -> date:
    """The same day of another month, or that month's last day when it has no such day."""
    year, month = divmod(day.year * 12 + day.month - 1 + months, 12)
    return date(year, month + 1, min(day.day, monthrange(year, month + 1)[1]))


# Six months instead of three: Île-de-France and outre-mer. The criterion of agglomerations above 300 000 inhabitants,
# and its end, are not confirmed by a source: a département that it concerns is added here.
_SIX_MONTHS: Final = dict.fromkeys(
    ("75", "77", "78", "91", "92", "93", "94", "95", "971", "972", "973", "974", "976"), 6
)
_R345_4: Final = "CASF art. R345-4"
_CE_2020: Final = "CE 8 Oct 2020 n° 431618"

REFRESH_PERIOD: Final = Limit(
    "refresh_period", 6, Unit.MONTHS,
    "Une demande en attente est actualisée, sinon elle quitte les listes, au moins tous les",
    "A request that waits is refreshed or leaves the lists, at least every",
    "assumption; SIAO 05 asks for it and no period was read",
)  # fmt: skip
REFRESH_REMINDER: Final = Limit(
    "refresh_reminder", 30, Unit.DAYS,
    "Le prescripteur est prévenu de l'actualisation, avant son échéance", "A prescriber is told before it is due",
    "assumption",
)  # fmt: skip
ANSWER_REMINDER: Final = Limit(
    "answer_reminder", 7, Unit.DAYS,
    "La structure n'a pas répondu à une désignation : elle est relancée", "A silent structure is reminded",
    "assumption; a value seen in boston-cas",
)  # fmt: skip
ANSWER_EXPIRY: Final = Limit(
    "answer_expiry", 10, Unit.DAYS,
    "Sans réponse de la structure, la désignation expire", "Without an answer, the designation expires",
    "assumption: silence beyond ten days",
)  # fmt: skip
INTERVIEW_LATEST: Final = Limit(
    "interview_latest", 30, Unit.DAYS,
    "Dernier jour possible d'un entretien, à compter de la désignation", "Latest day of an interview, from designation",
    "assumption",
)  # fmt: skip
INTERVIEW_ANSWER: Final = Limit(
    "interview_answer", 3, Unit.DAYS,
    "Réponse après l'entretien, sinon la désignation expire", "Answer after the interview, or the designation expires",
    "72 hours seen in Missouri (ICA)",
)  # fmt: skip
ENTRY_REMINDER: Final = Limit(
    "entry_reminder", 7, Unit.DAYS,
    "L'entrée convenue n'est pas annoncée : la structure est relancée", "An entry not told: the structure is reminded",
    "assumption",
)  # fmt: skip
ENTRY_EXPIRY: Final = Limit(
    "entry_expiry", 3, Unit.MONTHS,
    "Le ménage n'est pas entré : la désignation expire par son silence", "The household has not entered: it expires",
    "SIAO 05: a household that does not contact the structure within 3 months",
)  # fmt: skip
JUDGEMENT_REMINDER: Final = Limit(
    "judgement_reminder", 5, Unit.DAYS,
    "Un refus attend son jugement : celui qui doit juger est relancé", "A refusal unjudged: its judge is reminded",
    "assumption",
)  # fmt: skip
OVERRULE_LIMIT: Final = Limit(
    "overrule_limit", 3, Unit.TIMES,
    "Refus non retenus d'une même désignation ; au-delà, l'opérateur retient ou transmet à la préfecture",
    "Times that refusals of one designation are overruled; then the operator upholds or escalates",
    "Allegheny",
)  # fmt: skip
COOLING_OFF: Final = Limit(
    "cooling_off", 60, Unit.DAYS,
    "Après un refus retenu, le ménage n'est pas désigné à la même structure, sauf nouvelle évaluation",
    "After a refusal that counts, the household is not designated to that structure, unless evaluated anew",
    "assumption; a value seen in boston-cas (parking after a refusal)",
)  # fmt: skip
PREFET_SILENCE: Final = Limit(
    "prefet_silence", 1, Unit.MONTHS,
    "Silence du préfet sur une admission en CHRS : elle est réputée acceptée",
    "The préfet's silence on an admission to a CHRS: deemed accepted",
    _R345_4, True,
)  # fmt: skip
EXTENSION_SILENCE: Final = Limit(
    "extension_silence", 1, Unit.MONTHS,
    "Silence du préfet sur une prolongation en CHRS : elle est réputée acceptée",
    "The préfet's silence on an extension in a CHRS: deemed accepted",
    _R345_4, True,
)  # fmt: skip
REVIEW_PERIOD: Final = Limit(
    "review_period", 6, Unit.MONTHS,
    "Bilan de la situation du ménage accueilli en CHRS, au moins tous les", "Review of a CHRS stay, at least every",
    _R345_4, True,
)  # fmt: skip
REVIEW_REMINDER: Final = Limit(
    "review_reminder", 30, Unit.DAYS,
    "La structure est prévenue du bilan, avant son échéance", "The structure is told of a review before it is due",
    "assumption",
)  # fmt: skip
EXTENSION_REQUEST: Final = Limit(
    "extension_request", 1, Unit.MONTHS,
    "Prolongation en CHRS demandée au plus tard, avant la fin du séjour",
    "Extension of a stay in a CHRS asked at the latest, before its end",
    _R345_4, True,
)  # fmt: skip
EXTENSION_REMINDER: Final = Limit(
    "extension_reminder", 14, Unit.DAYS,
    "La structure est prévenue de la prolongation à demander, avant l'échéance",
    "The structure is told of an extension to ask, before it is due",
    "assumption",
)  # fmt: skip
LEASE_REVIEW_PERIOD: Final = Limit(
    "lease_review_period", 6, Unit.MONTHS,
    "Bilan d'une sous-location avec bail glissant, à trois, tous les", "Review of a lease that is to slide, every",
    "ANIL 2010 and two secondary sources: usually six months; the convention with the landlord sets it",
)  # fmt: skip
LEASE_TERM: Final = Limit(
    "lease_term", 24, Unit.MONTHS,
    "Une sous-location avec bail glissant ne dure pas plus, en principe", "A sub-letting that is to slide, at most",
    "ANIL 2010 and two secondary sources: support not beyond 24 months in principle",
)  # fmt: skip
LEASE_TERM_REMINDER: Final = Limit(
    "lease_term_reminder", 3, Unit.MONTHS,
    "L'association et le bailleur sont prévenus du terme d'une sous-location, avant lui",
    "Association and landlord are told of the term of a sub-letting, before it",
    "assumption",
)  # fmt: skip
DALO_OFFER: Final = Limit(
    "dalo_offer", 3, Unit.MONTHS,
    "Offre du préfet à un ménage DALO, à compter de la décision", "The préfet's offer to a DALO household",
    "CCH art. R441-16-1; which départements have six months: secondary sources", by_siao=_SIX_MONTHS,
)  # fmt: skip
DAHO_HEBERGEMENT_OFFER: Final = Limit(
    "daho_hebergement_offer", 6, Unit.WEEKS,
    "Accueil d'un ménage DAHO en hébergement, à compter de la décision", "A DAHO household taken in, hébergement",
    f"CCH art. R441-18 as read in {_CE_2020}; the split by type was not read in the text",
)  # fmt: skip
DAHO_TRANSITION_OFFER: Final = Limit(
    "daho_transition_offer", 3, Unit.MONTHS,
    "Accueil d'un ménage DAHO en logement de transition, logement-foyer ou RHVS, à compter de la décision",
    "A DAHO household taken in, logement de transition, logement-foyer or RHVS",
    f"CCH art. R441-18 as read in {_CE_2020}; the split by type was not read in the text",
)  # fmt: skip
DAHO_ANY_OFFER: Final = Limit(
    "daho_any_offer", 6, Unit.WEEKS,
    "Accueil d'un ménage DAHO dont la décision ne précise pas la structure, à compter de la décision",
    "A DAHO household whose decision names no type of structure, taken in",
    _CE_2020, True,
)  # fmt: skip
COURT_BAR_START: Final = Limit(
    "court_bar_start", 3, Unit.MONTHS,
    "Décision DAHO sans précision de structure : le délai pour saisir le tribunal part de la fin de ce délai, "
    "à compter de la décision ou de sa notification si elle est plus tardive",
    "A decision that names no type: the time to go to court starts when this has run from decision or notification",
    _CE_2020, True,
)  # fmt: skip
COURT_TIME: Final = Limit(
    "court_time", 4, Unit.MONTHS,
    "Temps pour saisir le tribunal administratif, une fois le délai du préfet expiré", "Time to go to court",
    f"CJA art. R778-2, {_CE_2020}", True,
)  # fmt: skip
LEGAL_FIRST_ALERT: Final = Limit(
    "legal_first_alert", 14, Unit.DAYS,
    "Première alerte avant un jour légal DALO ou DAHO", "First alert before a legal day", "assumption",
)  # fmt: skip
LEGAL_SECOND_ALERT: Final = Limit(
    "legal_second_alert", 7, Unit.DAYS,
    "Seconde alerte avant un jour légal DALO ou DAHO", "Second alert before a legal day", "assumption",
)  # fmt: skip

AGENDA_FREEZE: Final = Limit(
    "agenda_freeze", 7, Unit.DAYS,
    "Gel de l'ordre du jour avant une séance de commission", "Freeze of the agenda before a session", "assumption",
)  # fmt: skip

LIMITS: Final = (
    REFRESH_PERIOD, REFRESH_REMINDER,
    ANSWER_REMINDER, ANSWER_EXPIRY, INTERVIEW_LATEST, INTERVIEW_ANSWER, ENTRY_REMINDER, ENTRY_EXPIRY,
    JUDGEMENT_REMINDER, OVERRULE_LIMIT, COOLING_OFF, PREFET_SILENCE, EXTENSION_SILENCE, REVIEW_PERIOD, REVIEW_REMINDER,
    EXTENSION_REQUEST, EXTENSION_REMINDER, LEASE_REVIEW_PERIOD, LEASE_TERM, LEASE_TERM_REMINDER,
    DALO_OFFER, DAHO_HEBERGEMENT_OFFER, DAHO_TRANSITION_OFFER, DAHO_ANY_OFFER, COURT_BAR_START, COURT_TIME,
    LEGAL_FIRST_ALERT, LEGAL_SECOND_ALERT, AGENDA_FREEZE,
)  # fmt: skip

# The types of structure whose stays have the director's decision, the préfet's answer, bilans and extensions.
UNDER_R345_4: Final = frozenset({OfferType.CHRS})
# The types whose household is to become tenant of the very dwelling that it is sublet.
SLIDING: Final = frozenset({OfferType.IML_BAIL_GLISSANT})

_OFFER: Final = {
    MediationKind.DALO: DALO_OFFER,
    MediationKind.DAHO_HEBERGEMENT: DAHO_HEBERGEMENT_OFFER,
    MediationKind.DAHO_TRANSITION: DAHO_TRANSITION_OFFER,
}


def offer_limit(kind: MediationKind, *, unrestricted: bool) -> Limit:
    """The préfet's delay. `unrestricted`: a DAHO decision that does not say in which type of structure."""
    return DAHO_ANY_OFFER if unrestricted and kind is not MediationKind.DALO else _OFFER[kind]


def court_opens(due_on: date) -> date:
    """The first day on which the household may go to court: the préfet's delay has run out."""
    return due_on + timedelta(days=1)


def court_closes(
    kind: MediationKind, decided_on: date, notified_on: date | None, siao: str, *, unrestricted: bool
) -> date:
    """The last day on which the household may go to court.

    Four months after the préfet's delay, counted from the decision or, if later, its notification; for a DAHO decision
    that names no type of structure, that delay is three months (CE 8 Oct 2020 n° 431618). That notification counts for
    the other decisions too is an assumption.
    """
    start = max(decided_on, notified_on or decided_on)
    whole = unrestricted and kind is not MediationKind.DALO
    delay = COURT_BAR_START if whole else offer_limit(kind, unrestricted=False)
    return COURT_TIME.after(delay.after(start, siao), siao)


def is_offer(kind: MediationKind, offer_type: OfferType, *, unrestricted: bool) -> bool:
    """Whether a designation to this type of structure is the offer that the décision de médiation calls for.

    DAHO: hébergement may be answered by any structure, logement de transition by the second mission's formulas only
    (CE 8 Oct 2020 n° 431618: any of the structures that the decision names). DALO asks for housing: that the adapted
    formulas answer it, and hébergement does not, is an assumption.
    """
    if kind is MediationKind.DAHO_HEBERGEMENT or (unrestricted and kind is MediationKind.DAHO_TRANSITION):
        return True
    return offer_type.regime is Regime.LOGEMENT
