"""Adding organisations; each gets its own key at once."""

from handoff_portal.adapters.clock import new_id
from handoff_portal.adapters.database import Work
from handoff_portal.adapters.vault.cases import OrgKey
from handoff_portal.core.ids import OrgId
from handoff_portal.core.permissions import OrgKind
from handoff_portal.core.refusals import NotFound
from handoff_portal.identity.model.organisation import Organisation, OrganisationAdded
from handoff_portal.identity.store import organisations


def add_organisation(
    work: Work,
    kind: OrgKind,
    name: str,
    *,
    country: str,
    time_zone: str,
    currency: str,
    sector: str = "other",
) -> Organisation:
    """Add an organisation (a command, or the operator's admin on a page that checks the right)."""
    made = Organisation(OrgId(new_id()), kind, name, country, time_zone, currency, sector, work.now)
    event = OrganisationAdded(organisation=made.id, kind=kind)
    organisations.add_organisation(work, made, work.vault.new_org_key(made.id), event)
    return made


def open_org_key(work: Work, org: OrgId) -> OrgKey:
    """The key of an organisation, for wrapping and unwrapping case keys.

    Raises:
        NotFound: This actor has no use of that key.
        Unavailable: The key service does not answer.
    """
    found = organisations.find_key(work, org)
    if found is None:
        raise NotFound
    version, wrapped = found
    return work.vault.org_key(org, version, wrapped)


def show_organisation(work: Work, org: OrgId) -> Organisation:
    """One organisation that this actor may know. Raises NotFound."""
    return organisations.load_organisation(work, org)
