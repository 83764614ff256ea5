"""What one object store promises, every object store keeps."""

import time
import tracemalloc
from functools import partial
from pathlib import Path
from uuid import UUID

import pytest

from handoff_portal.adapters.objects import ObjectMissing, ObjectStore, objects
from handoff_portal.adapters.objects.s3 import PART_BYTES
from handoff_portal.adapters.vault.seal import Context, Kind
from handoff_portal.adapters.vault.stream import Sealer, open_range, open_stream

MEBIBYTE = 1 << 20
LONG_AGO = 946_684_800.0


def put(store: ObjectStore, key: str, data: bytes) -> None:
    with store.begin(key) as upload:
        upload.write(data)
        upload.commit()


@pytest.mark.parametrize(
    "length", [0, 1, MEBIBYTE + 1, PART_BYTES, PART_BYTES + 1, 2 * PART_BYTES, 20 * MEBIBYTE]
)
def test_what_was_committed_is_read_back_whole_and_in_part(store: ObjectStore, length: int) -> None:
    data = bytes(range(251)) * (length // 251 + 1)
    put(store, "ab/cd-1", data[:length])
    assert store.size("ab/cd-1") == length
    assert b"".join(store.read("ab/cd-1")) == data[:length]
    for start, stop in ((0, 0), (0, 1), (3, 700_000), (length - 1, length + 9), (length, None), (5, 2)):
        begin = max(start, 0)
        assert b"".join(store.read("ab/cd-1", begin, stop)) == data[:length][begin:stop]


@pytest.mark.parametrize("length", [10, 3 * PART_BYTES])
def test_nothing_is_visible_before_the_commit_nor_after_an_abort(store: ObjectStore, length: int) -> None:
    with store.begin("ab/cd") as upload:
        upload.write(bytes(length))
        assert not store.exists("ab/cd")
        assert list(store.list("")) == []
    assert not store.exists("ab/cd")
    assert list(store.orphans(time.time() + 60)) == []
    with pytest.raises(ObjectMissing):
        store.read("ab/cd")


def test_an_error_in_the_block_leaves_nothing_behind(store: ObjectStore) -> None:

    def half_an_upload() -> None:
        with store.begin("ab/cd") as upload:
            upload.write(bytes(PART_BYTES + 1))
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        half_an_upload()
    assert not store.exists("ab/cd")
    assert list(store.orphans(time.time() + 60)) == []


def test_an_abandoned_upload_is_found_and_reaped(store: ObjectStore) -> None:
    upload = store.begin("ab/cd")
    upload.write(bytes(PART_BYTES + 1))
    assert list(store.orphans(LONG_AGO)) == []
    found = list(store.orphans(time.time() + 60))
    assert len(found) == 1
    store.reap(found[0])
    assert list(store.orphans(time.time() + 60)) == []
    store.reap(found[0])
    upload.abort()


def test_a_commit_replaces_what_was_there(store: ObjectStore) -> None:
    for data in (b"first", b"second"):
        put(store, "k", data)
    assert b"".join(store.read("k")) == b"second"


def test_put_if_absent_never_replaces(store: ObjectStore) -> None:
    assert store.put_if_absent("checkpoints/0001.txt", b"first")
    assert not store.put_if_absent("checkpoints/0001.txt", b"second")
    assert b"".join(store.read("checkpoints/0001.txt")) == b"first"
    assert list(store.orphans(time.time() + 60)) == []


def test_a_deleted_object_is_gone_and_may_be_deleted_again(store: ObjectStore) -> None:
    put(store, "ab/cd", b"x")
    store.delete("ab/cd")
    assert store.size("ab/cd") is None
    store.delete("ab/cd")
    store.delete("never/was")


def test_keys_are_listed_in_order_by_prefix(store: ObjectStore) -> None:
    for key in ("b/2", "b/1", "a/1", "b-c"):
        put(store, key, b"x")
    assert list(store.list("")) == ["a/1", "b-c", "b/1", "b/2"]
    assert list(store.list("b/")) == ["b/1", "b/2"]
    assert list(store.list("nothing")) == []


@pytest.mark.parametrize(
    "key",
    ["", "/a", "a/", "a//b", "..", "a/../b", "a/.b", ".unfinished/x", "A", "a b", "a\n", "é", "a" * 201],
)
def test_a_key_that_could_leave_its_place_is_refused(store: ObjectStore, key: str) -> None:
    for use in (store.begin, store.read, store.size, store.delete, partial(store.put_if_absent, data=b"")):
        with pytest.raises(ValueError, match="object key"):
            use(key)


def test_a_store_that_answers_is_ready(store: ObjectStore) -> None:
    store.check()
    assert list(store.list("")) == []


def test_a_sealed_file_goes_in_and_comes_out_through_the_store(store: ObjectStore) -> None:
    key, context = bytes(32), Context(Kind.DOCFILE, UUID(int=1), object_id=UUID(int=2))
    sealer, plain = Sealer(key, context), bytes(range(256)) * 4096
    with store.begin("ab/file") as upload:
        upload.write(sealer.header())
        for _ in range(12):
            upload.write(sealer.update(plain))
        upload.write(sealer.finish())
        upload.commit()
    size = store.size("ab/file")
    assert size is not None
    assert b"".join(open_stream(key, context, store.read("ab/file"))) == plain * 12
    part = open_range(key, context, partial(store.read, "ab/file"), size, start=9_999_999, stop=12_000_000)
    assert b"".join(part) == (plain * 12)[9_999_999:12_000_000]


def test_writing_and_reading_64_mebibytes_keeps_memory_bounded(store: ObjectStore) -> None:
    piece = bytes(MEBIBYTE)
    put(store, "warm", bytes(PART_BYTES + 1))
    tracemalloc.start()
    try:
        with store.begin("big") as upload:
            for _ in range(64):
                upload.write(piece)
            upload.commit()
        read = sum(map(len, store.read("big")))
        _, peak = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    assert read == 64 * MEBIBYTE
    assert peak < 4 * PART_BYTES


def test_settings_name_a_folder_or_a_bucket(tmp_path: Path, aws: str, bucket: str) -> None:
    for store in (objects(f"file:{tmp_path / 'new' / 'folder'}"), objects(f"s3://{bucket}/some/prefix", aws)):
        put(store, "k", b"x")
        store.check()
        assert list(store.list("")) == ["k"]
    assert list(objects(f"s3://{bucket}", aws).list("")) == ["some/prefix/k"]
    assert (tmp_path / "new" / "folder").stat().st_mode & 0o777 == 0o700


@pytest.mark.parametrize("url", ["", "s3://", "s3:/x", "file:relative", "/folder"])
def test_a_setting_that_names_no_store_says_what_it_must_read(url: str) -> None:
    with pytest.raises(ValueError, match="file:/folder or s3://bucket/prefix"):
        objects(url)
