"""Pages of the log: search, picture, check, export, and how a stranger checks an export."""

from handoff_portal.audit.pages.export import export, export_form
from handoff_portal.audit.pages.log import check, how, log
from handoff_portal.audit.pages.outside import checkpoint, cosignatures, tile

ROUTES = (log, check, export_form, export, how, checkpoint, tile, cosignatures)
