"""The dashboard of those who keep the machines running: who is well, what waits, what is published, what is late."""

from typing import Final

from deploy.grafana.drawing import Board, Panel, Query, Section

_HEALTH: Final = Section(
    "Santé / Health",
    (
        Panel(
            "Services debout / Services up",
            "1 : le service répond à Prometheus. / 1: the service answers Prometheus.",
            (Query('min by (service) (up{job="siao"})', "{{service}}"),),
            "number",
            width=6,
        ),
        Panel(
            "Prêts / Ready",
            "1 : le service peut travailler, comme le dit /ready. / 1: the service can work, as /ready says.",
            (Query("min by (service) (siao_ready)", "{{service}}"),),
            "number",
            width=6,
        ),
        Panel(
            "Qui publie / Who publishes",
            "Instances qui publient, par service : une et une seule. / Publishing instances: one and only one.",
            (Query("sum by (service) (siao_relay_leader)", "{{service}}"),),
            "number",
            width=6,
            bad_from=2,
        ),
        Panel(
            "Alertes / Alerts firing",
            "Alertes en cours. / Alerts that fire now.",
            (Query('count(ALERTS{alertstate="firing"}) or vector(0)', "alertes / alerts"),),
            "number",
            width=6,
            bad_from=1,
        ),
        Panel(
            "Mémoire / Memory",
            "Mémoire résidente de chaque instance. / Resident memory of each instance.",
            (Query('sum by (service) (process_resident_memory_bytes{job="siao"})', "{{service}}"),),
            unit="bytes",
        ),
        Panel(
            "Processeur / Processor",
            "Cœurs occupés. / Cores in use.",
            (Query('sum by (service) (rate(process_cpu_seconds_total{job="siao"}[$__rate_interval]))', "{{service}}"),),
        ),
        Panel(
            "Défauts / Faults",
            "Ce qui manque à un service, par code ; zéro : rien. / What a service lacks, by code; zero: nothing.",
            (
                Query(
                    'sum by (service, code) (siao_fault) or 0 * sum by (service) (up{job="siao"})',
                    "{{service}} {{code}}",
                ),
            ),
        ),
    ),
)
_HANDLING: Final = Section(
    "Messages reçus / Messages received",
    (
        Panel(
            "Traités / Handled",
            "Messages par seconde, par issue. / Messages a second, by outcome.",
            (
                Query(
                    "sum by (service, outcome) (rate(siao_messages_handled_total[$__rate_interval]))",
                    "{{service}} {{outcome}}",
                ),
            ),
            unit="reqps",
        ),
        Panel(
            "Retard de lecture / Consumer lag",
            "Messages non encore traités, par famille de topics. / Messages not handled yet, by topic family.",
            (Query("sum by (service, family) (siao_consumer_lag)", "{{service}} {{family}}"),),
        ),
        Panel(
            "Durée d'un lot / Time of a batch",
            "Du lot reçu à la transaction validée : médiane et 99 %. / From received to committed: median and p99.",
            tuple(
                Query(
                    f"histogram_quantile({quantile}, "
                    "sum by (service, le) (rate(siao_batch_seconds_bucket[$__rate_interval])))",
                    f"{{{{service}}}} {name}",
                )
                for quantile, name in (("0.5", "p50"), ("0.99", "p99"))
            ),
            unit="s",
        ),
        Panel(
            "Messages par lot / Messages in a batch",
            "En moyenne. / On average.",
            (
                Query(
                    "sum by (service) (rate(siao_batch_messages_sum[$__rate_interval]))"
                    " / sum by (service) (rate(siao_batch_messages_count[$__rate_interval]))",
                    "{{service}}",
                ),
            ),
        ),
        Panel(
            "Mis de côté, par code / Set aside, by code",
            "Les dix codes les plus fréquents de la période. / The ten most frequent codes of the period.",
            (
                Query(
                    "topk(10, sum by (code) (increase(siao_messages_quarantined_total[$__rate_interval])))", "{{code}}"
                ),
            ),
        ),
        Panel(
            "En quarantaine / In quarantine",
            "Messages gardés, chiffrés, pour qu'on les regarde. / Messages kept, encrypted, to be looked at.",
            (Query("max by (service) (siao_quarantine_rows)", "{{service}}"),),
        ),
    ),
)
_PUBLISHING: Final = Section(
    "Publication / Publishing",
    (
        Panel(
            "Publiés / Published",
            "Messages par seconde. / Messages a second.",
            (Query("sum by (service) (rate(siao_messages_published_total[$__rate_interval]))", "{{service}}"),),
            unit="reqps",
        ),
        Panel(
            "Âge du plus ancien message à publier / Age of the oldest unpublished message",
            "Au-delà de quelques secondes, personne ne reçoit rien. / Beyond some seconds nobody receives anything.",
            (Query("max by (service) (siao_outbox_age_seconds)", "{{service}}"),),
            unit="s",
        ),
        Panel(
            "Messages à publier / Messages to publish",
            "Décidés, et pas encore chez le courtier. / Decided, and not at the broker yet.",
            (Query("max by (service) (siao_outbox_rows)", "{{service}}"),),
        ),
    ),
)
_TROUBLE: Final = Section(
    "Échéances et pannes / Deadlines and failures",
    (
        Panel(
            "Échéances / Deadlines",
            "Venues à leur jour, par minute. / That came due, a minute.",
            (Query("60 * sum by (service) (rate(siao_deadlines_reached_total[$__rate_interval]))", "{{service}}"),),
        ),
        Panel(
            "Retard des échéances / Lateness of deadlines",
            "Depuis quand la plus ancienne attend qu'on en décide, en temps métier. / In business time.",
            (Query("max by (service) (siao_deadlines_late_seconds)", "{{service}}"),),
            unit="s",
        ),
        Panel(
            "Défaillances / Failures",
            "Lots remis ou coupés, publications et lectures manquées. / Batches put off or cut, failed publications.",
            (
                Query("sum by (service) (increase(siao_backoffs_total[$__rate_interval]))", "{{service}} backoffs"),
                Query(
                    "sum by (service) (increase(siao_batch_halvings_total[$__rate_interval]))", "{{service}} halvings"
                ),
                Query("sum by (service) (increase(siao_relay_failures_total[$__rate_interval]))", "{{service}} relay"),
                Query(
                    "sum by (service) (increase(siao_reading_failures_total[$__rate_interval]))", "{{service}} readings"
                ),
            ),
        ),
    ),
)
_DOOR: Final = Section(
    "Porte HTTP / HTTP door",
    (
        Panel(
            "Requêtes HTTP / HTTP requests",
            "Par seconde, par réponse. / A second, by answer.",
            (Query("sum by (status) (rate(siao_edge_requests_total[$__rate_interval]))", "{{status}}"),),
            unit="reqps",
        ),
        Panel(
            "Jetons refusés / Refused tokens",
            "Faux, retirés ou expirés, ou trop souvent d'une même adresse. / Wrong, taken back, expired; too often.",
            (
                Query(
                    'sum by (code) (increase(siao_edge_refusals_total{code=~"token-.*|tokens-refused"}'
                    "[$__rate_interval]))",
                    "{{code}}",
                ),
            ),
        ),
        Panel(
            "Attentes ouvertes / Open waits",
            "Lectures longues, flux, et envois qui attendent leur réponse. / Long polls, streams, awaited answers.",
            (Query("sum by (kind) (siao_edge_waiting)", "{{kind}}"),),
        ),
    ),
)
BOARD: Final = Board(
    "siao-operations",
    "Exploitation / Operations",
    (_HEALTH, _HANDLING, _PUBLISHING, _DOOR, _TROUBLE),
    "now-1h",
)
