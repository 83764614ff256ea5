"""Reading the contact rules: which files there are, what is in one, and how it differs. For everybody."""

from collections.abc import Iterable
from dataclasses import dataclass

from litestar.params import FromPath

from handoff_portal.adapters.database import Work
from handoff_portal.core.permissions import Permission
from handoff_portal.guard.actions import rules as actions
from handoff_portal.guard.model.difference import compare
from handoff_portal.guard.model.rules import Rule, RuleFile
from handoff_portal.guard.model.terms import Standing
from handoff_portal.guard.model.versions import RulesState, RulesVersion
from handoff_portal.guard.model.wording import (
    EFFECT_WORDS,
    FORCE_WORDS,
    KIND_WORDS,
    STANDING_WORDS,
    kind_of,
    numbers_of,
    place_words,
)
from handoff_portal.web.downloads import attachment
from handoff_portal.web.page import page
from handoff_portal.web.portal import PortalRequest
from handoff_portal.web.routes import Page, get

WORDS = {
    "kinds": KIND_WORDS,
    "forces": FORCE_WORDS,
    "standings": STANDING_WORDS,
    "effects": EFFECT_WORDS,
    "kind_of": kind_of,
    "numbers_of": numbers_of,
    "place": place_words,
}
"""What templates need to put a rule into words."""


@dataclass(frozen=True, slots=True)
class Shown:
    """A version in the list.

    Attributes:
        current: Whether it is in force now.
        coming: Whether it is the next one.
    """

    version: RulesVersion
    current: bool
    coming: bool


@get("/rules", needs=Permission.RULES_READ)
def show(request: PortalRequest) -> Page:
    """Which rules are in force, which come next, and which were before."""
    with request.work() as work:
        found = actions.list_versions(work)
        current = actions.in_force(work, work.now)
    return page(
        request,
        "guard/list.html",
        shown=shown(found, current, coming(request, found)),
        current=current,
        coming=coming(request, found),
        changes=request.actor.may(Permission.RULES_CHANGE),
    )


def coming(request: PortalRequest, found: Iterable[RulesVersion]) -> RulesVersion | None:
    """The file that takes effect next."""
    later = [
        one
        for one in found
        if one.state is RulesState.SCHEDULED and (one.effective_at or request.now) > request.now
    ]
    return min(later, key=lambda one: one.effective_at or request.now, default=None)


def shown(
    found: Iterable[RulesVersion], current: RulesVersion, following: RulesVersion | None
) -> list[Shown]:
    """Versions as the list shows them."""
    return [
        Shown(one, one.id == current.id, following is not None and one.id == following.id) for one in found
    ]


@get("/rules/{version:str}", needs=Permission.RULES_READ)
def show_file(request: PortalRequest, version: FromPath[str]) -> Page:
    """All rules of one file, searched by place, kind, what stands behind them, and words."""
    with request.work() as work:
        one, file, current = _opened(work, version)
    sought = _Sought.of(request)
    rules = [rule for rule in file.rules if sought.fits(rule)]
    return page(
        request,
        "guard/file.html",
        one=one,
        file=file,
        rules=rules,
        sought=sought,
        places=sorted({rule.jurisdiction for rule in file.rules}),
        standings=[one for one in Standing if any(rule.force.standing is one for rule in file.rules)],
        kinds=[kind for kind in KIND_WORDS if any(kind_of(rule) == kind for rule in file.rules)],
        current=current,
        words=WORDS,
        changes=request.actor.may(Permission.RULES_CHANGE),
    )


@get("/rules/{version:str}/differences", needs=Permission.RULES_READ)
def differences(request: PortalRequest, version: FromPath[str]) -> Page:
    """What a file says differently from the one before it, or the one in force; field by field."""
    with request.work() as work:
        one, file, current = _opened(work, version)
        base = actions.before(work, one) if one.is_past(work.now) else current
        found = compare(actions.file_of(work, base), file)
    return page(
        request,
        "guard/differences.html",
        one=one,
        base=base,
        current=current,
        found=found,
        words=WORDS,
        changes=request.actor.may(Permission.RULES_CHANGE),
    )


@get("/rules/{version:str}/file", needs=Permission.RULES_READ)
def download(request: PortalRequest, version: FromPath[str]) -> Page:
    """The file as it was uploaded."""
    with request.work() as work:
        one = actions.show_version(work, version)
        content = actions.source_of(work, one)
    return attachment(f"contact-rules-{one.version}.yaml", "application/yaml", content)


def _opened(work: Work, version: str) -> tuple[RulesVersion, RuleFile, RulesVersion]:
    one = actions.show_version(work, version)
    return one, actions.file_of(work, one), actions.in_force(work, work.now)


@dataclass(frozen=True, slots=True)
class _Sought:
    """What somebody looks for in a file."""

    text: str
    place: str
    kind: str
    standing: str

    @classmethod
    def of(cls, request: PortalRequest) -> "_Sought":
        query = request.query_params
        return cls(*(str(query.get(name, ""))[:80].strip() for name in ("q", "place", "kind", "standing")))

    def fits(self, rule: Rule) -> bool:
        said = " ".join((rule.id, rule.words, rule.citation, rule.note, place_words(rule.jurisdiction)))
        return (
            all(word in said.casefold() for word in self.text.casefold().split())
            and self.place in {"", rule.jurisdiction}
            and self.kind in {"", kind_of(rule)}
            and self.standing in {"", rule.force.standing.value}
        )


ROUTES = (show, show_file, differences, download)
