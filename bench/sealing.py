"""How fast a file is sealed, against the bare cipher on the same bytes."""

import os
import time
from uuid import uuid4

from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from bench.figures import Aim, Figure, in_turn
from bench.scale import Scale
from handoff_portal.adapters.vault.cases import CaseKey

_PIECE = 1024**2


def measure(scale: Scale) -> dict[str, Figure]:
    """MB/s of the sealer that uploads use, fed with pieces of 1 MiB as uploads feed it."""
    piece, bare = os.urandom(_PIECE), AESGCM(os.urandom(32))
    pieces = scale.file_bytes // _PIECE

    def ours() -> float:
        key, _ = CaseKey.new(uuid4(), uuid4()).new_document(uuid4())
        sealer = key.sealer()
        started = time.perf_counter()
        for _ in range(pieces):
            sealer.update(piece)
        sealer.finish()
        return scale.file_bytes / 1e6 / (time.perf_counter() - started)

    def raw() -> float:
        started = time.perf_counter()
        for number in range(pieces):
            bare.encrypt(number.to_bytes(12, "big"), piece, None)
        return scale.file_bytes / 1e6 / (time.perf_counter() - started)

    found = in_turn(scale.rounds, {"ours": ours, "raw": raw})
    return {
        "sealing": Figure(
            unit="MB/s",
            values=found["ours"],
            what="SEAL v1 stream, pieces of 1 MiB, one thread",
            against=found["raw"],
            against_what="bare AES-256-GCM, pieces of 1 MiB, one thread",
            aim=Aim("ratio", at_least=0.4),
            more={"bytes": scale.file_bytes},
        )
    }
