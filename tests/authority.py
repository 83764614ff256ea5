"""A small time stamp authority over real HTTP, with a real certificate chain (RFC 3161)."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from hashlib import sha256
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread
from typing import Any

from asn1crypto import algos, cms, core, tsp
from asn1crypto import x509 as asn1_x509
from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID
from typing_extensions import override

from handoff_portal.adapters.clock import utc_now

_YEAR = timedelta(days=365)
_P256 = ec.SECP256R1()


@dataclass
class TestAuthority:
    """Signs time stamps; a test may make it misbehave.

    Attributes:
        at: The time it puts into tokens; None is now.
        twist: Changes the request before it is answered, for wrong imprints and nonces.
        status: HTTP status of its answers.
    """

    __test__ = False

    root: x509.Certificate
    certificate: x509.Certificate
    key: ec.EllipticCurvePrivateKey
    url: str = ""
    at: datetime | None = None
    twist: dict[str, object] = field(default_factory=dict)
    status: int = 200
    asked: int = 0

    @property
    def roots_pem(self) -> bytes:
        """Whom to trust."""
        return self.root.public_bytes(Encoding.PEM)

    def answer(self, raw: bytes) -> bytes:
        """The DER response to a DER request."""
        self.asked += 1
        request = tsp.TimeStampReq.load(raw)
        info = tsp.TSTInfo(
            {
                "version": "v1",
                "policy": "1.3.6.1.4.1.55555.1",
                "message_imprint": self.twist.get("imprint", request["message_imprint"]),
                "serial_number": self.asked,
                "gen_time": (self.at or utc_now()).replace(microsecond=0),
                "nonce": self.twist.get("nonce", request["nonce"].native),
            }
        )
        return bytes(_response(_signed(info.dump(), self.certificate, self.key)).dump())


def _response(token: cms.SignedData) -> tsp.TimeStampResp:
    return tsp.TimeStampResp(
        {
            "status": {"status": "granted"},
            "time_stamp_token": {"content_type": "signed_data", "content": token},
        }
    )


def _signed(content: bytes, certificate: x509.Certificate, key: ec.EllipticCurvePrivateKey) -> cms.SignedData:
    """CMS SignedData (RFC 5652) with the attributes that RFC 3161 and RFC 5816 ask for."""
    der = certificate.public_bytes(Encoding.DER)
    loaded = asn1_x509.Certificate.load(der)
    certs = [tsp.ESSCertIDv2({"cert_hash": sha256(der).digest()})]
    attributes = cms.CMSAttributes(
        [
            {"type": "content_type", "values": ["tst_info"]},
            {"type": "message_digest", "values": [sha256(content).digest()]},
            {"type": "signing_certificate_v2", "values": [tsp.SigningCertificateV2({"certs": certs})]},
        ]
    )
    signature = key.sign(attributes.dump(), ec.ECDSA(hashes.SHA256()))
    signer = cms.SignerInfo(
        {
            "version": "v1",
            "sid": {
                "issuer_and_serial_number": {
                    "issuer": loaded.issuer,
                    "serial_number": loaded.serial_number,
                }
            },
            "digest_algorithm": algos.DigestAlgorithm({"algorithm": "sha256"}),
            "signed_attrs": attributes,
            "signature_algorithm": {"algorithm": "sha256_ecdsa"},
            "signature": signature,
        }
    )
    return cms.SignedData(
        {
            "version": "v3",
            "digest_algorithms": [algos.DigestAlgorithm({"algorithm": "sha256"})],
            "encap_content_info": {"content_type": "tst_info", "content": core.ParsableOctetString(content)},
            "certificates": [loaded],
            "signer_infos": [signer],
        }
    )


def _name(common: str) -> x509.Name:
    return x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, common)])


def new_authority() -> TestAuthority:
    """An authority under a root of its own; not listening yet."""
    now = utc_now()
    root_key, key = ec.generate_private_key(_P256), ec.generate_private_key(_P256)
    root = _certificate(now, _name("Test Root"), root_key, root_key, ca=True)
    leaf = _certificate(now, _name("Test Stamps"), key, root_key, ca=False)
    return TestAuthority(root, leaf, key)


def _certificate(
    now: datetime,
    subject: x509.Name,
    key: ec.EllipticCurvePrivateKey,
    signer: ec.EllipticCurvePrivateKey,
    *,
    ca: bool,
) -> x509.Certificate:
    usage = x509.ExtendedKeyUsage([ExtendedKeyUsageOID.TIME_STAMPING])
    issuer, number = _name("Test Root"), x509.random_serial_number()
    builder = x509.CertificateBuilder(
        issuer, subject, key.public_key(), number, now - _YEAR, now + 3 * _YEAR
    ).add_extension(x509.BasicConstraints(ca=ca, path_length=None), critical=True)
    return (builder if ca else builder.add_extension(usage, critical=True)).sign(signer, hashes.SHA256())


@contextmanager
def serving(authority: TestAuthority) -> Iterator[TestAuthority]:
    """Let it listen on a free port of the loopback interface."""

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            raw = self.rfile.read(int(self.headers["Content-Length"]))
            body = authority.answer(raw)
            self.send_response(authority.status)
            self.send_header("Content-Type", "application/timestamp-reply")
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        @override
        def log_message(self, format: str, *args: Any) -> None:
            pass

    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        Thread(target=server.serve_forever, daemon=True).start()
        authority.url = f"http://127.0.0.1:{server.server_port}/stamp"
        yield authority
        server.shutdown()
