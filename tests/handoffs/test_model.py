from dataclasses import replace
from datetime import UTC, date, datetime
from uuid import uuid4

import pytest
from hypothesis import given
from hypothesis import strategies as st

from handoff_portal.agencies.model.assurance import Assurance, AssuranceState, AssuranceTerms, Scheme
from handoff_portal.agencies.model.licence import Licence, LicenceScope, LicenceState, LicenceTerms
from handoff_portal.agencies.model.profile import AgencyCard, Profile
from handoff_portal.core.ids import AssuranceId, LicenceId, OrgId, PersonId
from handoff_portal.core.sectors import Sector
from handoff_portal.handoffs.model.choosing import CaseGroup, by_suitability, held_against, preselected
from handoff_portal.handoffs.model.percent import parse_percent
from handoff_portal.handoffs.model.preview import Preview, age_words, amount_words
from handoff_portal.handoffs.model.redaction import Identifying, found_in

NOW = datetime(2026, 11, 21, 2, tzinfo=UTC)
SINGAPORE = CaseGroup("SG", "", "company", ("HP-AAAAA-AAAAA",))


@pytest.mark.parametrize(
    ("typed", "points"),
    [
        ("15", 1500),
        ("12.5", 1250),
        ("12,25", 1225),
        (" 7.5 % ", 750),
        ("0", 0),
        ("12.50%", 1250),
        ("9.", 900),
    ],
)
def test_percentages_are_read_as_people_write_them(typed: str, points: int) -> None:
    assert parse_percent(typed) == points


@pytest.mark.parametrize("typed", ["", "%", "a lot", "-5", "1.2.3", "12.345", "1e3", "99999"])
def test_what_is_no_percentage_is_refused_with_an_example(typed: str) -> None:
    with pytest.raises(ValueError, match=r"12\.5"):
        parse_percent(typed)


@given(st.integers(0, 10_000))
def test_every_percentage_with_two_decimals_is_read_exactly(points: int) -> None:
    assert parse_percent(f"{points // 100}.{points % 100:02}") == points


def test_bands_are_said_in_words() -> None:
    preview = Preview(
        "SGD", (None, 500), (365, 730), "company", "loan", "SG", "", "retail", 0, {}, disputed=False
    )
    assert amount_words(preview) == "Less than SGD\N{NO-BREAK SPACE}500"
    assert age_words(preview) == "1 to 2 years overdue"
    assert (
        amount_words(replace(preview, amount_band=(250_000, None)))
        == "More than SGD\N{NO-BREAK SPACE}250,000"
    )
    assert age_words(replace(preview, age_band=(730, None))) == "More than 2 years overdue"
    assert age_words(replace(preview, age_band=(120, 365))) == "120 days to 1 year overdue"
    assert age_words(replace(preview, age_band=(60, 120))) == "60 to 120 days overdue"


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("Please ask your office.", []),
        ("It is KOPI tiam, Pte. Ltd", ["the name of the customer"]),
        ("Ring +65 (6000) 0001", ["a phone number of the customer"]),
        ("see inv 2026/0001", ["an invoice or reference number"]),
        ("They are at 12, Tras street", ["an address of the customer"]),
        ("Year 7", []),
    ],
)
def test_words_that_identify_are_found_however_they_are_written(text: str, found: list[str]) -> None:
    known = Identifying(
        names=("Kopi Tiam Pte Ltd", ""),
        addresses=("12 Tras Street",),
        phones=("+6560000001",),
        references=("INV-2026-0001", "7"),
    )
    assert found_in(text, known) == found


def an_agency_card(name: str, *licences: Licence, **changes: object) -> AgencyCard:
    agency = OrgId(uuid4())
    return replace(AgencyCard(agency, name, "SG", Profile(agency), licences), **changes)  # type: ignore[arg-type]


def a_licence(state: LicenceState = LicenceState.VERIFIED, ends: date = date(2027, 1, 1)) -> Licence:
    terms = LicenceTerms("SG", "Police", "L-1", "Debt collection", LicenceScope.BOTH, date(2024, 1, 1), ends)
    return Licence(LicenceId(uuid4()), OrgId(uuid4()), terms, state, NOW, PersonId(uuid4()))


def a_report() -> Assurance:
    terms = AssuranceTerms(
        Scheme.SOC2, "Type 2", "A", date(2025, 1, 1), date(2025, 12, 31), "", "", date(2027, 1, 1)
    )
    made = Assurance(
        AssuranceId(uuid4()), OrgId(uuid4()), terms, AssuranceState.RECORDED, NOW, PersonId(uuid4())
    )
    return replace(made, state=AssuranceState.VERIFIED)


def test_the_best_agencies_stand_first_and_only_those_that_can_accept_are_ticked() -> None:
    plain = an_agency_card("Plain", a_licence())
    audited = an_agency_card("Audited", a_licence(), reports=(a_report(),))
    expert = an_agency_card("Expert", a_licence())
    expert = replace(expert, profile=replace(expert.profile, sectors=(Sector.RETAIL,)))
    waiting = an_agency_card("Waiting", a_licence(LicenceState.SUBMITTED))
    busy = an_agency_card("Busy", a_licence())
    cards = (waiting, plain, busy, audited, expert)
    held = by_suitability(
        held_against(card, [SINGAPORE], "retail", ["HP-AAAAA-AAAAA"] if card is busy else [], NOW)
        for card in cards
    )
    assert [one.card.name for one in held] == ["Expert", "Audited", "Plain", "Busy", "Waiting"]
    assert preselected(held) == [expert.id, audited.id, plain.id]
    assert held[-1].fits[0].say.endswith("for Singapore; one waits for verification")
    assert held[0].fits[0].say.endswith("L-1")


def test_an_unknown_state_of_the_customer_is_said() -> None:
    unknown = CaseGroup("US", "", "private", ("HP-BBBBB-BBBBB",))
    (fit,) = held_against(an_agency_card("Any", a_licence()), [unknown], "retail", [], NOW).fits
    assert fit.say == "Each state decides there, and the address of the customer names none."
