import json
from datetime import UTC, date, datetime
from typing import Any

import pytest

from agencies.builders import AGENCY, FIRST, LAST, NOON, SOMEBODY, a_licence, some_terms
from handoff_portal.agencies.model.fitting import Fitting, NoValidLicence, fitting_licence, freeze
from handoff_portal.agencies.model.licence import LicenceScope, LicenceState, Standing, decided, edited
from handoff_portal.agencies.model.profile import AgencyCard, Profile, coverage
from handoff_portal.core.jurisdictions import local_day
from handoff_portal.core.refusals import WrongState

MIDDLE = date(2026, 3, 1)
CONSUMER, COMMERCIAL, BOTH = LicenceScope.CONSUMER, LicenceScope.COMMERCIAL, LicenceScope.BOTH
SUBMITTED, VERIFIED, REJECTED, SUSPENDED = LicenceState


def fit(*licences: Any, at: str = "SG", debtor: str = "company", day: date = MIDDLE) -> Fitting:  # noqa: ANN401
    country, _, region = at.partition("-")
    return fitting_licence(licences, country, region, debtor, day)


@pytest.mark.parametrize(
    ("day", "counts"),
    [
        (date(2025, 12, 31), False),
        (FIRST, True),
        (MIDDLE, True),
        (LAST, True),
        (date(2026, 7, 1), False),
    ],
)
def test_a_licence_counts_from_its_first_to_its_last_day(day: date, *, counts: bool) -> None:
    assert a_licence().is_valid_on(day) is counts
    assert fit(a_licence(), day=day).fits is counts


def test_the_last_day_is_the_local_day_of_the_customer() -> None:
    evening = datetime(2026, 6, 30, 16, 30, tzinfo=UTC)
    assert not fit(a_licence(), day=local_day(evening, "SG")).fits
    night = datetime(2026, 7, 1, 3, 0, tzinfo=UTC)
    new_york_style = a_licence("US-WA")
    assert fit(new_york_style, at="US-WA", day=local_day(night, "US-WA")).fits


def test_a_licence_without_an_end_counts_for_ever() -> None:
    endless = a_licence("GB", CONSUMER, last=None)
    assert fit(endless, at="GB", debtor="private", day=date(2040, 1, 1)).licence == endless
    assert endless.days_left(MIDDLE) is None


@pytest.mark.parametrize(
    ("held", "scope", "at", "debtor", "fits", "uses"),
    [
        ("SG", BOTH, "SG", "company", True, True),
        ("SG", CONSUMER, "SG", "company", False, False),
        ("SG", COMMERCIAL, "SG", "company", True, True),
        ("SG", COMMERCIAL, "SG", "private", False, False),
        ("GB", CONSUMER, "GB", "private", True, True),
        ("SG", BOTH, "GB", "company", True, False),
        ("SG", BOTH, "GB", "private", False, False),
        ("US-CA", CONSUMER, "US-CA", "private", True, True),
        ("US-CA", CONSUMER, "US-NV", "private", False, False),
        ("US-CA", CONSUMER, "US-CA", "company", True, False),
        ("US-WA", BOTH, "US-WA", "company", True, True),
        ("US-WA", BOTH, "US", "company", False, False),
        ("AU-WA", BOTH, "AU-WA", "private", True, True),
        ("AU-WA", BOTH, "AU-NSW", "private", True, False),
        ("AU-WA", BOTH, "AU-SA", "private", False, False),
        ("FR", BOTH, "FR", "private", True, True),
        ("SG", BOTH, "FR", "private", False, False),
    ],
)
def test_place_and_scope_decide_which_licence_fits(
    held: str, scope: LicenceScope, at: str, debtor: str, *, fits: bool, uses: bool
) -> None:
    found = fit(a_licence(held, scope), at=at, debtor=debtor)
    assert (found.fits, found.licence is not None) == (fits, uses)


@pytest.mark.parametrize("state", [SUBMITTED, REJECTED, SUSPENDED])
def test_only_a_verified_licence_counts(state: LicenceState) -> None:
    assert not fit(a_licence(state=state)).fits


@pytest.mark.parametrize(
    ("licence", "day", "says"),
    [
        (None, MIDDLE, "has recorded none"),
        (a_licence("SG", CONSUMER), MIDDLE, "covers consumer debts, this is a commercial debt"),
        (a_licence(), date(2026, 7, 1), "ended on 30 June 2026"),
        (a_licence(), date(2025, 12, 31), "begins on 1 January 2026"),
        (a_licence(state=SUBMITTED), MIDDLE, "waits for our compliance officer"),
        (a_licence(state=SUSPENDED), MIDDLE, "is suspended"),
        (a_licence(state=REJECTED), MIDDLE, "could not be verified"),
    ],
)
def test_a_refusal_says_what_is_missing_and_what_to_do(licence: Any, day: date, says: str) -> None:  # noqa: ANN401
    found = fit(*([licence] if licence else []), day=day)
    assert says in found.why_not
    assert "Singapore" in found.why_not
    assert "Debt Collection Act 2022" in found.why_not
    with pytest.raises(NoValidLicence, match=says):
        found.require()


def test_without_the_state_of_the_customer_nobody_can_accept() -> None:
    found = fit(a_licence("US-WA"), at="US")
    assert "Ask the business to add it" in found.why_not
    assert "United States" in found.why_not


def test_the_reason_names_the_licence_that_is_closest_to_counting() -> None:
    expired = a_licence(last=date(2026, 2, 1), number="OLD")
    waiting = a_licence(state=SUBMITTED, number="NEW")
    assert "NEW waits" in fit(expired, waiting).why_not
    assert "NEW waits" in fit(waiting, expired).why_not


def test_of_several_the_one_that_lasts_longest_is_taken() -> None:
    longer = a_licence(last=date(2027, 1, 1), number="B")
    found = fit(a_licence(number="A"), longer)
    assert found.licence == longer


def test_the_frozen_licence_is_plain_json_with_everything_a_court_would_ask() -> None:
    licence = decided(
        a_licence(state=SUBMITTED), VERIFIED, by=SOMEBODY, at=NOON, source_url="https://register.example/42"
    )
    frozen = freeze(licence)
    assert json.loads(json.dumps(frozen)) == frozen
    assert frozen["number"] == "DC-2026-0042"
    assert frozen["expires_on"] == "2026-06-30"
    assert frozen["source_url"] == "https://register.example/42"
    whole = fit(licence).freeze()
    assert whole["licence"] == frozen
    assert whole["checked_for"] == "2026-03-01"
    assert json.loads(json.dumps(whole)) == whole


def test_where_none_is_needed_the_frozen_record_says_so_with_the_source() -> None:
    whole = fit(at="GB").require().freeze()
    assert whole["licence"] is None
    assert whole["needed"] is False
    assert "Financial Services" in str(whole["citation"])


@pytest.mark.parametrize(
    ("before", "after"),
    [
        (SUBMITTED, VERIFIED),
        (SUBMITTED, REJECTED),
        (VERIFIED, SUSPENDED),
        (SUSPENDED, VERIFIED),
    ],
)
def test_decisions_that_are_possible(before: LicenceState, after: LicenceState) -> None:
    assert decided(a_licence(state=before), after, by=SOMEBODY, at=NOON).state is after


@pytest.mark.parametrize(
    ("before", "after"),
    [
        (VERIFIED, REJECTED),
        (REJECTED, VERIFIED),
        (SUBMITTED, SUSPENDED),
        (SUSPENDED, REJECTED),
        (VERIFIED, VERIFIED),
        (VERIFIED, SUBMITTED),
    ],
)
def test_decisions_that_are_not(before: LicenceState, after: LicenceState) -> None:
    with pytest.raises(WrongState):
        decided(a_licence(state=before), after, by=SOMEBODY, at=NOON)


def test_a_correction_waits_again_and_a_decided_licence_stays() -> None:
    corrected = edited(a_licence(state=REJECTED), some_terms("GB"), None)
    assert corrected.state is SUBMITTED
    assert corrected.remark == ""
    for state in (VERIFIED, SUSPENDED):
        with pytest.raises(WrongState):
            edited(a_licence(state=state), some_terms(), None)


@pytest.mark.parametrize(
    ("day", "standing"),
    [
        (date(2025, 12, 31), Standing.NOT_YET),
        (FIRST, Standing.VALID),
        (date(2026, 4, 30), Standing.VALID),
        (date(2026, 5, 1), Standing.ENDING),
        (LAST, Standing.ENDING),
        (date(2026, 7, 1), Standing.EXPIRED),
    ],
)
def test_a_licence_is_shown_as_ending_sixty_days_before(day: date, standing: Standing) -> None:
    assert a_licence().standing(day) is standing


def test_the_profile_tells_what_may_be_collected_where() -> None:
    card = AgencyCard(
        AGENCY,
        "Kind Collections",
        "SG",
        Profile(AGENCY, countries=("SG", "GB", "AU")),
        licences=(a_licence(), a_licence("AU-WA")),
    )
    found = {row.place: (row.consumer.fits, row.commercial.fits) for row in coverage(card, NOON)}
    assert found == {"SG": (True, True), "GB": (False, True), "AU-WA": (True, True)}
