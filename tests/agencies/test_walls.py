import pytest
from sqlalchemy.exc import ProgrammingError

from agencies.people import Cast, decided, raw, recorded, seen
from handoff_portal.agencies.model.licence import LicenceState
from handoff_portal.web.portal import Portal


@pytest.mark.parametrize(
    "change",
    [
        "state = 'verified', source_url = 'https://x.example', decided_by = agency_id",
        "state = 'verified'",
        "decided_by = recorded_by",
        "source_url = 'https://x.example'",
        "agency_id = '00000000-0000-0000-0000-000000000009'",
        "state = 'suspended'",
    ],
)
def test_sql_of_an_agency_cannot_decide_about_its_own_licence(
    portal: Portal, cast: Cast, change: str
) -> None:
    made = recorded(portal, cast.admin)
    with pytest.raises(ProgrammingError, match=r"row-level security|own licence"):
        raw(portal, cast.admin, f"update licence set {change} where id = :id", {"id": made.id})  # noqa: S608
    assert seen(portal, cast.admin, made.id) == made


def test_sql_of_an_agency_cannot_insert_a_verified_licence(portal: Portal, cast: Cast) -> None:
    statement = (
        "insert into licence (id, agency_id, jurisdiction, regulator, number, class, scope, issued_on, state,"
        " source_url, recorded_at, recorded_by, decided_by) values (gen_random_uuid(), :agency, 'SG', 'r',"
        " 'n', 'c', 'both', '2026-01-01', :state, 'https://x.example', now(), :person, :person)"
    )
    values = {"agency": cast.admin.actor.org, "person": cast.admin.actor.person}
    with pytest.raises(ProgrammingError, match="row-level security"):
        raw(portal, cast.admin, statement, {**values, "state": "verified"})
    with pytest.raises(ProgrammingError, match="row-level security"):
        raw(portal, cast.rival, statement, {**values, "state": "submitted"})


def test_sql_of_an_agency_does_not_reach_a_verified_licence_or_another_agency(
    portal: Portal, cast: Cast
) -> None:
    made = recorded(portal, cast.admin)
    touch = "update licence set number = 'X' where id = :id"
    assert raw(portal, cast.rival, touch, {"id": made.id}) == 0
    assert raw(portal, cast.business, touch, {"id": made.id}) == 0
    decided(portal, cast.officer, made.id, LicenceState.VERIFIED)
    assert raw(portal, cast.admin, touch, {"id": made.id}) == 0


@pytest.mark.parametrize(
    "change", ["number = 'X'", "expires_on = '2099-01-01'", "scope = 'both', jurisdiction = 'GB'"]
)
def test_sql_of_the_operator_cannot_rewrite_a_licence(portal: Portal, cast: Cast, change: str) -> None:
    made = recorded(portal, cast.admin)
    with pytest.raises(ProgrammingError, match="does not change what the agency recorded"):
        raw(portal, cast.officer, f"update licence set {change} where id = :id", {"id": made.id})  # noqa: S608
