"""The log seen from outside: open tiles, cosignatures that come back, time stamps, the weekly mail."""

import logging
from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from email import message_from_bytes
from email.message import EmailMessage
from email.policy import default
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from litestar import Litestar
from litestar.testing import TestClient

from authority import TestAuthority, new_authority, serving
from handoff_portal.adapters.database.raw import sequencing
from handoff_portal.app import build
from handoff_portal.audit import note
from handoff_portal.audit.actions.keeping import Keeper, freshness, log_key
from handoff_portal.audit.actions.testimony import authority, stamp, write_to_officers
from handoff_portal.audit.checkpoints import LogKey, sign_newest
from handoff_portal.audit.model import AuditVerified, SignedRoot
from handoff_portal.audit.tree import Tiles
from handoff_portal.chores import chores
from handoff_portal.core.permissions import OrgKind, Role
from handoff_portal.web.portal import Portal
from letters import mail_all
from people import SignedIn, a_person, an_organisation

SECRET = Ed25519PrivateKey.from_private_bytes(b"w" * 32)
WITNESS = note.Verifier("witness.example/w1", note.COSIGNATURE, SECRET.public_key().public_bytes_raw())
Client = TestClient[Litestar]


def key_of(portal: Portal) -> LogKey:
    return log_key(portal.vault, portal.settings.log_name)


def grow(portal: Portal) -> SignedRoot:
    """One more event, sequenced and signed."""
    with portal.database.worker() as work:
        work.record(AuditVerified(problems=0, size=0))
    while Keeper(portal.database, key_of(portal), portal.anchor).round():
        pass
    with sequencing(portal.database) as connection:
        return sign_newest(connection, key_of(portal), portal.database.clock())


def an_officer(portal: Portal) -> SignedIn:
    return a_person(portal, an_organisation(portal, OrgKind.OPERATOR), Role.COMPLIANCE_OFFICER)


@pytest.fixture
def watched(portal: Portal) -> Iterator[Client]:
    """The portal, knowing a witness."""
    knowing = replace(portal, settings=replace(portal.settings, witnesses=(WITNESS.vkey(),)))
    with TestClient(build(knowing), base_url="http://portal.test") as made:
        yield made


def test_anybody_reads_the_checkpoint_and_proves_it_from_the_tiles(portal: Portal, client: Client) -> None:
    for _ in range(2):
        grow(portal)
    answer = client.get("/audit/log/checkpoint")
    assert answer.headers["Content-Type"].startswith("text/plain")
    point = note.opened(answer.text, key_of(portal).origin, key_of(portal).trusted)

    def tile(level: int, n: int) -> bytes:
        width = min(256, (point.size >> 8 * level) - n * 256)
        part = "" if width == 256 else f".p/{width}"
        shown = client.get(f"/audit/log/tile/{level}/{n:03d}{part}")
        assert shown.status_code == 200
        assert "immutable" in shown.headers["Cache-Control"]
        assert shown.headers["Content-Type"] == "application/octet-stream"
        return shown.content

    assert Tiles(tile).root(point.size) == point.root


def test_no_more_is_shown_than_the_checkpoint_covers(portal: Portal, client: Client) -> None:
    size = grow(portal).size
    n, width = divmod(size, 256)
    assert client.get(f"/audit/log/tile/0/{n:03d}.p/{width}").status_code == (200 if width else 404)
    for place in (
        f"0/{n:03d}.p/{width + 1}",
        f"0/{n + 1:03d}",
        "7/000",
        "8/000",
        "0/1",
        "0/000.p/0",
        "0/000.p/257",
        "0/x00/000",
        "0/entries/000",
        "0/..",
        "x/000",
        "-1/000",
        "99999999999999999999/000",
        "0/x999/x999/x999/x999/x999/x999/999",
    ):
        assert client.get(f"/audit/log/tile/{place}").status_code == 404, place


def test_a_cosignature_comes_back_and_officers_see_it(portal: Portal, watched: Client) -> None:
    signed = grow(portal)
    raw = note.cosign(signed.note, WITNESS, 1_800_000_000, SECRET.sign)
    answer = watched.post("/audit/log/cosignatures", content=raw.encode())
    assert (answer.status_code, answer.text) == (200, f"kept: {WITNESS.name}, {signed.size} entries\n")
    assert watched.get("/audit/log/checkpoint").text == raw
    watched.cookies.update(an_officer(portal).cookie)
    shown = watched.get("/audit").text
    assert WITNESS.name in shown
    assert "What outsiders confirm" in shown


def test_what_is_no_cosignature_is_refused_kindly(portal: Portal, watched: Client) -> None:
    signed = grow(portal)
    false = note.cosign(signed.note, WITNESS, 1_800_000_000, key_of(portal).sign)
    bodies = [signed.note.encode(), false.encode(), b"", b"\xff\xfe", b"x" * 20_000, b"a\n\nb\n"]
    for body in bodies:
        answer = watched.post("/audit/log/cosignatures", content=body)
        assert answer.status_code == 422, body
        assert answer.text.endswith(".\n")


@pytest.fixture(scope="module")
def served() -> Iterator[TestAuthority]:
    with serving(new_authority()) as made:
        yield made


@pytest.fixture
def stamped(portal: Portal, served: TestAuthority, tmp_path: Path) -> Portal:
    """The portal, with a time stamp authority."""
    roots = tmp_path / "roots.pem"
    roots.write_bytes(served.roots_pem)
    served.status = 200
    return replace(
        portal,
        settings=replace(portal.settings, timestamp_url=served.url, timestamp_roots=str(roots)),
    )


def test_the_worker_has_the_log_stamped_and_an_authority_that_fails_stops_nothing(
    stamped: Portal,
    served: TestAuthority,
    caplog: pytest.LogCaptureFixture,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    asked = authority(stamped.settings)
    assert asked is not None
    grow(stamped)
    served.status = 500
    with caplog.at_level(logging.WARNING):
        assert stamp(stamped.database, stamped.anchor, asked) is False
    assert "no time stamp for the log: 127.0.0.1" in caplog.text
    assert freshness(stamped.database) == ""
    with TestClient(build(stamped), base_url="http://portal.test") as client:
        client.cookies.update(an_officer(stamped).cookie)
        assert "No time stamp for a while" in client.get("/audit").text
        served.status = 200
        (chore,) = (one for one in chores(stamped) if one.name == "stamps")
        assert chore.run() is False
        shown = client.get("/audit").text
        assert "127.0.0.1" in shown
        assert "No time stamp for a while" not in shown
        grow(stamped)
        clock = stamped.database.clock
        monkeypatch.setattr(stamped.database, "clock", lambda: clock() + timedelta(hours=4))
        client.cookies.update(an_officer(stamped).cookie)
        assert "No time stamp for a while" in client.get("/audit").text


def letters_to(portal: Portal, officer: SignedIn) -> list[EmailMessage]:
    mails = [message_from_bytes(path.read_bytes(), policy=default) for path in mail_all(portal)]
    return [
        one
        for one in mails
        if one["To"] == officer.actor.email and one["X-Handoff-Template"] == "log_checkpoint"
    ]


def test_every_officer_gets_the_checkpoint_once_a_week(
    portal: Portal, monkeypatch: pytest.MonkeyPatch
) -> None:
    officer = a_person(portal, an_organisation(portal, OrgKind.BUSINESS), Role.COMPLIANCE_OFFICER)
    other = a_person(portal, an_organisation(portal, OrgKind.AGENCY), Role.COLLECTOR)
    signed = grow(portal)
    for _ in range(2):
        write_to_officers(portal.database)
    (letter,) = letters_to(portal, officer)
    assert letters_to(portal, other) == []
    text = letter.get_content()
    lines = text.split("-" * 56 + "\n")
    assert lines[1] == signed.note
    assert note.opened(lines[1], key_of(portal).origin, key_of(portal).trusted).size == signed.size
    assert "/audit/how" in text
    clock = portal.database.clock
    monkeypatch.setattr(portal.database, "clock", lambda: clock() + timedelta(days=8))
    write_to_officers(portal.database)
    assert len(letters_to(portal, officer)) == 2
