from dataclasses import replace
from typing import LiteralString
from uuid import uuid4

import pytest

from builders import some_content
from handoff_builders import a_ready_case
from handoff_portal.adapters.postgres import EmbeddedPostgres
from handoff_portal.adapters.vault.seal import Tampered
from handoff_portal.cases.actions import cases, finding
from handoff_portal.cases.model.account import Entry, EntryKind
from handoff_portal.cases.model.case import Balance, CaseState
from handoff_portal.cases.model.events import CaseSubmitted
from handoff_portal.cases.model.listing import Listing, Sort, Wanted
from handoff_portal.core.events import Code
from handoff_portal.core.ids import EntryId
from handoff_portal.core.permissions import OrgKind
from handoff_portal.core.refusals import NotFound, WrongState
from handoff_portal.web.portal import Portal
from people import people


def test_a_draft_keeps_what_was_typed_even_if_it_makes_no_sense(portal: Portal) -> None:
    (business,) = people(portal, [OrgKind.BUSINESS])
    typed = {"name": ["Ah Seng & Söhne"], "country": ["nowhere"]}
    with portal.database.work(business.actor) as work:
        case = cases.start_draft(work)
        cases.save_draft(work, case, "customer", typed)
    with portal.database.work(business.actor) as work:
        found = cases.load_case(work, case.id)
        assert cases.read_draft(work, found, cases.open_key(work, found)) == {"customer": typed}


def test_another_business_cannot_even_know_that_a_case_exists(portal: Portal) -> None:
    mine, other = people(portal, [OrgKind.BUSINESS, OrgKind.BUSINESS])
    with portal.database.work(mine.actor) as work:
        case = cases.start_draft(work)
    with portal.database.work(other.actor) as work, pytest.raises(NotFound):
        cases.load_case(work, case.id)


def test_a_submitted_case_reads_back_what_was_submitted(portal: Portal) -> None:
    (business,) = people(portal, [OrgKind.BUSINESS])
    content = some_content()
    with portal.database.work(business.actor) as work:
        draft = cases.start_draft(work)
        ready = replace(draft, state=CaseState.READY, currency="SGD", country="SG", submitted_at=work.now)
        event = CaseSubmitted(
            case=draft.id,
            own=draft.business,
            currency=Code("SGD"),
            total=125_00,
            claims=2,
            documents=0,
            messages=0,
        )
        entry = Entry(EntryId(uuid4()), EntryKind.CLAIM, content.owed, work.now.date(), work.now)
        cases.submit(work, ready, content, (entry,), event)
    with portal.database.work(business.actor) as work:
        found = cases.load_case(work, draft.id)
        key = cases.open_key(work, found)
        assert cases.read_customer(work, found, key) == content.customer
        assert cases.read_terms(work, found, key) == content.terms
        assert tuple(cases.list_claims(work, found, key)) == content.claims
        assert found.balance == content.owed == Balance(principal=125_00)
        assert cases.list_entries(work, found) == [entry]
        with pytest.raises(WrongState):
            found.require_state(CaseState.DRAFT)


_SLIPPED_IN = """
insert into claim (id, case_id, business_id, position, kind, currency, principal)
values (gen_random_uuid(), %(case)s, %(business)s, 9, 'invoice', 'SGD', 100)
"""
_TAKEN_OUT = "delete from claim where case_id = %(case)s and business_id = %(business)s and position = {}"


@pytest.mark.parametrize("change", [_SLIPPED_IN, _TAKEN_OUT.format(0), _TAKEN_OUT.format(1)])
def test_claims_are_only_those_whose_words_were_sealed(
    portal: Portal, postgres: EmbeddedPostgres, change: LiteralString
) -> None:
    (business,) = people(portal, [OrgKind.BUSINESS])
    ready = a_ready_case(portal, business).id
    with postgres.administrator("portal") as past_every_wall:
        past_every_wall.execute(change, {"case": ready, "business": business.actor.org})
    with portal.database.work(business.actor) as work:
        case = cases.load_case(work, ready)
        with pytest.raises(Tampered):
            cases.list_claims(work, case, cases.open_key(work, case))


def test_the_queue_finds_a_case_by_either_reference(portal: Portal) -> None:
    (business,) = people(portal, [OrgKind.BUSINESS])
    with portal.database.work(business.actor) as work:
        draft = cases.start_draft(work)
        cases.start_draft(work)
        ready = replace(draft, state=CaseState.READY, currency="SGD", country="SG", submitted_at=work.now)
        event = CaseSubmitted(
            case=draft.id,
            own=draft.business,
            currency=Code("SGD"),
            total=1,
            claims=1,
            documents=0,
            messages=0,
        )
        cases.submit(work, ready, some_content(), (), event)
    with portal.database.work(business.actor) as work:
        assert len(finding.list_cases(work, Wanted()).lines) == 2
        for word in (
            draft.reference,
            draft.reference.lower().replace("-", " "),
            "inv 2026 0001",
            "INV-2026-0001",
        ):
            lines = finding.list_cases(work, Wanted(search=word)).lines
            assert [line.case.id for line in lines] == [draft.id], word
        assert finding.list_cases(work, Wanted(search="unknown")).lines == ()


def test_the_queue_pages_by_key_without_losing_or_repeating_a_case(portal: Portal) -> None:
    (business,) = people(portal, [OrgKind.BUSINESS])
    with portal.database.work(business.actor) as work:
        made = {cases.start_draft(work).id for _ in range(7)}
    seen = []
    wanted = Wanted(size=3)
    while True:
        with portal.database.work(business.actor) as work:
            found = finding.list_cases(work, wanted)
        seen += [line.case.id for line in found.lines]
        if found.following is None:
            break
        wanted = replace(wanted, after=found.following)
    assert len(seen) == 7
    assert set(seen) == made


@pytest.mark.parametrize("sort", list(Sort))
def test_the_queue_goes_back_over_the_same_pages(portal: Portal, sort: Sort) -> None:
    (business,) = people(portal, [OrgKind.BUSINESS])
    with portal.database.work(business.actor) as work:
        for _ in range(7):
            cases.start_draft(work)

    def read(wanted: Wanted) -> Listing:
        with portal.database.work(business.actor) as work:
            return finding.list_cases(work, wanted)

    first = read(Wanted(size=3, sort=sort))
    second = read(Wanted(size=3, sort=sort, after=first.following))
    third = read(Wanted(size=3, sort=sort, after=second.following))
    assert (first.preceding, third.following) == (None, None)
    back = read(Wanted(size=3, sort=sort, before=third.preceding))
    again = read(Wanted(size=3, sort=sort, before=back.preceding))
    assert (back.lines, again.lines) == (second.lines, first.lines)
    assert again.preceding is None


def test_the_tally_counts_by_state_and_age(portal: Portal) -> None:
    (business,) = people(portal, [OrgKind.BUSINESS])
    a_ready_case(portal, business)
    with portal.database.work(business.actor) as work:
        cases.start_draft(work)
    with portal.database.work(business.actor) as work:
        found, complete = finding.tally(work)
        assert finding.list_countries(work) == ["SG"]
    ready = next(row for row in found if row.state is CaseState.READY)
    assert (ready.count, ready.minor, ready.currency) == (1, 125_00, "SGD")
    assert ready.days >= 91
    assert sum(row.count for row in found) == 2
    assert complete
