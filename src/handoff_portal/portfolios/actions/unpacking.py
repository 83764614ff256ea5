"""Papers as they come out of the archives again, when they are stored: read once, twice only if large."""

import hashlib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from itertools import chain

from handoff_portal.adapters.objects.store import ObjectStore
from handoff_portal.adapters.parsing.bundles import Bundle, Member
from handoff_portal.adapters.parsing.mail import ParsedMail
from handoff_portal.adapters.parsing.mbox import split_mbox
from handoff_portal.adapters.parsing.media_type import HEAD, kind_of
from handoff_portal.adapters.parsing.sandbox import Unreadable
from handoff_portal.adapters.parsing.wire import CannotRead
from handoff_portal.adapters.vault.portfolios import PortfolioKey
from handoff_portal.core.ids import PortfolioFileId
from handoff_portal.core.refusals import Unavailable
from handoff_portal.documents.model import DocumentKind
from handoff_portal.intake.actions.mails import LARGEST_MAIL, Reader
from handoff_portal.portfolios.actions.bundling import unzip
from handoff_portal.portfolios.model.papers import Paper

KEPT = 4 * 1024**2
"""Bytes up to which a file is held in memory rather than read twice."""

_ARCHIVES = frozenset(
    {"application/zip", "application/gzip", "application/x-7z-compressed", "application/vnd.rar"}
)


@dataclass(frozen=True, slots=True)
class Unpacked:
    """One paper, ready to be stored.

    Attributes:
        octets: All of it; None if it is large.
        mail: What it says, if it is a mail that can be read.
        remark: What people should know, as a sentence.
    """

    paper: Paper
    sha256: bytes
    octets: bytes | None
    mail: ParsedMail | None = None
    unread: bool = False
    remark: str = ""


@dataclass(slots=True)
class Unpacking:
    """The archives of one portfolio, opened when needed.

    Attributes:
        sizes: Bytes of each archive.
    """

    objects: ObjectStore
    key: PortfolioKey
    sizes: Mapping[PortfolioFileId, int]
    read: Reader
    _open: dict[PortfolioFileId, tuple[Bundle, dict[int, Member]]] = field(default_factory=dict)
    _box: tuple[PortfolioFileId, int] | None = None
    _mails: Iterator[bytes] = field(default_factory=lambda: iter(()))
    _part: int = 0

    def unpack(self, paper: Paper) -> Unpacked:
        """One paper. Raises CannotRead if it is damaged or of a kind that is not taken, Unavailable."""
        digest, head, kept = hashlib.sha256(), b"", bytearray()
        size = 0
        most = LARGEST_MAIL if paper.kind is DocumentKind.MAIL else KEPT
        for piece in self.pieces(paper):
            digest.update(piece)
            head += piece[: HEAD - len(head)]
            size += len(piece)
            if size <= most:
                kept += piece
        kind = kind_of(head, paper.name)
        if kind.refusal:
            raise CannotRead(kind.refusal)
        octets = bytes(kept) if size <= most else None
        if paper.name.lower().endswith(".eml") and octets is not None:
            return self._mail(paper, digest.digest(), octets)
        remark = "It is an archive, kept as it is." if kind.media_type in _ARCHIVES else ""
        return Unpacked(paper, digest.digest(), octets, remark=remark)

    def pieces(self, paper: Paper) -> Iterator[bytes]:
        """The bytes of a paper, from the beginning. Raises CannotRead."""
        bundle, members = self._archive(paper.file)
        member = members[paper.member]
        return iter([self._of_mailbox(paper, bundle, member)]) if paper.part else bundle.pieces(member)

    def _mail(self, paper: Paper, sha256: bytes, octets: bytes) -> Unpacked:
        parsed = self.read(octets)
        if isinstance(parsed, Unreadable):
            if parsed.again:
                raise Unavailable(parsed.reason)
            say = f"{parsed.reason} It is kept as a document."
            return Unpacked(paper, sha256, octets, unread=True, remark=say)
        return Unpacked(paper, sha256, octets, parsed)

    def _archive(self, file: PortfolioFileId) -> tuple[Bundle, dict[int, Member]]:
        found = self._open.get(file)
        if found is None:
            bundle = unzip(self.objects, self.key, file, self.sizes[file])
            found = self._open[file] = (bundle, {member.place: member for member in bundle.members})
        return found

    def _of_mailbox(self, paper: Paper, bundle: Bundle, member: Member) -> bytes:
        """One mail of a mailbox; going forward costs no new beginning."""
        if self._box != (paper.file, paper.member) or paper.part <= self._part:
            self._mails = split_mbox(bundle.pieces(member), LARGEST_MAIL)
            self._box, self._part = (paper.file, paper.member), 0
        mail = b""
        while self._part < paper.part:
            found = next(self._mails, None)
            if found is None:
                raise CannotRead("The mailbox ends before this mail.")
            mail, self._part = found, self._part + 1
        return mail


def contents(unpacking: Unpacking, one: Unpacked) -> Iterator[bytes]:
    """The bytes to store."""
    return chain([one.octets]) if one.octets is not None else unpacking.pieces(one.paper)
