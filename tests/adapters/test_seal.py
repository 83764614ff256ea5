"""A seal opens only whole, unchanged, with its key and in its place."""

from collections.abc import Callable, Iterator
from dataclasses import replace
from functools import partial
from itertools import pairwise, permutations
from uuid import UUID

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from handoff_portal.adapters.vault.seal import (
    CHUNK_BYTES,
    PREFIX_BYTES,
    SEALED_CHUNK_BYTES,
    Context,
    Kind,
    Tampered,
    key_version_of,
    open_sealed,
    plain_size,
    seal,
    sealed_size,
)
from handoff_portal.adapters.vault.stream import Opener, Sealer, open_range, open_stream

KEY, OTHER_KEY = bytes(range(32)), bytes(range(1, 33))
CONTEXT = Context(Kind.FIELD, UUID(int=1), UUID(int=2), UUID(int=3), "identity")
SMALL = seal(KEY, CONTEXT, b"Ada Example, 3 Some Street, Sometown")
EDGES = st.one_of(
    st.integers(0, 200),
    st.builds(
        lambda chunks, near: max(chunks * CHUNK_BYTES + near, 0), st.integers(0, 5), st.integers(-17, 17)
    ),
)
contexts = st.builds(Context, st.sampled_from(Kind), st.uuids(), st.uuids(), st.uuids(), st.text(max_size=30))


def some_plaintext(length: int) -> bytes:
    return bytes(i * 7 % 251 for i in range(length))


def by_range(key: bytes, context: Context, sealed: bytes) -> bytes:
    read = partial(slices, sealed)
    return b"".join(open_range(key, context, read, len(sealed), start=0, stop=len(sealed)))


def by_stream(key: bytes, context: Context, sealed: bytes) -> bytes:
    return b"".join(open_stream(key, context, (sealed[i : i + 5000] for i in range(0, len(sealed), 5000))))


def slices(sealed: bytes, start: int, stop: int) -> Iterator[bytes]:
    for at in range(start, stop, 7001):
        yield sealed[at : min(at + 7001, stop)]


READERS = (open_sealed, by_stream, by_range)
every_reader = pytest.mark.parametrize("read", READERS)
Reader = Callable[[bytes, Context, bytes], bytes]


@settings(max_examples=150)
@given(key=st.binary(min_size=32, max_size=32), context=contexts, length=EDGES, version=st.integers(0, 65535))
def test_what_is_sealed_opens_again_in_every_way(
    key: bytes, context: Context, length: int, version: int
) -> None:
    plaintext = some_plaintext(length)
    sealed = seal(key, context, plaintext, version)
    assert [read(key, context, sealed) for read in READERS] == [plaintext] * 3
    assert key_version_of(sealed) == version
    assert len(sealed) == sealed_size(length)
    assert plain_size(len(sealed)) == length


@settings(max_examples=100)
@given(length=EDGES, cuts=st.lists(st.integers(0, 90_000), max_size=6))
def test_a_stream_gives_the_same_bytes_however_it_is_cut(length: int, cuts: list[int]) -> None:
    plaintext = some_plaintext(length)
    sealer = Sealer(KEY, CONTEXT, salt=bytes(24))
    places = [0, *sorted(min(cut, length) for cut in cuts), length]
    pieces = [sealer.update(plaintext[a:b]) for a, b in pairwise(places)]
    sealed = b"".join([sealer.header(), *pieces, sealer.finish()])
    assert sealed == seal(KEY, CONTEXT, plaintext, salt=bytes(24))
    opener = Opener(KEY, CONTEXT)
    opened = [opener.update(sealed[a:b]) for a, b in zip(places, [*places[1:], len(sealed)], strict=True)]
    assert b"".join([*opened, opener.finish()]) == plaintext


@settings(max_examples=200)
@given(length=EDGES, start=st.integers(0, 90_000), stop=st.integers(0, 90_000))
def test_a_range_is_what_a_slice_of_the_whole_is(length: int, start: int, stop: int) -> None:
    plaintext = some_plaintext(length)
    sealed = seal(KEY, CONTEXT, plaintext)
    opened = open_range(KEY, CONTEXT, partial(slices, sealed), len(sealed), start=start, stop=stop)
    assert b"".join(opened) == plaintext[start:stop]


@every_reader
def test_no_changed_byte_is_accepted(read: Reader) -> None:
    for place in range(len(SMALL)):
        for flip in range(1, 256):
            changed = bytearray(SMALL)
            changed[place] ^= flip
            with pytest.raises(Tampered):
                read(KEY, CONTEXT, bytes(changed))


@every_reader
def test_no_cut_and_no_extension_is_accepted(read: Reader) -> None:
    for length in range(len(SMALL)):
        with pytest.raises(Tampered):
            read(KEY, CONTEXT, SMALL[:length])
    for more in (b"\0", b"\0" * 16, SMALL, SMALL[PREFIX_BYTES:], bytes(SEALED_CHUNK_BYTES)):
        with pytest.raises(Tampered):
            read(KEY, CONTEXT, SMALL + more)


@every_reader
@pytest.mark.parametrize("length", [0, CHUNK_BYTES - 1, CHUNK_BYTES, 3 * CHUNK_BYTES, 3 * CHUNK_BYTES + 5])
def test_no_cut_near_a_chunk_boundary_is_accepted(read: Reader, length: int) -> None:
    sealed = seal(KEY, CONTEXT, some_plaintext(length))
    boundaries = range(PREFIX_BYTES, len(sealed) + 1, SEALED_CHUNK_BYTES)
    cuts = {at + near for at in boundaries for near in range(-20, 21)} | set(
        range(len(sealed) - 40, len(sealed))
    )
    for cut in sorted(cut for cut in cuts if 0 <= cut < len(sealed)):
        with pytest.raises(Tampered):
            read(KEY, CONTEXT, sealed[:cut])


@every_reader
def test_chunks_cannot_be_swapped_dropped_or_repeated(read: Reader) -> None:
    sealed = seal(KEY, CONTEXT, some_plaintext(3 * CHUNK_BYTES + 5))
    prefix, body = sealed[:PREFIX_BYTES], sealed[PREFIX_BYTES:]
    chunks = [body[i : i + SEALED_CHUNK_BYTES] for i in range(0, len(body), SEALED_CHUNK_BYTES)]
    orders = [order for count in range(1, 5) for order in permutations(range(4), count)]
    orders += [(0, 0, 1, 2, 3), (0, 1, 1, 2, 3), (0, 1, 2, 3, 3), (0, 1, 2, 2), ()]
    for order in orders:
        if order == (0, 1, 2, 3):
            continue
        with pytest.raises(Tampered):
            read(KEY, CONTEXT, prefix + b"".join(chunks[i] for i in order))


@every_reader
def test_nothing_opens_with_another_key_or_in_another_place(read: Reader) -> None:
    elsewhere = UUID(int=9)
    places = [
        *(replace(CONTEXT, kind=kind) for kind in Kind if kind is not CONTEXT.kind),
        replace(CONTEXT, org_id=elsewhere),
        replace(CONTEXT, case_id=elsewhere),
        replace(CONTEXT, object_id=elsewhere),
        replace(CONTEXT, name="identit"),
        replace(CONTEXT, name=""),
        replace(CONTEXT, org_id=CONTEXT.case_id, case_id=CONTEXT.org_id),
    ]
    for place in places:
        with pytest.raises(Tampered):
            read(KEY, place, SMALL)
    with pytest.raises(Tampered):
        read(OTHER_KEY, CONTEXT, SMALL)


def test_two_seals_of_the_same_thing_share_nothing_but_the_header() -> None:
    first, second = seal(KEY, CONTEXT, b"x"), seal(KEY, CONTEXT, b"x")
    assert first[:6] == second[:6]
    assert first[6:30] != second[6:30]
    assert first[30:] != second[30:]


def test_a_key_or_salt_of_the_wrong_length_is_a_mistake_of_the_program() -> None:
    with pytest.raises(ValueError, match="32-byte"):
        seal(KEY[:31], CONTEXT, b"")
    for salt in (b"", bytes(23)):
        with pytest.raises(ValueError, match="24-byte"):
            seal(KEY, CONTEXT, b"", salt=salt)
