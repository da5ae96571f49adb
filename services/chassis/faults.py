"""What a service lacks now: named, with where to look, said once and then calmly; never with a value or a secret."""

import time
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Final

from aiokafka import errors
from sqlalchemy import make_url

from services.chassis import metrics
from services.chassis.database import lost, sqlstate_of
from services.chassis.logs import kind_of, log
from services.chassis.settings import Settings

REPEAT_SECONDS: Final = 30.0
# A fault that comes and goes is one fault: it is said to be over when it has been away for so long.
OVER_SECONDS: Final = 5.0

# What is wrong and what to do, by code: in French for who reads the log, in English beside it.
TEXTS: Final[Mapping[str, tuple[str, str]]] = {
    "broker-unreachable": (
        "Le courtier Kafka ne répond pas : est-il démarré, son disque est-il plein, SIAO_KAFKA est-il juste ?",
        "The Kafka broker does not answer: is it running, is its disk full, is SIAO_KAFKA right?",
    ),
    "broker-untrusted": (
        "Le certificat du courtier Kafka n'est pas reconnu : vérifiez son nom, ses dates, et SIAO_KAFKA_CA.",
        "The certificate of the Kafka broker is not trusted: check its name, its dates, and SIAO_KAFKA_CA.",
    ),
    "broker-login-refused": (
        "Le courtier Kafka refuse l'identifiant ou le mot de passe : vérifiez SIAO_KAFKA_USER et SIAO_KAFKA_PASSWORD,"
        " puis les accès (deploy.provision).",
        "The Kafka broker refuses the user or the password: check SIAO_KAFKA_USER and SIAO_KAFKA_PASSWORD, then the"
        " accounts (deploy.provision).",
    ),
    "broker-refuses": (
        "Le courtier Kafka refuse la demande : son journal dit pourquoi.",
        "The Kafka broker refuses the request: its log says why.",
    ),
    "right-missing": (
        "Un droit manque sur ce topic ou ce groupe Kafka : relancez le provisionnement (deploy.provision).",
        "A right is missing on this Kafka topic or group: run the provisioning again (deploy.provision).",
    ),
    "topic-missing": (
        "Ce topic Kafka manque : relancez le provisionnement (deploy.provision).",
        "This Kafka topic is missing: run the provisioning again (deploy.provision).",
    ),
    "database-unreachable": (
        "La base de données ne répond pas : est-elle démarrée, SIAO_DATABASE est-il juste ?",
        "The database does not answer: is it running, is SIAO_DATABASE right?",
    ),
    "database-login-refused": (
        "La base de données refuse l'identifiant ou le mot de passe : vérifiez SIAO_DATABASE.",
        "The database refuses the user or the password: check SIAO_DATABASE.",
    ),
    "database-missing": (
        "Cette base de données n'existe pas : créez-la, puis appliquez les migrations (services.chassis.migrate).",
        "This database does not exist: create it, then run the migrations (services.chassis.migrate).",
    ),
    "database-right-missing": (
        "Un droit manque sur la base de données : le rôle du service doit posséder ses tables.",
        "A right is missing on the database: the service's role must own its tables.",
    ),
    "database-read-only": (
        "La base de données est en lecture seule : SIAO_DATABASE désigne-t-il le serveur principal ?",
        "The database is read-only: does SIAO_DATABASE name the primary server?",
    ),
    "database-full": (
        "Le disque de la base de données est plein : faites de la place, le service reprend seul.",
        "The disk of the database is full: make room, the service goes on by itself.",
    ),
    "database-busy": (
        "La base de données est trop occupée : voyez qui tient ses connexions, sa mémoire, ses verrous.",
        "The database is too busy: look at who holds its connections, its memory, its locks.",
    ),
    "schema-old": (
        "Le schéma de la base est plus ancien que ce programme : appliquez les migrations (services.chassis.migrate).",
        "The schema of the database is older than this program: run the migrations (services.chassis.migrate).",
    ),
    "schema-new": (
        "Le schéma de la base est plus récent que ce programme : déployez la version qui lui répond.",
        "The schema of the database is newer than this program: deploy the version it belongs to.",
    ),
    "vault-key-wrong": (
        "SIAO_VAULT_KEY n'ouvre pas ce que la base garde chiffré : remettez la clé d'origine.",
        "SIAO_VAULT_KEY does not open what the database keeps sealed: put the original key back.",
    ),
    "traces-unreachable": (
        "Le récepteur de traces ne répond pas : vérifiez SIAO_OTLP. Le service continue sans traces.",
        "The receiver of traces does not answer: check SIAO_OTLP. The service goes on without traces.",
    ),
    "unexpected": (
        "Un défaut imprévu empêche le travail : `kind` en donne le genre.",
        "An unforeseen fault prevents the work: `kind` gives its class.",
    ),
}

# SQLSTATE, the longest prefix that fits.
_STATES: Final[Mapping[str, str]] = {
    "08": "database-unreachable",
    "25006": "database-read-only",
    "28": "database-login-refused",
    "3D": "database-missing",
    "40": "database-busy",
    "42501": "database-right-missing",
    "53": "database-busy",
    "53100": "database-full",
    "55": "database-busy",
    "57014": "database-busy",
    "57P": "database-unreachable",
}
_LOGIN: Final = (
    errors.SaslAuthenticationFailed,
    errors.AuthenticationFailedError,
    errors.UnsupportedSaslMechanismError,
    errors.IllegalSaslStateError,
)
_RIGHTS: Final = (
    errors.TopicAuthorizationFailedError,
    errors.GroupAuthorizationFailedError,
    errors.ClusterAuthorizationFailedError,
)


class Fault(Exception):
    """Something is wrong. code: a key of TEXTS; where: an address, a topic, a group or a revision, never a secret."""

    def __init__(self, code: str, where: str) -> None:
        super().__init__(code)
        self.code, self.where = code, where


@dataclass(slots=True)
class _Said:
    """When a fault began, when it was last said, and since when it has been away."""

    since: float
    last: float
    away: float | None = None


@dataclass(slots=True)
class Faults:
    """What is wrong, by part of the service; one line a fault, however many parts suffer from it.

    broker, database: where these are, as may be told.
    """

    broker: str
    database: str
    _parts: dict[str, tuple[Fault, str]] = field(default_factory=dict)
    _said: dict[str, _Said] = field(default_factory=dict)

    @classmethod
    def of(cls, settings: Settings) -> "Faults":
        """The faults of a service with these settings."""
        url = make_url(settings.database.get_secret_value())
        return cls(settings.kafka, f"{url.host}:{url.port or 5432}/{url.database}")

    def tell(self, part: str, error: BaseException) -> None:
        """This part cannot work, because of this."""
        fault = self.recognise(error)
        self._parts[part] = (fault, kind_of(error.__cause__ or error))
        said = self._said.get(fault.code)
        if said is not None:
            said.away = None
            return
        now = time.monotonic()
        self._said[fault.code] = _Said(now, now)
        self._say(fault.code)

    def mended(self, part: str) -> None:
        """This part works again."""
        self._parts.pop(part, None)

    def now(self) -> dict[str, str]:
        """The code of each part's fault."""
        return {part: fault.code for part, (fault, _) in self._parts.items()}

    def remind(self) -> None:
        """To be called every second: say again what lasts, and say what is over."""
        now, present = time.monotonic(), set(self.now().values())
        for code, said in list(self._said.items()):
            if code not in present:
                said.away = said.away or now
                if now - said.away > OVER_SECONDS:
                    del self._said[code]
                    metrics.FAULTS.labels(code).set(0)
                    log().info("mended", code=code, seconds=round(said.away - said.since, 1))
                continue
            said.away = None
            if now - said.last > REPEAT_SECONDS:
                said.last = now
                self._say(code)

    def _say(self, code: str) -> None:
        part, fault, kind = next((p, f, k) for p, (f, k) in self._parts.items() if f.code == code)
        french, english = TEXTS[code]
        seconds = round(time.monotonic() - self._said[code].since, 1)
        metrics.FAULTS.labels(code).set(1)
        log().warning(
            "fault",
            code=code,
            part=part,
            where=fault.where,
            kind=kind,
            seconds=seconds,
            text_fr=french,
            text_en=english,
        )

    def recognise(self, error: BaseException) -> Fault:
        """The fault behind an exception."""
        if isinstance(error, Fault):
            return error
        state = sqlstate_of(error)
        if state:
            codes = [code for prefix, code in sorted(_STATES.items()) if state.startswith(prefix)]
            return Fault(codes[-1] if codes else "unexpected", self.database)
        if isinstance(error, errors.KafkaError):
            return self._of_broker(error)
        if lost(error):
            return Fault("database-unreachable", self.database)
        return Fault("unexpected", "")

    def _of_broker(self, error: errors.KafkaError) -> Fault:
        if isinstance(error, _LOGIN):
            return Fault("broker-login-refused", self.broker)
        if isinstance(error, _RIGHTS):
            return Fault("right-missing", _named(error) or self.broker)
        if isinstance(error, errors.UnknownTopicOrPartitionError):
            return Fault("topic-missing", _named(error))
        if isinstance(error, errors.KafkaConnectionError | errors.KafkaTimeoutError) or error.retriable:
            return Fault("broker-unreachable", self.broker)
        return Fault("broker-refuses", self.broker)


def _named(error: BaseException) -> str:
    """The topic or group that the client puts in its error, as a name or a set of names."""
    told = error.args[0] if error.args else ""
    return told if isinstance(told, str) else ", ".join(sorted(map(str, told)))
