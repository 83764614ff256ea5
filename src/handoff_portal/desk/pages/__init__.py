"""Home, the queue, one case."""

from handoff_portal.desk.pages import cases, home, queue

ROUTES = (*home.ROUTES, *queue.ROUTES, *cases.ROUTES)
