from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from agencies.people import Cast, decided, raw, recorded
from handoff_portal.agencies.actions.directory import edit_profile, list_agencies, show_agency
from handoff_portal.agencies.model.licence import LicenceState
from handoff_portal.agencies.model.profile import DirectoryFilters, LicenceFilter, Profile
from handoff_portal.core.refusals import Forbidden, NotFound
from handoff_portal.core.sectors import Sector
from handoff_portal.web.portal import Portal
from people import SignedIn


def _found(portal: Portal, by: SignedIn, filters: DirectoryFilters) -> set[Any]:
    found: set[Any] = set()
    with portal.database.work(by.actor) as work:
        while cards := list_agencies(work, filters):
            if {card.id for card in cards} <= found:
                break
            found |= {card.id for card in cards}
            filters = replace(filters, after=(cards[-1].name, cards[-1].id))
    return found


def test_the_directory_finds_agencies_by_country_sector_and_licence(portal: Portal, cast: Cast) -> None:
    today = portal.database.clock().date()
    profile = Profile(
        cast.admin.actor.org, "We call by day.", (Sector.HEALTH,), ("SG", "AU"), "Kindness first."
    )
    with portal.database.work(cast.admin.actor) as work:
        edit_profile(work, profile, attests=True)
    made = recorded(portal, cast.admin, jurisdiction="US-CA", expires_on=today + timedelta(10))
    expected = {
        DirectoryFilters(words=cast.admin.actor.org_name): True,
        DirectoryFilters(words="no such agency"): False,
        DirectoryFilters(words="%"): False,
        DirectoryFilters(sector=Sector.HEALTH): True,
        DirectoryFilters(sector=Sector.MEDIA): False,
        DirectoryFilters(country="AU"): True,
        DirectoryFilters(country="GB"): False,
        DirectoryFilters(country="US"): False,
        DirectoryFilters(licence=LicenceFilter.VALID): False,
        DirectoryFilters(licence=LicenceFilter.WAITING): True,
        DirectoryFilters(licence=LicenceFilter.NONE): True,
    }
    for filters, found in expected.items():
        assert (cast.admin.actor.org in _found(portal, cast.business, filters)) is found, filters
    decided(portal, cast.officer, made.id, LicenceState.VERIFIED)
    assert cast.admin.actor.org in _found(portal, cast.business, DirectoryFilters(country="US"))
    assert cast.admin.actor.org in _found(
        portal, cast.business, DirectoryFilters(licence=LicenceFilter.VALID)
    )


def test_a_profile_is_described_by_its_own_agency(portal: Portal, cast: Cast) -> None:
    profile = Profile(cast.admin.actor.org, "About us", (Sector.RETAIL,), ("SG",), "Fair plans.")
    for somebody in (cast.collector, cast.business, cast.officer):
        with pytest.raises(Forbidden), portal.database.work(somebody.actor) as work:
            edit_profile(work, profile, attests=True)
    with pytest.raises(NotFound), portal.database.work(cast.rival.actor) as work:
        edit_profile(work, profile, attests=True)
    with portal.database.work(cast.admin.actor) as work:
        edit_profile(work, profile, attests=True)
    with portal.database.work(cast.business.actor) as work:
        card = show_agency(work, cast.admin.actor.org)
    assert card.profile == replace(profile, conduct_attested_at=card.profile.conduct_attested_at)
    assert card.profile.conduct_attested_at is not None
    touch = "update agency_profile set about = 'X' where org_id = :id"
    assert raw(portal, cast.rival, touch, {"id": cast.admin.actor.org}) == 0
    assert raw(portal, cast.officer, touch, {"id": cast.admin.actor.org}) == 0


def test_a_business_is_no_agency(portal: Portal, cast: Cast) -> None:
    with pytest.raises(NotFound), portal.database.work(cast.business.actor) as work:
        show_agency(work, cast.business.actor.org)
