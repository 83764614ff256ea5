"""A selection goes out part by part: each part whole, the page between them says how far it is.

Whoever is stopped in between, by a closed page or a killed server, finds what went out among the offers and
the rest in the queue. Going on asks for exactly the offers that are left of the plan that was agreed to.
"""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, replace

from handoff_portal.cases.model.case import CaseState
from handoff_portal.cases.model.listing import Wanted
from handoff_portal.core.forms import Form
from handoff_portal.core.ids import OrgId
from handoff_portal.handoffs.actions.selections import MOST_SELECTED
from handoff_portal.handoffs.model.offer import Offer
from handoff_portal.handoffs.model.splitting import Plan
from handoff_portal.web.page import page
from handoff_portal.web.portal import PortalRequest
from handoff_portal.web.routes import Page

_OWN = ("csrf_token", "seen", "done", "all", "out", "taken")


@dataclass(frozen=True, slots=True)
class Course:
    """How far a selection is.

    Attributes:
        done: Cases that were offered.
        all: Cases of the whole plan; 0 before its first part.
        out: Misfits of the whole plan.
        taken: Cases that the filter found at first.
        dealt: Offers by agency.
    """

    done: int
    all: int
    out: int
    taken: int
    dealt: dict[OrgId, int]

    def room(self, wanted: Wanted) -> int:
        """How many cases the filter may find, so that the rest of the same selection is found."""
        if not self.all:
            return MOST_SELECTED
        return self.taken if wanted.state is CaseState.OFFERED else self.taken - self.done

    def after(self, plan: Plan, taken: int, made: Sequence[Offer]) -> "Course":
        """The same after a part of this plan went out."""
        course = self if self.all else replace(self, all=plan.cases, out=len(plan.misfits), taken=taken)
        dealt = Counter(self.dealt) + Counter(offer.agency for offer in made)
        return replace(course, done=self.done + len({offer.case for offer in made}), dealt=dict(dealt))


def read_course(form: Form, agencies: Sequence[OrgId]) -> Course:
    """What the page in between sent along; nothing before the first part."""
    done, whole, out, taken = (_count(form, name) for name in ("done", "all", "out", "taken"))
    dealt = {agency: _count(form, f"dealt_{agency.hex}") for agency in agencies}
    return Course(done, whole, out, taken, {agency: number for agency, number in dealt.items() if number})


def show(request: PortalRequest, rest: Plan, course: Course) -> Page:
    """How far it is; the page goes on by itself, or by its button."""
    fields = [
        (name, value)
        for name, values in request.sent.fields().items()
        if name not in _OWN and not name.startswith("dealt_")
        for value in values
    ]
    counts = {"done": course.done, "all": course.all, "out": course.out, "taken": course.taken}
    fields += [(name, str(number)) for name, number in counts.items()]
    fields += [(f"dealt_{agency.hex}", str(number)) for agency, number in course.dealt.items()]
    fields.append(("seen", rest.mark))
    return page(request, "handoffs/offering.html", fields=fields, course=course)


def _count(form: Form, name: str) -> int:
    typed = form.value(name)
    return int(typed) if typed.isascii() and typed.isdigit() and len(typed) < len("100000") else 0
