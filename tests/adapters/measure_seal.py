"""Measure sealing against bare AES-256-GCM in the same run: `python tests/adapters/measure_seal.py`.

Prints MB/s (10^6 bytes) for streams and operations a second for small fields, the median of seven runs.
"""

import os
import statistics
import sys
import time
from collections.abc import Callable
from uuid import uuid4

from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from handoff_portal.adapters.vault.blind import BlindIndex, Rule
from handoff_portal.adapters.vault.cases import CaseKey, OrgKey
from handoff_portal.adapters.vault.seal import Context, Kind, open_sealed, seal
from handoff_portal.adapters.vault.stream import Opener, Sealer

KEY, CONTEXT = os.urandom(32), Context(Kind.DOCFILE, uuid4(), uuid4(), uuid4(), "file")
STREAM_BYTES = 256_000_000


def rate(work: Callable[[], None], amount: float) -> float:
    taken = []
    for _ in range(7):
        started = time.perf_counter()
        work()
        taken.append(time.perf_counter() - started)
    return amount / statistics.median(taken)


def say(what: str, figure: float, unit: str, bare: float = 0) -> None:
    share = f"  {figure / bare:.2f} of bare" if bare else ""
    sys.stdout.write(f"{what:<40}{figure:>12,.0f} {unit}{share}\n")


def repeated(work: Callable[[], object], times: int) -> Callable[[], None]:
    def run() -> None:
        for _ in range(times):
            work()

    return run


def seal_stream(pieces: list[bytes]) -> None:
    sealer = Sealer(KEY, CONTEXT)
    for piece in pieces:
        sealer.update(piece)
    sealer.finish()


def open_stream(pieces: list[bytes]) -> None:
    opener = Opener(KEY, CONTEXT)
    for piece in pieces:
        opener.update(piece)
    opener.finish()


def streams(size: int) -> None:
    piece, count, cipher, nonce = os.urandom(size), STREAM_BYTES // size, AESGCM(KEY), bytes(12)
    tagged, megabytes = cipher.encrypt(nonce, piece, None), size * count / 1e6
    sealed = memoryview(seal(KEY, CONTEXT, piece * count))
    pieces = [bytes(sealed[at : at + size]) for at in range(0, len(sealed), size)]
    bare = rate(repeated(lambda: cipher.encrypt(nonce, piece, None), count), megabytes)
    say(f"seal, pieces of {size >> 10} KiB, bare AES-GCM", bare, "MB/s")
    ours = rate(lambda: seal_stream([piece] * count), megabytes)
    say(f"seal, pieces of {size >> 10} KiB, SEAL v1", ours, "MB/s", bare)
    bare = rate(repeated(lambda: cipher.decrypt(nonce, tagged, None), count), megabytes)
    say(f"open, pieces of {size >> 10} KiB, bare AES-GCM", bare, "MB/s")
    ours = rate(lambda: open_stream(pieces), megabytes)
    say(f"open, pieces of {size >> 10} KiB, SEAL v1", ours, "MB/s", bare)


def fields() -> None:
    plain, count = os.urandom(64), 20_000
    sealed = seal(KEY, CONTEXT, plain)
    grantee = OrgKey(uuid4(), 1, KEY)
    grant = CaseKey(CONTEXT.case_id, CONTEXT.org_id, KEY).wrap_for(grantee)
    blind = BlindIndex(KEY)
    works: dict[str, Callable[[], object]] = {
        "seal a field of 64 bytes": lambda: seal(KEY, CONTEXT, plain),
        "open a field of 64 bytes": lambda: open_sealed(KEY, CONTEXT, sealed),
        "open a grant": lambda: CaseKey.unwrap(grantee, CONTEXT.case_id, CONTEXT.org_id, grant),
        "blind index": lambda: blind.of(CONTEXT.org_id, "t.c", "INV-2024-17", Rule.IDENTIFIER),
    }
    for name, work in works.items():
        say(name, rate(repeated(work, count), count), "a second")


if __name__ == "__main__":
    for size in (64 << 10, 1 << 20):
        streams(size)
    fields()
