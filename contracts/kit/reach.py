"""Can we get in? Address, encryption, password, each alone: the client library says 'no connection' of all three."""

import asyncio
import contextlib
import socket
import ssl
import time
from collections.abc import AsyncIterator
from typing import Final

from aiokafka.conn import create_conn
from aiokafka.errors import (
    AuthenticationFailedError,
    KafkaError,
    SaslAuthenticationFailed,
    UnsupportedSaslMechanismError,
)

from contracts.kit.connection import client_settings
from contracts.kit.findings import Finding, ill, well
from contracts.kit.settings import Settings

CONNECT_SECONDS: Final = 10.0
# An authority needs some days to give a new certificate.
LEAST_DAYS: Final = 7


async def ways_in(settings: Settings) -> AsyncIterator[Finding]:
    """One finding for each step; a red one is the last."""
    for step in (_address, _encryption, _login):
        for host, port in settings.hosts:
            finding = await step(settings, host, port)
            yield finding
            if not finding.well:
                return


async def _address(_settings: Settings, host: str, port: int) -> Finding:
    started = time.monotonic()
    try:
        await _open(host, port, None)
    except socket.gaierror:
        return ill(
            "Adresse",
            f"le nom {host} est inconnu",
            f"the name {host} is unknown",
            remedy_fr="Vérifiez l'adresse donnée par l'opérateur du SIAO, et votre DNS.",
            remedy_en="Check the address that the SIAO's operator gave you, and your DNS.",
        )
    except OSError as error:
        silent = isinstance(error, TimeoutError)
        return ill(
            "Adresse",
            f"{host}:{port} {'ne répond pas' if silent else 'refuse la connexion'}",
            f"{host}:{port} {'does not answer' if silent else 'refuses the connection'}",
            remedy_fr=f"Vérifiez l'adresse ; ouvrez votre pare-feu vers {host}, port {port}, en TCP.",
            remedy_en=f"Check the address; open your firewall to {host}, TCP port {port}.",
        )
    milliseconds = (time.monotonic() - started) * 1000
    return well("Adresse", f"{host}:{port} répond en {milliseconds:.0f} ms", "answers")


async def _encryption(settings: Settings, host: str, port: int) -> Finding:
    context = client_settings(settings)["ssl_context"]
    if context is None:
        return well("Chiffrement", "aucun, sur cette machine seulement", "none, on this machine only")
    try:
        expires = await _open(host, port, context)
    except ssl.SSLCertVerificationError as error:
        return ill(
            "Chiffrement",
            f"le certificat de {host} n'est pas reconnu ({error.verify_message})",
            f"the certificate of {host} is not recognised",
            remedy_fr="Donnez dans « ca » le fichier PEM de l'autorité que l'opérateur du SIAO vous a remis, à jour.",
            remedy_en="Give in 'ca' the PEM file of the authority, as the SIAO's operator last gave it to you.",
        )
    except (OSError, ssl.SSLError):
        return ill(
            "Chiffrement",
            f"{host}:{port} ne parle pas TLS",
            f"{host}:{port} does not speak TLS",
            remedy_fr="Vérifiez le port : celui des partenaires est chiffré. Sans chiffrement, retirez « ca ».",
            remedy_en="Check the port: that of partners is encrypted. For one without encryption, remove 'ca'.",
        )
    days = int((expires - time.time()) / 86_400)
    if days < LEAST_DAYS:
        return ill(
            "Chiffrement",
            f"le certificat de {host} expire dans {days} jours",
            f"the certificate of {host} expires in {days} days",
            remedy_fr="Prévenez l'opérateur du SIAO.",
            remedy_en="Tell the SIAO's operator.",
        )
    return well("Chiffrement", f"TLS, certificat reconnu, encore {days} jours", "TLS, certificate recognised")


async def _login(settings: Settings, host: str, port: int) -> Finding:
    options = client_settings(settings)
    del options["bootstrap_servers"]
    try:
        connection = await asyncio.wait_for(create_conn(host, port, **options), CONNECT_SECONDS)
    except (AuthenticationFailedError, SaslAuthenticationFailed):
        return ill(
            "Identification",
            f"« {settings.login} » est refusé : mot de passe faux, ou accès révoqué",
            "refused: wrong password, or access revoked",
            remedy_fr="Vérifiez « user » et « password » ; sinon demandez un nouveau secret à l'opérateur du SIAO.",
            remedy_en="Check 'user' and 'password'; else ask the SIAO's operator for a new secret.",
        )
    except (KafkaError, UnsupportedSaslMechanismError, OSError) as error:
        return ill(
            "Identification",
            f"interrompue ({type(error).__name__})",
            "interrupted",
            remedy_fr="Ce port n'est pas celui des partenaires, ou il est chiffré : vérifiez l'adresse et « ca ».",
            remedy_en="This port is not that of partners, or is encrypted: check the address and 'ca'.",
        )
    connection.close()
    return well("Identification", f"« {settings.login} », par SCRAM-SHA-512", "logged in")


async def _open(host: str, port: int, context: ssl.SSLContext | None) -> float:
    """Opens and closes a connection; when its certificate expires, in seconds since 1970 (0 without TLS)."""
    async with asyncio.timeout(CONNECT_SECONDS):
        _, writer = await asyncio.open_connection(host, port, ssl=context)
    certificate = writer.get_extra_info("peercert") or {}
    writer.close()
    with contextlib.suppress(OSError, ssl.SSLError):
        await writer.wait_closed()
    return ssl.cert_time_to_seconds(str(certificate["notAfter"])) if certificate else 0.0
