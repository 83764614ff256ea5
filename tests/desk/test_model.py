from datetime import UTC, datetime
from urllib.parse import parse_qsl
from uuid import UUID, uuid4

import pytest
from msgspec.structs import replace

from builders import a_customer
from handoff_portal.cases.model.case import CaseState, DebtorType, Turn
from handoff_portal.cases.model.listing import Sort, Tally, Wanted
from handoff_portal.core.money import Money
from handoff_portal.desk.model.figures import figures_of
from handoff_portal.desk.model.person import show_customer
from handoff_portal.desk.model.queue import address, is_filtered, read_key, read_wanted, write_key
from handoff_portal.desk.model.veil import veil_of

NOW = datetime(2026, 11, 20, 3, 0, 0, 123456, tzinfo=UTC)


@pytest.mark.parametrize("value", [NOW, None, 0, 125_00, -7])
def test_a_key_of_a_page_survives_its_address(value: datetime | int | None) -> None:
    key = (value, uuid4())
    assert read_key(write_key(key)) == key


@pytest.mark.parametrize("text", ["", "~", "x", "1~2", "2026-01-01T00:00~" + str(UUID(int=1)), "a~b~c"])
def test_a_broken_key_leads_to_the_first_page(text: str) -> None:
    assert read_key(text) is None


def test_every_wish_survives_its_address() -> None:
    wanted = Wanted(
        state=CaseState.HELD,
        my_turn=True,
        on_hold=True,
        country="SG",
        search="INV 7 & more",
        sort=Sort.AMOUNT,
        after=(125_00, UUID(int=7)),
    )
    query = dict(parse_qsl(address(wanted).partition("?")[2]))
    assert read_wanted(query) == wanted
    assert is_filtered(wanted)
    assert address(Wanted()) == "/cases"
    assert not is_filtered(Wanted(sort=Sort.DEADLINE))


def test_the_veil_masks_names_numbers_and_addresses_in_what_people_wrote() -> None:
    customer = a_customer(contact_person="Lim Wei Ling")
    text = (
        "Dear Ms Lim Wei  Ling of KOPI TIAM Pte Ltd, call +65 6000 0001 or 6560000001, write to "
        "Accounts@kopi.example, visit 12 Tras Street. Regards to Ling; Limerick is not meant."
    )
    hidden = veil_of(customer)(text)
    for secret in ("Lim Wei", "Ling;", "KOPI", "6000 0001", "kopi.example", "Tras"):
        assert secret not in hidden, hidden
    assert "Limerick is not meant" in hidden


def test_a_company_name_is_masked_whole_not_word_by_word() -> None:
    assert veil_of(a_customer())("The Kopi was cold") == "The Kopi was cold"
    person = a_customer(name="Tan Boon Huat", debtor_type=DebtorType.PRIVATE)
    assert "Boon" not in veil_of(person)("Mr Boon said so")


def test_masked_shows_that_there_is_something_and_not_what() -> None:
    customer = replace(a_customer(), hardship="Lost the lease", vulnerability="")
    shown = dict(show_customer(customer, "Singapore", revealed=False).personal)
    assert shown["Hardship"] == "••••••"
    assert "Vulnerability" not in shown
    assert dict(show_customer(customer, "Singapore", revealed=True).personal)["Hardship"] == "Lost the lease"


def test_the_figures_add_up_per_currency_and_leave_closed_cases_out() -> None:
    def row(state: CaseState, minor: int, currency: str = "SGD", *, days: int = 0, late: int = 0) -> Tally:
        return Tally(state, Turn.AGENCY, False, currency, days, 2, minor, late)  # noqa: FBT003

    rows = [
        row(CaseState.HELD, 100, days=31, late=1),
        row(CaseState.READY, 50, "USD"),
        row(CaseState.HELD, 700),
        row(CaseState.CLOSED, 9),
        row(CaseState.DRAFT, 0, ""),
    ]
    figures = figures_of(rows, "agency", complete=True)
    assert figures.open.count == 6
    assert figures.open.money == (Money(800, "SGD"), Money(50, "USD"))
    assert (figures.held.count, figures.held.late) == (4, 1)
    assert dict(figures.ages)["31 to 60"] == 2
    assert figures.mine.count == 8
