"""ZIP archives full of papers, read member by member in bounded memory; names are labels and never places.

The directory is believed in nothing that costs: how many and how large the members are is limited before one
is unfolded, no two may share bytes, and each is read only as far as it said it goes.
"""

import io
import stat
import struct
import zipfile
import zlib
from collections.abc import Iterator
from dataclasses import dataclass
from typing import IO, cast

from handoff_portal.adapters.parsing.wire import CannotRead

MOST_MEMBERS = 50_000
MOST_UNFOLDED = 8 * 1024**3
MOST_RATIO = 100
MOST_DEPTH = 20
LONGEST_PATH = 1_000
PIECE = 256 * 1024
_SMALL = 16 * 1024**2
_HEADER = 30
_ENCRYPTED = 0x1 | 0x40 | 0x2000
_METHODS = frozenset({zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED})
_FAULTS = (
    zipfile.BadZipFile,
    NotImplementedError,
    RuntimeError,
    ValueError,
    OverflowError,
    IndexError,
    EOFError,
    OSError,
    struct.error,
    zlib.error,
)
_SYSTEM_FOLDERS = frozenset({"__MACOSX", ".git", ".svn", "$RECYCLE.BIN"})
_SYSTEM_FILES = frozenset({".ds_store", "thumbs.db", "desktop.ini", "ehthumbs.db"})


@dataclass(frozen=True, slots=True)
class Member:
    """One file of an archive.

    Attributes:
        place: Its place in the directory.
        path: As the archive names it, folders parted by `/`.
        size: Bytes when unfolded, as the archive says.
        trouble: Why it cannot be read, as a sentence; empty if it can.
    """

    place: int
    path: str
    size: int
    trouble: str = ""


class Bundle:
    """An open archive.

    Attributes:
        members: Its files in the order in which they lie, so that reading them all is one pass.
        passed_over: Files that operating systems put in and nobody means to send.
    """

    def __init__(self, file: io.RawIOBase, *, most_members: int = MOST_MEMBERS) -> None:
        """Look through the directory.

        Args:
            file: Seekable; refuses to read too much at once.
            most_members: Files that it may hold.

        Raises:
            CannotRead: It is no ZIP archive, is damaged, or breaks a limit.
        """
        try:
            self._archive = zipfile.ZipFile(cast("IO[bytes]", file))
        except _FAULTS as error:
            raise CannotRead("This ZIP file is damaged or none: its directory cannot be read.") from error
        self._infos = self._archive.infolist()
        _check(self._infos, self._archive.start_dir, most_members)
        lying = sorted(enumerate(self._infos), key=lambda found: found[1].header_offset)
        files = [(place, one) for place, one in lying if not one.is_dir()]
        wanted = [(place, one) for place, one in files if not _is_system(one.filename)]
        self.members = tuple(_member(place, one) for place, one in wanted)
        self.passed_over = len(files) - len(wanted)

    def pieces(self, member: Member) -> Iterator[bytes]:
        """What a member holds, in pieces of at most 256 KiB.

        Raises:
            CannotRead: It is damaged, or its size or checksum is not what the archive says.
        """
        if member.trouble:
            raise CannotRead(member.trouble)
        left = member.size
        try:
            with self._archive.open(self._infos[member.place]) as file:
                while piece := file.read(PIECE):
                    left -= len(piece)
                    yield piece
        except _FAULTS as error:
            raise CannotRead("This file is damaged inside the ZIP file.") from error
        if left:
            raise CannotRead("This file is shorter than the ZIP file says.")


def _check(infos: list[zipfile.ZipInfo], directory_at: int, most: int) -> None:
    if len(infos) > most:
        raise CannotRead(f"This ZIP file holds more than {most:,} files. Please send it in parts.")
    unfolded, folded = sum(one.file_size for one in infos), sum(one.compress_size for one in infos)
    if unfolded > MOST_UNFOLDED:
        raise CannotRead(
            f"This ZIP file unfolds to more than {MOST_UNFOLDED // 1024**3} GiB. Send it in parts."
        )
    if unfolded > max(MOST_RATIO * folded, _SMALL):
        raise CannotRead(
            f"This ZIP file unfolds to more than {MOST_RATIO} times its size, as no real one does."
        )
    if not all(one.filename for one in infos):
        raise CannotRead("A file of this ZIP file has no name, so it was left closed.")
    end = 0
    for one in sorted(infos, key=lambda info: info.header_offset):
        if one.header_offset < end:
            raise CannotRead("Two files of this ZIP file share their bytes, so it was left closed.")
        end = one.header_offset + _HEADER + one.compress_size
    if end > directory_at:
        raise CannotRead("This ZIP file is damaged: a file reaches into its directory.")


def _member(place: int, info: zipfile.ZipInfo) -> Member:
    path = "".join(one if one.isprintable() else "�" for one in info.filename.replace("\\", "/"))
    return Member(place, path[-LONGEST_PATH:], info.file_size, _trouble(path, info))


def _trouble(path: str, info: zipfile.ZipInfo) -> str:
    parts = path.split("/")
    if path.startswith("/") or ":" in parts[0] or ".." in parts:
        return "Its name is a place outside the ZIP file, so it was left closed."
    if stat.S_ISLNK(info.external_attr >> 16):
        return "It is a link to another place and no file."
    if info.flag_bits & _ENCRYPTED:
        return "It is protected with a password. Please send it without one."
    if info.compress_type not in _METHODS:
        return "It is compressed in a way that is not read here. Please use plain ZIP."
    if len(parts) > MOST_DEPTH or len(path) > LONGEST_PATH:
        return "It lies in too many folders."
    return "" if info.file_size else "It is empty."


def _is_system(path: str) -> bool:
    parts = path.replace("\\", "/").split("/")
    last = parts[-1]
    return (
        not _SYSTEM_FOLDERS.isdisjoint(parts[:-1])
        or last.lower() in _SYSTEM_FILES
        or last.startswith(("._", "~$"))
    )
