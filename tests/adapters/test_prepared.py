"""Questions that are compiled once and asked from the driver."""

import pytest
from sqlalchemy import Enum, Select, bindparam, column, literal_column, select, table, text
from sqlalchemy.dialects.postgresql import JSONB

from handoff_portal.adapters.clock import new_id
from handoff_portal.adapters.database import Prepared
from handoff_portal.core.permissions import OrgKind
from handoff_portal.identity.store.organisations import ORGANISATION
from handoff_portal.web.portal import Portal
from people import a_person, an_organisation

BY_NAME = select(ORGANISATION).where(ORGANISATION.c.name == bindparam("name")).order_by(ORGANISATION.c.id)


def test_a_prepared_question_is_answered_like_any_other(portal: Portal) -> None:
    name = f"Twice {new_id()}"
    for _ in range(2):
        an_organisation(portal, OrgKind.BUSINESS, name=name)
    prepared = Prepared(BY_NAME)
    with portal.database.worker() as work:
        for asked in (name, "nobody is called so"):
            usual, fast = (
                work.read(query, {"name": asked}).mappings().all() for query in (BY_NAME, prepared)
            )
            assert list(map(dict, usual)) == list(map(dict, fast))


def test_values_that_stay_are_kept_and_those_that_change_are_given(portal: Portal) -> None:
    prepared = Prepared(select(literal_column("1")).where(bindparam("one") == 1).limit(5))
    with portal.database.worker() as work:
        assert work.read(prepared, {"one": 1}).scalar_one() == 1
        assert work.read(prepared, {"one": 2}).one_or_none() is None


def test_a_prepared_question_sees_what_its_asker_may_see(portal: Portal) -> None:
    person = a_person(portal, an_organisation(portal, OrgKind.BUSINESS))
    an_organisation(portal, OrgKind.BUSINESS)
    prepared = Prepared(select(ORGANISATION.c.id).where(ORGANISATION.c.kind == "business"))
    with portal.database.work(person.actor) as work:
        assert list(work.read(prepared).scalars()) == [person.actor.org]


@pytest.mark.parametrize(
    "query",
    [
        select(ORGANISATION).where(ORGANISATION.c.id.in_([new_id()])),
        select(ORGANISATION).where(ORGANISATION.c.id == bindparam("facts", type_=JSONB)),
        select(column("kind", Enum(OrgKind))).select_from(table("organisation")),
    ],
)
def test_what_would_need_translating_is_refused_when_it_is_prepared(query: Select[tuple[object]]) -> None:
    with pytest.raises(TypeError, match="cannot be prepared"):
        Prepared(query)


def test_text_can_be_prepared_too(portal: Portal) -> None:
    with portal.database.worker() as work:
        assert work.read(Prepared(text("select '100%' as share, :a as a")), {"a": 7}).one() == ("100%", 7)
