"""No name outside the places where it may be: every record, log line and metrics page searched for canary words."""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from contracts.requests import HouseholdDeclaredReady, Member
from contracts.topics import NOTICES, READY_HOUSEHOLDS
from deploy.demo.ledger.feeds import entitled_to
from deploy.demo.ledger.history import History
from deploy.demo.ledger.record import Finding
from deploy.demo.people import CANARY

CHECK = "noms"
SHOWN = 20


@dataclass
class Searched:
    """What was searched: canary words by place (a topic, a log file, a page), and how much there was to read.

    unmatched: places for which the SIAO said, at least once, that it found nobody.
    """

    found: dict[str, set[str]] = field(default_factory=lambda: defaultdict(set))
    records: int = 0
    texts: int = 0
    unmatched: set[str] = field(default_factory=set)

    def record(self, topic: str, *parts: bytes | None) -> None:
        """Search one record: key, value and headers."""
        self.records += 1
        for part in parts:
            if part and b"Qz" in part:
                self.found[topic].update(CANARY.findall(part.decode("utf-8", "replace")))

    def text(self, where: str, content: str) -> None:
        """Search a log file or a page."""
        self.texts += 1
        self.found[where].update(CANARY.findall(content))


def leaks(searched: Searched, allowed: Mapping[str, set[str]], known: Iterable[str]) -> list[Finding]:
    """Places that hold a canary word of a household (`known`) that they may not; `allowed`: words by topic."""
    everyone = set(known)
    found = []
    for where in sorted(searched.found):
        leaked = (searched.found[where] & everyone) - allowed.get(where, set())
        if leaked:
            found.append(Finding(CHECK, f"{where} : {len(leaked)} nom(s) qui ne devraient pas y être", "names leaked"))
    return found


def allowed_names(history: History) -> dict[str, set[str]]:
    """Where each household's name may be.

    What its own partner sent; the notices of structures it was designated to; the lists of those entitled to it
    once it was declared ready.
    """
    allowed: dict[str, set[str]] = defaultdict(set)
    for act in history.acts:
        allowed[act.delivery.topic].update(act.delivery.words)
    for designation in history.designations.values():
        case_ = history.cases[designation.told.household]
        if case_.versions:
            allowed[NOTICES.of(designation.notice.partner)].update(_words(case_.members))
    for case_ in history.cases.values():
        for act in case_.declared:
            message = act.delivery.message
            for partner in history.of_role(*READY_HOUSEHOLDS.roles):
                if act.taken and isinstance(message, HouseholdDeclaredReady) and entitled_to(history, partner, message):
                    allowed[READY_HOUSEHOLDS.of(partner)].update(_words(case_.members))
    return allowed


def _words(members: Iterable[Member]) -> set[str]:
    return {word for member in members for word in CANARY.findall(member.family_name)}
