"""A database that dies and comes back under running processes: what was promised stays."""

import logging
import os
import signal
import tempfile
import threading
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

import psycopg
import pytest

from documents.sending import a_file, headers_of, send
from faults.posting import Answer, get, post
from faults.processes import a_worker, wait_until
from faults.soundness import SOAK, one, require_whole_log, waiting
from handoff_builders import HeldCase, a_held_case
from handoff_portal.adapters.database.migrate import migrate
from handoff_portal.adapters.postgres import EmbeddedPostgres
from handoff_portal.adapters.postgres.folder import read_postmaster
from handoff_portal.cases.actions import cases
from handoff_portal.contacts.actions import notes
from handoff_portal.documents.actions import papers
from handoff_portal.settings import ROOT
from handoff_portal.web.portal import Portal
from own_portal import an_environment, make_keys, opened
from served import served

_log = logging.getLogger(__name__)
MIB = 1024**2


@dataclass
class House:
    """A portal on a database that can be killed."""

    server: EmbeddedPostgres
    environment: dict[str, str]
    portal: Portal

    def kill(self, how: signal.Signals) -> None:
        """End the database at once: SIGQUIT is `pg_ctl stop -m immediate`, SIGKILL a power cut."""
        found = read_postmaster(self.server.data_dir)
        assert found is not None
        os.kill(found.pid, how)
        self.server.stop()

    def has_worker(self) -> bool:
        """Whether a worker has begun with the log; it needs a database to start."""
        with self.look() as administrator:
            return one(administrator, "select count(*) from audit_root") > 0

    def restart(self) -> None:
        self.server.start()

    def look(self) -> psycopg.Connection:
        return self.server.administrator("portal")


@pytest.fixture(scope="module")
def house(folder: Path) -> Iterator[House]:
    own = Path(tempfile.mkdtemp(prefix="mortal-", dir=folder))
    with EmbeddedPostgres(own / "data", durable=True) as server:
        server.create_roles()
        server.create_database("portal")
        migrate(server.url("handoff_owner", "portal"), ROOT / "migrations")
        environment = an_environment(server, "portal", own / "files")
        make_keys(environment)
        with opened(environment) as portal:
            yield House(server, environment, portal)


@dataclass
class Correspondence:
    """Notes that were sent about one case, and what was answered."""

    house: House
    port: int
    held: HeldCase
    answers: dict[str, Answer] = field(default_factory=dict)
    stop: threading.Event = field(default_factory=threading.Event)

    def send(self) -> None:
        """Send numbered notes until told to stop."""
        name = threading.current_thread().name
        while not self.stop.is_set():
            text = f"{name} {len(self.answers)}"
            path = f"/cases/{self.held.case.id}/notes"
            self.answers[text] = post(self.house.portal, self.port, self.held.business, path, note=text)

    def promised(self) -> set[str]:
        return {text for text, answer in list(self.answers.items()) if answer.status == 303}

    def go_on(self, number: int) -> None:
        """Wait until so many more notes are promised."""
        known = len(self.promised())
        wait_until(lambda: len(self.promised()) >= known + number)

    def kept(self) -> list[str]:
        """The notes that the agency reads."""
        with self.house.portal.database.work(self.held.agency.actor) as work:
            case = cases.load_case(work, self.held.case.id)
            return [note.text for note in notes.list_notes(work, case, cases.open_key(work, case))]


@contextmanager
def correspondence(house: House, port: int) -> Iterator[Correspondence]:
    """Two hands write notes."""
    made = Correspondence(house, port, a_held_case(house.portal))
    hands = [threading.Thread(target=made.send) for _ in range(2)]
    for hand in hands:
        hand.start()
    try:
        yield made
    finally:
        made.stop.set()
        for hand in hands:
            hand.join()


def require_kind(answer: Answer) -> None:
    """A page that says what to do, whatever the database did."""
    assert answer.status in {303, 503}, (answer.status, answer.text)
    if answer.status == 503:
        assert "The database" in answer.text
        assert "try again in a minute" in answer.text or "send it again" in answer.text


@pytest.mark.soak
@pytest.mark.timeout(900)
def test_a_database_that_is_killed_keeps_every_promise_and_nobody_needs_to_be_restarted(house: House) -> None:
    endings = [signal.SIGQUIT, signal.SIGKILL] * max(1, SOAK // 2)
    with a_worker(house.environment), served(house.environment) as server:
        with correspondence(house, server.port) as sent:
            wait_until(house.has_worker)
            for turn, ending in enumerate(endings):
                sent.go_on(3)
                time.sleep(turn * 7 % 10 / 300)
                house.kill(ending)
                time.sleep(0.1)
                house.restart()
        for answer in sent.answers.values():
            require_kind(answer)
        kept = sent.kept()
        assert len(kept) == len(set(kept))
        assert sent.promised() <= set(kept) <= set(sent.answers)
        with house.look() as administrator:
            wait_until(lambda: waiting(administrator) == 0, seconds=120)
    with house.look() as administrator:
        events = require_whole_log(house.portal, administrator)
    seen = Counter(answer.status for answer in sent.answers.values())
    lucky = len(kept) - len(sent.promised())
    _log.info("%d restarts, %s, %d kept unpromised, %d events", len(endings), dict(seen), lucky, events)


def test_idle_connections_of_a_database_that_was_restarted_cost_nobody_a_page(house: House) -> None:
    held = a_held_case(house.portal)
    with served(house.environment) as server:
        page = f"/cases/{held.case.id}"
        assert get(house.portal, server.port, held.agency, page).status == 200
        house.kill(signal.SIGQUIT)
        away = get(house.portal, server.port, held.agency, page)
        assert (away.status, "try again in a minute" in away.text) == (503, True)
        house.restart()
        assert get(house.portal, server.port, held.agency, page).status == 200
        assert house.portal.database.answers()


def test_a_database_killed_in_mid_upload_leaves_nothing_half_visible(house: House) -> None:
    held = a_held_case(house.portal)

    def file() -> Iterator[bytes]:
        for number, piece in enumerate(a_file(8 * MIB)):
            if number == 20:
                house.kill(signal.SIGQUIT)
            yield piece

    with served(house.environment) as server:
        headers = headers_of(house.portal, held.agency, "proof.txt")
        answer = send(server.port, held.case.id, headers, file(), 8 * MIB)
        assert answer.status == 503
        assert "database" in answer.body["say"]
        house.restart()
        with house.portal.database.work(held.agency.actor) as work:
            assert papers.counts_by_kind(work, held.case) == {}
        again = send(server.port, held.case.id, headers, a_file(MIB), MIB)
    assert again.status == 201
    with house.portal.database.work(held.agency.actor) as work:
        assert sum(papers.counts_by_kind(work, held.case).values()) == 1
    with house.look() as administrator:
        require_whole_log(house.portal, administrator)
