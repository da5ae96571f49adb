"""How a process begins: its settings read, its port taken; what is wrong is one line, without a value or a secret."""

import socket
import sys
from typing import TypeVar

from pydantic import ValidationError
from pydantic_core import ErrorDetails
from pydantic_settings import BaseSettings, SettingsError

S = TypeVar("S", bound=BaseSettings)


def read_settings(name: str, kind: type[S]) -> S:
    """The settings of a process; ends it with one line when one is missing or wrong."""
    try:
        return kind()
    except ValidationError as error:
        wrong = ", ".join(_said_of(each) for each in error.errors(include_input=False))
    except SettingsError as error:
        # The library's own sentence: which setting, from where, and never its value.
        wrong = str(error)
    except OSError as error:
        wrong = str(error.filename or type(error).__name__)
    sys.exit(f"{name} : réglage absent ou faux / setting missing or wrong: {wrong}")


def _said_of(error: ErrorDetails) -> str:
    """What is wrong with a setting, without its value. Our own sentences are told, the library's only by their type."""
    ours = "-" in error["type"]
    setting = f"SIAO_{str(error['loc'][0]).upper()} " if error["loc"] else ""
    return f"{setting}({error['msg'] if ours else error['type']})"


def listen(name: str, host: str, port: int, settings: str = "SIAO_HTTP_HOST, SIAO_HTTP_PORT") -> socket.socket:
    """A socket to answer on, before anything else begins; ends the process with one line when it cannot be had.

    settings: those that say where, for whoever has to change them.
    """
    try:
        kind = socket.AF_INET6 if ":" in host else socket.AF_INET
        return socket.create_server((host, port), family=kind, backlog=2048)
    except OSError as error:
        sys.exit(
            f"{name} : le port {port} de {host} n'est pas disponible ({error.strerror}) : libérez-le ou changez"
            f" {settings} / the port is not available: free it or change these settings"
        )
