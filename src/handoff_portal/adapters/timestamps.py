"""Time stamps of a third party (RFC 3161): asked for over HTTP, checked before anybody relies on them."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from hashlib import sha256
from pathlib import Path
from typing import Final

from cryptography.x509 import Certificate, load_pem_x509_certificates
from rfc3161_client import (
    HashAlgorithm,
    TimestampRequestBuilder,
    TimeStampResponse,
    VerificationError,
    VerifierBuilder,
    decode_timestamp_response,
)

from handoff_portal.adapters.outgoing import fetch

_SHA256: Final = "2.16.840.1.101.3.4.2.1"
_GRANTED: Final = 0
_MOST_BYTES: Final = 65_536
_QUERY: Final = "application/timestamp-query"


class StampError(ValueError):
    """This is no time stamp over that message, or nobody trusted signed it."""


@dataclass(frozen=True, slots=True)
class Stamp:
    """What a token says: these 32 bytes (SHA-256) existed at this time, UTC."""

    imprint: bytes
    at: datetime


@dataclass(frozen=True, slots=True)
class Authority:
    """A time stamp authority.

    Attributes:
        url: Where it takes requests (RFC 3161 section 3.4).
        roots: Whom its certificate must lead to; without any, its signature is stored unchecked.
    """

    url: str
    roots: tuple[Certificate, ...] = ()

    def stamp(self, message: bytes) -> bytes:
        """A fresh time stamp response (DER) over the message, checked.

        Raises:
            OutgoingError: The authority does not answer.
            StampError: It answered something else.
        """
        request = TimestampRequestBuilder().data(message).hash_algorithm(HashAlgorithm.SHA256).build()
        token = fetch(self.url, request.as_bytes(), _QUERY, _MOST_BYTES)
        check_stamp(token, message, self.roots)
        if _decoded(token).tst_info.nonce != request.nonce:
            raise StampError("the time stamp answers another request")
        return token


def read_roots(path: Path) -> tuple[Certificate, ...]:
    """The certificates in a PEM file.

    Raises:
        ValueError: There is none, or the file cannot be read.
    """
    try:
        return tuple(load_pem_x509_certificates(path.read_bytes()))
    except OSError as error:
        raise ValueError(f"{path} cannot be read: {error.strerror}") from error
    except ValueError as error:
        raise ValueError(f"{path} holds no certificates in PEM form") from error


def read_stamp(token: bytes) -> Stamp:
    """What a token says; its signature is not checked.

    Raises:
        StampError: It is not a granted time stamp over a SHA-256 digest.
    """
    said = _decoded(token)
    imprint = said.tst_info.message_imprint
    if imprint.hash_algorithm.dotted_string != _SHA256:
        raise StampError("the time stamp is not over a SHA-256 digest")
    return Stamp(imprint.message, said.tst_info.gen_time)


def check_stamp(token: bytes, message: bytes, roots: Sequence[Certificate]) -> Stamp:
    """Check that a token is over this message and, given roots, that somebody under them signed it.

    Raises:
        StampError: It is not.
    """
    stamp = read_stamp(token)
    if stamp.imprint != sha256(message).digest():
        raise StampError("the time stamp is over something else")
    if roots:
        try:
            VerifierBuilder(roots=list(roots)).build().verify_message(_decoded(token), message)
        except VerificationError as error:
            raise StampError("nobody under the trusted roots signed this time stamp") from error
    return stamp


def _decoded(token: bytes) -> TimeStampResponse:
    try:
        said = decode_timestamp_response(token)
        if said.status == _GRANTED:
            return said
    except ValueError as error:
        raise StampError("this is not a time stamp") from error
    raise StampError("the authority refused")
