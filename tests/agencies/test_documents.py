import pytest

from agencies.builders import SINGAPORE
from agencies.people import PAPER, Cast, stored
from handoff_portal.adapters.vault.seal import Tampered
from handoff_portal.agencies.actions.documents import MOST_BYTES, kept, open_document
from handoff_portal.agencies.actions.licences import (
    record_licence,
)
from handoff_portal.core.refusals import Forbidden, Invalid, NotFound
from handoff_portal.web.portal import Portal


def test_the_document_opens_for_the_agency_and_the_operator_only(portal: Portal, cast: Cast) -> None:
    document = stored(portal, cast.admin)
    for somebody in (cast.admin, cast.collector, cast.officer):
        with portal.database.work(somebody.actor) as work:
            opened = open_document(work, portal.objects, document)
        assert opened.content == PAPER
        assert opened.name == "Licence 2026.pdf"
        assert opened.media_type == "application/pdf"
    for somebody in (cast.rival, cast.business):
        with pytest.raises(NotFound), portal.database.work(somebody.actor) as work:
            open_document(work, portal.objects, document)


def test_the_document_is_sealed_in_the_store_and_bound_to_its_place(portal: Portal, cast: Cast) -> None:
    document, other = stored(portal, cast.admin), stored(portal, cast.admin)
    key = f"agency/{cast.admin.actor.org}/{document}"
    sealed = b"".join(portal.objects.read(key))
    assert b"police" not in sealed
    with portal.objects.begin(key) as upload:
        upload.write(b"".join(portal.objects.read(f"agency/{cast.admin.actor.org}/{other}")))
        upload.commit()
    with pytest.raises(Tampered), portal.database.work(cast.admin.actor) as work:
        open_document(work, portal.objects, document)


def test_a_document_whose_row_fails_leaves_nothing_behind(portal: Portal, cast: Cast) -> None:
    before = set(portal.objects.list("agency/"))
    with (
        pytest.raises(Forbidden),
        kept(portal.vault, portal.objects, cast.collector.actor.org, "a.pdf", PAPER) as document,
        portal.database.work(cast.collector.actor) as work,
    ):
        record_licence(work, SINGAPORE, document)
    assert set(portal.objects.list("agency/")) == before


@pytest.mark.parametrize(
    ("name", "content", "says"),
    [
        ("a.pdf", b"", "empty"),
        ("a.pdf", b"%PDF-" + bytes(MOST_BYTES), "larger than 20 MB"),
        ("a.pdf", b"MZ\x90\x00" + bytes(100), "program"),
        ("a.html", b"<!doctype html><script>alert(1)</script>", "web page"),
        ("a.svg", b"<svg xmlns='http://www.w3.org/2000/svg'></svg>", "SVG"),
        ("a.txt", b"just words", "PDF"),
    ],
)
def test_only_papers_and_pictures_of_them_are_taken(
    portal: Portal, cast: Cast, name: str, content: bytes, says: str
) -> None:
    with (
        pytest.raises(Invalid, match=says),
        kept(portal.vault, portal.objects, cast.admin.actor.org, name, content),
    ):
        pass
