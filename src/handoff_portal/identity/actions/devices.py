"""Known browsers: a signed cookie says that a person signed in here before.

It opens nothing. It gives the browser its own count of attempts, which strangers cannot use up, and spares
its owner the mail about a sign-in from a new browser. A changed password makes all of them unknown.
"""

import base64
import hmac
from datetime import timedelta
from hashlib import sha256
from secrets import token_bytes

from handoff_portal.adapters.database import Work
from handoff_portal.adapters.vault.vault import SystemKey
from handoff_portal.core.ids import NOBODY
from handoff_portal.identity.model.credentials import Credentials

LASTS = timedelta(days=180)
_NONCE = 12
_MAC = 20
_PEOPLE = 4
_BETWEEN = "~"


def known_device(work: Work, cookie: str, found: Credentials | None) -> str:
    """The name of this browser if this person signed in here before; else empty."""
    known = ""
    for mark in cookie.split(_BETWEEN)[:_PEOPLE]:
        octets = _decoded(mark)
        nonce, mac = octets[:_NONCE], octets[_NONCE:]
        if hmac.compare_digest(mac, _mac(work, nonce, found)) and found is not None:
            known = nonce.hex()
    return known


def remember_device(work: Work, cookie: str, found: Credentials) -> str:
    """The cookie with a mark for this person; up to four people may share a browser."""
    nonce = token_bytes(_NONCE)
    mark = base64.urlsafe_b64encode(nonce + _mac(work, nonce, found)).decode()
    others = [one for one in cookie.split(_BETWEEN) if one and not known_device(work, one, found)]
    return _BETWEEN.join([mark, *others][:_PEOPLE])


def _mac(work: Work, nonce: bytes, found: Credentials | None) -> bytes:
    person = found.person.id if found else NOBODY
    since = found.password_changed_at.isoformat() if found and found.password_changed_at else ""
    text = b"device\x00" + nonce + person.bytes + since.encode()
    return hmac.digest(work.vault.system_key(SystemKey.COOKIE), text, sha256)[:_MAC]


def _decoded(mark: str) -> bytes:
    try:
        octets = base64.b64decode(mark, altchars="-_", validate=True)
    except ValueError:
        octets = b""
    return octets if len(octets) == _NONCE + _MAC else bytes(_NONCE + _MAC)
