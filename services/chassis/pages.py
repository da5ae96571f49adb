"""The pages every service has: health, readiness, metrics, its contract."""

import json
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any, Final

from faststream.asgi import AsgiResponse, get
from prometheus_client import CONTENT_TYPE_LATEST, generate_latest

from services.chassis import metrics

CONTRACT: Final = Path(__file__).parents[2] / "contracts" / "asyncapi"
JSON: Final = {"content-type": "application/json"}


def faults_page(faults: Callable[[], Mapping[str, str]]) -> Any:
    """200 when there are no faults, 503 and the faults otherwise."""

    @get
    async def page(_scope: Any) -> AsgiResponse:
        found = faults()
        body = json.dumps({"status": "not ok" if found else "ok", "faults": found}).encode()
        return AsgiResponse(body, 503 if found else 200, JSON)

    return page


def metrics_page() -> Any:
    """The metrics, for Prometheus."""

    @get
    async def page(_scope: Any) -> AsgiResponse:
        return AsgiResponse(generate_latest(metrics.REGISTRY), 200, {"content-type": CONTENT_TYPE_LATEST})

    return page


def contract_page(service: str) -> Any:
    """The service's AsyncAPI document, with payloads, keys and headers."""

    @get
    async def page(_scope: Any) -> AsgiResponse:
        return AsgiResponse((CONTRACT / f"{service}.json").read_bytes(), 200, JSON)

    return page
