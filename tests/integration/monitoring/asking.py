"""What Prometheus and Alertmanager say over HTTP, and a receiver of alerts that remembers what it was told."""

import json
import math
import threading
import time
import urllib.parse
import urllib.request
from collections.abc import Callable
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any, Final

from deploy.prometheus.monitor import Monitor

LOOK_SECONDS: Final = 0.2


def get(url: str, **query: str) -> Any:
    """The JSON that an address answers with. Raises OSError while it does not answer."""
    with urllib.request.urlopen(f"{url}?{urllib.parse.urlencode(query)}" if query else url, timeout=10) as answer:
        return json.load(answer)


def values(monitor: Monitor, expression: str) -> list[float]:
    """The values of an expression now, as Prometheus computes it."""
    said = get(f"{monitor.url('prometheus')}/api/v1/query", query=expression)
    assert said["status"] == "success", said
    return [float(sample["value"][1]) for sample in said["data"]["result"]]


def firing(monitor: Monitor, name: str) -> list[dict[str, str]]:
    """The labels of the alerts of a name that fire in Prometheus."""
    alerts = get(f"{monitor.url('prometheus')}/api/v1/alerts")["data"]["alerts"]
    return [a["labels"] for a in alerts if a["labels"]["alertname"] == name and a["state"] == "firing"]


def alerted(monitor: Monitor, name: str) -> list[dict[str, Any]]:
    """The active alerts of a name that Alertmanager holds."""
    alerts = get(f"{monitor.url('alertmanager')}/api/v2/alerts", active="true")
    return [alert for alert in alerts if alert["labels"]["alertname"] == name]


def until(fact: Callable[[], bool], what: str, seconds: float = 60) -> None:
    """Returns when the fact is true; AssertionError with `what` when it is not in time."""
    deadline = time.monotonic() + seconds
    while not fact():
        assert time.monotonic() < deadline, f"not in {seconds:.0f} s: {what}"
        time.sleep(LOOK_SECONDS)


def until_value(monitor: Monitor, expression: str, *expected: float) -> None:
    """Returns when an expression has these values."""
    found: list[float] = []

    def equal() -> bool:
        found[:] = values(monitor, expression)
        return found == list(expected)

    try:
        until(equal, expression)
    except AssertionError as error:
        raise AssertionError(f"{expression} is {found}, not {expected}") from error


def until_data(monitor: Monitor, expression: str, whose: str) -> None:
    """Returns when an expression has a value that is a number."""
    until(lambda: any(not math.isnan(value) for value in values(monitor, expression)), f"{whose}: {expression}")


class Receiver:
    """Somebody who is told of alerts, by webhook."""

    def __init__(self) -> None:
        told: list[tuple[str, str, str]] = []
        self.told = told

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                body = json.loads(self.rfile.read(int(self.headers["content-length"])))
                for alert in body["alerts"]:
                    labels = alert["labels"]
                    told.append((labels["alertname"], labels.get("service", ""), alert["status"]))
                self.send_response(200)
                self.end_headers()

            def log_message(self, *_: Any) -> None:
                """Silent."""

        self._server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.url = f"http://127.0.0.1:{self._server.server_port}/"
        self._thread = threading.Thread(target=self._server.serve_forever, daemon=True)
        self._thread.start()

    def close(self) -> None:
        """Nobody is told any more."""
        self._server.shutdown()
        self._server.server_close()
        self._thread.join()
