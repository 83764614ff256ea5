"""A log of some hundred events, exports of it, and what forgers do to them."""

import json
import random
import zipfile
from collections.abc import Callable, Sequence
from datetime import timedelta
from hashlib import sha256
from pathlib import Path
from uuid import UUID

import psycopg
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from audit.conftest import AGENCY, BUSINESS, KEY, START, Portal, write
from handoff_portal.audit import checkpoints, note, store
from handoff_portal.audit.bundle import BundleWriter
from handoff_portal.audit.checkpoints import LogKey
from handoff_portal.audit.export import Wish, write_bundle
from handoff_portal.audit.model import SignedRoot
from handoff_portal.audit.sequencer import Sequencer
from handoff_portal.audit.standalone import checks, layout
from handoff_portal.audit.verify import verify_bundle

LOG = LogKey.local("portal.example/audit/1", Ed25519PrivateKey.from_private_bytes(b"s" * 32))
OTHER = LogKey.local(LOG.origin, Ed25519PrivateKey.from_private_bytes(b"o" * 32))
VKEY = LOG.verifier.vkey()
CASE = UUID(int=77)


def a_log(portal: Portal) -> psycopg.Connection:
    """300 events, a checkpoint, 280 more, some of them about one case; and a checkpoint over all."""
    app, sequencing = portal.door("handoff_app"), portal.door("handoff_sequencer")
    for turn in range(2):
        for i in range(300 - 20 * turn):
            write(app, case=CASE if i % 7 == 0 else None, minute=i % 50, org=BUSINESS if i % 2 else AGENCY)
        Sequencer({1: KEY}, print).run_once(sequencing, START)
        checkpoints.sign_newest(sequencing, LOG, START + timedelta(minutes=turn))
    return sequencing


def signed(log: psycopg.Connection, size: int) -> SignedRoot:
    found = store.checkpoint_at(log, size)
    assert found
    return found


def exported(log: psycopg.Connection, path: Path, wish: Wish | None = None, size: int = 580) -> Path:
    with path.open("wb") as out:
        write_bundle(out, log, LOG, signed(log, size), wish or Wish(at=START, sees_whole_cases=True))
    return path


def both(path: Path, *vkeys: str, held: str | None = None, witnesses: Sequence[str] = ()) -> int:
    """The code that both verifiers agree on."""
    alone = checks.verdict(str(path), list(vkeys), held, list(witnesses))
    ours = verify_bundle(path, vkeys, held, witnesses)
    assert alone[0] == ours.code, (alone, ours)
    assert not alone[0] or (alone[1] and ours.problem)
    return alone[0]


def contents(path: Path) -> dict[str, bytes]:
    with zipfile.ZipFile(path) as bundle:
        return {name: bundle.read(name) for name in bundle.namelist()}


def written_again(path: Path, files: dict[str, bytes]) -> Path:
    with path.open("wb") as out:
        writer = BundleWriter(out)
        for name, data in files.items():
            writer.add(name, data)
        writer.finish()
    return path


def forged(path: Path, files: dict[str, bytes], key: LogKey = LOG) -> Path:
    """The bundle with its manifest signed anew: what only a dishonest operator of the log can do."""
    manifest = json.loads(files["manifest.json"])
    kept = {name: data for name, data in files.items() if not name.startswith("manifest.")}
    manifest["files"] = {name: sha256(data).hexdigest() for name, data in kept.items()}
    octets = json.dumps(manifest).encode()
    text = layout.manifest_note(LOG.origin, octets)
    kept |= {
        "manifest.json": octets,
        "manifest.sig": note.sign(text, LOG.origin, key.public, key.sign).encode(),
    }
    return written_again(path, kept)


def mutated(octets: bytes, chosen: random.Random) -> bytes:
    at, to = sorted(chosen.sample(range(len(octets)), 2))
    ways: list[Callable[[], bytes]] = [
        lambda: octets[:at] + bytes([octets[at] ^ 1 << chosen.randrange(8)]) + octets[at + 1 :],
        lambda: octets[:at],
        lambda: octets[:at] + octets[at + 1 :],
        lambda: octets[:at] + bytes([chosen.randrange(256)]) + octets[at:],
        lambda: octets[:at] + octets[to:],
        lambda: octets + octets[at:to],
    ]
    changed = chosen.choice(ways[:1] * 5 + ways)()
    return changed if changed != octets else octets + b"\0"


def edited(files: dict[str, bytes], chosen: random.Random) -> dict[str, bytes]:
    name = chosen.choice(sorted(files))
    lines = files[name].splitlines(keepends=True)
    at, to = chosen.randrange(len(lines)), chosen.randrange(len(lines))
    ways: list[Callable[[], list[bytes]]] = [
        lambda: lines[:at] + lines[at + 1 :],
        lambda: [*lines[:at], lines[at], *lines[at:]],
        lambda: [*lines[:at], lines[to], *lines[at + 1 :]],
        lambda: [*lines[:at], lines[at][::-1], *lines[at + 1 :]],
    ]
    changed = b"".join(chosen.choice(ways)())
    if changed == files[name]:
        return {other: data for other, data in files.items() if other != name}
    return files | {name: changed}
