"""Sectors: what kind of business an organisation is, and what kinds an agency knows well."""

from collections.abc import Mapping
from enum import StrEnum
from types import MappingProxyType
from typing import Final


class Sector(StrEnum):
    """The closed list, coarse on purpose: an offer shows the sector before the agency knows the business."""

    AGRICULTURE = "agriculture"
    CONSTRUCTION = "construction"
    EDUCATION = "education"
    FINANCE = "finance"
    HEALTH = "health"
    HOSPITALITY = "hospitality"
    INSURANCE = "insurance"
    LEISURE = "leisure"
    MANUFACTURING = "manufacturing"
    MEDIA = "media"
    PROFESSIONAL = "professional"
    PROPERTY = "property"
    PUBLIC = "public"
    RETAIL = "retail"
    TECHNOLOGY = "technology"
    TELECOM = "telecom"
    TRANSPORT = "transport"
    UTILITIES = "utilities"
    WHOLESALE = "wholesale"
    OTHER = "other"


SECTOR_NAMES: Final[Mapping[Sector, str]] = MappingProxyType(
    {
        Sector.AGRICULTURE: "Farming and food production",
        Sector.CONSTRUCTION: "Building and trades",
        Sector.EDUCATION: "Education and training",
        Sector.FINANCE: "Banking and lending",
        Sector.HEALTH: "Health and care",
        Sector.HOSPITALITY: "Hotels, food and events",
        Sector.INSURANCE: "Insurance",
        Sector.LEISURE: "Sport and leisure",
        Sector.MANUFACTURING: "Manufacturing",
        Sector.MEDIA: "Media and marketing",
        Sector.PROFESSIONAL: "Professional services",
        Sector.PROPERTY: "Property and rent",
        Sector.PUBLIC: "Public bodies",
        Sector.RETAIL: "Shops and online retail",
        Sector.TECHNOLOGY: "Software and technology",
        Sector.TELECOM: "Phone and internet",
        Sector.TRANSPORT: "Transport and logistics",
        Sector.UTILITIES: "Energy and water",
        Sector.WHOLESALE: "Wholesale and trade supply",
        Sector.OTHER: "Other",
    }
)
"""How each sector is written for people."""


def sector_name(code: str) -> str:
    """The words of a sector code; unknown codes read as the last of the list."""
    return SECTOR_NAMES[Sector(code)] if code in set(Sector) else SECTOR_NAMES[Sector.OTHER]


def sector_choices() -> list[tuple[str, str]]:
    """All sectors for a form: code and words, by their words, "Other" last."""
    named = [(sector.value, words) for sector, words in SECTOR_NAMES.items() if sector is not Sector.OTHER]
    return [*sorted(named, key=lambda pair: pair[1]), (Sector.OTHER.value, SECTOR_NAMES[Sector.OTHER])]
