"""Papers that are being stored when everything stops: each is in its case once, and nowhere in clear."""

import os
import signal
import subprocess
import sys
import time
from pathlib import Path
from urllib.parse import urlsplit

import psycopg
import pytest

from faults.processes import named, wait_until, wait_until_gone
from faults.soundness import SOAK, one
from handoff_portal.core.actor import Actor
from handoff_portal.core.ids import PortfolioId
from handoff_portal.core.permissions import OrgKind
from handoff_portal.documents.actions.papers import reap_uploads
from handoff_portal.portfolios.actions.deciding import approve
from handoff_portal.portfolios.model.papers import PaperState
from handoff_portal.portfolios.model.portfolio import State
from handoff_portal.web.portal import Portal
from paper_steps import PDF, a_mail, a_table, a_zip, in_case, sent_with, work_off
from people import people
from portfolio_steps import REASON, shown

TESTS = Path(__file__).parents[1]
CANARY = b"canary-in-the-paper-mine"
ACCOUNTS = 45
"""Enough papers for two waves and a half."""

_WORKER = """
from handoff_portal.app import build_portal
from handoff_portal.settings import read
from paper_steps import work_off
work_off(build_portal(read()))
"""


def many_files(accounts: int, each: int) -> dict[str, bytes]:
    """Papers and a mail for each account, all different, each with the canary."""
    files: dict[str, bytes] = {}
    for n in range(1, accounts + 1):
        for copy in range(each):
            files[f"R-{n:03d}/scan {copy}.pdf"] = PDF + CANARY + f"{n}/{copy}".encode() + os.urandom(9_000)
        text = f"{CANARY.decode()} {n}"
        files[f"R-{n:03d}/mail.eml"] = a_mail(f"Reminder {n}", f"a{n}@kopi.example", 50, PDF + CANARY, text)
    return files


def stored(administrator: psycopg.Connection, business: object) -> int:
    return one(
        administrator, "select count(*) from document where business_id = %s and state = 'stored'", business
    )


def noted(administrator: psycopg.Connection, business: object) -> int:
    return one(administrator, "select count(*) from document where business_id = %s", business)


@pytest.mark.soak
def test_killed_at_any_moment_every_paper_is_stored_once(
    portal: Portal, environment: dict[str, str], administrator: psycopg.Connection
) -> None:
    for turn in range(SOAK or 2):
        (person,) = people(portal, [OrgKind.BUSINESS])
        files = many_files(ACCOUNTS, 9)
        made = sent_with(
            portal, person.actor, {"a.csv": a_table(range(1, ACCOUNTS + 1)), "p.zip": a_zip(files)}
        )
        with portal.database.work(person.actor) as work:
            approve(work, made, REASON)
        name = f"papers{turn}"
        worker = subprocess.Popen(
            [sys.executable, "-c", _WORKER],
            env={**os.environ, **named(environment, name), "PYTHONPATH": str(TESTS)},
        )
        reached, business = (noted, stored)[turn % 2], person.actor.org
        wait_until(lambda reached=reached, own=business: reached(administrator, own) > 0)  # type: ignore[misc]
        time.sleep(turn % 9 * 0.03)
        worker.send_signal(signal.SIGKILL)
        worker.wait()
        wait_until_gone(administrator, name)
        administrator.execute("update portfolio set leased_until = now() where id = %s", (made,))
        work_off(portal)
        require_each_once(portal, person.actor, administrator, made, files)


def require_each_once(
    portal: Portal,
    actor: Actor,
    administrator: psycopg.Connection,
    made: PortfolioId,
    files: dict[str, bytes],
) -> None:
    """Every paper in its case, every mail in its history, an event for each, and the receipt."""
    now = shown(portal, actor, made)
    assert now.state is State.DONE
    business = now.business
    states = "select count(*) from portfolio_paper where portfolio_id = %s and state = %s"
    assert one(administrator, states, made, PaperState.STORED.value) == len(files)
    visible = "select count(*) from document where business_id = %s and state = 'stored'"
    mails = sum(name.endswith(".eml") for name in files)
    assert one(administrator, visible, business) == len(files) + mails  # each has one attachment
    said = "select count(*) from communication where business_id = %s"
    assert one(administrator, said, business) == mails
    told = "select count(*) from audit_event where own_org_id = %s and action = 'document.stored'"
    assert one(administrator, told, business) == len(files) + mails


def test_nothing_of_a_paper_lies_in_clear_anywhere(portal: Portal, administrator: psycopg.Connection) -> None:
    (person,) = people(portal, [OrgKind.BUSINESS])
    files = {"a.csv": a_table(range(1, 4)), "papers.zip": a_zip(many_files(3, 2))}
    made = sent_with(portal, person.actor, files)
    with portal.database.work(person.actor) as work:
        approve(work, made, REASON)
    work_off(portal)
    documents, said = in_case(portal, person.actor, "R-002")
    assert len(documents) == 4
    assert CANARY.decode() in said[0].words.text
    folder = Path(urlsplit(portal.settings.objects).path)
    stored = [path for path in folder.rglob("*") if path.is_file()]
    assert len(stored) >= 12
    assert not [path for path in stored if CANARY in path.read_bytes()]
    hidden = CANARY.hex()
    for table in (
        "portfolio_paper",
        "portfolio_chunk",
        "portfolio",
        "document",
        "communication",
        "audit_event",
    ):
        rows = administrator.execute(f"select t::text from {table} t")  # noqa: S608 - named above
        assert not [row for row in rows if CANARY.decode() in row[0] or hidden in row[0]], table


def test_what_a_dead_worker_left_behind_is_cleared_away(
    portal: Portal, administrator: psycopg.Connection
) -> None:
    (person,) = people(portal, [OrgKind.BUSINESS])
    made = sent_with(portal, person.actor, {"a.csv": a_table([1]), "p.zip": a_zip({"R-001/a.pdf": PDF})})
    with portal.database.work(person.actor) as work:
        approve(work, made, REASON)
    work_off(portal)
    administrator.execute(
        "update document set state = 'uploading', started_at = now() - interval '13 hours'"
        " where business_id = %s",
        (person.actor.org,),
    )
    assert reap_uploads(portal.database, portal.objects) == 1
    assert in_case(portal, person.actor, "R-001")[0] == []
