"""What `orientation` measures as it decides: how long a vacancy waited for its designation."""

from typing import Final

from prometheus_client import Histogram

from services.chassis.metrics import REGISTRY

VACANCY_TO_DESIGNATION: Final = Histogram(
    "siao_vacancy_to_designation_seconds",
    "From a vacancy opened to its first designation, in business time; when: opening, somebody could be designated as"
    " it opened; later, nobody could, and then somebody came",
    ["siao", "when"],
    # From a fraction of a second, as it opens, to a month without a household that may live there.
    buckets=(0.05, 0.1, 0.25, 0.5, 1, 2.5, 10, 60, 3_600, 86_400, 7 * 86_400, 30 * 86_400),
    registry=REGISTRY,
)
