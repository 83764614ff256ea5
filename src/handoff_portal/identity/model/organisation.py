"""Organisations and people."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import ClassVar

from handoff_portal.core.events import Action, Event
from handoff_portal.core.ids import OrgId, PersonId
from handoff_portal.core.permissions import ROLES_OF, OrgKind, Role
from handoff_portal.core.refusals import Invalid


class PersonState(StrEnum):
    """What has become of an invited person."""

    INVITED = "invited"
    ACTIVE = "active"
    DISABLED = "disabled"


@dataclass(frozen=True, slots=True)
class Organisation:
    """A business, an agency or the operator.

    Attributes:
        country: ISO 3166-1 alpha-2.
        time_zone: IANA name; new people of the organisation begin with it.
        currency: ISO 4217, the one its forms begin with.
        sector: A code of `core.sectors`.
    """

    id: OrgId
    kind: OrgKind
    name: str
    country: str
    time_zone: str
    currency: str
    sector: str
    created_at: datetime


@dataclass(frozen=True, slots=True)
class Person:
    """Somebody who may sign in.

    Attributes:
        email: Lower case; unique over the whole portal, because it is what people sign in with.
        role_version: Grows with every change of roles; a session of an older version must be renewed.
    """

    id: PersonId
    org: OrgId
    email: str
    name: str
    roles: frozenset[Role]
    state: PersonState
    time_zone: str
    role_version: int
    created_at: datetime
    last_sign_in_at: datetime | None = None


def require_roles_fit(kind: OrgKind, roles: frozenset[Role]) -> None:
    """Refuse roles that this kind of organisation does not have.

    Raises:
        Invalid: At the field `roles`.
    """
    if not roles:
        raise Invalid({"roles": "Choose at least one role."})
    if roles - ROLES_OF[kind]:
        names = ", ".join(sorted(role.value.replace("_", " ") for role in ROLES_OF[kind]))
        raise Invalid({"roles": f"In this organisation the roles are: {names}."})


ADMIN_ROLES = frozenset({Role.BUSINESS_ADMIN, Role.AGENCY_ADMIN, Role.OPERATOR_ADMIN})
"""Roles that may let others in."""


def leaves_no_admin(people: Iterable[Person], changed: PersonId, roles: frozenset[Role]) -> bool:
    """Whether an organisation would have no active administrator if this person had these roles."""
    active = [one for one in people if one.state is PersonState.ACTIVE]
    if not any(one.id == changed and one.roles & ADMIN_ROLES for one in active) or roles & ADMIN_ROLES:
        return False
    return not any(one.roles & ADMIN_ROLES for one in active if one.id != changed)


@dataclass(frozen=True, kw_only=True)
class OrganisationAdded(Event):
    """An organisation joined the portal."""

    action: ClassVar[Action] = Action.ORGANISATION_ADDED
    organisation: OrgId
    kind: OrgKind


@dataclass(frozen=True, kw_only=True)
class PersonInvited(Event):
    """A person was invited and may now follow the mailed link."""

    action: ClassVar[Action] = Action.PERSON_INVITED
    person: PersonId
    organisation: OrgId
    roles: tuple[Role, ...]
