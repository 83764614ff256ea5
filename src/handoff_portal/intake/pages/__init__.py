"""The five steps, their last look, the receipt and the policy, as pages."""

from handoff_portal.intake.pages import mails, policy, readiness, receipts, said, steps

ROUTES = (
    *steps.ROUTES,
    *said.ROUTES,
    *mails.ROUTES,
    *readiness.ROUTES,
    *receipts.ROUTES,
    *policy.ROUTES,
)
