"""ZIP archives of papers: what strangers make of them costs little and harms nothing."""

import io
import struct
import zipfile
import zlib
from collections.abc import Callable, Iterator
from contextlib import suppress

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from handoff_portal.adapters.parsing import bundles
from handoff_portal.adapters.parsing.bundles import Bundle, Member
from handoff_portal.adapters.parsing.wire import CannotRead
from handoff_portal.adapters.vault.cases import DocumentKey
from handoff_portal.adapters.vault.seal import sealed_size
from handoff_portal.adapters.vault.seekable import MOST_AT_ONCE, Seekable
from handoff_portal.core.ids import NOBODY


def a_zip(files: dict[str, bytes], method: int = zipfile.ZIP_DEFLATED) -> bytes:
    into = io.BytesIO()
    with zipfile.ZipFile(into, "w", method) as archive:
        for name, content in files.items():
            archive.writestr(name, content)
    return into.getvalue()


def seekable(content: bytes, piece: int = 1000) -> Seekable:
    def open_from(start: int) -> Iterator[bytes]:
        return (content[at : at + piece] for at in range(start, len(content), piece))

    return Seekable(open_from, len(content))


def opened(content: bytes, most_members: int = 100) -> Bundle:
    return Bundle(seekable(content), most_members=most_members)


def read(bundle: Bundle, member: Member) -> bytes:
    return b"".join(bundle.pieces(member))


def only(content: bytes) -> tuple[Bundle, Member]:
    bundle = opened(content)
    (member,) = bundle.members
    return bundle, member


def test_files_are_read_as_they_were_put_in() -> None:
    files = {
        "A/contract.pdf": b"%PDF-1" * 5000,
        "A/empty/": b"",
        "B/scan.png": b"x",
        "Ü/größe.txt": b"y" * 99,
    }
    bundle = opened(a_zip(files))
    assert {one.path: read(bundle, one) for one in bundle.members} == {
        name: content for name, content in files.items() if content
    }


def test_what_operating_systems_put_in_is_passed_over_and_counted() -> None:
    names = ("__MACOSX/._a.pdf", ".DS_Store", "A/Thumbs.db", "A/desktop.ini", "A/~$a.docx", "A/a.pdf")
    bundle = opened(a_zip(dict.fromkeys(names, b"x")))
    assert [one.path for one in bundle.members] == ["A/a.pdf"]
    assert bundle.passed_over == 5


def with_info(change: Callable[[zipfile.ZipInfo], None], name: str = "a.pdf") -> bytes:
    into = io.BytesIO()
    with zipfile.ZipFile(into, "w") as archive:
        info = zipfile.ZipInfo(name)
        change(info)
        archive.writestr(info, b"content")
    return into.getvalue()


def as_link(info: zipfile.ZipInfo) -> None:
    info.external_attr = 0o120777 << 16


def patched(content: bytes, offset: int, value: bytes, *, everywhere: bool = True) -> bytes:
    """A field changed in every directory entry, and in the local headers, where it lies 2 bytes before."""
    changed = bytearray(content)
    for mark, shift in ((b"PK\x01\x02", 0), (b"PK\x03\x04", 2)):
        at = changed.find(mark)
        if at >= 0 and (everywhere or shift == 0):
            changed[at + offset - shift : at + offset - shift + len(value)] = value
    return bytes(changed)


REFUSED = {
    "absolute": (a_zip({"/etc/passwd": b"x"}), "outside"),
    "above": (a_zip({"A/../../b": b"x"}), "outside"),
    "backwards": (a_zip({"A\\..\\b": b"x"}), "outside"),
    "drive": (a_zip({"C:/b": b"x"}), "outside"),
    "link": (with_info(as_link), "link"),
    "deep": (a_zip({"d/" * 30 + "a.pdf": b"x"}), "folders"),
    "long": (a_zip({"d" * 2000: b"x"}), "folders"),
    "empty": (a_zip({"a.pdf": b""}), "empty"),
    "encrypted": (patched(a_zip({"a.pdf": b"x"}), 8, b"\x01\x00"), "password"),
    "lzma": (a_zip({"a.pdf": b"x"}, zipfile.ZIP_LZMA), "compressed"),
}


@pytest.mark.parametrize("name", REFUSED)
def test_a_file_that_cannot_be_taken_says_why_and_leaves_the_others_alone(name: str) -> None:
    content, why = REFUSED[name]
    bundle, member = only(content)
    assert why in member.trouble
    with pytest.raises(CannotRead, match=why):
        read(bundle, member)


def test_a_wrong_checksum_is_caught() -> None:
    bundle, member = only(patched(a_zip({"a.pdf": b"content"}), 16, b"\x00\x00\x00\x00"))
    with pytest.raises(CannotRead, match="damaged"):
        read(bundle, member)


@pytest.mark.parametrize("says", [1, 6, 8, 9_000])
def test_a_size_that_lies_is_caught(says: int) -> None:
    bundle, member = only(patched(a_zip({"a.pdf": b"content"}), 24, struct.pack("<I", says)))
    with pytest.raises(CannotRead):
        read(bundle, member)


def test_a_bomb_that_hides_its_size_unfolds_to_what_it_said() -> None:
    bomb = a_zip({"a.pdf": bytes(50_000_000)})
    bundle, member = only(patched(bomb, 24, struct.pack("<I", 1000)))
    got: list[int] = []
    with pytest.raises(CannotRead):
        got.extend(map(len, bundle.pieces(member)))
    assert sum(got) <= 1000


def test_a_bomb_that_says_its_size_is_left_closed() -> None:
    with pytest.raises(CannotRead, match="times its size"):
        opened(a_zip({"a.pdf": bytes(50_000_000)}))


def test_too_much_is_left_closed() -> None:
    files = {f"{n}": b"x" for n in range(101)}
    with pytest.raises(CannotRead, match="more than 100 files"):
        opened(a_zip(files))
    large = patched(a_zip({"a.pdf": b"content"}), 24, struct.pack("<I", 0xF000_0000))
    twice = patched(large, 20, struct.pack("<I", 0xF000_0000))
    with pytest.raises(CannotRead):
        opened(twice)


def test_files_that_share_their_bytes_are_left_closed() -> None:
    """A quoted overlap: one kernel, many directory entries (Fifield, A better zip bomb, 2019)."""
    content = bytearray(a_zip({"a.pdf": zlib.compress(bytes(1000)), "b.pdf": b"other"}))
    second = content.rfind(b"PK\x01\x02")
    content[second + 42 : second + 46] = struct.pack("<I", 0)
    with pytest.raises(CannotRead, match="share"):
        opened(bytes(content))


def test_a_zip64_directory_is_read() -> None:
    into = io.BytesIO()
    with zipfile.ZipFile(into, "w") as archive, archive.open("a.pdf", "w", force_zip64=True) as member:
        member.write(b"content")
    bundle, found = only(into.getvalue())
    assert read(bundle, found) == b"content"


def test_a_directory_that_claims_to_be_huge_is_not_believed() -> None:
    content = bytearray(a_zip({"a.pdf": b"content"}) + bytes(MOST_AT_ONCE + 10**6))
    end = content.find(b"PK\x05\x06")
    whole = bytes(MOST_AT_ONCE + 10**6) + bytes(content[end : end + 22])
    huge = bytearray(whole)
    huge[-10:-6] = struct.pack("<I", MOST_AT_ONCE + 10**6)
    with pytest.raises(CannotRead):
        opened(bytes(huge))


def test_archives_inside_are_files_like_others() -> None:
    inner = a_zip({"x": b"y"})
    bundle, member = only(a_zip({"A/inner.zip": inner}, zipfile.ZIP_STORED))
    assert read(bundle, member) == inner


@given(st.binary(max_size=2000))
def test_bytes_that_are_no_archive_are_refused(content: bytes) -> None:
    with pytest.raises(CannotRead):
        opened(content)


_GOOD = a_zip({"A/contract.pdf": b"%PDF-1" * 50, "B/scan.png": b"x" * 500, "C/mail.eml": b"From: a"})


@settings(max_examples=400)
@example([(199, 0)])  # a file without a name
@given(st.lists(st.tuples(st.integers(0, len(_GOOD) - 1), st.integers(0, 255)), min_size=1, max_size=8))
def test_a_damaged_archive_is_read_or_refused_and_never_fails(changes: list[tuple[int, int]]) -> None:
    content = bytearray(_GOOD)
    for at, value in changes:
        content[at] = value
    with suppress(CannotRead):
        bundle = opened(bytes(content))
        for member in bundle.members:
            with suppress(CannotRead):
                assert len(read(bundle, member)) == member.size


@settings(max_examples=50)
@given(st.dictionaries(st.text(min_size=1, max_size=40), st.binary(max_size=300), max_size=8))
def test_any_names_and_contents_come_back(files: dict[str, bytes]) -> None:
    named = {name: content for name, content in files.items() if "\x00" not in name}
    try:
        content = a_zip(named)
    except UnicodeEncodeError:
        return
    bundle = opened(content)
    readable = [one for one in bundle.members if not one.trouble]
    assert {read(bundle, one) for one in readable} <= set(named.values())
    assert len(bundle.members) <= len(named)


@given(
    st.binary(min_size=1, max_size=60_000),
    st.lists(st.tuples(st.integers(0, 60_000), st.integers(0, 40_000))),
)
def test_a_sealed_file_can_be_read_anywhere(content: bytes, jumps: list[tuple[int, int]]) -> None:
    key = DocumentKey(NOBODY, NOBODY, NOBODY, bytes(32))
    sealer = key.sealer()
    sealed = sealer.header() + sealer.update(content) + sealer.finish()
    assert len(sealed) == sealed_size(len(content))

    def open_from(start: int) -> Iterator[bytes]:
        return key.open_range(
            lambda first, last: iter([sealed[first:last]]), len(sealed), start=start, stop=len(content)
        )

    file = Seekable(open_from, len(content))
    for at, size in jumps:
        file.seek(at)
        assert file.read(size) == content[at : at + size]


def test_the_limits_are_those_of_the_guide() -> None:
    assert (bundles.MOST_MEMBERS, bundles.MOST_RATIO) == (50_000, 100)
