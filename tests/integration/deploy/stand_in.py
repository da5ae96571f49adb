"""Stands in for a service where only the supervisor is tested: answers /ready, ends when asked."""

import http.server
import os
import signal
import sys


class Ready(http.server.BaseHTTPRequestHandler):
    """200 on /ready, 404 elsewhere."""

    def do_GET(self) -> None:
        self.send_response(200 if self.path == "/ready" else 404)
        self.end_headers()

    def log_message(self, *_: object) -> None:
        """Says nothing."""


def main() -> None:
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(0))
    print(f"stand-in of {os.environ['SIAO_KAFKA_USER']} on port {os.environ['SIAO_HTTP_PORT']}", flush=True)
    http.server.HTTPServer(("127.0.0.1", int(os.environ["SIAO_HTTP_PORT"])), Ready).serve_forever()


main()
