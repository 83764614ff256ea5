"""Papers of a portfolio go to their cases, in the worker, some at a time, each once.

A wave of papers is noted in one transaction, poured into the object store, and made visible in a second one
together with what became of each paper. Whoever is killed in between leaves rows that nobody sees and that
are cleared away like any broken upload; the next worker takes these papers again once the lease is over.
"""

import logging
from collections.abc import Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from datetime import timedelta
from uuid import UUID

from handoff_portal.adapters.clock import new_id
from handoff_portal.adapters.database import Database, Work
from handoff_portal.adapters.objects.store import ObjectStore
from handoff_portal.adapters.parsing.mails import mail_reader
from handoff_portal.adapters.parsing.media_type import kind_of
from handoff_portal.adapters.parsing.wire import CannotRead
from handoff_portal.adapters.vault.blind import Rule
from handoff_portal.cases.actions.opening import Opened, open_for_papers
from handoff_portal.contacts.actions.bulk import add_mails
from handoff_portal.contacts.model.communications import HistoryEntry
from handoff_portal.core.ids import CaseId, DocumentId, OrgId
from handoff_portal.core.refusals import Unavailable
from handoff_portal.documents.actions import filing
from handoff_portal.documents.model import DocumentKind
from handoff_portal.identity.actions.organisations import open_org_key
from handoff_portal.intake.actions.mails import letter_of, unfolded
from handoff_portal.intake.model.events import HistoryUnreadable
from handoff_portal.intake.model.said import entry_of
from handoff_portal.portfolios.actions.acting import entered
from handoff_portal.portfolios.actions.committing import Order, note_failure, open_order
from handoff_portal.portfolios.actions.receipts import finish
from handoff_portal.portfolios.actions.unpacking import Unpacked, Unpacking, contents
from handoff_portal.portfolios.model.papers import Paper, PaperState
from handoff_portal.portfolios.store import files, papers, portfolios

_log = logging.getLogger(__name__)
LEASE = timedelta(minutes=2)
WAVE = 200
"""Papers that are made visible together, unless they are large."""

SIDE_BY_SIDE = 4
"""Small papers that are poured at the same time: each waits for its disk or its store."""

_WAVE_BYTES = 16 * 1024**2
_UNPACKING = timedelta(seconds=20)
"""A wave with papers that take long to read ends early, well before the lease does."""

_DIGEST = "portfolio_paper.digest"
_NO_CASE = "Its account did not become a case."
_SHUT = "Its case takes no papers any more."


class _Lost(Exception):
    """Somebody stopped the portfolio, or another worker has it."""


@dataclass(slots=True)
class _Going:
    """One paper on its way into its case.

    Attributes:
        documents: The paper and what was attached to it, with where each one's bytes are.
        said: What it says, if it is a mail.
    """

    one: Unpacked
    case: CaseId
    opened: Opened
    index: bytes = b""
    documents: list[tuple[filing.Noted, bytes | None]] = field(default_factory=list)
    poured: list[filing.Poured] = field(default_factory=list)
    said: list[HistoryEntry] = field(default_factory=list)
    remarks: list[str] = field(default_factory=list)


def store_next(database: Database, objects: ObjectStore) -> bool:
    """Store all papers of the portfolio that waits longest for it; False if none waits."""
    lease = new_id()
    with database.worker() as work:
        portfolio = portfolios.take_to_store(work, lease, LEASE)
    if portfolio is None:
        return False
    try:
        store_all(database, objects, open_order(database, portfolio), lease)
    except _Lost:
        _log.info("the papers of portfolio %s are no longer ours to store", portfolio)
    except Unavailable:
        raise
    except Exception:  # noqa: BLE001 - whatever it is, others go on and the person is told
        _log.exception("the papers of portfolio %s could not be stored", portfolio)
        note_failure(database, portfolio)
    return True


def store_all(database: Database, objects: ObjectStore, order: Order, lease: UUID) -> None:
    """Store every paper that is left, then sign the receipt."""
    with database.worker() as work:
        sent = files.list_files(work, order.portfolio, order.key)
    sizes = {one.id: one.size for one in sent}
    unpacking = Unpacking(objects, order.key, sizes, mail_reader().parse)
    storing = _Storing(database, objects, order, lease, unpacking)
    while storing.wave():
        pass
    with entered(database, order.portfolio, order.actor) as work:
        finish(work, order.portfolio, order.key)


@dataclass(slots=True)
class _Storing:
    """One worker at the papers of one portfolio."""

    database: Database
    objects: ObjectStore
    order: Order
    lease: UUID
    unpacking: Unpacking

    def wave(self) -> bool:
        """Store the next papers; False if none is left."""
        with self._work() as work:
            waiting = papers.list_to_store(work, self.order.portfolio, self.order.key, WAVE)
            wanted = {one.target.case for one in waiting if one.target and one.target.case}
            own = open_org_key(work, self._own)
            opened = open_for_papers(work, own, list(wanted))
        if not waiting:
            return False
        going, settled = self._unpack(waiting, opened)
        with self._work() as work:
            new, known = self._parted(work, going)
            papers.settle_all(
                work, self.order.portfolio, self.order.key, [(paper, None) for paper in settled + known]
            )
            for one in new:
                self._draw(work, one)
            filing.note_all(work, self._own, [noted for one in new for noted, _ in one.documents])
        self._pour(new)
        with self._work() as work:
            self._show(work, new)
        return True

    @property
    def _own(self) -> OrgId:
        return OrgId(self.order.key.owner)

    @contextmanager
    def _work(self) -> Iterator[Work]:
        """One transaction, while these papers are ours to store."""
        with entered(self.database, self.order.portfolio, self.order.actor) as work:
            if not portfolios.hold_on(work, self.order.portfolio, self.lease, work.now + LEASE):
                raise _Lost
            yield work

    def _unpack(
        self, waiting: Sequence[Paper], opened: Mapping[CaseId, Opened]
    ) -> tuple[list[_Going], list[Paper]]:
        """The papers that can go to their cases, and those of which it is clear that they cannot."""
        going: list[_Going] = []
        settled: list[Paper] = []
        size, until = 0, self.database.clock() + _UNPACKING
        for paper in waiting:
            case = paper.target.case if paper.target else None
            if case is None or case not in opened:
                settled.append(
                    replace(paper, state=PaperState.SKIPPED, say=_NO_CASE if case is None else _SHUT)
                )
                continue
            try:
                going.append(_Going(self.unpacking.unpack(paper), case, opened[case]))
            except CannotRead as error:
                settled.append(replace(paper, state=PaperState.REFUSED, say=str(error)))
                continue
            size += paper.size
            if size > _WAVE_BYTES or self.database.clock() > until:
                break
        return going, settled

    def _parted(self, work: Work, wave: Sequence[_Going]) -> tuple[list[_Going], list[Paper]]:
        """Those that their cases do not have yet, and those of which a case has this very file."""
        index = work.vault.blind_index().column(self._own, _DIGEST, Rule.IDENTIFIER)
        for one in wave:
            one.index = index(one.one.sha256.hex())
        there = papers.stored_among(work, self.order.key, [(one.case, one.index) for one in wave])
        new: list[_Going] = []
        known: list[Paper] = []
        for one in wave:
            if (one.case, one.index) in there:
                paper = replace(one.one.paper, state=PaperState.KNOWN, sha256=one.one.sha256.hex())
                known.append(paper)
            else:
                there.add((one.case, one.index))
                new.append(one)
        return new, known

    def _draw(self, work: Work, one: _Going) -> None:
        """Give a paper and what is attached to it ids and keys, and read what it says."""
        paper, mail = one.one.paper, one.one.mail
        original = self._add(one, paper.kind, paper.name, None)
        for letter in unfolded(mail) if mail else ():
            attached: list[DocumentId] = []
            for part in letter.attachments:
                refusal = kind_of(part.content, part.name).refusal if part.content else "It is empty."
                if refusal:
                    one.remarks.append(f"“{part.name[:60]}” was left inside the mail. {refusal}")
                else:
                    attached.append(self._add(one, DocumentKind.ATTACHMENT, part.name, part.content))
            said = letter_of(letter, self.order.actor)
            zone, customers = one.opened.time_zone, frozenset(paper.addresses)
            one.said.append(entry_of(said, customers, zone, work.now, (original, *attached)))
            one.remarks += letter.notes

    def _add(self, one: _Going, kind: DocumentKind, name: str, octets: bytes | None) -> DocumentId:
        noted = filing.draw(self._own, one.opened.key, kind, name)
        one.documents.append((noted, octets))
        return noted.made.id

    def _pour(self, wave: Sequence[_Going]) -> None:
        """Seal everything under its own key; what does not come through is taken back."""
        try:
            with ThreadPoolExecutor(SIDE_BY_SIDE) as threads:
                list(threads.map(self._pour_one, (one for one in wave if one.one.octets is not None)))
            for one in wave:
                if one.one.octets is None:
                    self._pour_one(one)
        except (Unavailable, CannotRead):
            with self._work() as work:
                for one in wave:
                    for noted, _ in one.documents:
                        filing.drop(work, noted, "store")
            raise

    def _pour_one(self, one: _Going) -> None:
        for noted, octets in one.documents:
            pieces = contents(self.unpacking, one.one) if octets is None else [octets]
            one.poured.append(filing.pour(self.objects, noted, pieces))

    def _show(self, work: Work, wave: Sequence[_Going]) -> None:
        """Make a wave visible, with what its mails say and what became of each paper."""
        stored = [(_stored(one), one.index) for one in wave]
        if not papers.settle_all(work, self.order.portfolio, self.order.key, stored):
            raise _Lost
        arrived = [
            (noted, poured)
            for one in wave
            for (noted, _), poured in zip(one.documents, one.poured, strict=True)
        ]
        filing.show_all(work, self._own, arrived)
        add_mails(work, self._own, [(one.opened.key, one.said) for one in wave if one.said])
        for one in wave:
            if one.one.unread:
                document = one.documents[0][0].made.id
                work.record(HistoryUnreadable(case=one.case, own=self._own, document=document))


def _stored(one: _Going) -> Paper:
    """A paper as it stands once it is in its case."""
    say = " ".join([one.one.paper.say, one.one.remark, *one.remarks]).strip()
    return replace(one.one.paper, state=PaperState.STORED, say=say, sha256=one.one.sha256.hex())
