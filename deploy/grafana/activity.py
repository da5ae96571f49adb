"""The dashboard of a SIAO's team: what stands now, what is overdue, what happens; no name, no household."""

from typing import Final

from deploy.grafana.drawing import Board, Panel, Query, Section

_SIAO: Final = 'siao=~"$siao"'


def _ended(detail: str = ".*") -> str:
    """Designations that ended, with these outcomes."""
    return f'siao_facts_total{{{_SIAO}, type="designation.ended.v1", detail=~"{detail}"}}'


def _now(title: str, metric: str, meaning: str) -> Panel:
    """Ménages and personnes, always both."""
    queries = tuple(
        Query(f"sum(max by (siao) (siao_{metric}_{unit}{{{_SIAO}}}))", french)
        for unit, french in (("households", "ménages"), ("persons", "personnes"))
    )
    return Panel(title, meaning, queries, "number", width=6)


_STANDING: Final = Section(
    "Maintenant / Now",
    (
        _now("En attente / Waiting", "waiting", "Demandes complètes et non closes. / Complete requests, not closed."),
        _now("Prêts / Ready", "ready", "Prêts pour le logement ordinaire. / Ready for ordinary housing."),
        _now("Hébergés / Hosted", "hosted", "Séjours en cours connus du SIAO. / Stays that the SIAO knows of."),
        Panel(
            "Places vacantes / Vacancies",
            "Avec une désignation en cours, et sans. / With a designation under way, and without.",
            (Query(f"sum by (state) (max by (siao, state) (siao_vacancies{{{_SIAO}}}))", "{{state}}"),),
            "number",
            width=6,
        ),
        Panel(
            "Désignations en cours / Designations under way",
            "Par état. / By state.",
            (Query(f"sum by (state) (max by (siao, state) (siao_designations_under_way{{{_SIAO}}}))", "{{state}}"),),
            "areas",
        ),
        Panel(
            "Désignations en souffrance / Stuck designations",
            "Sans réponse, sans jugement ou sans entrée dans le délai du contrat, par état."
            " / No answer, no judgement or no entry within the contract's delay, by state.",
            (Query(f"sum by (state) (max by (siao, state) (siao_designations_stuck{{{_SIAO}}}))", "{{state}}"),),
            "areas",
        ),
        Panel(
            "Échéances légales / Legal clocks",
            "Ménages reconnus DALO ou DAHO sans désignation en cours : à courir, dans les 7 jours, passée depuis moins"
            " d'un jour, ou depuis plus longtemps. / Running, within 7 days, missed within a day, overdue for longer.",
            (Query(f"sum by (status) (max by (siao, status) (siao_legal_clocks{{{_SIAO}}}))", "{{status}}"),),
            "areas",
        ),
    ),
)
_HAPPENING: Final = Section(
    "Activité / Activity",
    (
        Panel(
            "Par jour / A day",
            "Demandes, vacances, désignations, départs. / Requests, vacancies, designations, departures.",
            (
                Query(
                    f"sum by (type) (increase(siao_facts_total{{{_SIAO}, type=~"
                    '"request.registered.v1|vacancy.opened.v1|designation.made.v1|stay.ended.v1"}[1d]))',
                    "{{type}}",
                ),
            ),
        ),
        Panel(
            "Issue des désignations / Outcome of designations",
            "Sur la période affichée. / Over the period shown.",
            (Query(f"sum by (detail) (increase({_ended()}[$__range]))", "{{detail}}"),),
            "number",
        ),
        Panel(
            "Sans réponse / Without an answer",
            "Part des désignations closes par le silence de la structure, sur 7 jours."
            " / Share of designations that ended in the structure's silence, over 7 days.",
            (
                Query(
                    f"(sum(increase({_ended('expired')}[7d])) or vector(0)) / sum(increase({_ended()}[7d]))",
                    "sans réponse / silent",
                ),
            ),
            unit="percentunit",
        ),
        Panel(
            "De la vacance à la désignation / From vacancy to designation",
            "Quand quelqu'un attendait : médiane et 95 %, en temps métier. / When somebody was waiting: business time.",
            tuple(
                Query(
                    f"histogram_quantile({quantile}, sum by (le) (rate(siao_vacancy_to_designation_seconds_bucket"
                    f'{{{_SIAO}, when="opening"}}[1h])))',
                    name,
                )
                for quantile, name in (("0.5", "p50"), ("0.95", "p95"))
            ),
            unit="s",
        ),
        Panel(
            "Désignées dès l'ouverture / Designated as they opened",
            "Part des vacances pour lesquelles quelqu'un attendait, sur la période affichée."
            " / Share of vacancies for which somebody was waiting, over the period shown.",
            (
                Query(
                    f'sum(increase(siao_vacancy_to_designation_seconds_count{{{_SIAO}, when="opening"}}[$__range]))'
                    f" / sum(increase(siao_vacancy_to_designation_seconds_count{{{_SIAO}}}[$__range]))",
                    "dès l'ouverture / at once",
                ),
            ),
            "number",
            unit="percentunit",
        ),
        Panel(
            "Part de refus par structure / Share of refusals by structure",
            "Vingt structures, parmi celles qui ont eu dix désignations ou plus en 90 jours."
            " / Twenty structures, of those with ten designations or more in 90 days.",
            (
                Query(
                    f"topk(20, max by (siao, structure) (siao_structure_refusals{{{_SIAO}}})"
                    f" / max by (siao, structure) (siao_structure_designations{{{_SIAO}}}))",
                    "{{siao}} {{structure}}",
                ),
            ),
            "number",
            unit="percentunit",
            bad_from=0.5,
        ),
    ),
)
BOARD: Final = Board(
    "siao-activity", "Activité du SIAO / The SIAO's activity", (_STANDING, _HAPPENING), "now-30d", by_siao=True
)
