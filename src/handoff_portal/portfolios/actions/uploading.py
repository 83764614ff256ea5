"""A portfolio streams in: each file sealed chunk by chunk under the portfolio's own key."""

import hashlib
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Self

from handoff_portal.adapters.clock import new_id
from handoff_portal.adapters.database import Work
from handoff_portal.adapters.objects.store import Upload
from handoff_portal.adapters.vault.cases import DocumentKey
from handoff_portal.adapters.vault.portfolios import PortfolioKey
from handoff_portal.adapters.vault.stream import Sealer
from handoff_portal.core.actor import Actor
from handoff_portal.core.ids import OrgId, PortfolioFileId, PortfolioId
from handoff_portal.core.permissions import Permission
from handoff_portal.core.refusals import Invalid, Refusal, WrongState
from handoff_portal.documents.actions.receiving import Places
from handoff_portal.documents.actions.writing import Behind
from handoff_portal.documents.model import clean_name
from handoff_portal.identity.actions.organisations import open_org_key
from handoff_portal.portfolios.model.events import PortfolioFileStored, PortfolioSent, PortfolioStarted
from handoff_portal.portfolios.model.portfolio import State, UploadedFile
from handoff_portal.portfolios.store import files, portfolios

MOST_FILES = 20


def start_portfolio(work: Work) -> PortfolioId:
    """Begin an empty portfolio under a key of its own; files follow, then `send_portfolio`."""
    work.actor.require(Permission.CASE_DRAFT)
    made = PortfolioId(new_id())
    owner = open_org_key(work, work.actor.org)
    wrapped = PortfolioKey.new(made, work.actor.org).wrap_for(owner)
    portfolios.add(work, made, wrapped, owner.version, PortfolioStarted(portfolio=made))
    return made


def open_portfolio_key(work: Work, portfolio: PortfolioId) -> PortfolioKey:
    """The key of a portfolio. Raises NotFound."""
    business, wrapped = portfolios.load_wrap(work, portfolio)
    return PortfolioKey.unwrap(open_org_key(work, OrgId(business)), portfolio, wrapped)


def send_portfolio(work: Work, portfolio: PortfolioId, answers: bytes = b"") -> None:
    """Say that all files are there; the worker begins to check them.

    Args:
        answers: What was said with them already, as the reader wants it; sealed.

    Raises:
        WrongState: There is no file, one is still arriving, or it was sent before.
    """
    work.actor.require(Permission.CASE_DRAFT)
    portfolios.load(work, portfolio, lock=True).require(State.UPLOADING)
    key = open_portfolio_key(work, portfolio)
    sent = files.list_files(work, portfolio, key)
    if not sent or not all(file.stored for file in sent):
        raise WrongState("Wait until every file has arrived, then send the portfolio.")
    event = PortfolioSent(portfolio=portfolio, answered=False)
    sealed = key.seal("answers", 0, answers) if answers else None
    values = {"state": State.CHECKING.value, "phase_at": work.now, "sealed_answers": sealed}
    portfolios.save(work, portfolio, event, **values)


def answer_questions(work: Work, portfolio: PortfolioId, answers: bytes) -> None:
    """Keep what the person said about the file (its mapping, how dates are meant); it is checked anew.

    Args:
        answers: As the reader wants them; sealed.
    """
    work.actor.require(Permission.CASE_DRAFT)
    portfolios.load(work, portfolio, lock=True).require(State.ASKING, State.WAITING)
    sealed = open_portfolio_key(work, portfolio).seal("answers", 0, answers)
    event = PortfolioSent(portfolio=portfolio, answered=True)
    portfolios.save(
        work,
        portfolio,
        event,
        state=State.CHECKING.value,
        phase_at=work.now,
        sealed_answers=sealed,
        reason=None,
    )


@dataclass(frozen=True, slots=True)
class _Made:
    portfolio: PortfolioId
    id: PortfolioFileId
    name: str
    object_key: str


class FileReceiver:
    """One file of a portfolio on its way in. Blocking; call it from a worker thread, one call at a time.

    Use: `FileReceiver.start(…)`, `write(piece)` as often as needed, then `finish()` or `give_up()`.
    """

    def __init__(self, places: Places, actor: Actor, made: _Made, key: DocumentKey) -> None:
        self._places, self._actor, self._made = places, actor, made
        self._sealer: Sealer = key.sealer()
        self._digest = hashlib.sha256()
        self._size = 0
        self._over = False
        self._upload: Upload = places.objects.begin(made.object_key)
        self._upload.write(self._sealer.header())
        self._behind = Behind(self._upload.write)

    @classmethod
    def start(cls, places: Places, actor: Actor, portfolio: PortfolioId, name: str) -> Self:
        """Note that a file begins to arrive.

        Raises:
            NotFound, WrongState: There is no such portfolio that takes files.
            Unavailable: The object store does not answer.
        """
        with places.database.work(actor) as work:
            made, key = _begin(work, portfolio, name)
        try:
            return cls(places, actor, made, key)
        except Refusal:
            _drop(places, actor, made)
            raise

    def write(self, piece: bytes) -> None:
        """Seal and store the next bytes.

        Raises:
            Invalid: The file is too large; nothing of it is left.
            Unavailable: The object store does not answer; nothing of it is left.
        """
        self._size += len(piece)
        if self._size > self._places.largest:
            self.give_up()
            raise Invalid({"file": f"{self._made.name}: This file is too large. Send it in parts."})
        self._digest.update(piece)
        try:
            self._behind.give(self._sealer.update(piece))
        except Refusal:
            self.give_up()
            raise

    def finish(self) -> UploadedFile:
        """Make the file count. Raises as `write` does, and Invalid for an empty one."""
        if not self._size:
            self.give_up()
            raise Invalid({"file": f"{self._made.name}: This file is empty. Choose it again."})
        try:
            self._behind.give(self._sealer.finish())
            self._behind.settle()
            self._upload.commit()
            stored = self._save()
        except Refusal:
            self.give_up()
            raise
        self._over = True
        self._behind.stop()
        return stored

    def give_up(self) -> None:
        """Leave no object. Does nothing when all is over."""
        if self._over:
            return
        self._over = True
        self._behind.stop()
        self._upload.abort()
        self._places.objects.delete(self._made.object_key)
        _drop(self._places, self._actor, self._made)

    def _save(self) -> UploadedFile:
        digest = self._digest.digest()
        event = PortfolioFileStored(
            portfolio=self._made.portfolio, file=self._made.id, size=self._size, digest=digest
        )
        with self._places.database.work(self._actor) as work:
            portfolios.load(work, self._made.portfolio, lock=True).require(State.UPLOADING)
            if not files.save_file(work, self._made.id, self._size, digest):
                raise WrongState("This upload took too long and was cleared away. Please send it again.")
            portfolios.save(work, self._made.portfolio, event)
        return UploadedFile(self._made.id, self._made.name, self._size, digest, stored=True)


def receive_bytes(
    places: Places, actor: Actor, portfolio: PortfolioId, name: str, pieces: Iterator[bytes]
) -> UploadedFile:
    """A file that comes in pieces, all at once."""
    receiver = FileReceiver.start(places, actor, portfolio, name)
    for piece in pieces:
        receiver.write(piece)
    return receiver.finish()


def _begin(work: Work, portfolio: PortfolioId, name: str) -> tuple[_Made, DocumentKey]:
    work.actor.require(Permission.CASE_DRAFT)
    portfolios.load(work, portfolio, lock=True).require(State.UPLOADING)
    key = open_portfolio_key(work, portfolio)
    if len(files.list_files(work, portfolio, key)) >= MOST_FILES:
        raise WrongState(f"A portfolio has at most {MOST_FILES} files. Put the papers into one ZIP.")
    file_id = PortfolioFileId(new_id())
    made = _Made(portfolio, file_id, clean_name(name), f"portfolios/{file_id}")
    file_key = key.file(file_id)
    sealed = file_key.seal_meta("sealed_name", made.name.encode())
    files.add_file(work, portfolio, file_id, made.object_key, sealed)
    portfolios.touch(work, portfolio)
    return made, file_key


def _drop(places: Places, actor: Actor, made: _Made) -> None:
    with places.database.work(actor) as work:
        files.drop_file(work, made.id)
