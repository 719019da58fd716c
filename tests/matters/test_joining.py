"""Joining: every sign, its near misses, and what stands against it."""

from dataclasses import replace
from datetime import timedelta

import pytest

from inquiry_router.inquiry.matter import LinkKind
from inquiry_router.inquiry.model import Channel, Contact, MailThread, Origin, Provenance, Status
from inquiry_router.matters.joining import join
from inquiry_router.matters.settings import MatterRules
from tests.matters.samples import (
    LATER,
    MAREK,
    MORNING,
    OPENING,
    REFERENCE,
    RULES,
    draft,
    incoming,
    inquiry,
    joined,
)

EWA = Contact("Ewa Bąk", "e.bak@hydrobud.example", "+48606112093", "Hydrobud")
STRANGER = Contact("Olga Dietz", "o.dietz@dachy.example", None, "Dachy Dietz")
AT_HOME = Contact("M. Cieślak", "mcieslak61@poczta.example")
PUMP = draft("Pompa obiegowa z zamówienia 77104 cieknie od spodu.", subject="Pompa cieknie")


def test_the_same_ticket_is_one_inquiry() -> None:
    ticket = Origin("zammad-1", "4711")
    one = draft("mam pytanie o stół", Contact("Gość 1"), origin=ticket, channel=Channel.CHAT)
    found = joined(one, replace(one, text="zupełnie co innego"))
    assert found.matter is not None
    assert (found.sign, found.certainty, found.copy) == ("the same ticket", 1.0, False)


def test_the_same_number_in_another_helpdesk_is_another_ticket() -> None:
    one = draft("sofa leg wobbly", Contact("Ann"), origin=Origin("zammad-1", "4711"))
    other = draft("wholesale terms", Contact("Bob"), origin=Origin("zammad-2", "4711"))
    assert joined(one, other).matter is None


def test_a_reply_is_part_of_the_thread() -> None:
    first = replace(PUMP, thread=MailThread("1@hydrobud.example"))
    reply = draft("ul. Widawska 14", EWA, thread=MailThread("2@x.example", ("1@hydrobud.example",)))
    found = joined(first, reply)
    assert found.matter is not None
    assert found.sign == "a reply to a mail of it"


def test_the_same_mail_is_a_copy() -> None:
    first = replace(PUMP, thread=MailThread("1@hydrobud.example"))
    assert joined(first, first).copy


def test_an_id_that_is_used_twice_is_no_copy() -> None:
    first = replace(PUMP, thread=MailThread("1@hydrobud.example"))
    other = replace(first, subject="Parapety", text="Gdzie są parapety na Ksawerów?")
    assert joined(first, other).matter is None


@pytest.mark.parametrize("contact", [MAREK, AT_HOME, EWA, Contact("Marek")])
def test_a_quoted_reference_of_the_same_people_joins(contact: Contact) -> None:
    found = joined(PUMP, draft(f"W sprawie {REFERENCE}: pakujemy jutro.", contact), hours=900)
    assert found.matter is not None
    assert found.certainty == 0.99


def test_a_reference_quoted_by_a_stranger_is_a_hint() -> None:
    found = joined(PUMP, draft(f"Mam tu {REFERENCE}, to rabat?", STRANGER))
    assert found.matter is None
    assert [hint.kind for hint in found.hints] == [LinkKind.PERHAPS]


def test_a_reference_as_an_example_does_not_join() -> None:
    text = f"Koleżanka Cieślak dostała zwrot ({REFERENCE}), ja mam zamówienie 77377."
    assert joined(PUMP, draft(text, STRANGER)).matter is None


def test_a_reference_beside_another_matter_does_not_join() -> None:
    text = f"Sprawa {REFERENCE} załatwiona, teraz co innego: proszę o ofertę na zawory."
    assert joined(PUMP, draft(text)).matter is None


def test_a_mistyped_reference_joins_the_same_person_only() -> None:
    text = f"W sprawie {REFERENCE[:-1]}J: nadal kapie."
    assert joined(PUMP, draft(text)).matter is not None
    assert joined(PUMP, draft(text, STRANGER)).matter is None


@pytest.mark.parametrize(
    ("text", "contact"),
    [
        ("czekam, zam. 77104", MAREK),
        ("Proszę o status zam. 77104", MAREK),
        ("zamówienie siedem siedem jeden zero cztery, kiedy", AT_HOME),
        ("zamówienie 77104, mąż do państwa pisał", Contact("Ewa Cieślak", "e@poczta.example")),
        ("w imieniu Marka Cieślaka, zam. 77104", Contact("Laura Czech", "lc@adw.example")),
        ("przypomnienie: zam. 77104", EWA),
    ],
)
def test_a_number_in_common_joins(text: str, contact: Contact) -> None:
    found = joined(PUMP, draft(text, contact), sense=LATER)
    assert found.matter is not None
    assert "77104" in found.sign


@pytest.mark.parametrize(
    ("text", "contact"),
    [
        ("Nasze zamówienie 77104: kiedy palety?", STRANGER),
        ("Silnik za 77104 zł da się opuścić?", MAREK),
        (
            "Odkupiłem pompę 77104 od pana Cieślaka, proszę o wycenę uszczelki",
            Contact("Jan Rek", "jr@poczta.example"),
        ),
        ("Proszę o nowe zamówienie jak 77104", MAREK),
        ("Potrzebuję filtr do tej samej pompy, była w zam. 77104.", MAREK),
        ("zam. 77140", MAREK),
    ],
)
def test_a_number_alone_does_not_join(text: str, contact: Contact) -> None:
    assert joined(PUMP, draft(text, contact), sense=OPENING).matter is None


def test_a_number_of_a_colleague_without_more_is_a_hint() -> None:
    found = joined(PUMP, draft("Prosimy o duplikat faktury do zam. 77104", EWA))
    assert found.matter is None
    assert [hint.why for hint in found.hints] == [
        "somebody of the same company or name, and the number 77104"
    ]


def test_admins_choose_the_kinds_of_numbers() -> None:
    rules = MatterRules(numbers=("complaint_number",))
    second = draft("faktura do zamówienia 77104")
    assert joined(PUMP, second).matter is not None
    assert joined(PUMP, second, rules=rules).matter is None


def test_numbers_count_for_some_time_only() -> None:
    second = draft("faktura do zamówienia 77104")
    assert joined(PUMP, second, hours=59 * 24).matter is not None
    assert joined(PUMP, second, hours=61 * 24).matter is None


def test_a_reply_without_headers_joins_by_its_subject() -> None:
    second = draft("7 m", subject="Odp.: Pompa cieknie")
    assert joined(PUMP, second).matter is not None
    assert joined(PUMP, replace(second, contact=STRANGER)).matter is None
    assert joined(PUMP, replace(second, text="zam. 77201 gdzie jest?")).matter is None


def test_a_forward_that_quotes_it_joins() -> None:
    text = (
        "Marek ma urlop, proszę pisać do mnie.\n\n-----Wiadomość oryginalna-----\n"
        "Od: Marek Cieślak\nTemat: Pompa cieknie\n\n"
        "Pompa obiegowa z zamówienia 77104 cieknie od spodu."
    )
    second = draft(text, Contact("Ewa Bąk", "e.bak@hydrobud.example"), subject="FW: Pompa cieknie")
    assert joined(PUMP, second, sense=LATER).matter is not None
    unread = draft("Marek ma urlop, proszę pisać do mnie.", EWA, subject="urlop")
    assert joined(PUMP, unread).matter is None


def test_the_same_words_over_two_channels_are_one_inquiry() -> None:
    first = draft("Czy basen stelażowy wytrzyma zimę na dworze z wodą?")
    second = replace(first, channel=Channel.FORM, text=f"{first.text} Marek Cieślak")
    assert joined(first, second, hours=70).matter is not None
    assert joined(first, replace(second, contact=STRANGER)).matter is None


def test_the_same_words_later_are_asked_again() -> None:
    first = draft("Proszę o cennik rur miedzianych i kształtek na bieżący rok.")
    assert joined(first, first, hours=1).matter is not None
    assert joined(first, first, hours=3).matter is None
    form = replace(first, channel=Channel.FORM)
    assert joined(first, form, hours=70).matter is not None
    assert joined(first, form, hours=80).matter is None


def test_the_same_name_from_another_address() -> None:
    at_work = Contact("Blanka Novak", "b@city.example")
    first = draft("Osłona szyny Ascend 70 mm, są na stanie?", at_work)
    second = draft(
        "Pisałam z pracy o osłonę szyny Ascend 70 mm.", Contact("Blanka Novak", "bn@poczta.example")
    )
    assert joined(first, second, sense=LATER).matter is not None
    assert joined(first, second, sense=OPENING).matter is None
    namesake = Contact("Blanka Novak", "bn@dachy.example", company="Dachy Plus")
    known = replace(first, contact=replace(at_work, company="City"))
    assert joined(known, replace(second, contact=namesake), sense=LATER).matter is None


def test_a_form_letter_filled_in_twice_is_two_matters() -> None:
    first = draft("Proszę o odblokowanie konta użytkownika jnowicki w module Magazyn.")
    second = draft("Proszę o odblokowanie konta użytkownika kwrzos w module Magazyn.")
    assert joined(first, second).matter is None


def test_a_call_and_the_mail_about_it_are_one_inquiry() -> None:
    call = draft(
        "kocioł ma wgniecioną obudowę z boku mówi cieślak",
        Contact(None, None, "+48606112093"),
        channel=Channel.PHONE,
    )
    mail = draft(
        "Tak jak mówiłem przez telefon, kocioł, bok obudowy. 606 112 093",
        Contact("Marek Cieślak", "marek@poczta.example"),
        subject="zgłoszenie",
    )
    found = joined(call, mail, sense=LATER)
    assert found.matter is not None
    assert "told of before" in found.sign
    assert 0.8 < found.certainty < 1


@pytest.mark.parametrize(
    "text",
    [
        "Pompa nadal cieknie, kiedy ktoś przyjedzie?",
        "Odbierzemy pompę sami w piątek.",
        "Pompa cieknie też po wymianie uszczelki.",
    ],
)
def test_words_that_go_on_with_it_join(text: str) -> None:
    found = joined(PUMP, draft(text), hours=70, sense=LATER)
    assert found.matter is not None
    assert found.sign == ("the same person and words that go on with something, words in common")
    assert joined(PUMP, draft(text), hours=15 * 24, sense=LATER).matter is None
    assert joined(PUMP, draft(text, STRANGER), hours=70, sense=LATER).matter is None


def test_without_a_model_weak_evidence_is_only_perhaps() -> None:
    found = joined(PUMP, draft("Pompa nadal cieknie, kiedy ktoś przyjedzie?"))
    assert found.matter is None
    assert [hint.kind for hint in found.hints] == [LinkKind.PERHAPS]


def test_a_question_without_a_matter_of_its_own_goes_on_with_the_only_one() -> None:
    # So much the model reads in these very words.
    question = draft("Pisałem rano, bez odpowiedzi.")
    found = joined(PUMP, question, sense=6.0)
    assert found.sign == "the same person and told of before, words that go on with something"
    two = [inquiry(PUMP), inquiry(PUMP, inquiry_id="second")]
    unclear = join(incoming(question, sense=6.0), two, RULES)
    assert unclear.matter is None
    assert {hint.inquiry_id for hint in unclear.hints} == {"first", "second"}


def test_another_order_of_the_same_person_is_another_matter() -> None:
    second = draft("Pompa obiegowa z zamówienia 77105 cieknie od spodu.")
    assert joined(PUMP, second, sense=0.5).matter is None


def test_a_reply_that_says_itself_that_it_is_something_else_is_linked() -> None:
    first = replace(PUMP, thread=MailThread("1@hydrobud.example"))
    reply = draft(
        "Inna sprawa: proszę o cennik zaworów.",
        thread=MailThread("2@x.example", ("1@hydrobud.example",)),
    )
    found = joined(first, reply, sense=OPENING)
    assert found.apart
    assert found.sign == "a reply to a mail of it, but about another matter"
    assert not joined(first, reply, sense=LATER).apart
    price = replace(reply, text="A po ile macie nowe zawory?")
    assert not joined(first, price, sense=0.0).apart
    assert joined(first, price, sense=OPENING).apart


def test_a_reply_that_opens_a_matter_is_linked() -> None:
    first = replace(PUMP, thread=MailThread("1@hydrobud.example"))
    reply = draft(
        "Szukamy zmiękczacza wody dla czterech osób. Co Państwo polecają?",
        thread=MailThread("2@x.example", ("1@hydrobud.example",)),
    )
    open_one = inquiry(first)
    resolved = inquiry(first, status=Status.RESOLVED, resolved_at=MORNING)
    goes_on = incoming(reply, hours=30, sense=0.0)
    assert not join(goes_on, [open_one], RULES).apart
    for known, sense in ((open_one, OPENING), (resolved, OPENING), (resolved, 0.0)):
        linked = join(incoming(reply, hours=30, sense=sense), [known], RULES)
        assert (linked.matter, linked.apart) == (known, True)


def test_a_message_that_opens_a_matter_in_an_old_ticket_is_apart() -> None:
    ticket = Origin("zammad-1", "4711")
    first = replace(PUMP, origin=ticket)
    reply = draft("Z innej beczki: po ile macie nowe zawory?", origin=ticket)
    apart = joined(first, reply, sense=OPENING)
    assert apart.matter is not None and apart.apart
    assert "another matter" in apart.sign
    for one in (joined(first, reply), joined(first, draft("ok", origin=ticket), sense=0.0)):
        assert one.matter is not None and not one.apart
    line = replace(reply, channel=Channel.CHAT)
    assert not joined(replace(first, channel=Channel.CHAT), line, sense=OPENING).apart


def test_another_reference_is_another_inquiry() -> None:
    text = "W sprawie 3WYA-EE71: pompa nadal cieknie."
    assert joined(PUMP, draft(text), sense=LATER).matter is None


@pytest.mark.parametrize(
    "text",
    [
        "Dzwoniłem wczoraj o pompę, a to inna sprawa: proszę o fakturę.",
        "Pisałem już, zamówienie 77201 nie doszło.",
    ],
)
def test_another_matter_of_one_who_has_told_before(text: str) -> None:
    assert joined(PUMP, draft(text), sense=LATER).matter is None


def test_two_open_inquiries_of_one_person_are_only_perhaps() -> None:
    other = replace(inquiry(draft("Pompa głębinowa cieknie.")), inquiry_id="second")
    message = incoming(draft("Pompa nadal cieknie, jakieś wieści?"), sense=LATER)
    found = join(message, [inquiry(PUMP), other], RULES)
    assert found.matter is None
    assert {hint.inquiry_id for hint in found.hints} == {"first", "second"}
    resolved = replace(other, progress=replace(other.progress, status=Status.RESOLVED))
    assert join(message, [inquiry(PUMP), resolved], RULES).matter == inquiry(PUMP)


@pytest.mark.parametrize(
    "text",
    [
        "A po ile macie nowe zawory kulowe?",
        "Druga pompa też cieknie.",
        "Proszę usunąć mój adres z listy.",
        "Potrzebuję 12 rolek folii.",
    ],
)
def test_a_new_mail_of_the_same_person_is_a_matter_of_its_own(text: str) -> None:
    assert joined(PUMP, draft(text), sense=OPENING).matter is None


def test_two_lifts_are_two_matters() -> None:
    first = draft("Winda w klatce B stoi.")
    third = draft("Winda w klatce C stoi.")
    assert joined(first, third, sense=0.5).matter is None
    assert joined(first, draft("Winda w klatce B nadal stoi."), sense=LATER).matter is not None


def test_the_next_line_of_a_chat() -> None:
    first = draft("czy lodówka ma certyfikat mapowania", channel=Channel.CHAT)
    line = draft("walidacji, przepraszam, i prosimy o cenę", channel=Channel.CHAT)
    assert joined(first, line, hours=0.1).matter is not None
    assert joined(first, draft("a prosimy o cenę zamrażarki", channel=Channel.CHAT)).matter is None


def test_a_switchboard_is_forty_people() -> None:
    ward = Contact(None, None, "+48774080000", "Szpital Powiatowy")
    first = draft("oddział chirurgii ssak nie ma ciśnienia", ward, channel=Channel.PHONE)
    second = draft("izba przyjęć ciśnieniomierz pokazuje błąd", ward, channel=Channel.PHONE)
    assert joined(first, second).matter is None


def test_a_form_has_one_address_for_all() -> None:
    form = Contact("Formularz", "formularz@sklep.example")
    first = draft("Imię: Halina. Czy sedes pasuje do rury 100?", form, subject="Ze strony")
    second = draft("Imię: Robert. Czy kompakt jest od ręki?", form, subject="Ze strony")
    assert joined(first, second).matter is None


def test_an_automatic_answer_goes_on_with_nothing() -> None:
    second = draft("Dziękuję za wiadomość, jestem na urlopie.", subject="Automatyczna odpowiedź")
    assert joined(PUMP, replace(second, provenance=Provenance(automatic="auto_reply"))).hints == ()


def test_what_was_resolved_long_ago_is_continued_by_a_new_inquiry() -> None:
    first = replace(PUMP, thread=MailThread("1@hydrobud.example"))
    reply = draft("znowu cieknie", thread=MailThread("2@x.example", ("1@hydrobud.example",)))
    known = inquiry(first, status=Status.RESOLVED, resolved_at=MORNING)
    soon, late = incoming(reply, hours=13 * 24), incoming(reply, hours=15 * 24)
    assert join(soon, [known], RULES).matter is known
    found = join(late, [known], RULES)
    assert found.matter is None
    assert [hint.kind for hint in found.hints] == [LinkKind.CONTINUES]
    assert found.hints[0].why.endswith("more than 14 days ago")


def test_the_strongest_sign_wins_over_the_newest_inquiry() -> None:
    older = inquiry(replace(PUMP, thread=MailThread("1@hydrobud.example")))
    newer = replace(
        inquiry(PUMP),
        inquiry_id="newer",
        messages=(replace(older.messages[0], at=MORNING + timedelta(hours=1)),),
    )
    reply = draft("zam. 77104", thread=MailThread("2@x.example", ("1@hydrobud.example",)))
    found = join(incoming(reply), [newer, older], RULES)
    assert found.matter is older
    # The other one is shown beside it.
    assert [hint.inquiry_id for hint in found.hints] == ["newer"]


def test_a_tax_number_is_only_a_hint() -> None:
    first = draft("Proszę o fakturę na NIP 526-000-12-46.")
    found = joined(first, draft("Siodło za małe. NIP 526-000-12-46"))
    assert found.matter is None
    assert [hint.why for hint in found.hints] == ["the same person and the tax number 5260001246"]
