"""ZIP archives looked at before anything in them is unfolded. Pure."""

import stat
import zipfile
from pathlib import PurePosixPath
from typing import BinaryIO

from handoff_portal.adapters.parsing.wire import CannotRead

MOST_MEMBERS = 1_000
MOST_UNFOLDED = 200_000_000
MOST_RATIO = 100
_ENCRYPTED = 0x1
_NESTED = frozenset({".zip", ".7z", ".rar", ".gz", ".bz2", ".xz", ".zst", ".tar", ".tgz", ".cab", ".iso"})


def open_archive(
    file: BinaryIO, *, most_members: int = MOST_MEMBERS, mend: str = "Please send it in parts."
) -> zipfile.ZipFile:
    """An archive whose directory is harmless: sizes, number, names, no links, nothing encrypted or nested.

    Args:
        file: Seekable.
        most_members: Files that it may hold.
        mend: What to do when it unfolds to too much, as a sentence.

    Raises:
        CannotRead: It breaks a limit or is no ZIP archive.
    """
    try:
        archive = zipfile.ZipFile(file)
    except (zipfile.BadZipFile, NotImplementedError, ValueError, OSError) as error:
        raise CannotRead("This file is damaged: its archive cannot be opened.") from error
    members = archive.infolist()
    _check_sizes(members, most_members, mend)
    for member in members:
        _check_member(member)
    return archive


def _check_sizes(members: list[zipfile.ZipInfo], most_members: int, mend: str) -> None:
    if len(members) > most_members:
        raise CannotRead(f"This archive holds more than {most_members:,} files. Please send it in parts.")
    unfolded, folded = sum(m.file_size for m in members), sum(m.compress_size for m in members)
    if unfolded > MOST_UNFOLDED:
        size, most = unfolded // 10**6, MOST_UNFOLDED // 10**6
        raise CannotRead(f"This file unfolds to {size:,} MB; at most {most} MB are opened. {mend}")
    if unfolded > MOST_RATIO * max(folded, 1):
        raise CannotRead(
            f"This archive unfolds to more than {MOST_RATIO} times its size, as no real file does."
        )


def _check_member(member: zipfile.ZipInfo) -> None:
    name = member.filename.replace("\\", "/")
    if name.startswith("/") or ":" in name.split("/", 1)[0] or ".." in name.split("/"):
        raise CannotRead("This archive names a place outside itself, so it was left closed.")
    if stat.S_ISLNK(member.external_attr >> 16):
        raise CannotRead("This archive holds a link to another place, so it was left closed.")
    if member.flag_bits & _ENCRYPTED:
        raise CannotRead("This file is protected with a password. Please save it without one.")
    if PurePosixPath(name).suffix.lower() in _NESTED:
        raise CannotRead("This archive holds another archive. Please unpack that one first.")
