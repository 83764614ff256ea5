"""A changed policy is tried on the cases of today before it is saved."""

import time
from dataclasses import replace
from datetime import date, timedelta
from uuid import UUID, uuid4

import pytest
from msgspec import structs

from handoff_portal.cases.actions import cases
from handoff_portal.cases.model.case import DebtorType
from handoff_portal.cases.model.content import Channel
from handoff_portal.core.ids import CaseId
from handoff_portal.core.permissions import OrgKind, Role
from handoff_portal.core.refusals import Forbidden
from handoff_portal.documents.model import DocumentKind
from handoff_portal.intake.actions import effects, policies, readiness, submitting
from handoff_portal.intake.model.effect import MOST_LISTED, Looked, compare
from handoff_portal.intake.model.policy import EvidenceBand, Policy
from handoff_portal.intake.model.profile import Facts, Profile
from handoff_portal.intake.model.rules import Rule
from handoff_portal.web.portal import Portal
from intake.drafts import a_ready_draft
from people import a_person, an_organisation

TODAY = date(2026, 11, 21)
FACTS = Facts(
    TODAY,
    reminders=2,
    reminders_on=(TODAY - timedelta(days=60), TODAY - timedelta(days=40)),
    personal=1,
    final_notice_on=TODAY - timedelta(days=20),
    final_notice_channel=Channel.EMAIL,
    notice_reads_well=True,
    contract_on_file=True,
    papers=frozenset({DocumentKind.CONTRACT}),
)
PROFILE = Profile(
    FACTS,
    currency="SGD",
    minor=500_00,
    debtor_type=DebtorType.COMPANY,
    country="SG",
    oldest_due_on=TODAY - timedelta(days=90),
    disputed=False,
    clear=True,
)


def looked(profile: Profile = PROFILE, number: int = 1) -> Looked:
    return Looked(CaseId(UUID(int=number)), f"HP-{number:05}-AAAAA", draft=False, profile=profile)


def test_figures_of_a_case_come_back_as_they_were_kept() -> None:
    kept = structs.replace(PROFILE, limitation_on=TODAY, clarified=True, charged=True)
    bare = structs.replace(Profile.from_json(kept.as_json(), TODAY), currency="SGD", minor=500_00)
    due = kept.oldest_due_on
    bare = structs.replace(bare, debtor_type=DebtorType.COMPANY, country="SG", oldest_due_on=due)
    assert bare == kept


def test_an_effect_counts_each_rule_now_and_then_and_lists_who_changes_sides() -> None:
    late = structs.replace(PROFILE, oldest_due_on=TODAY - timedelta(days=40))
    wanted = replace(Policy(), min_days_overdue=60, needs_personal=True)
    found = compare([looked(), looked(late, 2)], Policy(), wanted)
    assert (found.cases, found.now, found.then, found.changed) == (2, 2, 1, 1)
    by_rule = {one.rule: (one.now, one.then) for one in found.rules}
    assert by_rule[Rule.OVERDUE] == (2, 1)
    assert by_rule[Rule.PERSONAL] == (None, 2)
    (change,) = found.changes
    assert (change.looked.reference, change.passes, change.rules) == (
        "HP-00002-AAAAA",
        False,
        (Rule.OVERDUE,),
    )


def test_ten_thousand_cases_are_compared_within_two_seconds_and_only_the_first_are_listed() -> None:
    wanted = replace(Policy(), evidence=(EvidenceBand(frozenset({DocumentKind.INVOICE})),))
    many = [looked(number=number) for number in range(10_000)]
    began = time.process_time()
    found = compare(many, Policy(), wanted)
    assert time.process_time() - began < 2
    assert (found.now, found.then, found.changed, len(found.changes)) == (10_000, 0, 10_000, MOST_LISTED)


def test_drafts_and_submitted_cases_are_tried_without_saving_anything(portal: Portal) -> None:
    business = a_person(portal, an_organisation(portal, OrgKind.BUSINESS))
    submitted = a_ready_draft(portal, business.actor, f"INV-{uuid4().hex[:8]}")
    with portal.database.work(business.actor) as work:
        submitting.submit(work, submitted)
    a_ready_draft(portal, business.actor, f"INV-{uuid4().hex[:8]}")
    wanted = replace(Policy(), needs_personal=True)
    with portal.database.work(business.actor) as work:
        same = effects.try_policy(work, Policy())
        found = effects.try_policy(work, wanted)
        assert policies.current_policy(work).version == 0
    assert (same.cases, same.drafts, same.now, same.then, same.changed) == (2, 1, 2, 2, 0)
    assert (found.now, found.then, found.changed, found.unknown) == (2, 0, 2, 0)
    assert {change.rules for change in found.changes} == {(Rule.PERSONAL,)}


def test_a_member_cannot_try_a_policy(portal: Portal) -> None:
    member = a_person(portal, an_organisation(portal, OrgKind.BUSINESS), Role.BUSINESS_MEMBER)
    with portal.database.work(member.actor) as work, pytest.raises(Forbidden):
        effects.try_policy(work, Policy())


def test_a_case_keeps_the_version_it_was_judged_by_with_its_exceptions(portal: Portal) -> None:
    business = a_person(portal, an_organisation(portal, OrgKind.BUSINESS))
    draft = a_ready_draft(portal, business.actor, f"INV-{uuid4().hex[:8]}")
    with portal.database.work(business.actor) as work:
        policies.change_policy(work, replace(Policy(), needs_personal=True))
        readiness.override(work, draft, Rule.PERSONAL, "They asked us to write only.")
        submitting.submit(work, draft)
        policies.change_policy(work, replace(Policy(), needs_personal=False))
    with portal.database.work(business.actor) as work:
        case = cases.load_case(work, draft)
        judged = readiness.show_judgement(work, case, cases.open_key(work, case))
        assert [one.version for one in policies.list_versions(work)] == [2, 1]
    assert judged is not None
    assert judged.version == 1
    (exception,) = judged.exceptions
    assert exception.rule is Rule.PERSONAL
    assert exception.override is not None
    assert exception.override.reason == "They asked us to write only."
    assert judged.held == len(judged.lines) - 1
