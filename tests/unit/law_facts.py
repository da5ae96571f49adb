"""What must always be true of deadlines, of recognised rights and of what is before the préfet, in any life."""

from contracts.codes import DesignationState, OfferType
from contracts.topics import Service
from services.intake.store import REQUESTS
from services.orientation.handlers.deadlines import SILENCE_COUNTS
from services.orientation.store import ADMISSIONS, DESIGNATIONS, LEGAL_FILES, STAYS, WAITING
from tests.unit.driving import Siao

TO_JUDGE = (
    DesignationState.REFUSAL_SUBMITTED,
    DesignationState.REFUSAL_ESCALATED,
    DesignationState.HOUSEHOLD_REFUSAL,
)
ONCE = ("judge", "refresh", "review_late", "extension_late", "lease_review_late", "lease_term_late", "legal")
REMINDERS = (
    *("remind", "review_near", "extension_near", "lease_review_near", "lease_term_near"),
    *("legal_first", "legal_second"),
)


def each_state_has_its_deadlines_and_nothing_else_has(_life: object, siao: Siao) -> None:
    kept = siao.memory(Service.ORIENTATION)
    designations, stays = kept.all(DESIGNATIONS), {h: stay for h, stay in kept.all(STAYS).items() if stay.live}
    chrs = {household for household, stay in stays.items() if stay.offer_type is OfferType.CHRS}
    sliding = {household for household, stay in stays.items() if stay.offer_type is OfferType.IML_BAIL_GLISSANT}
    running = {key: file for key, file in kept.all(LEGAL_FILES).items() if file.live}
    expected = {
        "expire": {key for key, d in designations.items() if d.state in SILENCE_COUNTS},
        "judge": {key for key, d in designations.items() if d.state in TO_JUDGE},
        "admission": {key for key, admission in kept.all(ADMISSIONS).items() if admission.live},
        "review_late": {household for household in chrs if stays[household].review_due_on},
        "extension_late": {h for h in chrs if stays[h].ends_on and stays[h].extension is None},
        "lease_review_late": sliding,
        "lease_term_late": sliding,
        "refresh": {key for key, waiting in kept.all(WAITING).items() if waiting.live and waiting.refresh_due_on},
        "legal": {key for key, file in running.items() if file.state != "lost"},
    }
    names = {name for _, name in siao.timers}
    held = {key for key, waiting in kept.all(WAITING).items() if waiting.holds}
    assert held <= {name.rpartition(":")[2] for name in names if name.startswith("hold:")}
    for kind, subjects in expected.items():
        found = {name.partition(":")[2] for name in names if name.startswith(f"{kind}:")}
        # A judge is recalled once, a day goes by once: such a deadline has come and is no more.
        assert found <= subjects if kind in ONCE else found == subjects, kind
    assert {name.partition(":")[0] for name in names} <= {*expected, *REMINDERS, "hold"}


def the_law_s_files_are_those_of_open_requests_and_their_offers_are_under_way(_life: object, siao: Siao) -> None:
    kept, intake = siao.memory(Service.ORIENTATION), siao.memory(Service.INTAKE)
    requests, designations = intake.all(REQUESTS), kept.all(DESIGNATIONS)
    for key, file in kept.all(LEGAL_FILES).items():
        assert not file.live or requests[key].status not in ("admitted", "cancelled"), key
        if file.live and file.offer is not None:
            assert designations[file.offer].live, key
            assert file.state in ("met", "late")
        assert (file.offer is None) or not file.live or file.household == designations[file.offer].household


def what_is_before_the_prefet_is_of_somebody_who_enters_or_lives_there(_life: object, siao: Siao) -> None:
    kept = siao.memory(Service.ORIENTATION)
    for key, admission in kept.all(ADMISSIONS).items():
        if admission.live and admission.kind == "extension":
            assert kept.all(STAYS)[admission.household].extension == key
        elif admission.live:
            assert kept.all(DESIGNATIONS)[str(admission.designation)].admission == key
