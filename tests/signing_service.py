"""A stand-in for KMS over real HTTP that knows Ed25519 keys only, because moto's KMS does not know them.

It answers GetPublicKey and Sign as the AWS KMS API reference says (JSON 1.1) and refuses what AWS refuses.
"""

import json
from base64 import b64decode, b64encode
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread
from typing import Any

from cryptography.hazmat.primitives.asymmetric.ec import SECP256R1, generate_private_key
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.asymmetric.types import PublicKeyTypes
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat
from typing_extensions import override


@dataclass
class SigningService:
    """Keys by id.

    Attributes:
        bent: Whether signatures come out wrong.
        asked: The operations that were called, in order.
    """

    address: str = ""
    keys: dict[str, Ed25519PrivateKey] = field(default_factory=dict)
    bent: bool = False
    asked: list[str] = field(default_factory=list)

    def new_key(self) -> str:
        """A fresh Ed25519 key; gives its id."""
        key_id = f"key-{len(self.keys)}"
        self.keys[key_id] = Ed25519PrivateKey.generate()
        return key_id

    def answer(self, operation: str, asked: dict[str, Any]) -> tuple[int, dict[str, Any]]:
        """Status and body."""
        self.asked.append(operation)
        if asked["KeyId"] == "elliptic":
            return 200, {"PublicKey": _text(_der(generate_private_key(SECP256R1()).public_key()))}
        key = self.keys.get(asked["KeyId"])
        if key is None:
            return 400, {"__type": "NotFoundException", "message": "no such key"}
        if operation == "GetPublicKey":
            said = _text(_der(key.public_key()))
            return 200, {"KeyId": asked["KeyId"], "KeySpec": "ECC_NIST_EDWARDS25519", "PublicKey": said}
        message = b64decode(asked["Message"])
        fit = asked["MessageType"] == "RAW" and asked["SigningAlgorithm"] == "ED25519_SHA_512"
        if not fit or not 1 <= len(message) <= 4096:
            return 400, {"__type": "ValidationException", "message": "not like this"}
        signature = key.sign(message + b"!" if self.bent else message)
        return 200, {"KeyId": asked["KeyId"], "Signature": _text(signature)}


def _der(key: PublicKeyTypes) -> bytes:
    return key.public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo)


def _text(octets: bytes) -> str:
    return b64encode(octets).decode()


@contextmanager
def signing_service() -> Iterator[SigningService]:
    """Let it listen on a free port of the loopback interface."""
    service = SigningService()

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            raw = self.rfile.read(int(self.headers["Content-Length"]))
            operation = self.headers["X-Amz-Target"].removeprefix("TrentService.")
            status, said = service.answer(operation, json.loads(raw))
            body = json.dumps(said).encode()
            self.send_response(status)
            self.send_header("Content-Type", "application/x-amz-json-1.1")
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        @override
        def log_message(self, format: str, *args: Any) -> None:
            pass

    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        Thread(target=server.serve_forever, daemon=True).start()
        service.address = f"http://127.0.0.1:{server.server_port}"
        yield service
        server.shutdown()
