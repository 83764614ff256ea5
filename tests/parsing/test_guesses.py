import pytest

from handoff_portal.adapters.parsing.guesses import guess_direction, guess_stage


@pytest.mark.parametrize(
    ("subject", "text", "stage"),
    [
        ("Invoice 4711 is due on 3 March", "", "pre_due_reminder"),
        ("Friendly reminder: invoice 4711", "", "reminder_1"),
        ("Invoice 4711", "Your invoice is now overdue.", "reminder_1"),
        ("Second reminder", "", "reminder_2"),
        ("Reminder no. 4", "", "reminder_4"),
        ("Final notice before we pass this on", "A payment plan is still welcome.", "final_notice"),
        ("Re: Second reminder", "We never received the goods. We dispute this.", "dispute"),
        ("RE: Reminder", "Could we pay in three instalments?", "plan_offer"),
        ("Re: Reminder", "I have been in hospital and need a little time.", "negotiation"),
        ("Re: Reminder", "Thank you.\n\nOn 3 Feb 2026 Merlion wrote:\n> final notice: we dispute", None),
        ("Zahlungserinnerung", "", "reminder_1"),
        ("2. Mahnung zu Rechnung 12", "", "reminder_2"),
        ("Letzte Mahnung", "", "final_notice"),
        ("AW: Mahnung", "Können wir eine Ratenzahlung vereinbaren?", "plan_offer"),
        ("Deuxième relance", "", "reminder_2"),
        ("Mise en demeure", "", "final_notice"),
        ("RE: relance", "Nous contestons cette facture.", "dispute"),
        ("Segundo recordatorio", "", "reminder_2"),
        ("Último aviso", "", "final_notice"),
        ("RE: recordatorio", "No hemos recibido la mercancía", "dispute"),
        ("Lunch on Friday", "See you there", None),
    ],
)
def test_the_stage_of_a_mail_is_guessed_from_plain_words(subject: str, text: str, stage: str | None) -> None:
    assert guess_stage(subject, text) == stage


@pytest.mark.parametrize(
    ("address", "direction"),
    [
        ("ar@merlion.example.com", "out"),
        ("ar@mail.merlion.example.com", "out"),
        ("AR@Merlion.Example.com", "out"),
        ("x@notmerlion.example.com", "in"),
        ("mei@kopi.example.com", "in"),
        ("", None),
        ("nobody", None),
    ],
)
def test_the_direction_of_a_mail_follows_the_domain_of_its_sender(
    address: str, direction: str | None
) -> None:
    assert guess_direction(address, {"merlion.example.com"}) == direction
