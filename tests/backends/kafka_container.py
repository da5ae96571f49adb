"""Apache Kafka in a container, with the settings of the embedded one; knows no more of its image than its interface."""

import uuid
from base64 import urlsafe_b64encode
from pathlib import Path

from confluent_kafka.admin import AdminClient, ScramCredentialInfo, ScramMechanism, UserScramCredentialUpsertion

from deploy.embedded import ports, state
from deploy.embedded.authority import Authority
from deploy.embedded.child import wait_until
from deploy.embedded.kafka import PORTS, answers
from deploy.embedded.kafka_settings import ADMIN, SCRAM_ITERATIONS, server_properties
from deploy.embedded.parts import Progress, silent
from deploy.provision.connection import librdkafka
from tests.backends.contained import Contained

# Where the image looks for an operator's files.
MOUNTED = Path("/mnt/shared/config")
PLAIN = "org.apache.kafka.common.security.plain.PlainLoginModule"


class KafkaContainer:
    """One broker, its own controller; its ports are the same inside and on the loopback, where it advertises them."""

    def __init__(self, directory: Path, image: str) -> None:
        self.port = ports.free_port(PORTS)
        self.bootstrap = f"{ports.HOST}:{self.port}"
        self.partners_bootstrap = f"{ports.HOST}:{self.port + 2}"
        self.admin_user = ADMIN
        self.admin_password = state.password()
        self._authority = Authority(directory / "config", 0o444)
        self._configure(directory / "config")
        published = {port: port for port in (self.port, self.port + 2)}
        self.child = Contained("Kafka", image, directory / "kafka.log", published=published)
        self.child.definition.with_volume_mapping(str(directory / "config"), str(MOUNTED), "ro").with_envs(
            CLUSTER_ID=urlsafe_b64encode(uuid.uuid4().bytes).decode().rstrip("="),
            KAFKA_HEAP_OPTS="-Xmx384m",
            KAFKA_LOG4J_ROOT_LOGLEVEL="WARN",
        )

    @property
    def pid(self) -> int | None:
        """The broker's process id, None when it is not running."""
        return self.child.pid

    @property
    def log_path(self) -> Path:
        """Where the broker's output is kept when it stops."""
        return self.child.log_path

    @property
    def authority_path(self) -> Path:
        """The authority that `partners_bootstrap` is verified with, PEM."""
        return self._authority.certificate_path

    def client_settings(self, user: str | None = None, password: str | None = None) -> dict[str, str | int]:
        """librdkafka settings for a user, the administrator by default."""
        return librdkafka(self.bootstrap, user or self.admin_user, password or self.admin_password)

    def start(self, progress: Progress = silent) -> None:
        """Returns when a client can authenticate; raises PlatformError with the reason when it cannot."""
        self.launch(progress)
        self.wait_ready()

    def launch(self, progress: Progress = silent) -> None:
        """Starts it and returns at once."""
        progress("démarrage / starting")
        self.child.launch()

    def wait_ready(self) -> None:
        """Returns when the administrator can log in as everyone does, by SCRAM."""
        by_password = AdminClient({**self.client_settings(), "sasl.mechanism": "PLAIN", "log_level": 0})
        wait_until("SASL", lambda: answers(by_password), self.child)
        login = ScramCredentialInfo(ScramMechanism.SCRAM_SHA_512, SCRAM_ITERATIONS)
        credential = UserScramCredentialUpsertion(ADMIN, login, self.admin_password.encode())
        for kept in by_password.alter_user_scram_credentials([credential]).values():
            kept.result(timeout=30)
        admin = AdminClient({**self.client_settings(), "log_level": 0})
        wait_until("SCRAM", lambda: answers(admin), self.child)

    def stop(self) -> None:
        """Stops the broker; returns when it is gone."""
        self.child.stop()

    def _configure(self, config: Path) -> None:
        """The embedded broker's settings; only what a container has elsewhere differs, and the later line counts.

        No SCRAM login exists before the first start of a broker that an image formats, so the administrator's first
        login is by PLAIN.
        """
        embedded = server_properties(
            self.port, self.port + 1, self.port + 2, MOUNTED, self.admin_password, state.password()
        )
        listeners = {"CLIENTS": f"0.0.0.0:{self.port}", "PARTNERS": f"0.0.0.0:{self.port + 2}"}
        listeners["CONTROLLER"] = f"{ports.HOST}:{self.port + 1}"
        changed = {
            "listeners": ",".join(f"{name}://{address}" for name, address in listeners.items()),
            "sasl.mechanism.inter.broker.protocol": "PLAIN",
            "listener.name.clients.sasl.enabled.mechanisms": "SCRAM-SHA-512,PLAIN",
            "listener.name.clients.plain.sasl.jaas.config": (
                f'{PLAIN} required username="{ADMIN}" password="{self.admin_password}" '
                f'user_{ADMIN}="{self.admin_password}";'
            ),
            "log.dirs": "/var/lib/kafka/data",
        }
        lines = "".join(f"{name}={value}\n" for name, value in changed.items())
        # Its reader is a user of the image, which copies it with its mode and then appends to it; the folder above lets
        # nobody of this machine in.
        state.write_private(config / "server.properties", embedded + lines, 0o644)
        self._authority.certify((ports.HOST, "localhost"))
