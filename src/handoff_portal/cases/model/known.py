"""A case that bears a reference which a business names again. Pure."""

from msgspec import Struct

from handoff_portal.cases.model.case import Balance, CaseState
from handoff_portal.core.ids import CaseId


class Known(Struct, frozen=True, gc=False):
    """What a file with the same reference is compared with.

    Attributes:
        reference: The portal's reference.
        stated: Minor units that the business said last were open; None in a draft.
    """

    id: CaseId
    reference: str
    state: CaseState
    currency: str
    balance: Balance
    stated: int | None
