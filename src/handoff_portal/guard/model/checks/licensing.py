"""Licences: of the agency, and of the person who collects."""

from handoff_portal.guard.model.checks.asked import Asked, Bound, Ground
from handoff_portal.guard.model.conditions import Licensing
from handoff_portal.guard.model.situation import Licence
from handoff_portal.guard.model.terms import Fact


def bind_licensing(says: Licensing, ground: Ground) -> Bound | None:
    """What speaks against the agency or its collector; None if nothing can."""
    situation = ground.situation
    licence = situation.licence if says.agency else None
    leaves = says.yields and ground.licence_law
    unapproved = _looks_at_person(says, ground) and Fact.AGENT_NOT_APPROVED in situation.facts
    if licence is None and not unapproved:
        return None

    def check(asked: Asked) -> str | None:
        if says.channels and asked.proposed.channel not in says.channels:
            return None
        if unapproved:
            return "You are not approved to collect for this agency here."
        return _against(licence, asked, leaves=leaves) if licence else None

    return Bound(check, by_time=False)


def _looks_at_person(says: Licensing, ground: Ground) -> bool:
    return says.person and (not says.people_in or bool(says.people_in & ground.places))


def _against(licence: Licence, asked: Asked, *, leaves: bool) -> str | None:
    if not licence.in_scope:
        return "The agency's licence is not for this place or this kind of debt."
    if leaves:
        return None
    if not licence.active:
        return "The agency's licence is not in force."
    if licence.begins_on and any(moment.day < licence.begins_on.toordinal() for moment in asked.moments):
        return "The agency's licence has not begun."
    if licence.expires_on and any(moment.day > licence.expires_on.toordinal() for moment in asked.moments):
        return "The agency's licence has run out."
    return None
