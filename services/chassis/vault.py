"""Seals and opens texts with AES-256-GCM; a seal is bound to its place and cannot be moved to another."""

import base64
import json
import os
from typing import Final

from cryptography.hazmat.primitives.ciphers.aead import AESGCM

NONCE_BYTES: Final = 12


class Vault:
    """Holds a service's key. `context` is authenticated: opening with another one fails."""

    def __init__(self, key: bytes) -> None:
        self._cipher = AESGCM(key)

    def seal(self, content: bytes, context: str) -> bytes:
        """Nonce and ciphertext."""
        nonce = os.urandom(NONCE_BYTES)
        return nonce + self._cipher.encrypt(nonce, content, context.encode())

    def open(self, sealed: bytes, context: str) -> bytes:
        """The content. Raises cryptography.exceptions.InvalidTag when the key, the seal or the context is wrong."""
        return self._cipher.decrypt(sealed[:NONCE_BYTES], sealed[NONCE_BYTES:], context.encode())

    def seal_json(self, text: str, context: str) -> str:
        """A JSON text as a JSON string of its seal, for a column of JSON."""
        return json.dumps(base64.b64encode(self.seal(text.encode(), context)).decode())

    def open_json(self, text: str, context: str) -> bytes:
        """The JSON text under such a string."""
        return self.open(base64.b64decode(json.loads(text)), context)
