"""The papers of a portfolio while it is checked: entered accounts, matched files, judgements with both."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass, field, replace
from datetime import datetime
from itertools import islice

from msgspec import structs

from handoff_portal.adapters.database import Work
from handoff_portal.adapters.objects.store import ObjectStore
from handoff_portal.adapters.parsing.mail import ParsedMail
from handoff_portal.adapters.parsing.mails import mail_reader
from handoff_portal.adapters.vault.blind import Rule
from handoff_portal.adapters.vault.portfolios import PortfolioKey
from handoff_portal.cases.actions import bulk
from handoff_portal.cases.actions.cases import REFERENCE_COLUMN
from handoff_portal.cases.actions.opening import TAKES_PAPERS
from handoff_portal.cases.model.known import Known
from handoff_portal.contacts.model.communications import HistoryEntry, Stage, Words
from handoff_portal.core.actor import Actor
from handoff_portal.core.ids import PortfolioId
from handoff_portal.documents.model import DocumentKind
from handoff_portal.intake.actions.mails import letter_of
from handoff_portal.intake.model.policy import Policy
from handoff_portal.intake.model.said import entry_of
from handoff_portal.portfolios.actions.bundling import (
    Gathered,
    Used,
    Zipped,
    gather,
    history_in,
    open_archives,
)
from handoff_portal.portfolios.actions.judging import judge_account
from handoff_portal.portfolios.actions.keeping import keep_by_hand
from handoff_portal.portfolios.model.account import Problem
from handoff_portal.portfolios.model.counting import recount
from handoff_portal.portfolios.model.matching import Book, Match, match_path, match_text
from handoff_portal.portfolios.model.papers import Paper, PaperState, Target
from handoff_portal.portfolios.model.portfolio import Figures, Staged, UploadedFile
from handoff_portal.portfolios.model.reader import Source
from handoff_portal.portfolios.store import papers, staging

_AT_ONCE = 1_000
_SIGN_OF_LIFE = 100
_BETWEEN = ("", ".", "/", "_")
Run = tuple[str, ...]


@dataclass(slots=True)
class Sorting:
    """The archives of one portfolio, and the accounts that their files may belong to.

    Attributes:
        problems: Why archives stay closed, and what was passed over.
    """

    key: PortfolioKey
    opened: list[Zipped]
    problems: list[Problem]
    book: Book = field(default_factory=Book)
    _used: Used | None = None

    @classmethod
    def open(cls, objects: ObjectStore, key: PortfolioKey, sent: Sequence[UploadedFile]) -> "Sorting":
        """Open every archive."""
        return cls(key, *open_archives(objects, key, sent))

    def histories(self, beside: Sequence[Source]) -> list[Source]:
        """A history file that lies in an archive rather than beside it."""
        self._used = history_in(self.opened, [one.name for one in beside])
        return [self._used.source] if self._used else []

    def enter(self, first: int, staged: Iterable[Staged]) -> None:
        """Remember by what accounts can be matched; without archives nothing is."""
        if not self.opened:
            return
        for ordinal, one in enumerate(staged, first):
            content = one.account.content
            references = (
                content.creditor_reference,
                content.customer.debtor_reference,
                *(claim.number for claim in content.claims),
            )
            label = f"{content.creditor_reference} · {content.customer.name}"
            self.book.add(ordinal, label, references, content.customer.emails, one.account.documents)

    def match(self, actor: Actor, now: datetime, alive: Callable[[], None]) -> Gathered:
        """Look at every file, read every mail."""

        def heard(mail: ParsedMail, customers: tuple[str, ...]) -> HistoryEntry:
            entry = entry_of(letter_of(mail, actor), frozenset(customers), actor.time_zone, now, ())
            return entry if entry.stage is Stage.FINAL_NOTICE else structs.replace(entry, words=Words())

        return gather(self.opened, self._used, self.book, (mail_reader().parse, heard), alive)


@dataclass(frozen=True, slots=True)
class Room:
    """Where and for whom papers are sorted.

    Attributes:
        entered: One transaction of the worker that may read what belongs to this portfolio's business.
        alive: Says that somebody works on this; raises if nobody shall any more.
    """

    portfolio: PortfolioId
    actor: Actor
    policy: Policy
    figures: Figures
    entered: Callable[[], AbstractContextManager[Work]]
    alive: Callable[[], None]


def sort_papers(sorting: Sorting, room: Room) -> tuple[int, list[Problem]]:
    """Match everything in the archives, keep it, and judge the accounts anew that have papers or mail.

    What a person said about them in an earlier look is kept, where the account is still there.

    Returns:
        How many papers there are, and what of an earlier look could not be kept.
    """
    with room.entered() as work:
        now = work.now
    gathered = sorting.match(room.actor, now, _now_and_then(room.alive))
    _look_for_cases(gathered, sorting.key, room)
    with room.entered() as work:
        lost = keep_by_hand(work, room.portfolio, sorting.key, gathered.papers)
        papers.clear(work, room.portfolio)
        rows = iter(gathered.papers)
        while some := list(islice(rows, _AT_ONCE)):
            papers.add(work, room.portfolio, sorting.key, some)
    room.alive()
    _judge_anew(gathered, sorting.key, room)
    return len(gathered.papers), lost


def _now_and_then(alive: Callable[[], None]) -> Callable[[], None]:
    count = 0

    def tick() -> None:
        nonlocal count
        count += 1
        if count % _SIGN_OF_LIFE == 0:
            alive()

    return tick


def _look_for_cases(gathered: Gathered, key: PortfolioKey, room: Room) -> None:
    """Papers that fit no account of this portfolio may belong to a case that exists already."""
    lost = [one for one in gathered.papers if one.state is PaperState.OPEN and not one.candidates]
    runs: set[Run] = set()

    def note(run: Run) -> tuple[int, ...]:
        runs.add(run)
        return ()

    for paper in lost:
        _found(paper, gathered, note)
    known = _known(runs, key, room)
    targets = list({one.id: one for one in known.values()}.values())
    places = {one.id: place for place, one in enumerate(targets)}

    def find(run: Run) -> tuple[int, ...]:
        return (places[known[run].id],) if run in known else ()

    for paper in lost:
        match = _found(paper, gathered, find)
        if match.targets:
            gathered.papers[paper.number] = _at_case(paper, match, targets)


def _found(paper: Paper, gathered: Gathered, find: Callable[[Run], tuple[int, ...]]) -> Match:
    match = match_path(paper.path, find)
    return match if match.targets else match_text(gathered.subjects.get(paper.number, ""), find)


def _known(runs: Iterable[Run], key: PortfolioKey, room: Room) -> dict[Run, Known]:
    found: dict[Run, Known] = {}
    rest = iter(runs)
    while some := list(islice(rest, _AT_ONCE)):
        with room.entered() as work:
            column = work.vault.blind_index().column(key.owner, REFERENCE_COLUMN, Rule.IDENTIFIER)
            indexes = {column(between.join(run)): run for run in some for between in _BETWEEN}
            known = bulk.find_known(work, list(indexes))
            found |= {indexes[index]: one for index, one in known.items()}
        room.alive()
    return found


def _at_case(paper: Paper, match: Match, known: Sequence[Known]) -> Paper:
    cases = [known[place] for place in match.targets]
    takers = tuple(Target(0, one.reference, one.id) for one in cases if one.state in TAKES_PAPERS)
    if len(cases) == 1 and takers:
        say = f"By its name: “{match.by}”, a case that exists already."
        return replace(paper, state=PaperState.MATCHED, target=takers[0], say=say)
    say = "Several cases that exist already fit." if takers else "Its case exists, but takes no papers now."
    return replace(paper, candidates=takers[:10], say=say)


def _judge_anew(gathered: Gathered, key: PortfolioKey, room: Room) -> None:
    kinds = gathered.kinds()
    wanted = kinds.keys() | gathered.said.keys()
    if not wanted:
        return
    number = 0
    while True:
        with room.entered() as work:
            chunk = next(staging.list_chunks(work, room.portfolio, key, number, 1), None)
            if chunk is None:
                return
            number = chunk.number + 1
            if any(ordinal in wanted for ordinal, _ in chunk.numbered()):
                for ordinal, one in chunk.numbered():
                    if ordinal in wanted:
                        chunk.staged[ordinal - chunk.first] = _judged(
                            one, room, work.now, kinds.get(ordinal, {}), gathered.said.get(ordinal, ())
                        )
                staging.save_staged(work, room.portfolio, key, chunk)
        room.alive()


def _judged(
    one: Staged,
    room: Room,
    now: datetime,
    kinds: Mapping[DocumentKind, int],
    said: Sequence[HistoryEntry],
) -> Staged:
    judged = judge_account(one.account, room.policy, now, kinds, said)
    after = structs.replace(
        one, failing=judged.failing, barred=judged.barred, lines=judged.lines, facts=judged.facts
    )
    recount(room.figures, one, after)
    return after
