"""Streams keep little in memory, stop for good when something is wrong, and read only what a range needs."""

import tracemalloc
from collections.abc import Iterator
from uuid import UUID

import pytest

from handoff_portal.adapters.vault.seal import (
    CHUNK_BYTES,
    PREFIX_BYTES,
    SEALED_CHUNK_BYTES,
    Context,
    Kind,
    Tampered,
    seal,
)
from handoff_portal.adapters.vault.stream import Opener, Sealer, open_range

KEY = bytes(range(32))
CONTEXT = Context(Kind.DOCFILE, UUID(int=1), UUID(int=2), UUID(int=3), "file")
MEBIBYTE = 1 << 20


def test_sealing_and_opening_64_mebibytes_keeps_less_than_five() -> None:
    piece = bytes(MEBIBYTE)
    sealer, opener = Sealer(KEY, CONTEXT), Opener(KEY, CONTEXT)
    tracemalloc.start()
    try:
        opener.update(sealer.header())
        opened = sum(len(opener.update(sealer.update(piece))) for _ in range(64))
        opened += len(opener.update(sealer.finish())) + len(opener.finish())
        _, peak = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    assert opened == 64 * MEBIBYTE
    assert peak < 5 * MEBIBYTE


def test_what_is_lent_stands_while_one_further_piece_is_sealed() -> None:
    pieces = [bytes([number]) * (size * CHUNK_BYTES + 7) for number, size in enumerate((3, 1, 5, 2, 4))]
    sealer, kept, lent = Sealer(KEY, CONTEXT, salt=bytes(24)), [], memoryview(b"")
    kept.append(sealer.header())
    for piece in pieces:
        following = sealer.update_lent(piece)
        kept.append(bytes(lent))
        lent = following
    sealed = b"".join((*kept, lent, sealer.finish()))
    assert sealed == seal(KEY, CONTEXT, b"".join(pieces), salt=bytes(24))


def test_a_finished_sealer_takes_nothing_more() -> None:
    sealer = Sealer(KEY, CONTEXT)
    sealer.finish()
    with pytest.raises(RuntimeError):
        sealer.update(b"more")
    with pytest.raises(RuntimeError):
        sealer.finish()


def test_an_opener_that_met_a_change_stays_closed() -> None:
    sealed = bytearray(seal(KEY, CONTEXT, bytes(3 * CHUNK_BYTES)))
    sealed[PREFIX_BYTES + SEALED_CHUNK_BYTES] ^= 1
    opener = Opener(KEY, CONTEXT)
    assert len(opener.update(sealed[: PREFIX_BYTES + SEALED_CHUNK_BYTES])) == CHUNK_BYTES
    with pytest.raises(Tampered):
        opener.update(sealed[PREFIX_BYTES + SEALED_CHUNK_BYTES :])
    with pytest.raises(Tampered):
        opener.update(b"")
    with pytest.raises(Tampered):
        opener.finish()


def test_input_given_as_any_kind_of_bytes_is_taken_and_may_be_used_again() -> None:
    buffer = bytearray(b"a" * 20_000)
    sealer = Sealer(KEY, CONTEXT, salt=bytes(24))
    parts = [sealer.header(), sealer.update(memoryview(buffer))]
    buffer[:] = b"b" * 20_000
    parts += [sealer.update(buffer), sealer.finish()]
    assert b"".join(parts) == seal(KEY, CONTEXT, b"a" * 20_000 + b"b" * 20_000, salt=bytes(24))


def test_a_range_reads_the_beginning_the_end_and_its_own_chunks_only() -> None:
    sealed = seal(KEY, CONTEXT, bytes(50 * CHUNK_BYTES))
    asked: list[tuple[int, int]] = []

    def read(start: int, stop: int) -> Iterator[bytes]:
        asked.append((start, stop))
        yield sealed[start:stop]

    found = open_range(KEY, CONTEXT, read, len(sealed), start=10 * CHUNK_BYTES + 1, stop=12 * CHUNK_BYTES)
    assert len(b"".join(found)) == 2 * CHUNK_BYTES - 1
    assert asked == [
        (0, PREFIX_BYTES),
        (PREFIX_BYTES + 50 * SEALED_CHUNK_BYTES, len(sealed)),
        (PREFIX_BYTES + 10 * SEALED_CHUNK_BYTES, PREFIX_BYTES + 12 * SEALED_CHUNK_BYTES),
    ]


def test_a_range_of_a_file_that_was_cut_gives_nothing_at_all() -> None:
    sealed = seal(KEY, CONTEXT, bytes(3 * CHUNK_BYTES + 5))[: PREFIX_BYTES + 2 * SEALED_CHUNK_BYTES + 16]
    for size in (len(sealed), len(sealed) + SEALED_CHUNK_BYTES):
        with pytest.raises(Tampered):
            next(open_range(KEY, CONTEXT, lambda start, stop: [sealed[start:stop]], size, start=0, stop=1))
