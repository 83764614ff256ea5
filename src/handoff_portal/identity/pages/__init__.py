"""The pages of signing in, enrolling, one's own account, colleagues and organisations."""

from handoff_portal.identity.pages import (
    account,
    addresses,
    enrolment,
    identity_checks,
    lost,
    organisations,
    people,
    resets,
    sign_in,
    step_up,
)

ROUTES = (
    *sign_in.ROUTES,
    *enrolment.ROUTES,
    *resets.ROUTES,
    *lost.ROUTES,
    *identity_checks.ROUTES,
    *step_up.ROUTES,
    *account.ROUTES,
    *addresses.ROUTES,
    *people.ROUTES,
    *organisations.ROUTES,
)
