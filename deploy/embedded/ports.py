"""Loopback ports: is one free, who holds it, find a free one; refuses nothing but a taken port."""

import contextlib
import secrets
import socket

import psutil

from deploy.embedded.failure import PlatformError

HOST = "127.0.0.1"
# Below 32768, where Linux takes the ports of outgoing connections: one of those could be lost before it is used.
FIRST_FREE = 20_000
FREE_PORTS = 12_000


def require_free(port: int, what: str, remedy: str) -> None:
    """Raises PlatformError when `port` is taken on the loopback; `remedy` says what to do, e.g. `--kafka-port`."""
    with socket.socket() as probe:
        # Without this a port in TIME_WAIT after a clean stop would look taken for a minute.
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((HOST, port))
        except OSError as error:
            holder = _holder(port)
            raise PlatformError(
                f"Le port {port} ({what}) est déjà pris{holder} : arrêtez ce programme ou choisissez un autre port "
                f"avec {remedy}.",
                f"Port {port} ({what}) is already in use{holder}: stop that program or choose another with {remedy}.",
            ) from error


def free_port(consecutive: int = 1) -> int:
    """The first of `consecutive` ports that are free now on the loopback."""
    while True:
        first = FIRST_FREE + secrets.randbelow(FREE_PORTS)
        with contextlib.ExitStack() as held, contextlib.suppress(OSError):
            for port in range(first, first + consecutive):
                held.enter_context(socket.socket()).bind((HOST, port))
            return first


def accepts(port: int) -> bool:
    """Does something accept TCP connections on this loopback port?"""
    try:
        socket.create_connection((HOST, port), timeout=0.5).close()
    except OSError:
        return False
    return True


def _holder(port: int) -> str:
    with contextlib.suppress(psutil.Error):
        for connection in psutil.net_connections("tcp"):
            here = connection.laddr and connection.laddr.port == port and connection.status == psutil.CONN_LISTEN
            if here and connection.pid:
                return f" (pid {connection.pid}, {psutil.Process(connection.pid).name()})"
    return ""
