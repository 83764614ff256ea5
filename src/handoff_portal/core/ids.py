"""Identifiers. Every one is a random UUID; the type says what it names."""

from typing import NewType
from uuid import UUID

OrgId = NewType("OrgId", UUID)
PersonId = NewType("PersonId", UUID)
SessionId = NewType("SessionId", UUID)
InvitationId = NewType("InvitationId", UUID)
CaseId = NewType("CaseId", UUID)
ClaimId = NewType("ClaimId", UUID)
EntryId = NewType("EntryId", UUID)
CommunicationId = NewType("CommunicationId", UUID)
HoldId = NewType("HoldId", UUID)
PromiseId = NewType("PromiseId", UUID)
NoteId = NewType("NoteId", UUID)
DocumentId = NewType("DocumentId", UUID)
ReceiptId = NewType("ReceiptId", UUID)
LicenceId = NewType("LicenceId", UUID)
AssuranceId = NewType("AssuranceId", UUID)
AgencyDocumentId = NewType("AgencyDocumentId", UUID)
OfferId = NewType("OfferId", UUID)
HandoffId = NewType("HandoffId", UUID)
PaymentId = NewType("PaymentId", UUID)
ExportId = NewType("ExportId", UUID)
PortfolioId = NewType("PortfolioId", UUID)
PortfolioFileId = NewType("PortfolioFileId", UUID)
FactorRecoveryId = NewType("FactorRecoveryId", UUID)
EmailChangeId = NewType("EmailChangeId", UUID)
RulesId = NewType("RulesId", UUID)
ApprovalId = NewType("ApprovalId", UUID)
ContactFactId = NewType("ContactFactId", UUID)
OverrideId = NewType("OverrideId", UUID)
TemplateId = NewType("TemplateId", UUID)

NOBODY = UUID(int=0)
"""Stands in a seal's context where a part does not apply."""
