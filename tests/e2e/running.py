"""The whole platform as processes, with partners of all roles, judged by the oracles at its end."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from deploy.embedded.platform import Platform
from tests.backends.backend import Backend, platform_on
from tests.e2e import newcomers
from tests.e2e.territory import partners_of
from tests.oracles import the_log_is_sound


@contextmanager
def running_platform(backend: Backend, directory: Path, siaos: tuple[str, ...], **options: Any) -> Iterator[Platform]:
    """Kafka, PostgreSQL, the four services, in each SIAO partners of all roles, and newcomers.

    After the last story no service has died, and every oracle holds of the log.
    """
    partners = [partner for siao in siaos for partner in partners_of(siao)]
    with platform_on(backend, directory, [*partners, *newcomers.partners()], **options) as running:
        yield running
        assert running.deaths == []
        the_log_is_sound(running.kafka.client_settings())
