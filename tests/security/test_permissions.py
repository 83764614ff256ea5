from handoff_portal.core.permissions import (
    ROLE_PERMISSIONS,
    ROLES_OF,
    OrgKind,
    Permission,
    Role,
    permissions_of,
)
from security.permission_table import PAGE, table
from security.routes import Route

P = Permission
PERSONAL = {P.CASE_READ, P.REVEAL, P.DOCUMENT_READ, P.OFFER_READ, P.CONTACT_LOG, P.NOTE_SEND}


def test_the_page_of_permissions_says_what_the_code_does() -> None:
    assert PAGE.read_text(encoding="utf-8") == table()


def test_the_operator_and_compliance_officers_never_see_a_case() -> None:
    for kind in OrgKind:
        for role in ROLES_OF[kind]:
            if kind is OrgKind.OPERATOR or role is Role.COMPLIANCE_OFFICER:
                assert not permissions_of(kind, frozenset({role})) & PERSONAL


def test_only_the_operator_verifies_licences_and_adds_organisations() -> None:
    for kind in (OrgKind.BUSINESS, OrgKind.AGENCY):
        assert not permissions_of(kind, frozenset(Role)) & {P.LICENCE_VERIFY, P.ORGANISATION_ADD}


def test_a_role_of_another_kind_of_organisation_gives_nothing() -> None:
    for kind in OrgKind:
        assert permissions_of(kind, frozenset(Role) - ROLES_OF[kind]) == frozenset()


def test_nobody_who_makes_offers_answers_them() -> None:
    for kind in OrgKind:
        for role in ROLES_OF[kind]:
            assert not {P.OFFER_MAKE, P.OFFER_ANSWER} <= permissions_of(kind, frozenset({role}))


def test_every_right_is_given_to_somebody_and_asked_for_somewhere(routes: list[Route]) -> None:
    given = frozenset().union(*ROLE_PERMISSIONS.values())
    assert given == set(Permission)
    asked = {route.needs for route in routes}
    assert {right.value for right in Permission} - asked <= {
        "audit_export",
        "reveal",
        "policy_edit",
        "guard_override",
    }
