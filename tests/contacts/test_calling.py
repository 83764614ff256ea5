"""When lists say "call now", for a whole page of cases at once."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import timedelta
from typing import Any

import psycopg
import pytest
from msgspec import structs

from at_work import AtWork, a_case_at_work
from builders import a_claim, a_customer, some_content
from contact_steps import log
from handoff_builders import a_ready_case, an_offer
from handoff_portal.cases.actions import finding
from handoff_portal.cases.model.case import DebtorType
from handoff_portal.cases.model.content import Content
from handoff_portal.cases.model.listing import Line, Wanted
from handoff_portal.contacts.actions.calling import calls_of
from handoff_portal.contacts.model.calling import CallState
from handoff_portal.handoffs.actions import handoffs
from handoff_portal.web.portal import Portal


def an_australian(name: str, phone: str) -> Content:
    customer = a_customer(
        name=name, country="AU", region="AU-NSW", debtor_type=DebtorType.PRIVATE, phones=(phone,), emails=()
    )
    return structs.replace(some_content(), customer=customer, claims=(a_claim(),))


@pytest.fixture
def two(portal: Portal) -> AtWork:
    """Two customers of one agency; one of them was spoken to four times, and that is enough for this week."""
    spoken = a_case_at_work(portal, an_australian("Ada Boone", "+61255501111"))
    other = a_ready_case(portal, spoken.business, an_australian("Joss Clay", "+61255501222"))
    offer = an_offer(portal, spoken.business, spoken.agency, other)
    with portal.database.work(spoken.agency.actor) as work:
        handoffs.accept(work, offer.id)
    for _ in range(4):
        log(spoken, spoken.agency.actor)
    return spoken


@contextmanager
def counted() -> Iterator[list[str]]:
    """What is asked of the database in the block."""
    asked: list[str] = []

    execute = psycopg.Cursor.execute

    def listening(cursor: Any, query: Any, params: Any = None, **options: Any) -> Any:  # noqa: ANN401
        asked.append(query)
        return execute(cursor, query, params, **options)

    with pytest.MonkeyPatch.context() as patched:
        patched.setattr(psycopg.Cursor, "execute", listening)
        yield asked


def test_cases_of_a_page_are_worked_out_together_and_each_for_itself(portal: Portal, two: AtWork) -> None:
    with portal.database.work(two.agency.actor) as work:
        unknown = [replace(line, calls=None) for line in finding.list_cases(work, Wanted()).lines]
        with counted() as for_one:
            alone = [calls_of(work, [line]) for line in unknown]
        with counted() as for_both:
            together = calls_of(work, unknown)
        kept: list[Line] = list(finding.list_cases(work, Wanted()).lines)
        assert calls_of(work, kept) == together
    assert len(unknown) == 2
    assert together == alone[0] | alone[1]
    assert len(for_one) == 2 * len(for_both)
    spoken = together.pop(two.case)
    assert spoken.state is CallState.LATER
    assert spoken.next_at is not None
    assert spoken.next_at > work.now + timedelta(days=5)
    (fresh,) = together.values()
    assert fresh.state is CallState.NOW or (
        fresh.next_at is not None and fresh.next_at < work.now + timedelta(days=4)
    )
