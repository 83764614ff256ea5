"""Files and terms that the world's things carry."""

from datetime import date
from typing import Any

from handoff_portal.agencies.model.assurance import Scheme

PDF = b"%PDF-1.7\n" + b"what only the parties of the case may read " * 100

REPORT: dict[str, Any] = {
    "scheme": Scheme.OSPAR,
    "version": "2.0",
    "auditor": "An Auditor LLP",
    "period_from": date(2025, 1, 1),
    "period_to": date(2025, 12, 31),
    "scope": "Collections in Singapore",
    "exceptions": "",
    "next_due": date(2031, 1, 31),
}
