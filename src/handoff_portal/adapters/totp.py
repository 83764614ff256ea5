"""One-time codes from an authenticator app (RFC 6238: SHA-1, six digits, 30 seconds) and codes on paper."""

import base64
import hmac
import secrets
from dataclasses import dataclass
from datetime import datetime
from hashlib import sha256

import pyotp
import segno

STEP_SECONDS = 30
SECRET_BYTES = 20
ISSUER = "Handoff Portal"
RECOVERY_CODES = 10
_RECOVERY_BYTES = 15
_NEAR = (-1, 0, 1)
_FAR = 10
_SIX = 6
_RECOVERY_LETTERS = 24


@dataclass(frozen=True, slots=True)
class Match:
    """What a typed code stands for.

    Attributes:
        counter: The 30-second step it belongs to, or None if it belongs to none nearby.
        drifted: It belongs to a step further away: the clock of the phone is wrong.
    """

    counter: int | None
    drifted: bool = False


def new_secret() -> bytes:
    """160 random bits (RFC 4226 section 4)."""
    return secrets.token_bytes(SECRET_BYTES)


def as_text(secret: bytes) -> str:
    """The secret as people type it into an app: base32."""
    return base64.b32encode(secret).decode()


def spaced(text: str) -> str:
    """Letters in groups of four, easier to read and type."""
    return " ".join(text[at : at + 4] for at in range(0, len(text), 4))


def counter_at(moment: datetime) -> int:
    """The 30-second step of a moment."""
    return int(moment.timestamp()) // STEP_SECONDS


def code_at(secret: bytes, moment: datetime) -> str:
    """The code that an app shows at this moment."""
    return pyotp.HOTP(as_text(secret)).at(counter_at(moment))


def match(secret: bytes, typed: str, moment: datetime) -> Match:
    """Find the step of a typed code: one step around now counts, ten steps around tell of a wrong clock.

    Every step is compared in constant time. That a code is used once is the caller's part: it must store the
    counter and accept only larger ones.
    """
    generator = pyotp.HOTP(as_text(secret))
    now = counter_at(moment)
    found = Match(None)
    for away in range(-min(now, _FAR), _FAR + 1):
        if hmac.compare_digest(generator.generate_otp(now + away).encode(), typed.encode()):
            near = away in _NEAR
            found = Match(now + away) if near else (found if found.counter else Match(None, drifted=True))
    return found


def plain(typed: str) -> str:
    """A typed code without the spaces and hyphens people put in, in capitals."""
    return "".join(letter for letter in typed.upper() if letter.isalnum())


def is_app_code(code: str) -> bool:
    """Whether a plain code has the shape of one from an app: six digits."""
    return len(code) == _SIX and code.isascii() and code.isdecimal()


def is_recovery_code(code: str) -> bool:
    """Whether a plain code has the shape of one from paper: 24 letters and digits."""
    return len(code) == _RECOVERY_LETTERS and code.isascii()


def picture(secret: bytes, account: str) -> str:
    """The QR code that an app scans, as SVG without style attributes (the security policy allows none)."""
    address = pyotp.TOTP(as_text(secret)).provisioning_uri(name=account, issuer_name=ISSUER)
    return segno.make(address, error="l", boost_error=False).svg_inline(
        scale=4, border=2, dark="#000", light="#fff", omitsize=True, svgclass=None, lineclass=None
    )


def new_recovery_codes() -> tuple[str, ...]:
    """Ten codes of 120 random bits, 24 letters and digits each."""
    return tuple(
        base64.b32encode(secrets.token_bytes(_RECOVERY_BYTES)).decode() for _ in range(RECOVERY_CODES)
    )


def recovery_hash(code: str, pepper: bytes) -> bytes:
    """What is stored of a recovery code: with 120 random bits, no slow hash is needed (ASVS 5.0 6.5.2)."""
    return hmac.digest(pepper, b"recovery\x00" + plain(code).encode(), sha256)
