"""Tokens as links and cookies carry them."""

import base64
import binascii

TOKEN_BYTES = 32


def encode_token(token: bytes) -> str:
    """Base64url without padding (RFC 4648 section 5)."""
    return base64.urlsafe_b64encode(token).rstrip(b"=").decode()


def decode_token(text: str) -> bytes:
    """The token of a link; zero bytes, which open nothing, if it is not one."""
    try:
        token = base64.b64decode(text + "=", altchars="-_", validate=True)
    except (binascii.Error, ValueError):
        token = b""
    return token if len(token) == TOKEN_BYTES else bytes(TOKEN_BYTES)
