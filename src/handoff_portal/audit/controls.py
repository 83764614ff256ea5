"""Which controls of which standards an event is evidence for; part of every export.

Sources: ISO/IEC 27001:2022 Annex A, AICPA Trust Services Criteria 2017 (points of focus of 2022), ABS OSPAR
Guidelines version 2.0 (25 March 2024). A mapping for auditors to start from, not a statement of conformity.
"""

import csv
import io
from dataclasses import dataclass

from handoff_portal.core.events import Action

_COLUMNS = ("event", "iso_27001_2022", "soc_2", "ospar_2_0")


@dataclass(frozen=True)
class Controls:
    """References to controls in three standards, separated by spaces; OSPAR's by semicolons."""

    iso: str
    soc: str
    ospar: str


_LOG = "A.5.28 A.8.15"
_ENTRY = Controls(f"A.5.17 A.8.5 {_LOG}", "CC6.1 CC7.2", "Logical Security")
_REFUSED = Controls(f"A.8.5 A.8.16 {_LOG}", "CC6.1 CC7.2 CC7.3", "Logical Security")
_PEOPLE = Controls(f"A.5.16 A.5.18 {_LOG}", "CC6.2 CC6.3", "Logical Security")
_RIGHTS = Controls(f"A.5.15 A.5.18 A.8.2 {_LOG}", "CC6.1 CC6.3", "Logical Security")
_SECRETS = Controls(f"A.5.17 A.8.5 {_LOG}", "CC6.1 CC6.2", "Logical Security")
_DENIED = Controls(f"A.5.15 A.8.3 A.8.16 {_LOG}", "CC6.1 CC7.2 CC7.3", "Logical Security")
_RECORD = Controls(f"A.5.33 {_LOG}", "CC7.2 C1.1", "Maintaining Records")
_CHANGE = Controls(f"A.5.33 A.8.32 {_LOG}", "CC8.1", "Maintaining Records")
_DATA = Controls(f"A.5.33 A.5.34 A.8.3 {_LOG}", "CC6.1 C1.1", "Data Security; Maintaining Records")
_READ = Controls(f"A.5.34 A.8.3 A.8.11 A.8.12 {_LOG}", "CC6.1 CC7.2 C1.1", "Data Security")
_REMOVED = Controls(f"A.5.33 A.8.10 {_LOG}", "C1.2", "Data Security; Maintaining Records")
_TRANSFER = Controls(f"A.5.14 A.5.20 A.8.3 {_LOG}", "CC6.1 CC6.7 C1.1", "Data Security; Maintaining Records")
_SUPPLIER = Controls(f"A.5.19 A.5.22 A.5.31 {_LOG}", "CC9.2 CC6.3", "Logical Security; Maintaining Records")
_KEYS = Controls(f"A.8.3 A.8.24 {_LOG}", "CC6.1 CC6.7 C1.1", "Cryptography; Data Security")
_RULES = Controls(f"A.5.31 A.8.32 {_LOG}", "CC8.1 CC7.2", "Change Management; Maintaining Records")
_CONDUCT = Controls(f"A.5.31 A.5.33 {_LOG}", "CC7.2 C1.1", "Maintaining Records")
_WATCH = Controls("A.5.28 A.5.35 A.8.15 A.8.16 A.8.17", "CC7.2 CC7.3 CC7.4", "Maintaining Records")

_GROUPS: tuple[tuple[Controls, tuple[Action, ...]], ...] = (
    (_ENTRY, (Action.PASSWORD_ACCEPTED, Action.SIGNED_IN, Action.SIGNED_OUT, Action.SESSION_REVOKED)),
    (_ENTRY, (Action.SESSION_RENEWED, Action.STEPPED_UP)),
    (_REFUSED, (Action.SIGN_IN_REFUSED, Action.STEP_UP_REFUSED, Action.INVITATION_REFUSED)),
    (
        _PEOPLE,
        (Action.ORGANISATION_ADDED, Action.PERSON_INVITED, Action.PERSON_ENROLLED, Action.PERSON_DISABLED),
    ),
    (_PEOPLE, (Action.PERSON_EDITED,)),
    (_RIGHTS, (Action.ROLES_CHANGED, Action.POLICY_CHANGED)),
    (_RULES, (Action.RULES_UPLOADED, Action.RULES_REFUSED, Action.RULES_REPLAYED)),
    (_RULES, (Action.RULES_SCHEDULED, Action.RULES_WITHDRAWN)),
    (_SECRETS, (Action.PASSWORD_RESET_ASKED, Action.PASSWORD_CHANGED, Action.FACTOR_CHANGED)),
    (_SECRETS, (Action.RECOVERY_CODE_USED, Action.RECOVERY_CODES_RENEWED, Action.BROWSERS_FORGOTTEN)),
    (
        _SECRETS,
        (Action.FACTOR_RECOVERY_ASKED, Action.FACTOR_RECOVERY_OPENED, Action.FACTOR_RECOVERY_COMPLETED),
    ),
    (_SECRETS, (Action.EMAIL_CHANGE_ASKED, Action.EMAIL_CHANGED, Action.EMAIL_CHANGE_STOPPED)),
    (_SECRETS, (Action.PASSWORD_UNCHECKED, Action.PASSWORD_LEAKED)),
    (
        _PEOPLE,
        (Action.FACTOR_RECOVERY_CHECKED, Action.FACTOR_RECOVERY_APPROVED, Action.FACTOR_RECOVERY_STOPPED),
    ),
    (_PEOPLE, (Action.PERSON_ENABLED,)),
    (_WATCH, (Action.ROW_REFUSED,)),
    (_DENIED, (Action.ACCESS_DENIED, Action.FORM_REFUSED, Action.ACCEPTANCE_REFUSED)),
    (_CHANGE, (Action.CASE_DRAFTED, Action.CASE_EDITED, Action.CASE_SUBMITTED, Action.READINESS_OVERRIDDEN)),
    (_RECORD, (Action.RECEIPT_ISSUED, Action.HISTORY_ADDED, Action.HISTORY_UNREADABLE, Action.CASE_CLOSED)),
    (_DATA, (Action.DOCUMENT_STARTED, Action.DOCUMENT_STORED, Action.DOCUMENT_FAILED)),
    (_DATA, (Action.PORTFOLIO_STARTED, Action.PORTFOLIO_FILE_STORED, Action.PORTFOLIO_SENT)),
    (_DATA, (Action.PORTFOLIO_PAPERS_PLACED, Action.PORTFOLIO_REOPENED)),
    (_DATA, (Action.PORTFOLIO_CHECKED, Action.PORTFOLIO_CHOSEN, Action.PORTFOLIO_CANCELLED)),
    (_CHANGE, (Action.PORTFOLIO_APPROVED, Action.PORTFOLIO_FINISHED, Action.CASE_IMPORTED)),
    (_READ, (Action.DOCUMENT_READ, Action.PERSONAL_DATA_REVEALED)),
    (_REMOVED, (Action.CASE_DISCARDED, Action.HISTORY_REMOVED, Action.DOCUMENT_REMOVED)),
    (_REMOVED, (Action.PORTFOLIO_FILE_REMOVED,)),
    (_SUPPLIER, (Action.LICENCE_RECORDED, Action.LICENCE_VERIFIED, Action.LICENCE_REJECTED)),
    (_SUPPLIER, (Action.LICENCE_SUSPENDED, Action.AGENCY_PROFILE_CHANGED)),
    (_SUPPLIER, (Action.APPROVAL_RECORDED, Action.APPROVAL_ENDED)),
    (_SUPPLIER, (Action.LICENCE_DOCUMENT_STORED, Action.LICENCE_DOCUMENT_READ)),
    (_SUPPLIER, (Action.ASSURANCE_RECORDED, Action.ASSURANCE_VERIFIED, Action.ASSURANCE_REJECTED)),
    (_TRANSFER, (Action.CASE_OFFERED, Action.OFFER_SEEN, Action.OFFER_ASKED, Action.OFFER_ANSWERED)),
    (_TRANSFER, (Action.OFFER_DECLINED, Action.OFFER_WITHDRAWN, Action.OFFER_LAPSED, Action.CASE_ACCEPTED)),
    (_TRANSFER, (Action.CASE_RETURNED, Action.CASE_RECALLED)),
    (_KEYS, (Action.GRANT_MADE, Action.GRANT_ENDED, Action.KEYS_ROTATED)),
    (_CONDUCT, (Action.CONTACT_LOGGED, Action.CONTACT_AGAINST_HOLD, Action.HOLD_PLACED, Action.HOLD_LIFTED)),
    (_CONDUCT, (Action.CONTACT_AGAINST_GUARD, Action.CONTACT_LOOKED_AT)),
    (_CONDUCT, (Action.CONTACT_FACT_RECORDED, Action.CONTACT_FACT_ENDED)),
    (_CONDUCT, (Action.GUARD_ATTEMPTED, Action.GUARD_OVERRIDDEN)),
    (_CONDUCT, (Action.PROMISE_MADE, Action.PROMISE_KEPT, Action.PROMISE_BROKEN, Action.NOTE_SENT)),
    (_CONDUCT, (Action.CONDUCT_KINDER_TAKEN, Action.CONDUCT_REVIEW_ASKED, Action.CONDUCT_DECIDED)),
    (_READ, (Action.CONDUCT_WORDS_READ,)),
    (_CHANGE, (Action.CONDUCT_SAMPLE_SET, Action.TEMPLATE_WRITTEN, Action.TEMPLATE_APPROVED)),
    (_CHANGE, (Action.TEMPLATE_SENT_BACK, Action.TEMPLATE_RETIRED)),
    (_RECORD, (Action.PAYMENT_REPORTED, Action.PAYMENT_REVERSED, Action.DIRECT_PAYMENT_REPORTED)),
    (_RECORD, (Action.BALANCE_CHANGED,)),
    (_WATCH, (Action.AUDIT_SEARCHED, Action.AUDIT_VERIFIED, Action.AUDIT_EXPORTED)),
)

CONTROLS: dict[Action, Controls] = {action: controls for controls, actions in _GROUPS for action in actions}


def controls_table() -> bytes:
    """The mapping as a CSV file, in the order of the vocabulary."""
    text = io.StringIO()
    table = csv.writer(text)
    table.writerow(_COLUMNS)
    for action in Action:
        if found := CONTROLS.get(action):
            table.writerow((action.value, found.iso, found.soc, found.ospar))
    return text.getvalue().encode()
