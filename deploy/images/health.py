"""An image's health check: asks the service of this container whether it is ready, and says what is not."""

import http.client
import os
import sys


def main() -> int:
    """0 when `GET /ready` answers 200; 1 otherwise, with the answer or the reason that there is none."""
    connection = http.client.HTTPConnection("127.0.0.1", int(os.environ["SIAO_HTTP_PORT"]), timeout=4)
    try:
        connection.request("GET", "/ready")
        answer = connection.getresponse()
        sys.stdout.write(answer.read().decode())
        return 0 if answer.status == http.HTTPStatus.OK else 1
    except (OSError, http.client.HTTPException) as error:
        sys.stdout.write(f"no answer: {error}")
        return 1
    finally:
        connection.close()


if __name__ == "__main__":
    sys.exit(main())
