"""What can be chosen in forms about people and organisations, in words."""

from functools import lru_cache
from zoneinfo import available_timezones

import pycountry

from handoff_portal.core.permissions import ROLES_OF, OrgKind, Role

_AREAS = frozenset(
    {
        "Africa",
        "America",
        "Antarctica",
        "Arctic",
        "Asia",
        "Atlantic",
        "Australia",
        "Europe",
        "Indian",
        "Pacific",
    }
)

ROLE_WORDS = {
    Role.BUSINESS_MEMBER: ("Member", "Submits cases and follows them."),
    Role.BUSINESS_ADMIN: ("Administrator", "Also invites people and sets the escalation policy."),
    Role.COLLECTOR: ("Collector", "Works cases and reports payments."),
    Role.SUPERVISOR: ("Supervisor", "Also accepts and returns cases, and lifts holds."),
    Role.AGENCY_ADMIN: ("Administrator", "Also invites people and keeps the licences."),
    Role.OPERATOR_ADMIN: ("Administrator", "Adds organisations and invites people."),
    Role.COMPLIANCE_OFFICER: ("Compliance officer", "Reads and exports the audit log."),
}
KIND_WORDS = {
    OrgKind.BUSINESS: ("Business", "Submits cases of its customers."),
    OrgKind.AGENCY: ("Agency", "Works cases under its licences."),
    OrgKind.OPERATOR: ("Operator", "Runs the portal and verifies licences."),
}


def role_choices(kind: OrgKind) -> list[tuple[str, str, str]]:
    """The roles of one kind of organisation, from the least to the most."""
    order = list(Role)
    return [(role.value, *ROLE_WORDS[role]) for role in sorted(ROLES_OF[kind], key=order.index)]


def role_names(roles: frozenset[Role]) -> str:
    """Roles as people read them."""
    return ", ".join(ROLE_WORDS[role][0] for role in sorted(roles, key=list(Role).index))


def kind_choices() -> list[tuple[str, str, str]]:
    """Kinds of organisations."""
    return [(kind.value, *words) for kind, words in KIND_WORDS.items()]


@lru_cache(maxsize=1)
def zone_choices() -> list[tuple[str, str]]:
    """Time zones by area and city (IANA)."""
    zones = sorted(name for name in available_timezones() if name.partition("/")[0] in _AREAS)
    return [(name, name.replace("_", " ").replace("/", " / ")) for name in (*zones, "UTC")]


@lru_cache(maxsize=1)
def currency_choices() -> list[tuple[str, str]]:
    """Currencies in use (ISO 4217)."""
    known = sorted((one.alpha_3, one.name) for one in pycountry.currencies if not one.alpha_3.startswith("X"))
    return [(code, f"{code}, {name}") for code, name in known]
