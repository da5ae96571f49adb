"""The broker's settings: SASL everywhere, deny by default, loopback only; refuses an anonymous connection.

Services speak to CLIENTS without encryption: it never leaves this machine. PARTNERS is what a partner's software meets
elsewhere too: TLS, with a certificate of the installation's own authority.
"""

from pathlib import Path

from deploy.embedded.ports import HOST

ADMIN = "admin"
SCRAM_ITERATIONS = 8192

LOG_SETTINGS = """\
rootLogger.level = INFO
rootLogger.appenderRef.console.ref = console
appender.console.type = Console
appender.console.name = console
appender.console.layout.type = PatternLayout
appender.console.layout.pattern = %d{ISO8601} %p %m (%c{1})%n
# One line per partition and per client: at 1,300 topics they would bury everything else.
logger.state.name = state.change.logger
logger.state.level = WARN
logger.log.name = kafka.log
logger.log.level = WARN
logger.storage.name = org.apache.kafka.storage.internals.log
logger.storage.level = WARN
logger.dynamic.name = kafka.server.metadata.DynamicConfigPublisher
logger.dynamic.level = WARN
logger.partition.name = kafka.cluster.Partition
logger.partition.level = WARN
logger.controller.name = org.apache.kafka.controller
logger.controller.level = WARN
logger.config.name = org.apache.kafka.common.config.AbstractConfig
logger.config.level = WARN
logger.server.name = kafka.server.ReplicaFetcherManager
logger.server.level = WARN
logger.replica.name = kafka.server.ReplicaAlterLogDirsManager
logger.replica.level = WARN
logger.authorizer.name = kafka.authorizer.logger
logger.authorizer.level = INFO
"""


def server_properties(
    port: int, controller_port: int, partners_port: int, directory: Path, password: str, controller_password: str
) -> str:
    """The text of server.properties for one broker that is its own controller; `directory` holds `broker.pem`.

    The controller's listener uses PLAIN: SCRAM credentials live in the metadata log, which only a running controller
    can read, so a controller cannot authenticate its own peers by SCRAM. Here the peer is the same process, on the
    loopback, with a random password of its own that opens nothing else.
    """
    settings = {
        "process.roles": "broker,controller",
        "node.id": "1",
        # Static voters: the port may change between two starts, a dynamic quorum would keep the old one.
        "controller.quorum.voters": f"1@{HOST}:{controller_port}",
        "listeners": (
            f"CLIENTS://{HOST}:{port},PARTNERS://{HOST}:{partners_port},CONTROLLER://{HOST}:{controller_port}"
        ),
        "advertised.listeners": f"CLIENTS://{HOST}:{port},PARTNERS://{HOST}:{partners_port}",
        "listener.security.protocol.map": "CLIENTS:SASL_PLAINTEXT,PARTNERS:SASL_SSL,CONTROLLER:SASL_PLAINTEXT",
        "controller.listener.names": "CONTROLLER",
        "inter.broker.listener.name": "CLIENTS",
        **_logins(directory / "broker.pem", password, controller_password),
        "authorizer.class.name": "org.apache.kafka.metadata.authorizer.StandardAuthorizer",
        "super.users": f"User:{ADMIN}",
        "allow.everyone.if.no.acl.found": "false",
        "auto.create.topics.enable": "false",
        "log.dirs": str(directory / "data"),
        **ONE_MACHINE,
    }
    return "".join(f"{name}={value}\n" for name, value in settings.items())


def _logins(broker_pem: Path, password: str, controller_password: str) -> dict[str, str]:
    """Who may log in at which listener, and how."""
    scram = "org.apache.kafka.common.security.scram.ScramLoginModule"
    plain = "org.apache.kafka.common.security.plain.PlainLoginModule"
    return {
        "sasl.enabled.mechanisms": "SCRAM-SHA-512",
        "sasl.mechanism.inter.broker.protocol": "SCRAM-SHA-512",
        "sasl.mechanism.controller.protocol": "PLAIN",
        "listener.name.clients.sasl.enabled.mechanisms": "SCRAM-SHA-512",
        "listener.name.clients.scram-sha-512.sasl.jaas.config": (
            f'{scram} required username="{ADMIN}" password="{password}";'
        ),
        "listener.name.partners.sasl.enabled.mechanisms": "SCRAM-SHA-512",
        "listener.name.partners.scram-sha-512.sasl.jaas.config": f"{scram} required;",
        "listener.name.partners.ssl.keystore.type": "PEM",
        "listener.name.partners.ssl.keystore.location": str(broker_pem),
        "listener.name.controller.sasl.enabled.mechanisms": "PLAIN",
        "listener.name.controller.plain.sasl.jaas.config": (
            f'{plain} required username="{ADMIN}" password="{controller_password}" '
            f'user_{ADMIN}="{controller_password}";'
        ),
    }


# What one broker with 1,300 small topics needs in place of the defaults for large clusters. Flushing is untouched.
ONE_MACHINE = {
    "num.partitions": "1",
    "offsets.topic.num.partitions": "8",
    "offsets.topic.replication.factor": "1",
    "transaction.state.log.num.partitions": "4",
    "transaction.state.log.replication.factor": "1",
    "transaction.state.log.min.isr": "1",
    "share.coordinator.state.topic.num.partitions": "4",
    "share.coordinator.state.topic.replication.factor": "1",
    "share.coordinator.state.topic.min.isr": "1",
    "group.initial.rebalance.delay.ms": "0",
    # 128 MB of heap by default, for the keys of the largest compacted partition.
    "log.cleaner.dedupe.buffer.size": "16777216",
    # An idle controller writes (and flushes) an empty record twice a second by default.
    "metadata.max.idle.interval.ms": "10000",
    # Three indexes a partition, 10 MB each by default, and as many sparse files: the first write to one costs 3 ms on
    # ext4, 0.4 at 1 MB, nothing here; a first message to each of 170 partners held the broker for seconds.
    "log.index.size.max.bytes": "65536",
    # Partners reconnect as they like: the default forgets their positions after a week of silence.
    "offsets.retention.minutes": "525600",
}
