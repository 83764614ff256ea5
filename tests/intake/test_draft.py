from datetime import date
from uuid import UUID

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from handoff_portal.cases.actions import cases
from handoff_portal.cases.model.case import Balance, ClaimType, DebtorType
from handoff_portal.cases.model.content import ClaimKind
from handoff_portal.core.ids import CaseId
from handoff_portal.core.permissions import OrgKind
from handoff_portal.intake.actions import drafting
from handoff_portal.intake.actions.drafting import CHECKED
from handoff_portal.intake.model.draft import read_content
from handoff_portal.intake.model.owed import COLUMNS, add_row, drop_row, rows_of
from handoff_portal.intake.model.steps import Step
from handoff_portal.web.portal import Portal
from intake.drafts import CUSTOMER, Fields, a_draft, owed
from people import people

CASE = CaseId(UUID(int=7))
NAMES = [*CUSTOMER, *owed(), "claim_200_amount", "claim_0_number", "other_phone", "unheard of"]
TYPED = st.dictionaries(st.sampled_from(NAMES), st.lists(st.text(), min_size=1, max_size=2), max_size=30)


def test_a_complete_draft_reads_as_the_account_it_describes() -> None:
    reading = read_content({Step.CUSTOMER: CUSTOMER, Step.OWED: owed()}, CASE)
    content = reading.content
    assert reading.mistakes == ()
    assert (content.customer.name, content.customer.debtor_type) == (CUSTOMER["name"][0], DebtorType.COMPANY)
    assert content.customer.phones == ("+6561234567",)
    assert reading.time_zone == "Asia/Singapore"
    assert [claim.kind for claim in content.claims] == [
        ClaimKind.INVOICE,
        ClaimKind.INVOICE,
        ClaimKind.CREDIT_NOTE,
    ]
    assert content.owed == Balance(principal=496_000, interest=15_000)
    assert reading.owed.open == 461_000
    assert (content.oldest_due_on, content.claim_type) == (date(2026, 6, 30), ClaimType.UNPAID_INVOICE)


@given(TYPED, TYPED)
@settings(max_examples=300)
def test_whatever_is_typed_is_read_without_falling_over(customer: Fields, money: Fields) -> None:
    reading = read_content({Step.CUSTOMER: customer, Step.OWED: money}, CASE)
    assert all(mistake.say for mistake in reading.mistakes)


@given(typed=TYPED)
@settings(max_examples=25, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_any_text_comes_back_exactly_as_typed(portal: Portal, typed: Fields) -> None:
    (business,) = people(portal, [OrgKind.BUSINESS])
    case = a_draft(portal, business.actor)
    with portal.database.work(business.actor) as work:
        drafting.save_step(work, case.id, Step.OWED, typed)
    with portal.database.work(business.actor) as work:
        assert drafting.open_draft(work, case.id).fields(Step.OWED) == typed


def test_saving_the_same_again_writes_no_event(portal: Portal) -> None:
    (business,) = people(portal, [OrgKind.BUSINESS])
    case = a_draft(portal, business.actor)
    with portal.database.work(business.actor) as work:
        drafting.save_step(work, case.id, Step.CUSTOMER, CUSTOMER)
        saved = cases.load_case(work, case.id).updated_at
    with portal.database.work(business.actor) as work:
        drafting.save_step(work, case.id, Step.CUSTOMER, CUSTOMER)
        assert cases.load_case(work, case.id).updated_at == saved < work.now


def test_a_step_once_finished_stays_marked_while_one_goes_on_typing(portal: Portal) -> None:
    (business,) = people(portal, [OrgKind.BUSINESS])
    case = a_draft(portal, business.actor)
    with portal.database.work(business.actor) as work:
        drafting.save_step(work, case.id, Step.CUSTOMER, {"name": ["A"]}, checked=True)
        opened = drafting.save_step(work, case.id, Step.CUSTOMER, {"name": ["AB"]})
    assert opened.was_checked(Step.CUSTOMER)
    assert opened.fields(Step.CUSTOMER)[CHECKED] == ["yes"]


@pytest.mark.parametrize(
    ("field", "value", "words"),
    [
        ("claim_1_amount", "3,200.00", ""),
        ("claim_1_amount", "3 200.00", ""),
        ("claim_1_amount", "32,00", "is not an amount"),
        ("claim_1_amount", "-5", "too small"),
        ("claim_1_amount", "1.234", "does not fit SGD"),
        ("claim_2_due_on", "2026-02-30", "does not exist"),
        ("claim_2_due_on", "2026-01-01", "before the day of the paper"),
        ("claim_2_number", "inv-2026-0412", "more than one row"),
        ("payments_to_date", "5110.00", "nothing is open"),
        ("claim_3_amount", "9999", "credit notes are larger"),
        ("interest_basis", "", "how the interest was computed"),
        ("clause", "", "clause or law"),
        ("currency", "XXX", "choose the currency"),
        ("creditor_reference", "", "Your reference: please fill this in."),
    ],
)
def test_mistakes_of_the_account_are_named(field: str, value: str, words: str) -> None:
    reading = read_content({Step.CUSTOMER: CUSTOMER, Step.OWED: owed(**{field: value})}, CASE)
    said = " ".join(mistake.say for mistake in reading.mistakes)
    assert words in said
    assert bool(reading.mistakes) == bool(words)


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"country": ["US"]}, "region"),
        ({"country": ["Atlantis"]}, "country"),
        ({"phone": ["12"]}, "phone"),
        ({"email": ["nobody"]}, "email"),
        ({"email": [""], "phone": [""]}, "email"),
        ({"debtor_type": ["state"]}, "debtor_type"),
    ],
)
def test_mistakes_about_the_customer_stand_at_their_field(changes: Fields, field: str) -> None:
    reading = read_content({Step.CUSTOMER: CUSTOMER | changes, Step.OWED: owed()}, CASE)
    assert field in reading.errors_of(Step.CUSTOMER)


@pytest.mark.parametrize(
    ("country", "region", "zone", "chosen"),
    [
        ("US", "US-CA", "America/Los_Angeles", ""),
        ("AU", "AU-WA", "Australia/Perth", ""),
        ("US", "US-CA", "America/Denver", "America/Denver"),
        ("US", "US-CA", "America/Los_Angeles", "Europe/Paris"),
    ],
)
def test_the_time_zone_follows_the_address_unless_somebody_knows_better(
    country: str, region: str, zone: str, chosen: str
) -> None:
    place = {"country": [country], "region": [region], "time_zone": [chosen]}
    reading = read_content({Step.CUSTOMER: CUSTOMER | place, Step.OWED: owed()}, CASE)
    assert reading.time_zone == zone


def test_removing_a_row_moves_the_others_up() -> None:
    fields = drop_row(add_row(owed()), 2)
    assert rows_of(fields) == [1, 2, 3]
    assert fields["claim_2_number"] == ["CN-2026-0031"]
    assert not any(name.startswith("claim_3_") for name in fields)
    assert {name.split("_", 2)[2] for name in fields if name.startswith("claim_1_")} == set(COLUMNS) - {
        "description"
    }
