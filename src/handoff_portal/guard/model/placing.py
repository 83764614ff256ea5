"""Where a customer is, in the spellings that occur."""

import re

from handoff_portal.core.regions import ZONES
from handoff_portal.guard.model.values import BadValue

_CODE = re.compile(r"[A-Z]{2}(-[A-Z0-9]{1,3})?")
_NYC = frozenset(
    {
        "nyc",
        "new york",
        "new york city",
        "brooklyn",
        "queens",
        "bronx",
        "the bronx",
        "staten island",
        "manhattan",
    }
)


def place(value: object) -> tuple[str, str]:
    """The ISO 3166 code of a customer's place, and a city that stands behind it as in US-NY/NYC.

    A list must lead from the country to the region; the narrowest place is taken, as it includes the others.

    Raises:
        BadValue: It is no such code.
    """
    if isinstance(value, list):
        found = sorted((place(one) for one in value), key=lambda one: len("/".join(one)))
        if not found or any(not _within(found[-1], one) for one in found):
            raise BadValue("names several places; write one vector for each")
        return found[-1]
    # YAML reads a bare NO (Norway) as false
    word = "NO" if value is False else str(value).strip().upper().replace("_", "-").replace(" ", "")
    code, _, city = word.replace("US-NY-NYC", "US-NY/NYC").partition("/")
    code = re.sub(r"^UK(?=-|$)", "GB", code)
    if code in _WIDE and not city:
        return code, ""
    if not _CODE.fullmatch(code) or code.partition("-")[0] not in _COUNTRIES:
        raise BadValue(f"{value!r} is no place; write the ISO 3166 code of the country or region, like US-TX")
    return code, city


_WIDE = frozenset({"*", "EU"})
"""Places of rules that are no country: whoever names them asks about the rules that hold everywhere there."""
_COUNTRIES = frozenset(code for code in ZONES if "-" not in code)


def _within(narrow: tuple[str, str], wide: tuple[str, str]) -> bool:
    return f"{narrow[0]}-".startswith(f"{wide[0]}-") and wide[1] in {"", narrow[1]}


def city_of(code: str, written: str) -> tuple[str, str]:
    """The code and the city with rules of its own, if the customer lives in one."""
    if code in {"US", "US-NY"} and written.strip().casefold() in _NYC:
        return "US-NY", "NYC"
    return code, written.strip()
