"""The whole platform as one object: infrastructure, provisioning, migrations, services; refuses to be half started.

Everything is started from the caller's thread and waited for together, so that an interruption at any moment finds
only processes to stop; one thread then watches over them.
"""

import base64
import contextlib
import secrets
import threading
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from types import MappingProxyType
from typing import IO

import psutil

from contracts.partners import PartnerRegistered
from contracts.topics import EDGE, Service
from deploy.embedded import ports, state
from deploy.embedded.child import Child, stop_together, wait_until
from deploy.embedded.failure import PlatformError
from deploy.embedded.kafka import PORT as KAFKA_PORT
from deploy.embedded.kafka import Kafka
from deploy.embedded.parts import Broker, DatabaseServer
from deploy.embedded.postgres import PORT as POSTGRES_PORT
from deploy.embedded.postgres import Postgres
from deploy.embedded.service import Clock, Commands, Death, ServiceProcess, environment_of, environment_of_edge
from deploy.provision.apply import apply
from deploy.provision.credentials import Credentials, complete

SERVICES_PORT = 18081
# The pages of each service, then those of the edge, then the one port that partners reach over HTTP.
SERVICES_PORTS = len(Service) + 2
WATCH_SECONDS = 0.2
MIGRATION_SECONDS = 120.0

# Report(part, what it is doing): a part is "Kafka", "PostgreSQL", "provisioning" or a service.
Report = Callable[[str, str], None]

READY = "prêt / ready"


@dataclass(frozen=True, slots=True)
class Addresses:
    """Loopback ports: the first of Kafka's three (clients, controller, partners), PostgreSQL's, the services' six."""

    kafka: int = KAFKA_PORT
    postgres: int = POSTGRES_PORT
    services: int = SERVICES_PORT


DEFAULT_ADDRESSES = Addresses()
DEFAULT_COMMANDS = Commands()


def _unseen(_part: str, _text: str) -> None:
    """A report that nobody reads."""


class Platform:
    """One run of the embedded platform over a state directory: `start`, use, `stop`; another run is another object.

    kafka, postgres: others than child processes of this machine, where the caller has them; `addresses` is then theirs.
    otlp: where the services send their spans, None for nowhere. edge: settings of the edge's own, SIAO_EDGE_*.
    deaths: every service that ended by itself and was started again, oldest first.
    failure: why the platform stopped itself, None while all is well.
    """

    def __init__(
        self,
        directory: Path = state.STATE,
        *,
        partners: Sequence[PartnerRegistered] = (),
        addresses: Addresses = DEFAULT_ADDRESSES,
        clock: Clock | None = None,
        log_level: str = "INFO",
        report: Report = _unseen,
        on_death: Callable[[Death], None] = lambda _: None,
        commands: Commands = DEFAULT_COMMANDS,
        kafka: Broker | None = None,
        postgres: DatabaseServer | None = None,
        otlp: str | None = None,
        edge: Mapping[str, str] = MappingProxyType({}),
    ) -> None:
        self.directory = directory
        logs = directory / "logs"
        self.kafka: Broker = kafka or Kafka(directory / "kafka", port=addresses.kafka, log_path=logs / "kafka.log")
        self.postgres: DatabaseServer = postgres or Postgres(
            directory / "postgres", port=addresses.postgres, log_path=logs / "postgres.log"
        )
        self.services = {
            name.value: ServiceProcess(name, addresses.services + rank, directory, commands.service(name))
            for rank, name in enumerate(Service)
        }
        self.edge = ServiceProcess(EDGE, addresses.services + len(Service), directory, commands.service(EDGE))
        self.deaths: list[Death] = []
        self.failure: PlatformError | None = None
        self.credentials = Credentials({}, {})
        self.ended = threading.Event()
        self._partners, self._clock, self._log_level, self._otlp = partners, clock, log_level, otlp
        self._edge_settings = edge
        self._report, self._on_death, self._commands = report, on_death, commands
        self._migrations: dict[str, Child] = {}
        self._stopping = threading.Event()
        self._watcher: threading.Thread | None = None
        self._lock: IO[str] | None = None

    @property
    def http_port(self) -> int:
        """The port that partners without Kafka reach."""
        return self.edge.port + 1

    @property
    def http_url(self) -> str:
        """Where partners without Kafka come in."""
        return f"http://{ports.HOST}:{self.http_port}"

    @property
    def credentials_path(self) -> Path:
        """The file of everyone's Kafka credentials, mode 0600."""
        return self.directory / "credentials.json"

    def start(self) -> None:
        """Returns when every service is ready; raises PlatformError with one sentence, everything stopped again."""
        self._lock = state.lock(self.directory)
        try:
            self._require_ports()
            self._put_old_logs_aside()
            self._start_all()
        except BaseException:
            self.stop()
            raise
        self._watcher = threading.Thread(target=self._watch, name="watch", daemon=True)
        self._watcher.start()

    def stop(self) -> None:
        """Stops the services, then Kafka and PostgreSQL; returns when every process is gone. Safe to call again."""
        self._stopping.set()
        if self._watcher is not None and self._watcher is not threading.current_thread():
            self._watcher.join()
        stop_together([*self._migrations.values(), *(process.child for process in self.processes())])
        stop_together([self.kafka.child, self.postgres.child])
        if self._lock is not None:
            self._lock.close()
        self.ended.set()

    def memory(self) -> dict[str, int]:
        """Resident bytes of each part and its children, shared pages counted once (PSS, from /proc)."""
        parts = {"Kafka": self.kafka.pid, "PostgreSQL": self.postgres.pid}
        parts |= {process.name: process.pid for process in self.processes()}
        return {name: _proportional_bytes(pid) for name, pid in parts.items() if pid is not None}

    def _require_ports(self) -> None:
        for child in (self.kafka.child, self.postgres.child, *(process.child for process in self.processes())):
            child.end_leftover()
        for process in self.processes():
            ports.require_free(process.port, process.name, "--services-port")
        ports.require_free(self.http_port, EDGE, "--services-port")

    def _put_old_logs_aside(self) -> None:
        for log in (self.directory / "logs").glob("*.log"):
            log.replace(log.with_suffix(".log.1"))

    def _start_all(self) -> None:
        self.kafka.launch(lambda text: self._report("Kafka", text))
        self.postgres.launch(lambda text: self._report("PostgreSQL", text))
        self.postgres.wait_ready()
        self._report("PostgreSQL", READY)
        environments = self._migrate()
        self.kafka.wait_ready()
        self._report("Kafka", READY)
        self._provision()
        for child in self._migrations.values():
            self._wait_migrated(child)
        for name, service in self.services.items():
            self._report(name, "démarrage / starting")
            login = self.credentials.services[name]
            broker = {"SIAO_KAFKA_USER": login.user, "SIAO_KAFKA_PASSWORD": login.password}
            service.start({**environments[name], **broker})
        self._start_edge()
        for process in self.processes():
            wait_until("/ready", process.is_ready, process.child)
            self._report(process.name, READY)

    def _start_edge(self) -> None:
        self._report(EDGE, "démarrage / starting")
        login = self.credentials.services[EDGE]
        environment = environment_of_edge(
            kafka=self.kafka.bootstrap, port=self.edge.port, edge_port=self.http_port, log_level=self._log_level
        )
        broker = {"SIAO_KAFKA_USER": login.user, "SIAO_KAFKA_PASSWORD": login.password}
        self.edge.start({**environment, **broker, **self._edge_settings})

    def processes(self) -> list[ServiceProcess]:
        """The services, then the edge."""
        return [*self.services.values(), self.edge]

    def _migrate(self) -> dict[str, dict[str, str]]:
        """Starts every service's migrations; returns each service's environment, its Kafka login still to come."""
        passwords = state.remembered(self.directory / "databases.json", lambda: {s: state.password() for s in Service})
        vault = state.remembered(self.directory / "vault.json", _new_vault_key)
        environments = {}
        for name, service in self.services.items():
            self._report(name, "migrations")
            self.postgres.ensure_role_and_database(name, passwords[name])
            environments[name] = environment_of(
                kafka=self.kafka.bootstrap,
                database=self.postgres.dsn(name, name, passwords[name]),
                port=service.port,
                vault_key=vault["key"],
                log_level=self._log_level,
                clock=self._clock,
                otlp=self._otlp,
            )
            child = Child(
                f"migrations {name}",
                self.directory / "run" / f"migrate-{name}.pid",
                self.directory / "logs" / f"migrate-{name}.log",
            )
            self._migrations[name] = child
            child.start(self._commands.migrate(name), directory=state.ROOT, environment=environments[name])
        return environments

    def _wait_migrated(self, child: Child) -> None:
        if child.wait(MIGRATION_SECONDS) != 0:
            child.require_running()
        child.stop()

    def _provision(self) -> None:
        self._report("provisioning", "topics, comptes, droits / topics, users, rights")
        administrator = {
            "kafka": self.kafka.bootstrap,
            "user": self.kafka.admin_user,
            "password": self.kafka.admin_password,
        }
        state.write_object(self.directory / "administrator.json", administrator)
        complete(
            self.credentials_path,
            (),
            (),
            {
                "bootstrap.servers": self.kafka.partners_bootstrap,
                "security.protocol": "SASL_SSL",
                "sasl.mechanism": "SCRAM-SHA-512",
                "ssl.ca.location": str(self.kafka.authority_path.resolve()),
            },
        )
        settings = {**self.kafka.client_settings(), "log_level": 0}
        self.credentials = apply(settings, self._partners, self.credentials_path).credentials
        self._report("provisioning", READY)

    def _watch(self) -> None:
        while not self._stopping.wait(WATCH_SECONDS):
            for child in (self.kafka.child, self.postgres.child):
                try:
                    child.require_running()
                except PlatformError as failure:
                    self.failure = failure
                    self.stop()
                    return
            for process in self.processes():
                death = process.tend()
                if death is not None:
                    self.deaths.append(death)
                    self._on_death(death)


def _new_vault_key() -> dict[str, str]:
    return {"key": base64.b64encode(secrets.token_bytes(32)).decode()}


def _proportional_bytes(pid: int) -> int:
    total = 0
    with contextlib.suppress(psutil.Error):
        process = psutil.Process(pid)
        for member in (process, *process.children(recursive=True)):
            with contextlib.suppress(psutil.Error):
                total += member.memory_full_info().pss
    return total
