"""Automatic mail is recognised by headers and typical words, customers' mail is not."""

import json
from pathlib import Path

import pytest

from inquiry_router.inquiry.model import Attachment
from inquiry_router.intake.mail.automatic import forbids_reply, is_calendar_answer
from inquiry_router.intake.mail.parsing import parse_mail

CORPUS = Path(__file__).parents[3] / "src/inquiry_router/classification/corpus"


@pytest.mark.parametrize(
    ("headers", "kind"),
    [
        ({"Auto-Submitted": "auto-replied"}, "auto_reply"),
        ({"auto-submitted": "auto-generated; x=y"}, None),
        ({"Auto-Submitted": "no"}, None),
        ({"X-Autoreply": "yes"}, "auto_reply"),
        ({"X-Auto-Response-Suppress": "All"}, None),
        ({"X-Auto-Response-Suppress": "OOF"}, None),
        ({"Precedence": "auto_reply"}, "auto_reply"),
        ({"Precedence": "bulk"}, None),
        ({"List-Id": "<news.shop.example>"}, None),
        ({"List-Unsubscribe": "<mailto:x@shop.example>"}, None),
        ({"From": "MAILER-DAEMON@x.example"}, "bounce"),
        ({"From": "postmaster@x.example"}, None),
        ({"X-FreeScout-Mail-Type": "auto.reply"}, "auto_reply"),
        (
            {"Content-Type": 'multipart/report; report-type="disposition-notification"'},
            "receipt",
        ),
        ({"Content-Type": "text/calendar; charset=utf-8; method=REPLY"}, "receipt"),
        ({"Content-Type": "text/calendar; charset=utf-8; method=REQUEST"}, None),
        ({"Return-Path": "<>"}, "auto_reply"),
        ({"Return-Path": "<>", "From": "MAILER-DAEMON@x.example"}, "bounce"),
        ({"X-Failed-Recipients": "a@x.example"}, "bounce"),
        ({"Content-Type": 'multipart/report; report-type="delivery-status"; boundary=x'}, "bounce"),
        ({"Return-Path": "<anna@x.example>", "From": "anna@x.example"}, None),
        ({}, None),
    ],
)
def test_automatic_kind_by_headers(headers: dict[str, str], kind: str | None) -> None:
    assert parse_mail("pompa", "Pompa cieknie.", headers=headers).automatic == kind


@pytest.mark.parametrize(
    ("subject", "text", "kind"),
    [
        ("Automatic reply: order", "", "auto_reply"),
        ("Odpowiedź automatyczna: wycena", "Jestem na urlopie.", "auto_reply"),
        ("Automatische Antwort: Angebot", "", "auto_reply"),
        ("Abwesenheitsnotiz", "", "auto_reply"),
        ("Undelivered Mail Returned to Sender", "", "bounce"),
        ("Unzustellbar: Angebot", "", "bounce"),
        ("Niedostarczalne: oferta", "", "bounce"),
        (
            None,
            "I am out of the office until Monday.\nIn urgent cases please write to Jan.",
            "auto_reply",
        ),
        (
            None,
            (
                "Dzień dobry, przebywam na urlopie do 5 maja. W pilnych sprawach proszę o "
                "kontakt z Janem."
            ),
            "auto_reply",
        ),
        (
            None,
            "Ich bin bis 14.08. nicht im Büro. In dringenden Fällen wenden Sie sich an Frau Uhlig.",
            "auto_reply",
        ),
        (None, "To jest automatyczna odpowiedź, prosimy na nią nie odpowiadać.", "auto_reply"),
        (
            None,
            "This is the mail system at host mx.example.\n<a@x.example>: 550 5.1.1 unknown",
            "bounce",
        ),
        ("Re: Automatic reply: order", "So when does Jan come back?", None),
        ("Automatic reply: order", "Now I'm back: 30 lengths as in the PO attached.", None),
        ("Automatyczna odpowiedź: urlop", "Wróciłam z urlopu, 12 sztuk jak w zamówieniu", None),
        ("Automatische Antwort: Urlaub", "Anbei die Bestellung über 12 Stück.", None),
        (
            "pompa",
            "Jestem na urlopie do piątku, proszę o telefon po powrocie. Czy pompa będzie gotowa?",
            None,
        ),
        ("pompa", "I am out of the office on Friday, so please deliver on Monday.", None),
        ("automat", "Automatyczna pralka nie działa, proszę o serwis.", None),
        ("Delivery", "Your message was not clear: the delivery failed again, nobody came.", None),
        (
            "zamówienie 12",
            (
                "Zamawiamy 12 pomp. Wiadomość wygenerowana automatycznie, prosimy na nią nie "
                "odpowiadać."
            ),
            None,
        ),
    ],
)
def test_automatic_kind_by_words(subject: str | None, text: str, kind: str | None) -> None:
    assert parse_mail(subject, text).automatic == kind


@pytest.mark.parametrize(
    ("headers", "expected"),
    [
        ({"Auto-Submitted": "auto-generated"}, True),
        ({"Auto-Submitted": "auto-notified; owner-email=x"}, True),
        ({"Auto-Submitted": "no"}, False),
        ({"X-Auto-Response-Suppress": "OOF"}, True),
        ({"X-Auto-Response-Suppress": "None"}, False),
        ({"Precedence": "bulk"}, True),
        ({"precedence": "first-class"}, False),
        ({"List-Id": "<news.shop.example>"}, True),
        ({"List-Unsubscribe": "<mailto:x@shop.example>"}, True),
        ({"List-Id": "<info.firma.example>", "X-Google-Group-Id": "1"}, False),
        ({}, False),
    ],
)
def test_programs_and_lists_are_not_acknowledged(headers: dict[str, str], expected: bool) -> None:
    assert forbids_reply(headers) is expected


MACHINES = [
    ("Přečteno: Oferta", "Tato zpráva byla přečtena.", "receipt"),
    (
        "Re: Oferta",
        "Potwierdzam otrzymanie wiadomości. To jest automatyczna odpowiedź, nie odpowiadaj na nią.",
        "auto_reply",
    ),
    (
        "Thanks for contacting Foo",
        "Thank you for contacting us! We have received your message and will get back to you soon.",
        "auto_reply",
    ),
    (
        "Re: Oferta",
        "Dziękujemy za kontakt. Twoje zgłoszenie nr 4471 zostało przyjęte.",
        "auto_reply",
    ),
    (
        "[#881] Pytanie",
        "Potwierdzamy przyjęcie zgłoszenia. Odpowiemy w ciągu 24 godzin.",
        "auto_reply",
    ),
    (
        "Request received: offer",
        "Hello,\nYour request (12345) has been received and is being reviewed by our staff.",
        "auto_reply",
    ),
    (
        "[Ticket#4711]",
        "Dzień dobry, otrzymaliśmy Twoje zgłoszenie i nadaliśmy mu numer 4711.",
        "auto_reply",
    ),
    (
        "Potwierdzenie",
        "Szanowni Państwo, dziękujemy za zgłoszenie. Zostało ono zarejestrowane pod nr 12.",
        "auto_reply",
    ),
    (
        "Ticket Received",
        "Dear Jan, we would like to acknowledge that we have received your request.",
        "auto_reply",
    ),
    (
        "Ihr Ticket #12",
        "Sehr geehrter Herr Rek, Ihre Anfrage wurde unter der Nummer 12 erfasst.",
        "auto_reply",
    ),
    (
        "Ihre Anfrage",
        "Vielen Dank für Ihre Nachricht. Ihre Anfrage ist bei uns eingegangen.",
        "auto_reply",
    ),
    ("Out of Office", "Back on Monday.", "auto_reply"),
    ("Nieobecność w biurze: Re: oferta", "Wracam 1 grudnia.", "auto_reply"),
    (
        "Re: oferta",
        "Jestem na urlopie do 5 maja, odpowiem na wiadomość po powrocie.",
        "auto_reply",
    ),
    ("Undeliverable: Offer 12", "Recipient address rejected: user unknown 550 5.1.1", "bounce"),
    ("Niedostarczona wiadomość: Oferta", "Skrzynka odbiorcza adresata jest pełna.", "bounce"),
    (
        "Przeczytano: Oferta",
        "Twoja wiadomość\n\n Do: Jan\n\nzostała przeczytana w dniu 24 listopada 2025.",
        "receipt",
    ),
    ("Read: Offer", "Your message\n To: Jan\n\nwas read on Monday, 24 November 2025.", "receipt"),
    (
        "Potwierdzenie odbioru (wyświetlono) - Oferta",
        "To jest potwierdzenie odbioru wiadomości, którą wysłano do jan@x.example.",
        "receipt",
    ),
    ("Gelesen: Angebot", "Ihre Nachricht\n An: Jan\n\nwurde am 24.11.2025 gelesen.", "receipt"),
    ("Accepted: Meeting @ Mon 24 Nov", "Jan Rek has accepted this invitation.", "receipt"),
    ("Zaakceptowano: Spotkanie", "Jan Rek zaakceptował zaproszenie.", "receipt"),
    ("Abgelehnt: Termin", "Jan Rek hat die Einladung abgelehnt.", "receipt"),
    (
        "Recall: Offer",
        'Rek, Jan would like to recall the message, "Offer".',
        "receipt",
    ),
    ("Odwołanie: Oferta", "Użytkownik Jan Rek chce odwołać wiadomość „Oferta”.", "receipt"),
    ("Rückruf: Angebot", 'Rek, Jan möchte die Nachricht "Angebot" zurückrufen.', "receipt"),
]
PEOPLE = [
    ("Wyjazd", "Jestem na urlopie, po powrocie chcę odebrać zamówienie. Proszę o ofertę na węże."),
    ("Chairs", "I am on leave until Friday. Upon my return I would like to order 20 chairs."),
    ("Pumpe", "Ich bin im Urlaub. Nach meiner Rückkehr möchte ich zwei Pumpen bestellen."),
    ("Serwis", "Jestem poza biurem do środy, po powrocie proszę o wizytę serwisanta w hali."),
    ("Chairs", "I am out of the office this week, in urgent cases call me. Please send the offer."),
    ("Skarga", "Piszę trzeci raz i dostaję tylko „to jest automatyczna odpowiedź”. Pompa cieknie."),
    ("Complaint", "All I ever get is 'this is an automatic reply'. The pump still leaks."),
    ("Ärger", "Ich bekomme immer nur „dies ist eine automatische Antwort“. Die Pumpe leckt."),
    ("Delivery failed - order 4711", "Hello, the courier never came. When will you deliver?"),
    ("Delivery failure of the parcel", "The parcel went back to you. Please send it again."),
    ("Zwrot niedoręczonej przesyłki", "Kurier zwrócił paczkę, proszę o ponowne wysłanie."),
    ("Nie można dostarczyć towaru w piątek", "Proszę przesunąć dostawę na poniedziałek."),
    ("Nie udało się dostarczyć", "Kurier był u mnie o 7 rano, proszę o drugi termin."),
    ("Unzustellbar: Paket 4711", "Das Paket kam zurück, bitte senden Sie es noch einmal."),
    ("Undeliverable goods", "The driver says that our street is closed. Please come on Friday."),
    ("Out of office chairs", "You seem to be out of office chairs. When will you have some?"),
    ("Autoresponder nie działa", "W Państwa programie autoresponder nie wysyła wiadomości."),
    ("Automatyczna odpowiedź zamiast pomocy", "Proszę, niech ktoś do mnie zadzwoni."),
    ("Twoje zgłoszenie 4471", "Moje zgłoszenie zostało przyjęte w maju i nikt nie przyjechał."),
    ("Your request", "My request has been received in May, you said. Nobody came."),
    ("Accepted: offer 12/2025", "We accept your offer, please deliver 12 pumps next week."),
    ("Zaakceptowano: oferta 12", "Akceptujemy ofertę i prosimy o dostawę w przyszłym tygodniu."),
    ("Read: terms of warranty", "I have read the terms and my pump is still under warranty."),
    ("Automatische Antwort: Termin", "Die Heizung geht immer noch nicht. Bitte um Termin."),
    ("Delivered: order 12", "It says delivered, but we have received your message, not the pump."),
    ("Dostarczono: uszkodzona paczka", "Paczka przyszła rozbita, reklamuję."),
    ("Rückruf: Pumpe", "Bitte rufen Sie mich zurück, die Pumpe ist undicht."),
    ("Recall: my order", "I would like to recall the message about my order: please cancel it."),
    (
        "Automatyczna odpowiedź: Cennik",
        "Wcale nie automatyczna, nie umiem zmienić tematu. Poproszę obecny cennik.",
    ),
    ("Zgłoszenie", "Zgłoszenie nr 12 zostało zarejestrowane miesiąc temu i nikt się nie odezwał."),
    ("Re: ticket 12", "Your ticket has been created three weeks ago, you say. Nobody called."),
    (
        "Zamówienie 12",
        "Jestem na urlopie, po powrocie odpowiem, teraz proszę tylko o przesunięcie dostawy.",
    ),
    ("Returned mail order", "I returned the mail-order pump last week, where is my refund?"),
    ("Failure notice", "The display of the pump shows 'failure notice 12'. It stopped."),
    ("Potwierdzenie odbioru", "To jest potwierdzenie odbioru towaru, brakuje dwóch sztuk."),
    ("Odwołanie: reklamacja 12", "Składam odwołanie od decyzji w sprawie reklamacji pompy."),
]


@pytest.mark.parametrize(("subject", "text", "kind"), MACHINES)
def test_machines_are_recognised(subject: str, text: str, kind: str) -> None:
    assert parse_mail(subject, text).automatic == kind


@pytest.mark.parametrize(("subject", "text"), PEOPLE)
def test_people_who_write_like_machines_are_people(subject: str, text: str) -> None:
    assert parse_mail(subject, text).automatic is None


def test_answers_to_invitations_are_known_by_their_calendar_entry() -> None:
    entry = (Attachment("invite.ics", "text/calendar", 900),)
    photo = (Attachment("pompa.jpg", "image/jpeg", 900),)
    assert is_calendar_answer("Accepted: Meeting", "", entry)
    assert is_calendar_answer("Zaakceptowano: Spotkanie", "", entry)
    assert not is_calendar_answer("Accepted: offer", "", photo)
    assert not is_calendar_answer("Accepted: Meeting", "Could we meet at 12 instead?", entry)
    assert not is_calendar_answer("Meeting", "", entry)


def test_inquiries_of_the_corpus_are_not_automatic() -> None:
    examples = [
        json.loads(line)
        for file in CORPUS.glob("*.jsonl")
        for line in file.read_text().splitlines()
    ]
    automatic = [
        example for example in examples if parse_mail(example["subject"], example["text"]).automatic
    ]
    assert len(automatic) > 20
    assert [example["id"] for example in automatic if example["label"] != "other"] == []
