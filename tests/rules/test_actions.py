from datetime import UTC, datetime, timedelta
from typing import LiteralString

import pytest

from at_work import AtWork, a_case_at_work
from contact_steps import log
from handoff_portal.adapters.postgres import EmbeddedPostgres
from handoff_portal.cases.model.content import Channel
from handoff_portal.contacts.model.dispositions import Disposition, ReceivedAs
from handoff_portal.core.permissions import OrgKind, Role
from handoff_portal.core.refusals import Forbidden, Invalid, NotFound, StepUpNeeded, WrongState
from handoff_portal.guard.actions import checking, deciding, rules
from handoff_portal.guard.actions.checking import check_next
from handoff_portal.guard.book import SHIPPED, shipped_rules
from handoff_portal.guard.model.versions import RulesState
from handoff_portal.guard.store.replays import Replay
from handoff_portal.guard.untrusted import yaml_reader
from handoff_portal.web.portal import Portal
from people import SignedIn, a_person, an_organisation, without_a_fresh_code
from rule_files import PAST, a_rule_file, in_force, tried, uploaded

OWN_VECTOR = b"""vectors:
  - id: OWN-1
    jurisdiction: SG
    debtor_time_zones: [Asia/Singapore]
    debt_type: consumer
    proposed: {at: '2026-11-18T04:00:00Z', channel: call}
    expected: blocked
    rule: HOUSE-SG-NO-CALLS
"""


CHANGED: dict[str, LiteralString] = {
    "content": "update guard_rules set content = content || 'x'::bytea where version = %s",
    "parsed": "update guard_rules set parsed = parsed || 'x'::bytea where version = %s",
}


def check_of(portal: Portal, officer: SignedIn, version: str) -> Replay:
    with portal.database.work(officer.actor) as work:
        found = deciding.show_check(work, rules.show_version(work, version))
    assert found is not None
    return found


def version_at(portal: Portal, moment: datetime) -> str:
    with portal.database.worker() as work:
        return rules.rules_at(work, moment).rules.version


def call(at_work: AtWork, ago: timedelta = timedelta(minutes=1)) -> tuple[str, ...]:
    """Log a call of the agency; the rules that blocked it."""
    at = at_work.portal.database.clock() - ago
    words = {"occurred_at": at, "channel": Channel.CALL, "received_as": ReceivedAs.NOT_REACHED}
    return log(at_work, at_work.agency.actor, Disposition.NA, **words).blocked_by


def actions_in_log(postgres: EmbeddedPostgres, officer: SignedIn) -> list[str]:
    with postgres.administrator("rules") as connection:
        query = "select action from audit_event where org_id = %s and action like 'rules.%%' order by ts"
        return [row[0] for row in connection.execute(query, (officer.actor.org,))]


def test_the_file_that_comes_with_the_portal_is_the_first_version(portal: Portal) -> None:
    with portal.database.worker() as work:
        assert rules.rules_at(work, datetime(2020, 1, 1, tzinfo=UTC)).rules.version == SHIPPED
    assert rules.shipped_version().rules == 96


def test_a_stricter_file_is_tried_on_last_months_contacts_and_then_judges(
    changing: Portal, officer: SignedIn, postgres: EmbeddedPostgres
) -> None:
    at_work = a_case_at_work(changing)
    agency = str(at_work.agency.actor.org)
    before = [call(at_work) for _ in range(2)]
    assert all("HOUSE-SG-NO-CALLS" not in blocked for blocked in before)
    made = uploaded(changing, officer.actor, a_rule_file("2026.12.1"), OWN_VECTOR)
    assert made.state is RulesState.CHECKING
    tried(changing)
    found = check_of(changing, officer, "2026.12.1").found
    assert found.by_agency[agency] == [2, 2, 2]
    assert found.by_rule["HOUSE-SG-NO-CALLS"][1] >= 2
    assert found.references[at_work.look(at_work.agency.actor).reference] == 2
    own = next(one for one in found.changed if one.own)
    assert (own.before, own.after, own.fails) == ("allowed", "blocked", False)
    with changing.database.work(officer.actor) as work:
        deciding.schedule(work, "2026.12.1", work.now, "Asia/Singapore", reason="So decided.", seen=True)
    now = changing.database.clock()
    assert version_at(changing, now) == "2026.12.1"
    assert version_at(changing, now - timedelta(days=1)) == SHIPPED
    assert "HOUSE-SG-NO-CALLS" in call(at_work, timedelta(0))
    assert "HOUSE-SG-NO-CALLS" not in call(at_work, timedelta(hours=1))
    assert actions_in_log(postgres, officer) == ["rules.uploaded", "rules.scheduled"]


def test_what_is_known_of_contacts_is_judged_piece_by_piece_and_goes_on_after_a_crash(
    changing: Portal, officer: SignedIn, monkeypatch: pytest.MonkeyPatch
) -> None:
    cases = [a_case_at_work(changing) for _ in range(3)]
    for at_work in cases:
        call(at_work)
    monkeypatch.setattr(checking, "CASES_AT_ONCE", 1)
    uploaded(changing, officer.actor, a_rule_file("2026.12.2"))
    assert check_next(changing.database, PAST)
    assert check_next(changing.database, PAST)
    half = check_of(changing, officer, "2026.12.2")
    assert (half.begun, half.done, half.found.cases) == (True, False, 1)
    tried(changing)
    whole = check_of(changing, officer, "2026.12.2")
    assert whole.done
    assert whole.found.contacts == whole.found.expected >= 3
    assert {str(one.agency.actor.org) for one in cases} <= set(whole.found.by_agency)


def test_a_file_under_which_vectors_fail_needs_a_look_and_a_reason(
    changing: Portal, officer: SignedIn
) -> None:
    looser = a_rule_file("2026.12.3", "", changed=("mon-sun: 08:00-21:00", "mon-sun: 07:00-22:00"))
    uploaded(changing, officer.actor, looser)
    tried(changing)
    failing = check_of(changing, officer, "2026.12.3").found.failing
    assert "V004" in failing
    later = changing.database.clock() + timedelta(days=3)
    with changing.database.work(officer.actor) as work, pytest.raises(Invalid) as refused:
        deciding.schedule(work, "2026.12.3", later, "UTC")
    assert set(refused.value.errors) == {"seen", "reason"}
    with changing.database.work(officer.actor) as work:
        done = deciding.schedule(work, "2026.12.3", later, "UTC", reason="The law changed.", seen=True)
    assert done.failing == failing


def test_a_moment_that_has_passed_is_refused(changing: Portal, officer: SignedIn) -> None:
    uploaded(changing, officer.actor, a_rule_file("2026.12.4"))
    with changing.database.work(officer.actor) as work, pytest.raises(WrongState):
        deciding.schedule(work, "2026.12.4", work.now, "UTC")
    tried(changing)
    with changing.database.work(officer.actor) as work, pytest.raises(Invalid):
        deciding.schedule(work, "2026.12.4", work.now - timedelta(1), "UTC", reason="x", seen=True)


def test_a_file_can_be_withdrawn_until_it_counts(changing: Portal, officer: SignedIn) -> None:
    later = changing.database.clock() + timedelta(days=400)
    in_force(changing, officer.actor, a_rule_file("2026.12.5"), later)
    assert version_at(changing, later) == "2026.12.5"
    with changing.database.work(officer.actor) as work:
        deciding.withdraw(work, "2026.12.5")
    assert version_at(changing, later) != "2026.12.5"
    in_force(changing, officer.actor, a_rule_file("2026.12.6", ""))
    with changing.database.work(officer.actor) as work, pytest.raises(WrongState):
        deciding.withdraw(work, "2026.12.6")


def test_a_version_names_one_file_for_ever(changing: Portal, officer: SignedIn) -> None:
    uploaded(changing, officer.actor, a_rule_file("2026.12.7"))
    for content in (a_rule_file("2026.12.7", ""), shipped_rules()):
        read = deciding.read_upload(yaml_reader().parse, deciding.Sent("again.yaml", content))
        with changing.database.work(officer.actor) as work:
            found = deciding.upload(work, read)
        assert isinstance(found, tuple)
        assert "is taken" in found[0]


def test_vectors_with_a_name_that_cannot_be_kept_are_refused() -> None:
    sent = deciding.Sent("a.yaml", a_rule_file("2026.12.11"), OWN_VECTOR.replace(b"OWN-1", b'"a\\0b"'))
    assert "must be like the id of a rule" in deciding.read_upload(yaml_reader().parse, sent).mistakes[0]


def test_only_the_operators_officer_with_a_fresh_code_decides(changing: Portal, officer: SignedIn) -> None:
    uploaded(changing, officer.actor, a_rule_file("2026.12.8"))
    tried(changing)
    stale = without_a_fresh_code(changing, officer)
    with changing.database.work(stale.actor) as work, pytest.raises(StepUpNeeded):
        deciding.schedule(work, "2026.12.8", work.now, "UTC")
    for kind, role in ((OrgKind.BUSINESS, Role.COMPLIANCE_OFFICER), (OrgKind.OPERATOR, Role.OPERATOR_ADMIN)):
        somebody = a_person(changing, an_organisation(changing, kind), role)
        with changing.database.work(somebody.actor) as work, pytest.raises(Forbidden):
            deciding.schedule(work, "2026.12.8", work.now, "UTC")


def test_others_read_what_is_scheduled_and_nothing_that_is_not(changing: Portal, officer: SignedIn) -> None:
    agency = a_person(changing, an_organisation(changing, OrgKind.AGENCY))
    uploaded(changing, officer.actor, a_rule_file("2026.12.9"))
    with changing.database.work(agency.actor) as work, pytest.raises(NotFound):
        rules.show_version(work, "2026.12.9")
    later = changing.database.clock() + timedelta(days=500)
    in_force(changing, officer.actor, a_rule_file("2026.12.10"), later)
    with changing.database.work(agency.actor) as work:
        assert rules.show_version(work, "2026.12.10").rules == 97


@pytest.mark.parametrize("part", CHANGED)
def test_a_file_that_was_changed_in_the_database_is_noticed(
    changing: Portal, officer: SignedIn, postgres: EmbeddedPostgres, part: str
) -> None:
    version = f"2026.13.{part}"
    later = changing.database.clock() + timedelta(days=600 if part == "content" else 700)
    in_force(changing, officer.actor, a_rule_file(version), later)
    rules.forget()
    with postgres.administrator("rules") as connection:
        connection.execute("alter table guard_rules disable trigger guard")
        connection.execute(CHANGED[part], (version,))
        connection.execute("alter table guard_rules enable trigger guard")
    with changing.database.work(officer.actor) as work:
        one = rules.show_version(work, version)
        with pytest.raises(NotFound):
            rules.source_of(work, one) if part == "content" else rules.book_of(work, one)
    with postgres.administrator("rules") as connection:
        query = "select count(*) from audit_event where action = 'row.refused' and leaf like %s"
        found = connection.execute(query, (f"%guard_rules.{part}%".encode(),)).fetchone()
    assert found is not None
    assert found[0] == 1


def test_a_row_that_the_portal_did_not_write_does_not_count(
    changing: Portal, officer: SignedIn, postgres: EmbeddedPostgres
) -> None:
    later = changing.database.clock() + timedelta(days=900)
    in_force(changing, officer.actor, a_rule_file("2026.14.1"), later)
    assert version_at(changing, later) == "2026.14.1"
    with postgres.administrator("rules") as connection:
        connection.execute("alter table guard_rules disable trigger guard")
        earlier = (
            "update guard_rules set effective_at = effective_at - interval '899 days' where version = %s"
        )
        connection.execute(earlier, ("2026.14.1",))
        connection.execute("alter table guard_rules enable trigger guard")
    assert version_at(changing, later) != "2026.14.1"
    assert version_at(changing, later - timedelta(days=800)) != "2026.14.1"
