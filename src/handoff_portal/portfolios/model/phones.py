"""Telephone numbers to ITU-T E.164, fast for the plain ones, by Google's library for all others."""

import re
from functools import cache
from typing import NamedTuple

import phonenumbers
from phonenumbers import PhoneMetadata

from handoff_portal.portfolios.model.wrong import Wrong

_DECORATION = str.maketrans("", "", " -./\u00a0\u202f()")
_DIGITS = re.compile(r"[0-9]{4,15}")
_MEND = "Write it with its country code, like +65 6123 4567."


class _Plan(NamedTuple):
    """What a country's numbers look like."""

    code: str
    lengths: frozenset[int]
    national: re.Pattern[str]
    prefix: str
    simple: bool


def read_phone(text: str, country: str) -> str:
    """The number as E.164; one without a country code is one of this country (ISO 3166-1).

    Raises:
        Wrong: It is no number that could exist.
    """
    quick = _quick(text, country)
    return quick or _thorough(text, country)


def _quick(text: str, country: str) -> str:
    """The answer of the library for numbers without any peculiarity; empty for all others."""
    plain = text.translate(_DECORATION)
    if plain.startswith("+"):
        return "" if "(" in text else _international(plain)
    plan = _plan(country) if country and _DIGITS.fullmatch(plain) else None
    if plan is None or not plan.simple:
        return ""
    own = plain.removeprefix(plan.prefix) if plan.prefix else plain
    if own.startswith("0") or len(own) not in plan.lengths or not plan.national.fullmatch(own):
        return ""
    return f"+{plan.code}{own}"


def _international(plain: str) -> str:
    if not _DIGITS.fullmatch(plain, 1):
        return ""
    for width in (1, 2, 3):
        lengths = _lengths(plain[1 : 1 + width])
        if lengths is not None:
            own = plain[1 + width :]
            return plain if len(own) in lengths and own[0] not in "01" else ""
    return ""


@cache
def _lengths(code: str) -> frozenset[int] | None:
    """Lengths of national numbers of a calling code; None if there is no such code."""
    region = (
        phonenumbers.region_code_for_country_code(int(code)) if code.isdigit() and code[0] != "0" else "ZZ"
    )
    if region == "ZZ":
        return None
    if region == "001":
        return frozenset()
    metadata = PhoneMetadata.metadata_for_region(region, None)
    general = metadata.general_desc if metadata is not None else None
    return frozenset(general.possible_length if general is not None else ())


@cache
def _plan(country: str) -> _Plan | None:
    metadata = PhoneMetadata.metadata_for_region(country, None)
    if metadata is None or metadata.general_desc is None:
        return None
    prefix = metadata.national_prefix or ""
    parsing = metadata.national_prefix_for_parsing or ""
    simple = parsing == prefix and not metadata.national_prefix_transform_rule
    pattern = metadata.general_desc.national_number_pattern or "(?!)"
    lengths = frozenset(metadata.general_desc.possible_length)
    return _Plan(str(metadata.country_code), lengths, re.compile(pattern), prefix, simple)


def _thorough(text: str, country: str) -> str:
    try:
        number = phonenumbers.parse(text, country or None)
    except phonenumbers.NumberParseException:
        number = None
    if number is None or not phonenumbers.is_possible_number(number):
        raise Wrong(f"“{text[:40]}” is no telephone number.", _MEND)
    return phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.E164)
