"""Colleagues: who they are, what they may do, inviting and keeping out."""

from uuid import UUID

from litestar.params import FromPath

from handoff_portal.core.forms import Form
from handoff_portal.core.ids import PersonId
from handoff_portal.core.permissions import Permission, Role
from handoff_portal.identity.actions.people import (
    change_roles,
    disable_person,
    enable_person,
    invite_again,
    invite_colleague,
    list_colleagues,
    show_colleague,
)
from handoff_portal.identity.model.organisation import PersonState
from handoff_portal.identity.pages.choices import role_choices, role_names
from handoff_portal.identity.pages.ways import confirmed, own_path
from handoff_portal.web.page import page, redirect
from handoff_portal.web.portal import PortalRequest
from handoff_portal.web.routes import Page, get, post


@get("/people", needs=Permission.PEOPLE_READ)
def list_people(request: PortalRequest) -> Page:
    """Everybody of one's own organisation."""
    with request.work() as work:
        found = list_colleagues(work)
    return page(request, "identity/people.html", people=found, role_names=role_names)


@get("/people/invite", needs=Permission.PERSON_INVITE)
@confirmed(own_path)
def show_invite(request: PortalRequest) -> Page:
    """The form for an invitation."""
    request.actor.require_fresh(request.now)
    return page(request, "identity/invite.html", roles=role_choices(request.actor.org_kind))


@post("/people/invite", needs=Permission.PERSON_INVITE, again=show_invite)
@confirmed(own_path)
def send_invitation(request: PortalRequest) -> Page:
    """Mail somebody a link."""
    form = request.sent
    name, email, roles = form.text("name", shortest=2, longest=120), form.email("email"), _roles(form)
    form.check()
    with request.gate() as work:
        invite_colleague(work, email, name, roles)
    return redirect(request, "/people", f"{name} gets a mail with a link that works for three days.")


@get("/people/{person_id:uuid}", needs=Permission.ROLE_CHANGE)
@confirmed(own_path)
def show_person(request: PortalRequest, person_id: FromPath[UUID]) -> Page:
    """What a colleague may do, and the forms to change it."""
    request.actor.require_fresh(request.now)
    with request.work() as work:
        found = show_colleague(work, PersonId(person_id))
    request.sent.fill({"roles": sorted(role.value for role in found.roles)})
    roles = role_choices(request.actor.org_kind)
    return page(request, "identity/person.html", person=found, roles=roles, role_names=role_names)


@post("/people/{person_id:uuid}", needs=Permission.ROLE_CHANGE, again=show_person)
@confirmed(own_path)
def save_roles(request: PortalRequest, person_id: FromPath[UUID]) -> Page:
    """Give a colleague other roles."""
    roles = _roles(request.sent)
    request.sent.check()
    with request.gate() as work:
        found = change_roles(work, PersonId(person_id), roles)
    return redirect(
        request, "/people", f"The roles of {found.name} are changed; they sign in again with them."
    )


@post("/people/{person_id:uuid}/disable", needs=Permission.ROLE_CHANGE)
@confirmed(lambda request: own_path(request).removesuffix("/disable"))
def disable(request: PortalRequest, person_id: FromPath[UUID]) -> Page:
    """Keep a colleague out."""
    with request.gate() as work:
        found = disable_person(work, PersonId(person_id))
    return redirect(request, "/people", f"{found.name} can no longer sign in.")


@post("/people/{person_id:uuid}/enable", needs=Permission.ROLE_CHANGE)
@confirmed(lambda request: own_path(request).removesuffix("/enable"))
def enable(request: PortalRequest, person_id: FromPath[UUID]) -> Page:
    """Let a colleague in again."""
    with request.gate() as work:
        found = enable_person(work, PersonId(person_id))
    how = "gets a fresh invitation" if found.state is PersonState.INVITED else "can sign in again"
    return redirect(request, "/people", f"{found.name} {how}.")


@post("/people/{person_id:uuid}/invite-again", needs=Permission.PERSON_INVITE)
def resend(request: PortalRequest, person_id: FromPath[UUID]) -> Page:
    """Mail a fresh link to somebody who has not enrolled yet."""
    with request.gate() as work:
        invite_again(work, PersonId(person_id))
    return redirect(request, "/people", "A fresh link is on its way; the earlier one no longer works.")


def _roles(form: Form) -> frozenset[Role]:
    known = {role.value for role in Role}
    return frozenset(Role(value) for value in form.values("roles") if value in known)


ROUTES = (list_people, show_invite, send_invitation, show_person, save_roles, disable, enable, resend)
