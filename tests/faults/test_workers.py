"""Two workers side by side: every mail leaves once, every offer lapses once."""

from collections import Counter
from collections.abc import Iterator
from email.message import Message

import psycopg
import pytest
from aiosmtpd.controller import Controller
from aiosmtpd.handlers import Message as Receiving
from typing_extensions import override

from aws_server import free_port
from faults.processes import a_worker, wait_until
from faults.soundness import one, require_whole_log
from handoff_builders import a_business, a_ready_case, an_agency, an_offer
from handoff_portal.adapters import mail
from handoff_portal.handoffs.model.offer import Offer
from handoff_portal.web.portal import Portal

OURS = "select count(*) from outbox where template = 'roles_changed'"
UNSENT = f"{OURS} and sent_at is null"
WEEKLY = "The log's checkpoint of this week"
"""What the worker itself writes to officers."""


class Mailbox(Receiving):
    """What a real mail server took, by the ids of the mails."""

    def __init__(self) -> None:
        super().__init__()
        self.took: Counter[str] = Counter()

    @override
    def handle_message(self, message: Message) -> None:
        if message["Subject"] != WEEKLY:
            self.took[str(message["Message-ID"])] += 1


class MailServer:
    """A mail server that can be away and come back at the same address."""

    def __init__(self) -> None:
        self.port = free_port()
        self.mailbox = Mailbox()
        self._running: Controller | None = None

    def come(self) -> None:
        self._running = Controller(self.mailbox, hostname="127.0.0.1", port=self.port)
        self._running.start()

    def go(self) -> None:
        if self._running:
            self._running.stop()
        self._running = None


@pytest.fixture
def post_office() -> Iterator[MailServer]:
    server = MailServer()
    yield server
    server.go()


def some_mails(portal: Portal, administrator: psycopg.Connection, number: int) -> None:
    """This many mails of ours wait, and no others."""
    administrator.execute("delete from outbox")
    person = a_business(portal).actor.person
    with portal.database.worker() as work:
        for _ in range(number):
            mail.post(work, person, "roles_changed", when="now")


def offers_that_are_over(portal: Portal, administrator: psycopg.Connection) -> list[Offer]:
    """Open offers of several cases to several agencies, whose time has just run out."""
    business, agencies = a_business(portal), [an_agency(portal) for _ in range(3)]
    cases = [a_ready_case(portal, business) for _ in range(8)]
    offers = [an_offer(portal, business, agency, case) for case in cases for agency in agencies]
    administrator.execute(
        "update offer set expires_at = now() where id = any(%s)", ([offer.id for offer in offers],)
    )
    return offers


def reaching(environment: dict[str, str], office: MailServer) -> dict[str, str]:
    return {**environment, "HANDOFF_SMTP_URL": f"smtp://127.0.0.1:{office.port}"}


def require_sent_once(office: MailServer, number: int) -> None:
    assert len(office.mailbox.took) == number
    assert set(office.mailbox.took.values()) == {1}


def test_mails_wait_while_no_server_takes_them_and_leave_once_when_one_does(
    portal: Portal, environment: dict[str, str], administrator: psycopg.Connection, post_office: MailServer
) -> None:
    some_mails(portal, administrator, 20)
    reached = reaching(environment, post_office)
    with a_worker(reached) as first:
        wait_until(lambda: one(administrator, f"{OURS} and attempts = 1") == 20)
        first.kill()
    assert one(administrator, f"{OURS} and failed_at is not null") == 0
    assert one(administrator, f"{OURS} and next_try_at > now()") == 20
    administrator.execute("update outbox set next_try_at = now()")
    post_office.come()
    with a_worker(reached):
        wait_until(lambda: one(administrator, UNSENT) == 0)
    require_sent_once(post_office, 20)


def test_two_workers_send_each_mail_once_and_let_each_offer_lapse_once(
    portal: Portal, environment: dict[str, str], administrator: psycopg.Connection, post_office: MailServer
) -> None:
    offers = offers_that_are_over(portal, administrator)
    some_mails(portal, administrator, 120)
    post_office.come()
    reached = reaching(environment, post_office)
    lapsed = "select count(*) from offer where id = any(%s) and state = 'lapsed'"
    with a_worker(reached), a_worker(reached):
        wait_until(lambda: one(administrator, lapsed, [offer.id for offer in offers]) == len(offers))
        wait_until(lambda: one(administrator, UNSENT) == 0)
    require_sent_once(post_office, 120)
    cases = list({offer.case for offer in offers})
    events = administrator.execute(
        "select count(*) from audit_event where action = 'offer.lapsed' and case_id = any(%s) "
        "group by convert_from(leaf, 'utf8')::jsonb -> 'd' ->> 'offer'",
        (cases,),
    ).fetchall()
    assert events == [(1,)] * len(offers)
    ready = "select count(*) from cases where id = any(%s) and state = 'ready' and turn = 'business'"
    assert one(administrator, ready, cases) == len(cases)
    require_whole_log(portal, administrator)
