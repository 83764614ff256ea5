import re
import socket
from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from email import message_from_bytes, policy
from email.message import EmailMessage
from pathlib import Path

import pytest
from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP, Envelope, Session
from sqlalchemy import text

from handoff_portal.adapters import mail
from handoff_portal.adapters.database import Door
from handoff_portal.adapters.mail.delivery import PAUSES, deliver_waiting, sweep_outbox
from handoff_portal.adapters.mail.outbox import take_next
from handoff_portal.core.ids import PersonId
from handoff_portal.core.permissions import OrgKind, Role
from handoff_portal.identity.actions.invitations import invite
from handoff_portal.identity.store import organisations
from handoff_portal.settings import ROOT, Settings
from handoff_portal.web.portal import Portal
from identity.walks import Clock, somebody
from people import an_organisation

KIM = "kim.unique@example.net"


class Mailbox:
    """What a real SMTP server received, and what it answers."""

    def __init__(self) -> None:
        self.mails: list[EmailMessage] = []
        self.answer = "250 OK"
        self.rcpt = "250 OK"

    async def handle_RCPT(  # noqa: N802 - the server's name for it
        self, _server: SMTP, _session: Session, envelope: Envelope, address: str, _options: list[str]
    ) -> str:
        envelope.rcpt_tos.append(address)
        return self.rcpt

    async def handle_DATA(self, _server: SMTP, _session: Session, envelope: Envelope) -> str:  # noqa: N802
        if self.answer.startswith("250"):
            content = envelope.content
            assert isinstance(content, bytes)
            self.mails.append(message_from_bytes(content, policy=policy.default))
        return self.answer


@pytest.fixture
def mailbox() -> Mailbox:
    return Mailbox()


@pytest.fixture
def smtp(mailbox: Mailbox, settings: Settings) -> Iterator[Settings]:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    controller = Controller(mailbox, hostname="127.0.0.1", port=port)
    controller.start()
    yield replace(settings, smtp=f"smtp://127.0.0.1:{port}")
    controller.stop()


@pytest.fixture
def person(house: Portal) -> PersonId:
    """Somebody whose invitation is the only mail that waits."""
    with house.database.engine(Door.WORKER).begin() as connection:
        connection.execute(text("delete from outbox"))
    organisation = an_organisation(house, OrgKind.BUSINESS, "Unmistakable Traders")
    with house.database.worker() as work:
        invite(work, organisation.id, KIM, "Kim Unique", frozenset({Role.BUSINESS_ADMIN}))
        found = organisations.find_person_by_email(work, KIM)
        assert found
    return found.id


@pytest.fixture(autouse=True)
def _forget(house: Portal) -> Iterator[None]:
    yield
    with house.database.engine(Door.GATE).begin() as connection:
        connection.execute(
            text("update person set email = id || '@example.net' where email = 'kim.unique@example.net'")
        )


def state_of(house: Portal, person: PersonId) -> dict[str, object]:
    query = text("select * from outbox where person_id = :p order by created_at desc limit 1")
    with house.database.engine(Door.WORKER).connect() as connection:
        return dict(connection.execute(query, {"p": person}).mappings().one())


def test_a_mail_reaches_a_real_server_with_its_link_and_without_names(
    house: Portal, smtp: Settings, mailbox: Mailbox, person: PersonId
) -> None:
    assert deliver_waiting(house.database, smtp) == 1
    (received,) = mailbox.mails
    assert received["To"] == "kim.unique@example.net"
    assert received["From"] == "portal@handoff.test"
    words = received.get_content()
    assert re.search(r"http://portal\.test/invitation/[\w-]{43}\r?\n", words)
    for personal in ("Kim", "Unique", "Unmistakable"):
        assert personal not in words + received["Subject"]
    state = state_of(house, person)
    assert state["sealed"] is None
    assert state["sent_at"] is not None
    assert deliver_waiting(house.database, smtp) == 0


def test_a_mail_waits_longer_after_each_refusal_and_arrives_in_the_end(
    house: Portal, smtp: Settings, mailbox: Mailbox, person: PersonId, clock: Clock
) -> None:
    mailbox.answer = "451 try again later"
    for attempt, pause in enumerate(PAUSES[:3], start=1):
        assert deliver_waiting(house.database, smtp) == 0
        state = state_of(house, person)
        assert state["attempts"] == attempt
        assert state["next_try_at"] == clock.now + pause
        clock.now += pause
    mailbox.answer = "250 OK"
    assert deliver_waiting(house.database, smtp) == 1
    assert len(mailbox.mails) == 1


def test_a_server_that_is_away_costs_nothing_but_time(
    house: Portal, settings: Settings, person: PersonId, clock: Clock, smtp: Settings
) -> None:
    assert state_of(house, person)["attempts"] == 0
    assert deliver_waiting(house.database, replace(settings, smtp="smtp://127.0.0.1:9")) == 0
    clock.pass_time(minutes=2)
    assert deliver_waiting(house.database, smtp) == 1


def test_a_recipient_that_does_not_exist_is_given_up_and_the_link_wiped(
    house: Portal, smtp: Settings, mailbox: Mailbox, person: PersonId
) -> None:
    mailbox.rcpt = "550 no such person"
    assert deliver_waiting(house.database, smtp) == 0
    state = state_of(house, person)
    assert state["failed_at"] is not None
    assert state["sealed"] is None


def test_after_the_last_pause_a_mail_is_given_up(
    house: Portal, smtp: Settings, mailbox: Mailbox, person: PersonId, clock: Clock
) -> None:
    mailbox.answer = "451 never"
    for pause in (*PAUSES, timedelta()):
        deliver_waiting(house.database, smtp)
        clock.now += pause
    assert state_of(house, person)["failed_at"] is not None


def test_the_demo_finds_its_mails_in_a_folder(
    house: Portal, settings: Settings, tmp_path: Path, person: PersonId
) -> None:
    folder = tmp_path / "mail"
    assert deliver_waiting(house.database, replace(settings, smtp=f"folder:{folder}")) == 1
    (file,) = folder.iterdir()
    assert file.name.startswith("invitation-")
    assert file.suffix == ".eml"
    assert file.stat().st_mode & 0o077 == 0
    assert state_of(house, person)["sent_at"] is not None


def test_a_mail_that_cannot_be_opened_does_not_hold_up_the_others(
    house: Portal, smtp: Settings, mailbox: Mailbox, person: PersonId
) -> None:
    with house.database.worker() as work:
        mail.post(work, person, "no_such_template")
        mail.post(work, person, "roles_changed", when="now")
    assert deliver_waiting(house.database, smtp) == 2
    assert len(mailbox.mails) == 2


def test_two_workers_never_send_the_same_mail(
    house: Portal, smtp: Settings, mailbox: Mailbox, person: PersonId
) -> None:
    with house.database.worker() as first:
        waiting = take_next(first)
        assert waiting is not None
        assert waiting.id == state_of(house, person)["id"]
        assert deliver_waiting(house.database, smtp) == 0
    assert deliver_waiting(house.database, smtp) == 1
    assert len(mailbox.mails) == 1


def test_finished_mails_are_forgotten_after_a_month(
    house: Portal, smtp: Settings, person: PersonId, clock: Clock
) -> None:
    deliver_waiting(house.database, smtp)
    clock.pass_time(days=31)
    with house.database.worker() as work:
        sweep_outbox(work)
    query = text("select count(*) from outbox where person_id = :p")
    with house.database.engine(Door.WORKER).connect() as connection:
        assert connection.execute(query, {"p": person}).scalar_one() == 0


def test_nothing_in_the_outbox_can_be_read_without_the_key(house: Portal) -> None:
    who = somebody(house)
    sealed = state_of(house, who.person)["sealed"]
    assert isinstance(sealed, bytes)
    assert b"invitation" not in sealed
    assert b"link" not in sealed


def test_templates_greet_without_names_and_say_what_to_do() -> None:
    for file in (ROOT / "templates" / "mail").glob("*.txt"):
        words = file.read_text(encoding="utf-8")
        assert words.startswith("Subject: "), file.name
        assert "\nHello,\n" in words, file.name
        assert not re.search(r"\{\{ *(name|person|email|customer|amount|org)", words), file.name
        assert "!" not in words, file.name
        assert all(len(line) <= 72 for line in words.splitlines()), file.name
