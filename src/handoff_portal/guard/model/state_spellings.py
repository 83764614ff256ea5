"""The spellings that occur for what is known of customer, debt and agency: other names of the same fields."""

from datetime import UTC, datetime
from typing import Final

from handoff_portal.guard.model.terms import Fact, Topic

FACTS: Final[dict[Fact, tuple[str, ...]]] = {
    Fact.EMPLOYER_PROHIBITS: ("employer_prohibits",),
    Fact.COVERED_COMMERCIAL: ("covered_commercial",),
    Fact.REGULATED_LENDER: ("rbi_lender", "regulated_lender"),
    Fact.VULNERABLE: ("vulnerable", "particularly_vulnerable"),
    Fact.PUBLIC_HOLIDAY: ("public_holiday", "holiday", "is_holiday"),
}
"""What makes the answer stricter: anything but "no" tells it."""
PERMISSIONS: Final[dict[Fact, tuple[str, ...]]] = {
    Fact.EMAIL_CONSENT: ("email_consent", "written_email_consent"),
    Fact.EMESSAGE_CONSENT: ("emsg_consent", "electronic_consent", "esign_consent"),
    Fact.REPRESENTATIVE_SILENT: (
        "representative_unresponsive",
        "attorney_unresponsive",
        "attorney_does_not_respond",
        "representative_silent",
    ),
    Fact.REPRESENTATIVE_CONSENTS: ("representative_consents", "attorney_consents", "attorney_consent"),
    Fact.COURT_PERMISSION: ("court_permission", "court_order_permits", "permission_of_court"),
}
"""What makes the answer looser: only a clear "yes" tells it."""
YES: Final = frozenset(
    {"yes", "true", "given", "granted", "written", "in_writing", "direct", "express", "consented", "sent"}
)
NO: Final = frozenset({"no", "none", "false", "not_given", "null", ""})
WORK_EMAIL: Final = frozenset(
    {
        "yes",
        "true",
        "consumer_used",
        "used_by_consumer",
        "consumer_used_address",
        "used",
        "customer_used",
        "debtor_used",
        "direct_prior_consent",
        "prior_direct_consent",
        "prior_consent",
        "direct_consent",
        "consent",
        "consumer_consent",
        "consumer_consented",
        "prior_collector",
        "previous_collector",
        "passed_on_by_prior_collector",
        "passed_on",
        "prior_debt_collector",
    }
)
"""The three ways in which an address at work may be used, in the spellings that occur."""
TOPICS: Final[dict[Topic, tuple[str, ...]]] = {
    Topic.CEASE: ("cease", "cease_request", "cease_contact"),
    Topic.DISPUTE: ("dispute", "disputed"),
    Topic.REPRESENTED: ("represented", "attorney", "representative"),
    Topic.NO_WORK_CALLS: ("no_work_calls", "no_work_contact"),
    Topic.SUBSTANTIATION: ("substantiation_request", "substantiation"),
    Topic.ORIGINAL_CREDITOR: ("original_creditor_request",),
    Topic.REGISTERED_LETTER: ("registered_letter",),
    Topic.REFUSES: ("refuses_to_pay", "refusal_to_pay", "refused_to_pay", "refusal"),
    Topic.PROCEEDINGS: (
        "mediation_started",
        "mediation",
        "court_process",
        "court_process_started",
        "court_proceedings",
        "proceedings",
    ),
    Topic.FORBEARANCE: (
        "forbearance",
        "hardship",
        "debt_advice",
        "debt_adviser",
        "plan_in_preparation",
        "repayment_plan",
        "repayment_plan_in_development",
        "hold",
    ),
}
LONG_AGO: Final = datetime(1970, 1, 1, tzinfo=UTC)
"""A moment before all others that matter."""
ENDED: Final = (
    "ended_at",
    "answered_at",
    "verified_at",
    "verification_sent_at",
    "verification_at",
    "verified",
    "resolved_at",
    "resolved",
    "supplied_at",
    "lifted_at",
    "withdrawn_at",
    "closed_at",
    "ended_on",
    "answered",
    "answered_on",
    "verified_on",
    "verification_sent",
    "verification_sent_on",
    "judgment_copy_sent_at",
    "duplicative_notice_sent_at",
    "investigated",
    "investigated_at",
    "investigated_on",
    "resolved_on",
    "supplied",
    "lifted",
    "withdrawn",
)
"""When something said was answered, withdrawn or lifted; true means at once."""
CONFIRMED: Final = (
    "confirmed_at",
    "confirmed_on",
    "confirmed_in_writing",
    "confirmed_in_writing_at",
    "written_confirmation",
    "written_confirmation_at",
)
"""When a spoken request was confirmed in writing; true means at once."""
CONSENT: Final = (
    "prior_consent",
    "direct_prior_consent",
    "prior_direct_consent",
    "consent",
    "call_consent",
    "consent_to_call",
    "consent_on",
    "consent_at",
    "prior_consent_at",
    "prior_consent_on",
    "direct_prior_consent_at",
    "direct_prior_consent_on",
    "direct_consent",
    "direct_consent_at",
    "consent_given",
    "consent_given_at",
    "consent_given_on",
    "consented",
    "consented_at",
    "express_consent",
    "express_consent_at",
    "prior_agreement",
    "prior_agreement_at",
    "agreed",
)
"""Prior consent: true, its day or moment, or a mapping with `on` or `at`."""
CONSENT_DATES: Final = ("at", "on", "given_at", "given_on", "date", "since", "consented_at")
SAID_AT: Final = ("at", "on", "received_at", "received_on", "date", "since", "started_at", "started_on")
VISIT_NOTICE: Final = ("visit_notice", "visit_notice_given", "notice_given", "adequate_notice")
WRITTEN: Final = frozenset({"written", "in_writing", "letter", "email", "e_mail", "mail", "post", "portal"})
SPOKEN: Final = frozenset({"oral", "orally", "verbal", "spoken", "phone", "call", "telephone", "in_person"})
REGISTERED: Final = frozenset({"registered_letter", "registered_mail", "registered", "registered_post"})
OVER: Final = frozenset({"resolved", "answered", "verified", "withdrawn", "closed", "lifted", "ended"})
"""Words for how something was said, and that it is over."""
IN_FORCE: Final = frozenset({"active", "valid", "current", "in_force", "granted", "registered", "authorised"})
"""Words for a licence that holds; every other word is one for a licence that does not."""
