"""The pages of portfolios, as a browser without scripts sees them."""

from handoff_portal.core.permissions import OrgKind, Role
from handoff_portal.portfolios.model.portfolio import Done, State
from handoff_portal.web.portal import Portal
from people import a_person, an_organisation, people
from portfolio_steps import shown
from portfolios.browsing import (
    Browser,
    a_row,
    a_table,
    check,
    commit,
    decide,
    id_of,
    seen,
    send,
    sign_in,
    upload,
)


def test_a_portfolio_goes_from_file_to_cases_without_javascript(client: Browser, portal: Portal) -> None:
    (person,) = people(portal, [OrgKind.BUSINESS])
    token = sign_in(client, portal, person)
    assert "No portfolio yet" in seen(client.get("/portfolios").text)
    place = upload(client, token, ("accounts.csv", a_table(a_row(1), a_row(2, amount="a lot"), a_row(3))))
    assert "accounts.csv" in seen(client.get(place).text)
    send(client, token, place, rows="3")
    assert "Being checked" in seen(client.get("/portfolios").text)
    assert "Every row is read" in seen(client.get(place).text)
    check(portal)
    words = seen(client.get(place).text)
    assert "1 row to mend" in words, words
    assert "Rows: 3 As stated, so in the file. Agrees" in words, words
    assert "SGD 241.00" in words, words
    assert "Your decision" in words
    decide(client, token, place)
    assert "You can close this page" in seen(client.get(place).text)
    commit(portal)
    done = client.get(place)
    assert "Offer these 2" in seen(done.text), seen(done.text)
    receipt = client.get(f"{place}/receipt")
    assert "Signature" in seen(receipt.text)
    file = client.get(f"{place}/receipt.json")
    assert file.headers["Cache-Control"] == "no-store"
    checked = client.post(
        "/receipts/check", data={"csrf_token": token}, files=[("receipt", ("r.json", file.content))]
    )
    assert "This receipt is genuine" in seen(checked.text), seen(checked.text)


def test_a_form_of_totals_says_what_it_cannot_read(client: Browser, portal: Portal) -> None:
    (person,) = people(portal, [OrgKind.BUSINESS])
    token = sign_in(client, portal, person)
    place = upload(client, token, ("accounts.csv", a_table(a_row(1))))
    typed = {
        "rows": "many",
        "total_1": "1",
        "total_1_currency": "SGD",
        "total_2": "1",
        "total_2_currency": "SGD",
    }
    wrong = client.post(f"{place}/send", data={"csrf_token": token, **typed})
    assert wrong.status_code == 422
    assert "“many” is not a whole number" in seen(wrong.text)
    assert "You gave a total in SGD already" in seen(wrong.text)


def test_sums_that_differ_are_shown_side_by_side(client: Browser, portal: Portal) -> None:
    (person,) = people(portal, [OrgKind.BUSINESS])
    token = sign_in(client, portal, person)
    place = upload(client, token, ("accounts.csv", a_table(a_row(1), a_row(2))))
    send(client, token, place, rows="2", total_1="300.00", total_1_currency="SGD")
    check(portal)
    words = seen(client.get(place).text)
    assert "The sums do not agree" in words, words
    assert "Portfolios that wait for you" not in client.get("/").text
    assert "Total in SGD 300.00 241.00" in words, words
    assert "Agrees" in words


def test_what_only_a_person_can_say_is_asked_and_columns_are_remembered(
    client: Browser, portal: Portal
) -> None:
    (person,) = people(portal, [OrgKind.BUSINESS])
    token = sign_in(client, portal, person)
    table = (
        a_table(a_row(1, day="03/04/2026"))
        .replace(b"debtor_name", b"Zaphod")
        .replace(b"reminders_sent", b"Zarg")
    )
    place = upload(client, token, ("accounts.csv", table))
    send(client, token, place)
    check(portal)
    page = client.get(place)
    words = seen(page.text)
    assert "What comes first in the dates" in words, words
    assert "Say how the file is meant" in seen(client.get("/").text)
    assert "Needed, and not found in the file" in words
    assert "Kopi 1" in words
    missing = client.post(f"{place}/answers", data={"csrf_token": token})
    assert missing.status_code == 422
    columns = {
        f"column_{at}": name
        for at, name in enumerate(
            table.decode().split("\n")[0].replace("Zaphod", "debtor_name").replace("Zarg", "").split(",")
        )
    }
    client.post(f"{place}/answers", data={"csrf_token": token, "dates": "dmy", **columns})
    check(portal)
    assert shown(portal, person.actor, id_of(place)).state is State.WAITING
    again = upload(
        client, token, ("next.csv", table.replace(b"R-1", b"R-2").replace(b"03/04/2026", b"2026-04-03"))
    )
    send(client, token, again)
    check(portal)
    assert shown(portal, person.actor, id_of(again)).state is State.WAITING
    client.post(f"{again}/columns", data={"csrf_token": token})
    check(portal)
    assert "recognised" in seen(client.get(again).text)


def test_problems_are_filtered_and_come_back_in_the_layout_of_the_file(
    client: Browser, portal: Portal
) -> None:
    (person,) = people(portal, [OrgKind.BUSINESS])
    token = sign_in(client, portal, person)
    table = a_table(a_row(1), a_row(2, amount="a lot"), a_row(3, day="31/02/2026"), a_row(4, amount="=1+1"))
    place = upload(client, token, ("accounts.csv", table.replace(b",", b";")))
    send(client, token, place)
    check(portal)
    words = seen(client.get(f"{place}/problems").text)
    assert "a lot" in words
    assert "31/02/2026" in words
    found = client.get(f"{place}/problems").text
    assert "column=1" in found
    assert "column=principal" not in found
    only = seen(client.get(f"{place}/problems?column=1&severity=error").text)
    assert "a lot" in only
    assert "31/02/2026" not in only
    assert "No problem fits" in seen(client.get(f"{place}/problems?column=9").text)
    mend = client.get(f"{place}/to-mend")
    lines = mend.content.decode("utf-8-sig").splitlines()
    assert len(lines) == 4
    assert lines[0].endswith(";What is wrong")
    assert ";=1" not in mend.text
    assert mend.headers["Cache-Control"] == "no-store"
    mended = (
        mend.content.replace(b"a lot", b"12.00")
        .replace(b"31/02/2026", b"2026-02-28")
        .replace(b"'=1+1", b"13.00")
    )
    second = upload(client, token, ("mended.csv", mended))
    send(client, token, second)
    check(portal)
    assert shown(portal, person.actor, id_of(second)).accounts == 3
    assert "Nothing is wrong" in seen(client.get(f"{second}/problems").text)


def test_chosen_accounts_become_cases_and_the_others_say_why_not(client: Browser, portal: Portal) -> None:
    (person,) = people(portal, [OrgKind.BUSINESS])
    token = sign_in(client, portal, person)
    place = upload(client, token, ("accounts.csv", a_table(*map(a_row, range(1, 6)))))
    send(client, token, place)
    check(portal)
    listed = client.get(f"{place}/accounts")
    assert "Kopi 5" in seen(listed.text)
    assert "line by line" in seen(client.get(f"{place}/accounts/1").text)
    assert client.get(f"{place}/accounts/6").status_code == 404
    ticks = {"shown": ["1", "2", "3", "4", "5"], "take": ["1", "2", "4"], "show": "all"}
    client.post(f"{place}/accounts", data={"csrf_token": token, **ticks})
    words = seen(client.get(f"{place}/accounts?show=left-out").text)
    assert "Kopi 3" in words
    assert "Kopi 4" not in words
    assert "2 left out by you" in seen(client.get(place).text)
    decide(client, token, place)
    commit(portal)
    assert shown(portal, person.actor, id_of(place)).done == Done(made=3, skipped=2)
    words = seen(client.get(f"{place}/left").text)
    assert "R-3 You left it out." in words, words
    queue = seen(client.get(f"/cases?portfolio={id_of(place)}").text)
    assert "Kopi 4" in queue
    assert "Kopi 3" not in queue


def test_everything_a_filter_finds_is_left_out_and_taken_back(client: Browser, portal: Portal) -> None:
    (person,) = people(portal, [OrgKind.BUSINESS])
    token = sign_in(client, portal, person)
    place = upload(client, token, ("accounts.csv", a_table(*map(a_row, range(1, 4)))))
    send(client, token, place)
    check(portal)
    client.post(f"{place}/accounts", data={"csrf_token": token, "show": "all", "go": "leave-all"})
    assert "Nothing would change" in seen(client.get(place).text)
    client.post(f"{place}/accounts", data={"csrf_token": token, "show": "left-out", "go": "take-all"})
    assert "No account fits" in seen(client.get(f"{place}/accounts?show=left-out").text)


def test_a_changed_balance_is_a_delta_before_it_is_an_entry(client: Browser, portal: Portal) -> None:
    (person,) = people(portal, [OrgKind.BUSINESS])
    token = sign_in(client, portal, person)
    place = ""
    for amount in ("120.50", "100.50"):
        place = upload(client, token, ("accounts.csv", a_table(a_row(1, amount=amount))))
        send(client, token, place)
        check(portal)
        client.get(place)
        if amount == "100.50":
            assert "\u221220.00" in seen(client.get(f"{place}/accounts?show=changed").text)
            assert "1 balance is corrected" in seen(client.get(place).text)
        decide(client, token, place)
        commit(portal)
    assert shown(portal, person.actor, id_of(place)).done == Done(adjusted=1)


def test_stopping_says_what_stays(client: Browser, portal: Portal) -> None:
    (person,) = people(portal, [OrgKind.BUSINESS])
    token = sign_in(client, portal, person)
    place = upload(client, token, ("accounts.csv", a_table(a_row(1))))
    send(client, token, place)
    check(portal)
    stopped = client.post(f"{place}/cancel", data={"csrf_token": token})
    assert "No case was made" in seen(stopped.text)
    assert client.post(f"{place}/commit", data={"csrf_token": token}).status_code == 409


def test_progress_is_a_fragment_until_the_state_changes(client: Browser, portal: Portal) -> None:
    (person,) = people(portal, [OrgKind.BUSINESS])
    token = sign_in(client, portal, person)
    place = upload(client, token, ("accounts.csv", a_table(a_row(1))))
    send(client, token, place)
    still = client.get(f"{place}/progress?state=checking")
    assert 'id="progress"' in still.text
    assert "<html" not in still.text
    check(portal)
    assert client.get(f"{place}/progress?state=checking").headers["HX-Refresh"] == "true"


def test_values_are_for_the_business_alone(client: Browser, portal: Portal) -> None:
    person, stranger, agency = people(portal, [OrgKind.BUSINESS, OrgKind.BUSINESS, OrgKind.AGENCY])
    token = sign_in(client, portal, person)
    place = upload(client, token, ("accounts.csv", a_table(a_row(1, amount="a lot"), a_row(2))))
    send(client, token, place)
    check(portal)
    pages = ("", "/problems", "/to-mend", "/accounts", "/accounts/1", "/progress?state=waiting")
    for page in pages:
        assert client.get(place + page).headers["Cache-Control"] == "no-store"
    sign_in(client, portal, stranger)
    assert {client.get(place + page).status_code for page in pages} == {404}
    sign_in(client, portal, agency)
    assert {client.get(place + page).status_code for page in pages} == {403}


def test_a_member_commits_but_only_an_administrator_makes_exceptions(client: Browser, portal: Portal) -> None:
    organisation = an_organisation(portal, OrgKind.BUSINESS)
    member = a_person(portal, organisation, Role.BUSINESS_MEMBER)
    token = sign_in(client, portal, member)
    place = upload(client, token, ("accounts.csv", a_table(a_row(1))))
    send(client, token, place)
    check(portal)
    assert "Why may they go along" not in client.get(place).text
    refused = decide(client, token, place)
    assert refused.status_code == 403
