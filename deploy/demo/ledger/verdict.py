"""All checks of the ledger, in one list, each with its findings."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from deploy.demo.ledger import alone, answers, endings, feeds, indicators, lawful, matching, names, races, rights, told
from deploy.demo.ledger.history import Case, History
from deploy.demo.ledger.record import Finding, Ledger


@dataclass(frozen=True, slots=True)
class Check:
    """One check: how many things it looked at, and what it found wrong."""

    french: str
    english: str
    looked_at: int
    findings: list[Finding]


@dataclass(frozen=True, slots=True)
class Said:
    """What reporting said of a period: `since` included, `until` excluded."""

    since: date
    until: date
    rows: list[dict[str, Any]]


def disagreements(ledger: Ledger, said: Iterable[Said], slack: timedelta) -> list[Finding]:
    """Where reporting and the ledger do not count the same."""
    acts, _ = answers.pair(ledger)
    return _counts(History.of(ledger, acts, slack), said)


def _counts(history: History, said: Iterable[Said]) -> list[Finding]:
    return [
        finding
        for period in said
        for finding in indicators.disagreements(history, period.rows, period.since, period.until)
    ]


def examine(
    ledger: Ledger, searched: names.Searched, said: Sequence[Said], slack: timedelta, until: datetime
) -> list[Check]:
    """Every check, at the end of a run (`until`, business time; `slack`: business time of one real second)."""
    acts, unpaired = answers.pair(ledger)
    history = History.of(ledger, acts, slack)
    made = len(history.designations)
    counts = _counts(history, said)
    unreadable = [
        Finding("avis", f"illisible : {where}", "a notice that nobody can read") for where in ledger.unreadable
    ]
    leaks = names.leaks(searched, names.allowed_names(history), _names(ledger))
    alerts = rights.legal_days_told(history, until)
    copies = sum(len(copy) for copy in ledger.copies.values())
    return [
        Check("Une réponse par message", "One answer for each message", len(acts), unpaired),
        Check("La bonne réponse", "The right answer", len(acts), [*answers.as_expected(acts), *races.judge(history)]),
        Check("Désignations légitimes", "Lawful designations", made, lawful.lawful(history)),
        Check("Rien en double", "Nothing double", made + len(history.cases), alone.alone(history)),
        Check(
            "Désignations closes comme dit", "Designations ended as said", made, endings.ended_as_said(history, until)
        ),
        Check(
            "Aucune place oubliée",
            "No place forgotten",
            len(matching.opened(history)),
            matching.matched(history, until),
        ),
        Check(
            "Prescripteurs et opérateur informés",
            "Prescribers and operator told",
            len(ledger.notices),
            [*told.as_it_was(history, until), *unreadable],
        ),
        Check("Échéances légales", "Legal clocks", sum(_has_right(case_) for case_ in history.cases.values()), alerts),
        Check("Copies des bailleurs", "Bailleurs' copies", copies, feeds.copies_right(history)),
        Check("Indicateurs du mois", "The month's indicators", sum(len(period.rows) for period in said), counts),
        Check("Noms à leur place", "Names where they belong", searched.records + searched.texts, leaks),
    ]


def _names(ledger: Ledger) -> set[str]:
    """The canary words of everyone that a partner ever wrote about."""
    return {word for delivery in ledger.deliveries for word in delivery.words}


def _has_right(case_: Case) -> bool:
    return bool(case_.versions) and case_.mediation is not None
