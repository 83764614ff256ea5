"""The ZIP files of a portfolio: every file in them with the account it belongs to, and what mails say.

Files are read one by one out of the sealed archive; mails go through the confined reader. What matches
nothing or several accounts is a question for a person, never dropped.
"""

import re
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from functools import partial
from itertools import islice

from handoff_portal.adapters.objects.store import ObjectStore
from handoff_portal.adapters.parsing.bundles import MOST_MEMBERS, Bundle, Member
from handoff_portal.adapters.parsing.mail import ParsedMail
from handoff_portal.adapters.parsing.mbox import split_mbox
from handoff_portal.adapters.parsing.media_type import kind_of
from handoff_portal.adapters.parsing.sandbox import Unreadable
from handoff_portal.adapters.parsing.wire import CannotRead
from handoff_portal.adapters.vault.portfolios import PortfolioKey
from handoff_portal.adapters.vault.seal import sealed_size
from handoff_portal.adapters.vault.seekable import Seekable
from handoff_portal.contacts.model.communications import HistoryEntry
from handoff_portal.core.ids import PortfolioFileId
from handoff_portal.core.refusals import Unavailable
from handoff_portal.documents.model import DocumentKind
from handoff_portal.intake.actions.mails import LARGEST_MAIL, Reader
from handoff_portal.portfolios.model.account import Problem, Severity
from handoff_portal.portfolios.model.matching import Book
from handoff_portal.portfolios.model.papers import Paper, PaperState, guess_kind
from handoff_portal.portfolios.model.placing import Placed, place_mail, place_paper
from handoff_portal.portfolios.model.portfolio import UploadedFile
from handoff_portal.portfolios.model.reader import Source, is_history, is_zip

_HISTORY = re.compile(r"(?:history|communication)[^/]*\.(?:csv|tsv|xlsx)$", re.IGNORECASE)
_USED = "It was read as the history of the accounts."

Heard = Callable[[ParsedMail, tuple[str, ...]], HistoryEntry]
"""What a mail is in the history, given the customer's own addresses."""


@dataclass(frozen=True, slots=True)
class Zipped:
    """One archive of a portfolio, open."""

    file: PortfolioFileId
    name: str
    bundle: Bundle


@dataclass(frozen=True, slots=True)
class Used:
    """A file of an archive that is read as a table."""

    zipped: Zipped
    member: Member
    source: Source


@dataclass(slots=True)
class Gathered:
    """Everything that was found in the archives.

    Attributes:
        papers: In the order in which they lie in the archives.
        said: What mails say, without most of the words, by account.
        subjects: Of mails that belong to nobody so far, by the paper's number.
    """

    papers: list[Paper] = field(default_factory=list)
    said: dict[int, list[HistoryEntry]] = field(default_factory=dict)
    subjects: dict[int, str] = field(default_factory=dict)

    def kinds(self) -> dict[int, Counter[DocumentKind]]:
        """How many papers of each kind belong to each account."""
        found: dict[int, Counter[DocumentKind]] = {}
        for paper in self.papers:
            if paper.state is PaperState.MATCHED and paper.target and paper.target.ordinal:
                found.setdefault(paper.target.ordinal, Counter())[paper.kind] += 1
        return found


def unzip(objects: ObjectStore, key: PortfolioKey, file: PortfolioFileId, size: int) -> Bundle:
    """Open a sealed archive. Raises CannotRead, Tampered, Unavailable."""
    own, sealed, place = key.file(file), sealed_size(size), f"portfolios/{file}"

    def open_from(start: int) -> Iterator[bytes]:
        return own.open_range(partial(objects.read, place), sealed, start=start, stop=size)

    return Bundle(Seekable(open_from, size))


def open_archives(
    objects: ObjectStore, key: PortfolioKey, sent: Sequence[UploadedFile]
) -> tuple[list[Zipped], list[Problem]]:
    """All archives of a portfolio, and why some stay closed."""
    opened: list[Zipped] = []
    problems: list[Problem] = []
    left = MOST_MEMBERS
    for file in sent:
        if not file.stored or not is_zip(file.name):
            continue
        try:
            bundle = unzip(objects, key, file.id, file.size)
        except CannotRead as error:
            problems.append(_problem(file.name, str(error), Severity.ERROR))
            continue
        left -= len(bundle.members)
        if left < 0:
            what = f"Together the ZIP files hold more than {MOST_MEMBERS:,} files. Send this one by itself."
            problems.append(_problem(file.name, what, Severity.ERROR))
            continue
        opened.append(Zipped(file.id, file.name, bundle))
        if bundle.passed_over:
            what = f"{bundle.passed_over:,} files of the operating system were passed over."
            problems.append(_problem(file.name, what, Severity.WARNING))
    return opened, problems


def history_in(opened: Sequence[Zipped], beside: Sequence[str]) -> Used | None:
    """The history file inside an archive, where a table of accounts lies beside it and no other history."""
    names = [name.lower() for name in beside if not is_zip(name)]
    if not names or any(is_history(name) for name in names):
        return None
    for one in opened:
        for member in one.bundle.members:
            if not member.trouble and _HISTORY.search(member.path):
                pieces = partial(one.bundle.pieces, member)
                return Used(one, member, Source(member.path.rpartition("/")[2], member.size, pieces))
    return None


def gather(
    opened: Sequence[Zipped],
    used: Used | None,
    book: Book,
    hearing: tuple[Reader, Heard],
    alive: Callable[[], None],
) -> Gathered:
    """Match every file of the archives.

    Args:
        used: What was read already.
        hearing: Reads mails, and says what they are in the history.
        alive: Called after each file: says that somebody works on this, and raises if nobody shall.
    """
    gathered = Gathered()
    for one in opened:
        for member in one.bundle.members:
            was_read = used is not None and (used.zipped, used.member) == (one, member)
            for paper in _papers(one, member, book, hearing, gathered, was_read=was_read):
                gathered.papers.append(replace(paper, number=len(gathered.papers)))
                alive()
    return gathered


def _papers(
    one: Zipped,
    member: Member,
    book: Book,
    hearing: tuple[Reader, Heard],
    gathered: Gathered,
    *,
    was_read: bool,
) -> Iterator[Paper]:
    paper = Paper(
        0, one.file, member.place, member.path, member.size, guess_kind(member.path), PaperState.OPEN
    )
    refusal = member.trouble or kind_of(b"", paper.name).refusal
    if was_read:
        yield replace(paper, state=PaperState.LEFT_OUT, say=_USED)
    elif refusal:
        yield replace(paper, state=PaperState.REFUSED, say=refusal)
    elif paper.name.lower().endswith(".mbox"):
        yield from _mailbox(one, member, paper, book, hearing, gathered)
    elif paper.name.lower().endswith(".eml") and member.size <= LARGEST_MAIL:
        yield _mail(paper, partial(_whole, one, member), book, hearing, gathered)
    else:
        yield _placed(paper, place_paper(paper.path, book))


def _mailbox(
    one: Zipped,
    member: Member,
    paper: Paper,
    book: Book,
    hearing: tuple[Reader, Heard],
    gathered: Gathered,
) -> Iterator[Paper]:
    mails = split_mbox(one.bundle.pieces(member), LARGEST_MAIL)
    try:
        for part, octets in enumerate(islice(mails, MOST_MEMBERS - len(gathered.papers)), start=1):
            mail = replace(paper, part=part, size=len(octets))
            yield _mail(mail, partial(bytes, octets), book, hearing, gathered)
        if next(mails, None) is not None:
            say = f"There are more than {MOST_MEMBERS:,} files and mails. Send this one by itself."
            yield replace(paper, state=PaperState.REFUSED, say=say)
    except CannotRead as error:
        yield replace(paper, state=PaperState.REFUSED, say=f"{error} The mails before were read.")


def _mail(
    paper: Paper,
    whole: Callable[[], bytes],
    book: Book,
    hearing: tuple[Reader, Heard],
    gathered: Gathered,
) -> Paper:
    read, heard = hearing
    try:
        parsed = read(whole())
    except CannotRead as error:
        return replace(paper, state=PaperState.REFUSED, say=str(error))
    if isinstance(parsed, Unreadable):
        if parsed.again:
            raise Unavailable(parsed.reason)
        placed = _placed(paper, place_paper(paper.path, book))
        return replace(placed, say=f"{parsed.reason} It is kept as a document. {placed.say}")
    everybody = (parsed.from_address, *(one.address for one in (*parsed.to, *parsed.cc)))
    placed = _placed(paper, place_mail(paper.path, parsed.subject, parsed.text, everybody, book))
    if placed.target and placed.target.ordinal:
        gathered.said.setdefault(placed.target.ordinal, []).append(heard(parsed, placed.addresses))
    elif not placed.candidates:
        gathered.subjects[len(gathered.papers)] = parsed.subject[:200]
    return placed


def _placed(paper: Paper, found: Placed) -> Paper:
    state = PaperState.OPEN if found.target is None else PaperState.MATCHED
    return replace(
        paper,
        state=state,
        say=found.say,
        target=found.target,
        candidates=found.candidates,
        addresses=found.addresses if paper.kind is DocumentKind.MAIL else (),
    )


def _whole(one: Zipped, member: Member) -> bytes:
    return b"".join(one.bundle.pieces(member))


def _problem(name: str, what: str, severity: Severity) -> Problem:
    return Problem(0, "", name[:60], f"“{name}”: {what}", "", severity)
