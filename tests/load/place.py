"""Where one hop of a benchmark starts and ends, handed to the contender's processes in one environment variable."""

import json
import os
from dataclasses import asdict, dataclass
from typing import Any, Final

VARIABLE: Final = "SIAO_LOAD_PLACE"
PARTITIONS: Final = 4


@dataclass(frozen=True, slots=True)
class Place:
    """Broker, database and topics of one run: `source` -> database -> `target`.

    bootstrap: "host:port"; user and password: SCRAM-SHA-512 credentials of the run; dsn: a libpq URL; group: the
    consumer group, a new one for each run.
    """

    bootstrap: str
    user: str
    password: str
    dsn: str
    source: str
    target: str
    group: str

    def environment(self) -> dict[str, str]:
        """The environment of a contender's process."""
        return os.environ | {VARIABLE: json.dumps(asdict(self))}

    def aiokafka(self) -> dict[str, Any]:
        """Connection arguments for aiokafka's clients."""
        return {
            "bootstrap_servers": self.bootstrap,
            "security_protocol": "SASL_PLAINTEXT",
            "sasl_mechanism": "SCRAM-SHA-512",
            "sasl_plain_username": self.user,
            "sasl_plain_password": self.password,
        }

    def librdkafka(self) -> dict[str, Any]:
        """Connection arguments for confluent-kafka's clients."""
        return {
            "bootstrap.servers": self.bootstrap,
            "security.protocol": "SASL_PLAINTEXT",
            "sasl.mechanism": "SCRAM-SHA-512",
            "sasl.username": self.user,
            "sasl.password": self.password,
            # Its messages would run through the table; what matters is raised.
            "log_level": 0,
        }


def from_environment() -> Place:
    """The place of this process; KeyError when started by hand without one."""
    return Place(**json.loads(os.environ[VARIABLE]))
