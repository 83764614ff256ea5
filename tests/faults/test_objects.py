"""A document store that refuses, hangs or is full while a file is on its way: a kind answer, nothing half."""

import resource
import signal
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from uuid import UUID

import psycopg
import pytest

from aws_server import CREDENTIALS
from documents.sending import a_file, headers_of, send
from faults.moto import BUCKET, Moto
from faults.posting import post_file
from faults.soundness import one, require_whole_log
from handoff_builders import a_business
from handoff_portal.adapters.clock import utc_now
from handoff_portal.adapters.objects import objects
from handoff_portal.app import open_database
from handoff_portal.cases.actions import cases
from handoff_portal.cases.model.case import Case
from handoff_portal.core.ids import DocumentId
from handoff_portal.documents.actions import papers
from handoff_portal.identity.actions.keys import load_system_keys
from handoff_portal.settings import read
from handoff_portal.web.portal import Portal
from people import SignedIn
from served import served

MIB = 1024**2
SIZE = 20 * MIB
UNFINISHED = "select count(*) from document where case_id = %s and state = 'uploading'"


@dataclass
class Draft:
    """A case that papers are added to."""

    portal: Portal
    business: SignedIn
    case: Case

    def papers(self) -> int:
        """How many papers anybody can see."""
        with self.portal.database.work(self.business.actor) as work:
            return sum(papers.counts_by_kind(work, self.case).values())

    def send(self, port: int, pieces: Iterator[bytes], size: int = SIZE) -> tuple[int, str]:
        """Send one file; gives the status and what was said, or the id of the paper."""
        headers = headers_of(self.portal, self.business, "contract.txt")
        answer = send(port, self.case.id, headers, pieces, size)
        return answer.status, answer.body.get("say") or answer.body["id"]


@pytest.fixture
def draft(portal: Portal) -> Draft:
    business = a_business(portal)
    with portal.database.work(business.actor) as work:
        return Draft(portal, business, cases.start_draft(work))


@pytest.fixture
def moto(monkeypatch: pytest.MonkeyPatch) -> Iterator[Moto]:
    for name, value in CREDENTIALS.items():
        monkeypatch.setenv(name, value)
    service = Moto()
    yield service
    service.close()


def interrupted(happen: Callable[[], object], after: int = 12 * MIB) -> Iterator[bytes]:
    """A file during which something happens."""
    sent = 0
    for piece in a_file(SIZE):
        if sent <= after < sent + len(piece):
            happen()
        sent += len(piece)
        yield piece


def sweep_later(environment: dict[str, str]) -> None:
    """Clear away as the worker does, thirteen hours from now."""
    settings = read(environment)
    later = open_database(settings, lambda: utc_now() + timedelta(hours=13))
    with later.worker() as work:
        load_system_keys(work)
    papers.reap_uploads(later, objects(settings.objects, settings.objects_endpoint))
    later.close()


@pytest.mark.parametrize("how", [signal.SIGKILL, signal.SIGSTOP])
def test_s3_going_away_in_mid_upload_is_said_kindly_and_a_later_try_works(
    draft: Draft,
    environment: dict[str, str],
    administrator: psycopg.Connection,
    moto: Moto,
    how: signal.Signals,
) -> None:
    away = {**environment, "HANDOFF_OBJECTS": f"s3://{BUCKET}", "HANDOFF_OBJECTS_ENDPOINT": moto.endpoint}
    with served(away) as server:
        begun = time.monotonic()
        status, said = draft.send(server.port, interrupted(lambda: moto.fail(how)))
        assert (status, "Please try again in a few minutes" in said) == (503, True)
        assert time.monotonic() - begun < 30
        if how is signal.SIGKILL:
            page = post_file(draft.portal, server.port, draft.business, f"/cases/{draft.case.id}/documents")
            assert (page.status, "Please try again in a few minutes" in page.text) == (503, True)
        assert draft.papers() == 0
        moto.mend()
        status, paper = draft.send(server.port, a_file(SIZE))
        assert (status, draft.papers()) == (201, 1)
    sweep_later(away)
    client = moto.client()
    kept = client.list_objects_v2(Bucket=BUCKET)["Contents"]
    assert [found["Key"] for found in kept] == [f"documents/{paper}"]
    assert "Uploads" not in client.list_multipart_uploads(Bucket=BUCKET)
    assert one(administrator, UNFINISHED, draft.case.id) == 0
    require_whole_log(draft.portal, administrator)


def test_a_disk_that_is_full_in_mid_upload_is_said_kindly_and_a_later_try_works(
    draft: Draft, environment: dict[str, str], administrator: psycopg.Connection
) -> None:
    folder = Path(draft.portal.settings.objects.removeprefix("file:"))
    before = set(draft.portal.objects.list("documents/"))
    with served(environment) as server:

        def disk_ends(at: int) -> None:
            """No file of the server grows any further: the same answer of the system as a full disk."""
            resource.prlimit(server.worker, resource.RLIMIT_FSIZE, (at, resource.RLIM_INFINITY))

        status, said = draft.send(server.port, interrupted(lambda: disk_ends(15 * MIB)))
        assert (status, "Please try again in a few minutes" in said) == (503, True)
        assert draft.papers() == 0
        assert list((folder / ".unfinished").iterdir()) == []
        disk_ends(resource.RLIM_INFINITY)
        status, paper = draft.send(server.port, a_file(SIZE))
        assert (status, draft.papers()) == (201, 1)
    assert set(draft.portal.objects.list("documents/")) - before == {f"documents/{paper}"}
    with draft.portal.database.work(draft.business.actor) as work:
        opened = papers.open_document(work, draft.case.id, DocumentId(UUID(paper)))
    assert sum(map(len, opened.read(draft.portal.objects, 0, SIZE))) == SIZE
    assert one(administrator, UNFINISHED, draft.case.id) == 0
    require_whole_log(draft.portal, administrator)
