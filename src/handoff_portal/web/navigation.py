"""The menu: one table of places, shown as far as the person's rights go."""

from dataclasses import dataclass

from handoff_portal.core.actor import Actor
from handoff_portal.core.permissions import OrgKind, Permission


@dataclass(frozen=True, slots=True)
class Place:
    """One entry of the menu.

    Attributes:
        needs: The right that opens it.
        kinds: Organisations that have it.
    """

    label: str
    href: str
    icon: str
    needs: Permission
    kinds: frozenset[OrgKind] = frozenset(OrgKind)


@dataclass(frozen=True, slots=True)
class NavItem:
    """A place as the layout shows it."""

    label: str
    href: str
    icon: str
    current: bool
    count: int | None = None


P = Permission
_BUSINESS = frozenset({OrgKind.BUSINESS})
_AGENCY = frozenset({OrgKind.AGENCY})
_OPERATOR = frozenset({OrgKind.OPERATOR})

PLACES = (
    Place("Home", "/", "home", P.OWN_ACCOUNT),
    Place("Cases", "/cases", "files", P.CASE_READ),
    Place("New case", "/cases/new", "file-plus", P.CASE_DRAFT),
    Place("Portfolios", "/portfolios", "file-upload", P.CASE_DRAFT, _BUSINESS),
    Place("Offers", "/offers", "inbox", P.OFFER_READ, _AGENCY),
    Place("Offers", "/offers", "send", P.OFFER_MAKE, _BUSINESS),
    Place("Words to look at", "/conduct", "heart-handshake", P.CONDUCT_REVIEW, _AGENCY),
    Place("Templates", "/templates", "message", P.TEMPLATE_WRITE, _AGENCY),
    Place("Agencies", "/agencies", "building-bank", P.DIRECTORY_READ, _BUSINESS | _OPERATOR),
    Place("Licences", "/licences", "license", P.LICENCE_EDIT, _AGENCY),
    Place("Licences", "/licences", "license", P.LICENCE_VERIFY, _OPERATOR),
    Place("Escalation policy", "/policy", "adjustments", P.CASE_DRAFT, _BUSINESS),
    Place("Contact rules", "/rules", "scale", P.RULES_READ),
    Place("People", "/people", "users", P.PEOPLE_READ),
    Place("Sign-in help", "/identity-checks", "key", P.SIGN_IN_HELP),
    Place("Organisations", "/organisations", "building", P.ORGANISATION_ADD, _OPERATOR),
    Place("Audit log", "/audit", "shield-check", P.AUDIT_READ),
    Place("Your account", "/account", "settings", P.OWN_ACCOUNT),
)


def navigation(actor: Actor, path: str) -> list[NavItem]:
    """The menu of this person; the longest matching place is the current one."""
    open_places = [place for place in PLACES if actor.org_kind in place.kinds and actor.may(place.needs)]
    matching = [p.href for p in open_places if path == p.href or path.startswith(p.href.rstrip("/") + "/")]
    here = max(matching, key=len, default="")
    return [NavItem(p.label, p.href, p.icon, p.href == here) for p in open_places]
