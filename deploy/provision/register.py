"""The register of partners on `siao.partners`: what provisioning says there; refuses to be unacknowledged."""

from collections.abc import Mapping

from contracts.partners import PartnerRegistered
from contracts.topics import PARTNERS
from deploy.provision import compacted


def publish(settings: Mapping[str, str | int], partners: Mapping[str, PartnerRegistered | None]) -> None:
    """Says each of these partners, None for one that is not any more; returns when the broker has acknowledged.

    Raises KafkaException when one is not acknowledged in time.
    """
    if partners:
        compacted.say(settings, PARTNERS.name, PartnerRegistered.type, partners)
