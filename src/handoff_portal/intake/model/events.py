"""What happens while a case is written down and submitted."""

from dataclasses import dataclass
from typing import ClassVar

from handoff_portal.cases.model.content import Channel
from handoff_portal.core.events import Action, Code, Event
from handoff_portal.core.ids import DocumentId, ReceiptId
from handoff_portal.intake.model.policy import ContractCheck
from handoff_portal.intake.model.rules import Rule


@dataclass(frozen=True, kw_only=True)
class PolicyChanged(Event):
    """A business changed what it asks of a case before hand-over.

    Attributes:
        evidence: Rows that ask for further papers.
    """

    action: ClassVar[Action] = Action.POLICY_CHANGED
    version: int
    min_days_overdue: int
    min_reminders: int
    reminder_spacing_days: int
    needs_personal: bool
    notice_channels: tuple[Channel, ...]
    notice_wording: bool
    final_notice_days: int
    needs_contract: bool
    currencies: tuple[Code, ...]
    amounts: tuple[int, ...]
    checks: tuple[ContractCheck, ...]
    evidence: int
    limitation: bool


@dataclass(frozen=True, kw_only=True)
class ReadinessOverridden(Event):
    """Somebody took the responsibility for a rule that does not hold."""

    action: ClassVar[Action] = Action.READINESS_OVERRIDDEN
    rule: Rule
    withdrawn: bool = False


@dataclass(frozen=True, kw_only=True)
class HistoryUnreadable(Event):
    """A mail could not be read and is kept as a document."""

    action: ClassVar[Action] = Action.HISTORY_UNREADABLE
    document: DocumentId


@dataclass(frozen=True, kw_only=True)
class ReceiptIssued(Event):
    """A receipt was signed.

    Attributes:
        digest: SHA-256 of the receipt's canonical bytes.
    """

    action: ClassVar[Action] = Action.RECEIPT_ISSUED
    receipt: ReceiptId
    digest: bytes
