"""The edge against its own OpenAPI document: schemathesis asks for what it promises, and for what it forbids."""

from collections.abc import Iterator
from typing import Any, Final

import httpx
import pytest
import schemathesis
from hypothesis import HealthCheck, given, settings
from schemathesis import GenerationMode
from schemathesis.checks import CHECKS, load_all_checks
from schemathesis.schemas import BaseSchema

from services.edge.openapi import document
from tests.integration.edge.house import House, another_edge

pytestmark = pytest.mark.once

# Each operation is asked so often; half a minute for them all where nothing else runs.
EXAMPLES: Final = 30
IN_VAIN: Final = {str(seconds): 0 for seconds in range(31)}
# A body that breaks the schema is passed on and rejected in the notices, as over Kafka: that is no failure here.
PASSED_ON: Final = "negative_data_rejection"
# A cursor that was never given is refused (410), and a schema cannot say which were.
MADE_UP: Final = {"/v1/notices": "positive_data_acceptance"}
SPEAKERS: Final = {
    "structure": "chrs-a",
    "prescriber": "ccas-a",
    "bailleur": "bailleur-a",
    "prefecture": "prefecture-a",
    "operator": "operateur-a",
}

load_all_checks()


OPERATIONS: Final = [f"{method} {path}" for path, methods in document()["paths"].items() for method in methods]


@pytest.fixture(scope="module")
def url(house: House) -> Iterator[str]:
    """An edge that counts nobody's requests; in the end it has failed at none."""
    with another_edge(
        house, SIAO_EDGE_RATE="100000", SIAO_EDGE_BURST="100000", SIAO_EDGE_WRONG_BURST="100000"
    ) as address:
        yield address
        pages = httpx.URL(address)
        told = httpx.get(pages.copy_with(port=(pages.port or 0) - 1, path="/metrics"), trust_env=False).text
        assert 'status="202"' in told
        assert 'status="5' not in told


@pytest.fixture(scope="module")
def promised(house: House) -> BaseSchema:
    """The document; each operation is asked by a partner who may."""
    schema = schemathesis.openapi.from_dict(document())

    @schema.auth(refresh_interval=None)
    class Token:
        def get(self, case: Any, _context: Any) -> str:
            roles = case.operation.definition.raw.get("x-roles", ["structure"])
            return house.tokens[SPEAKERS[roles[0]]]

        def set(self, case: Any, token: str, _context: Any) -> None:
            case.headers["authorization"] = f"Bearer {token}"

    return schema


@pytest.mark.parametrize("operation", OPERATIONS)
def test_it_is_as_its_document_says(operation: str, promised: BaseSchema, url: str) -> None:
    method, path = operation.split()
    asked = promised[path][method]
    left_out = (PASSED_ON, MADE_UP.get(path))
    judges = CHECKS.get_by_names([name for name in CHECKS.get_all_names() if name not in left_out])
    good, bad = (asked.as_strategy(generation_mode=mode) for mode in GenerationMode)

    @settings(max_examples=EXAMPLES, deadline=None, derandomize=True, suppress_health_check=list(HealthCheck))
    @given(case=good | bad)
    def ask(case: Any) -> None:
        # Nothing answers in this house: whoever waits, waits in vain.
        if "wait" in (case.query or {}):
            case.query["wait"] = IN_VAIN.get(str(case.query["wait"]), case.query["wait"])
        case.call_and_validate(base_url=url, checks=judges, timeout=20)

    ask()
