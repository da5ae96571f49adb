"""A port that shows a certificate of another authority, and later leads to the real broker."""

import asyncio
import contextlib
import ssl
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

from deploy.embedded.authority import Authority
from deploy.embedded.ports import HOST, free_port


class Door:
    """On 127.0.0.1:`port`; `kept` in the folder is what nobody was given to trust."""

    def __init__(self, folder: Path) -> None:
        self.port = free_port()
        self.address = f"{HOST}:{self.port}"
        self._authority = Authority(folder)
        self._server: asyncio.Server | None = None
        self._ways: set[asyncio.Task[None]] = set()

    async def show_another_certificate(self) -> None:
        """From now on, whoever knocks is shown it."""
        self._authority.certify((HOST,))
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(self._authority.directory / "broker.pem")
        self._server = await asyncio.start_server(lambda _, writer: writer.close(), HOST, self.port, ssl=context)

    async def lead_to(self, address: str) -> None:
        """From now on, it is that other place."""
        await self.close()
        host, port = address.split(":")

        async def enter(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
            there, back = await asyncio.open_connection(host, int(port))
            self._ways |= {asyncio.create_task(_carry(reader, back)), asyncio.create_task(_carry(there, writer))}

        self._server = await asyncio.start_server(enter, HOST, self.port)

    async def close(self) -> None:
        """Nobody enters any more."""
        for way in self._ways:
            way.cancel()
        await asyncio.gather(*self._ways, return_exceptions=True)
        self._ways.clear()
        if self._server is not None:
            self._server.close()
            await self._server.wait_closed()


async def _carry(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    try:
        with contextlib.suppress(OSError):
            while data := await reader.read(65_536):
                writer.write(data)
                await writer.drain()
    finally:
        writer.close()


@asynccontextmanager
async def a_door(folder: Path) -> AsyncIterator[Door]:
    """A door, closed at the end."""
    door = Door(folder)
    try:
        yield door
    finally:
        await door.close()
