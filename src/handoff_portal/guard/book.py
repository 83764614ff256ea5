"""The rules in use with what they need: time zones that are fresh, public holidays, a version for each."""

from functools import lru_cache
from importlib import resources

from handoff_portal.adapters.public_holidays import Place, public_holidays
from handoff_portal.adapters.zones import require_fresh_zones, zones_version
from handoff_portal.guard.model.deciding import Book
from handoff_portal.guard.model.rulefile import BadRuleFile, load_rules
from handoff_portal.guard.model.rules import RuleFile
from handoff_portal.guard.model.vectors import Vector, read_vectors

SHIPPED = "2026.11.1"
"""Version of the rules that come with the portal."""
VECTORS = ("exchanged", "boundaries", "independent")
"""Names of the sets of vectors that come with the portal."""


def open_book(rules: RuleFile) -> Book:
    """Make a rule file ready for decisions.

    Raises:
        BadRuleFile: A calendar is not known.
        StaleZones: The time zone data is too old to tell the customer's hour.
    """
    require_fresh_zones()
    places = {
        name: Place(one.country, one.subdivision, one.categories) for name, one in rules.calendars.items()
    }
    try:
        return Book(rules, zones_version(), public_holidays(places))
    except ValueError as error:
        raise BadRuleFile([str(error)]) from error


@lru_cache(maxsize=1)
def shipped_book() -> Book:
    """The rules that come with the portal.

    Raises:
        StaleZones: The time zone data is too old to tell the customer's hour.
    """
    return open_book(load_rules(shipped_rules()))


def shipped_rules(version: str = SHIPPED) -> bytes:
    """The rule file of a version that comes with the portal, as it stands."""
    return resources.files("handoff_portal.guard").joinpath("rules", f"{version}.yaml").read_bytes()


def shipped_vectors(name: str) -> tuple[Vector, ...]:
    """Vectors that come with the portal: "exchanged", "boundaries" or "independent".

    The first are exchanged by compliance people, the second stand on both sides of every boundary, the third
    are of somebody who read the sources but not the engine.

    Raises:
        BadRuleFile: One cannot be read, or says something that is not known.
    """
    raw = resources.files("handoff_portal.guard").joinpath("vectors", f"{name}.yaml").read_bytes()
    found = read_vectors(raw)
    wrong = [f"{one.id}: {', '.join(one.mistakes)}" for one in found.bad]
    wrong += [f"{one.id}: {', '.join(one.remarks)}" for one in found.read if one.remarks]
    if wrong:
        raise BadRuleFile(wrong)
    return found.read
