"""What can happen: the closed vocabulary of the log and the shape of one event.

An event carries identifiers, codes, counts and dates only. Free text is refused, so that no personal data can
reach the log by mistake.
"""

import re
from dataclasses import dataclass
from datetime import date, datetime
from enum import Enum, StrEnum
from functools import lru_cache
from typing import ClassVar, NewType, NoReturn, TypeAlias
from uuid import UUID

from handoff_portal.core.ids import CaseId, OrgId


class Action(StrEnum):
    """Everything that is ever written to the log."""

    ORGANISATION_ADDED = "organisation.added"
    PERSON_INVITED = "person.invited"
    INVITATION_REFUSED = "invitation.refused"
    PERSON_ENROLLED = "person.enrolled"
    PERSON_DISABLED = "person.disabled"
    PERSON_EDITED = "person.edited"
    ROLES_CHANGED = "roles.changed"
    PASSWORD_ACCEPTED = "password.accepted"  # noqa: S105 - an event name
    SIGN_IN_REFUSED = "sign_in.refused"
    SIGNED_IN = "signed_in"
    SIGNED_OUT = "signed_out"
    SESSION_REVOKED = "session.revoked"
    SESSION_RENEWED = "session.renewed"
    STEPPED_UP = "stepped_up"
    STEP_UP_REFUSED = "step_up.refused"
    PASSWORD_RESET_ASKED = "password.reset_asked"  # noqa: S105 - an event name
    PASSWORD_CHANGED = "password.changed"  # noqa: S105 - an event name
    FACTOR_CHANGED = "factor.changed"
    RECOVERY_CODE_USED = "recovery_code.used"
    RECOVERY_CODES_RENEWED = "recovery_codes.renewed"
    BROWSERS_FORGOTTEN = "browsers.forgotten"
    FACTOR_RECOVERY_ASKED = "factor_recovery.asked"
    FACTOR_RECOVERY_CHECKED = "factor_recovery.checked"
    FACTOR_RECOVERY_APPROVED = "factor_recovery.approved"
    FACTOR_RECOVERY_OPENED = "factor_recovery.opened"
    FACTOR_RECOVERY_COMPLETED = "factor_recovery.completed"
    FACTOR_RECOVERY_STOPPED = "factor_recovery.stopped"
    PERSON_ENABLED = "person.enabled"
    EMAIL_CHANGE_ASKED = "email_change.asked"
    EMAIL_CHANGED = "email.changed"
    EMAIL_CHANGE_STOPPED = "email_change.stopped"
    PASSWORD_UNCHECKED = "password.unchecked"  # noqa: S105 - an event name
    PASSWORD_LEAKED = "password.leaked"  # noqa: S105 - an event name
    ACCESS_DENIED = "access.denied"
    FORM_REFUSED = "form.refused"
    ROW_REFUSED = "row.refused"

    POLICY_CHANGED = "policy.changed"
    RULES_UPLOADED = "rules.uploaded"
    RULES_REFUSED = "rules.refused"
    RULES_REPLAYED = "rules.replayed"
    RULES_SCHEDULED = "rules.scheduled"
    RULES_WITHDRAWN = "rules.withdrawn"
    CASE_DRAFTED = "case.drafted"
    CASE_EDITED = "case.edited"
    CASE_DISCARDED = "case.discarded"
    READINESS_OVERRIDDEN = "readiness.overridden"
    CASE_SUBMITTED = "case.submitted"
    RECEIPT_ISSUED = "receipt.issued"
    HISTORY_ADDED = "history.added"
    HISTORY_UNREADABLE = "history.unreadable"
    HISTORY_REMOVED = "history.removed"
    DOCUMENT_STARTED = "document.started"
    DOCUMENT_STORED = "document.stored"
    DOCUMENT_FAILED = "document.failed"
    DOCUMENT_READ = "document.read"
    DOCUMENT_REMOVED = "document.removed"

    PORTFOLIO_STARTED = "portfolio.started"
    PORTFOLIO_FILE_STORED = "portfolio.file_stored"
    PORTFOLIO_FILE_REMOVED = "portfolio.file_removed"
    PORTFOLIO_REOPENED = "portfolio.reopened"
    PORTFOLIO_SENT = "portfolio.sent"
    PORTFOLIO_CHECKED = "portfolio.checked"
    PORTFOLIO_CHOSEN = "portfolio.chosen"
    PORTFOLIO_PAPERS_PLACED = "portfolio.papers_placed"
    PORTFOLIO_APPROVED = "portfolio.approved"
    PORTFOLIO_CANCELLED = "portfolio.cancelled"
    PORTFOLIO_FINISHED = "portfolio.finished"
    CASE_IMPORTED = "case.imported"

    LICENCE_RECORDED = "licence.recorded"
    LICENCE_VERIFIED = "licence.verified"
    LICENCE_REJECTED = "licence.rejected"
    LICENCE_SUSPENDED = "licence.suspended"
    LICENCE_DOCUMENT_STORED = "licence.document_stored"
    LICENCE_DOCUMENT_READ = "licence.document_read"
    ASSURANCE_RECORDED = "assurance.recorded"
    ASSURANCE_VERIFIED = "assurance.verified"
    ASSURANCE_REJECTED = "assurance.rejected"
    APPROVAL_RECORDED = "approval.recorded"
    APPROVAL_ENDED = "approval.ended"
    AGENCY_PROFILE_CHANGED = "agency.profile_changed"

    CASE_OFFERED = "case.offered"
    OFFER_SEEN = "offer.seen"
    OFFER_ASKED = "offer.asked"
    OFFER_ANSWERED = "offer.answered"
    OFFER_DECLINED = "offer.declined"
    OFFER_WITHDRAWN = "offer.withdrawn"
    OFFER_LAPSED = "offer.lapsed"
    ACCEPTANCE_REFUSED = "acceptance.refused"
    CASE_ACCEPTED = "case.accepted"
    CASE_RETURNED = "case.returned"
    CASE_RECALLED = "case.recalled"
    CASE_CLOSED = "case.closed"
    GRANT_MADE = "grant.made"
    GRANT_ENDED = "grant.ended"

    PERSONAL_DATA_REVEALED = "personal_data.revealed"
    CONTACT_LOGGED = "contact.logged"
    CONTACT_AGAINST_HOLD = "contact.against_hold"
    CONTACT_AGAINST_GUARD = "contact.against_guard"
    CONTACT_LOOKED_AT = "contact.looked_at"
    CONTACT_FACT_RECORDED = "contact.fact_recorded"
    CONTACT_FACT_ENDED = "contact.fact_ended"
    GUARD_ATTEMPTED = "guard.attempted"
    GUARD_OVERRIDDEN = "guard.overridden"
    PROMISE_MADE = "promise.made"
    PROMISE_KEPT = "promise.kept"
    PROMISE_BROKEN = "promise.broken"
    HOLD_PLACED = "hold.placed"
    HOLD_LIFTED = "hold.lifted"
    NOTE_SENT = "note.sent"
    CONDUCT_KINDER_TAKEN = "conduct.kinder_taken"
    CONDUCT_REVIEW_ASKED = "conduct.review_asked"
    CONDUCT_WORDS_READ = "conduct.words_read"
    CONDUCT_DECIDED = "conduct.decided"
    CONDUCT_SAMPLE_SET = "conduct.sample_set"
    TEMPLATE_WRITTEN = "template.written"
    TEMPLATE_APPROVED = "template.approved"
    TEMPLATE_SENT_BACK = "template.sent_back"
    TEMPLATE_RETIRED = "template.retired"

    PAYMENT_REPORTED = "payment.reported"
    PAYMENT_REVERSED = "payment.reversed"
    DIRECT_PAYMENT_REPORTED = "direct_payment.reported"
    BALANCE_CHANGED = "balance.changed"

    KEYS_ROTATED = "keys.rotated"
    AUDIT_SEARCHED = "audit.searched"
    AUDIT_VERIFIED = "audit.verified"
    AUDIT_EXPORTED = "audit.exported"


SENSITIVE = frozenset(
    {
        Action.CASE_ACCEPTED,
        Action.CASE_RECALLED,
        Action.CASE_RETURNED,
        Action.GRANT_MADE,
        Action.GRANT_ENDED,
        Action.ROLES_CHANGED,
        Action.FACTOR_CHANGED,
        Action.FACTOR_RECOVERY_APPROVED,
        Action.FACTOR_RECOVERY_COMPLETED,
        Action.EMAIL_CHANGED,
        Action.ROW_REFUSED,
        Action.LICENCE_VERIFIED,
        Action.RULES_SCHEDULED,
        Action.RULES_WITHDRAWN,
        Action.KEYS_ROTATED,
        Action.AUDIT_EXPORTED,
    }
)
"""Events after which a checkpoint is signed within ten seconds."""


class Outcome(StrEnum):
    """How it ended."""

    OK = "ok"
    REFUSED = "refused"


Code = NewType("Code", str)
"""A word from a closed list of the product (a reason code, a field name), never something a person typed."""

Detail: TypeAlias = UUID | Enum | bool | int | bytes | date | datetime | Code | tuple["Detail", ...] | None


@dataclass(frozen=True, kw_only=True)
class Event:
    """One thing that happened; subclasses name the action and add their details as fields.

    Attributes:
        case: The case concerned, if any; the log counts events per case without a gap.
        own: The business that owns the case: it can read the event although others caused it.
    """

    action: ClassVar[Action]
    outcome: ClassVar[Outcome] = Outcome.OK
    case: CaseId | None = None
    own: OrgId | None = None

    def details(self) -> dict[str, object]:
        """The subclass's fields as JSON values: text of ids, codes, ISO dates, hex of bytes.

        Raises:
            TypeError: A field holds free text or another type that does not belong in the log.
        """
        return {
            name: value if type(value) is int else _plain(value)
            for name, value in vars(self).items()
            if value is not None and name not in _OF_ALL
        }


_OF_ALL = frozenset({"case", "own"})


def _plain(value: object) -> object:
    match value:
        case Enum():
            return str(value.value)
        case str():
            return _code(value)
        case UUID():
            return _id(value)
        case tuple() | frozenset():
            return [_plain(part) for part in value]
        case _:
            return _plain_number(value)


def _plain_number(value: object) -> object:
    if isinstance(value, date | datetime):
        return value.isoformat()
    if isinstance(value, bytes):
        return value.hex()
    return value if isinstance(value, int) else _refuse(value)


@lru_cache(1024)
def _code(word: str) -> str:
    return str(word) if _CODE.fullmatch(word) else _refuse(word)


_id = lru_cache(64)(str)
"""Ids as text: events of one work name the same ones again and again."""


def _refuse(value: object) -> NoReturn:
    raise TypeError(
        f"{type(value).__name__} does not belong in the log: use an id, a code, a count or a date"
    )


_CODE = re.compile(r"[A-Za-z0-9_.-]{1,40}")
