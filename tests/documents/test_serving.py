"""Uploads to a real server: bounded memory, nothing in the clear, nothing left of what broke off."""

import os
import random
import socket
import time
from datetime import timedelta
from pathlib import Path
from uuid import UUID

import boto3
import pytest

from aws_server import CREDENTIALS, aws_server
from documents.sending import a_file, headers_of, send
from handoff_portal.adapters.clock import utc_now
from handoff_portal.app import open_database
from handoff_portal.cases.actions import cases
from handoff_portal.cases.model.case import Case
from handoff_portal.core.ids import DocumentId
from handoff_portal.core.permissions import OrgKind
from handoff_portal.documents.actions import papers
from handoff_portal.identity.actions.keys import load_system_keys
from handoff_portal.web.portal import Portal
from people import SignedIn, people
from served import Served, served

MIB = 1024**2
SOAK = int(os.environ.get("HANDOFF_SOAK", "0"))
CANARY = b"CANARY-51d0"


def a_draft(portal: Portal) -> tuple[SignedIn, Case]:
    (business,) = people(portal, [OrgKind.BUSINESS])
    with portal.database.work(business.actor) as work:
        return business, cases.start_draft(work)


def folder_of(portal: Portal) -> Path:
    return Path(portal.settings.objects.removeprefix("file:"))


def is_in_clear(folder: Path, mark: bytes) -> list[Path]:
    found = []
    for path in folder.rglob("*"):
        if path.is_file():
            with path.open("rb") as file:
                tail = b""
                while piece := file.read(8 * MIB):
                    if mark in tail + piece:
                        found.append(path)
                    tail = piece[-len(mark) :]
    return found


@pytest.mark.soak
def test_a_large_file_takes_bounded_memory_and_is_never_in_clear(
    portal: Portal, environment: dict[str, str], folder: Path
) -> None:
    size = 1024 * MIB if SOAK else 300 * MIB
    business, case = a_draft(portal)
    with served(environment) as server:
        small = send(server.port, case.id, headers_of(portal, business, "s.txt"), a_file(MIB), MIB)
        assert small.status == 201
        before = server.peak_memory()
        answer = send(server.port, case.id, headers_of(portal, business, "big.txt"), a_file(size), size)
        assert (answer.status, answer.body["size"]) == (201, size)
        assert server.peak_memory() - before < 64 * MIB
    assert is_in_clear(folder, CANARY) == []
    with portal.database.work(business.actor) as work:
        opened = papers.open_document(work, case.id, DocumentId(UUID(answer.body["id"])))
    start = size - 100
    assert CANARY in b"".join(opened.read(portal.objects, start, size))
    portal.objects.delete(opened.object_key)


def break_off(server: Served, portal: Portal, business: SignedIn, case: Case, sent: int) -> socket.socket:
    """Begin a file of 50 MiB and send only some of it."""
    lines = [f"POST /cases/{case.id}/documents?kind=contract HTTP/1.1", "Host: portal.test"]
    headers = headers_of(portal, business, "half.txt") | {"Content-Length": str(50 * MIB)}
    lines += [f"{name}: {value}" for name, value in headers.items()]
    connection = socket.create_connection(("127.0.0.1", server.port), timeout=60)
    connection.sendall("\r\n".join(lines).encode() + b"\r\n\r\n")
    for piece in a_file(sent):
        connection.sendall(piece)
    return connection


def reap_later(portal: Portal) -> int:
    """Clear away as the worker does, thirteen hours from now."""
    later = open_database(portal.settings, lambda: utc_now() + timedelta(hours=13))
    with later.worker() as work:
        load_system_keys(work)
    reaped = papers.reap_uploads(later, portal.objects)
    later.close()
    return reaped


def shown(portal: Portal, business: SignedIn, case: Case) -> int:
    with portal.database.work(business.actor) as work:
        return sum(papers.counts_by_kind(work, case).values())


@pytest.mark.soak
def test_a_server_killed_in_mid_upload_leaves_nothing_visible(
    portal: Portal, environment: dict[str, str]
) -> None:
    business, case = a_draft(portal)
    chance = random.Random(7)  # noqa: S311 - offsets, not secrets
    before = set(portal.objects.list("documents/"))
    for _ in range(SOAK or 3):
        with served(environment) as server:
            connection = break_off(server, portal, business, case, chance.randrange(1, 40 * MIB))
            server.kill()
            connection.close()
        assert shown(portal, business, case) == 0
        assert is_in_clear(folder_of(portal), CANARY) == []
    assert reap_later(portal) >= 1
    assert set(portal.objects.list("documents/")) <= before
    assert list((folder_of(portal) / ".unfinished").iterdir()) == []
    with served(environment) as server:
        again = send(server.port, case.id, headers_of(portal, business, "half.txt"), a_file(MIB), MIB)
    assert again.status == 201


def test_a_browser_that_goes_away_leaves_nothing_at_all(portal: Portal, environment: dict[str, str]) -> None:
    business, case = a_draft(portal)
    before = set(portal.objects.list("documents/"))
    with served(environment) as server:
        break_off(server, portal, business, case, 10 * MIB).close()
        answer = send(server.port, case.id, headers_of(portal, business, "next.txt"), a_file(MIB), MIB)
        assert answer.status == 201
    unfinished = folder_of(portal) / ".unfinished"
    for _ in range(100):
        if not list(unfinished.iterdir()):
            break
        time.sleep(0.05)
    assert list(unfinished.iterdir()) == []
    assert shown(portal, business, case) == 1
    assert len(set(portal.objects.list("documents/")) - before) == 1


def test_a_refused_file_says_why_although_it_was_still_being_sent(
    portal: Portal, environment: dict[str, str]
) -> None:
    business, case = a_draft(portal)
    small = environment | {"HANDOFF_LIMIT_FILE_BYTES": str(5 * MIB)}
    with served(small) as server:
        headers = headers_of(portal, business, "large.txt")
        answer = send(server.port, case.id, headers, a_file(20 * MIB), 20 * MIB)
        program = send(server.port, case.id, headers, iter([b"MZ" + bytes(4 * MIB)]), 4 * MIB + 2)
    assert (answer.status, "larger than 5 MiB" in answer.body["say"]) == (422, True)
    assert (program.status, "Programs" in program.body["say"]) == (422, True)
    assert shown(portal, business, case) == 0


def test_the_same_with_documents_in_s3(
    portal: Portal, environment: dict[str, str], monkeypatch: pytest.MonkeyPatch
) -> None:
    for name, value in CREDENTIALS.items():
        monkeypatch.setenv(name, value)
    business, case = a_draft(portal)
    with aws_server() as endpoint:
        s3 = boto3.client("s3", endpoint_url=endpoint)
        s3.create_bucket(Bucket="papers", CreateBucketConfiguration={"LocationConstraint": "eu-central-1"})
        away = environment | {"HANDOFF_OBJECTS": "s3://papers", "HANDOFF_OBJECTS_ENDPOINT": endpoint}
        with served(away) as server:
            headers = headers_of(portal, business, "remote.txt")
            answer = send(server.port, case.id, headers, a_file(30 * MIB), 30 * MIB)
        assert answer.status == 201
        stored = s3.get_object(Bucket="papers", Key=f"documents/{answer.body['id']}")["Body"].read()
        assert len(stored) > 30 * MIB
        assert CANARY not in stored
