"""Our AsyncAPI documents under AsyncAPI's own parser: what its tools will read, not what we think of it."""

import json
import os
import shutil
from pathlib import Path
from typing import Any, Final

import pytest

from contracts.export_asyncapi import VERSION, asyncapi_documents
from tests import installed

HERE: Final = Path(__file__).parent / "asyncapi"
CONTRACTS: Final = Path(__file__).parents[3] / "contracts"
# The documents keep to the version of the standard that they name, and a newer one exists.
NEWER: Final = "asyncapi-latest-version"


@pytest.mark.timeout(installed.SECONDS + 180)
async def test_the_official_parser_takes_every_document_and_finds_no_fault(tmp_path: Path) -> None:
    for name in ("package.json", "package-lock.json", "check.mjs"):
        shutil.copy(HERE / name, tmp_path)
    await installed.node_modules(tmp_path)
    broken = tmp_path / "broken.json"
    broken.write_text(json.dumps({"asyncapi": VERSION, "info": {"title": "no version"}, "operations": {"x": {}}}))
    documents = asyncapi_documents()
    files = [*(str(CONTRACTS / path) for path in documents), str(broken)]
    printed = await installed.ran(["node", "check.mjs", *files], tmp_path, dict(os.environ))
    *ours, refused = [json.loads(line) for line in printed.splitlines()]

    seen: list[Any] = [[fault for fault in verdict["faults"] if fault["code"] != NEWER] for verdict in ours]
    assert seen == [[] for _ in documents]
    assert [(verdict["channels"], verdict["messages"]) for verdict in ours] == [
        (len(document["channels"]), len(document["components"]["messages"])) for document in documents.values()
    ]
    # The parser does find faults.
    assert refused["channels"] == 0
    assert refused["faults"]


def test_the_lock_names_no_registry() -> None:
    assert '"resolved"' not in (HERE / "package-lock.json").read_text()
