"""Mail as people, forms and mail programs send it: who the customer is, and where it goes."""

import json
from typing import Any, Final

import httpx2 as httpx
import pytest

from inquiry_router.house import House
from tests.conftest import client_of

pytestmark = pytest.mark.anyio

JAN: Final = {"Email": "jan.kowalski@klient.example.org", "Name": "Jan Kowalski"}
FORM: Final = {"Email": "formularz@acme.example.com", "Name": "Strona"}
ANNA: Final = {"Email": "anna@acme.example.com", "Name": "Anna"}
DEFECT: Final = "Pompa kupiona w marcu od wczoraj cieknie, proszę o serwis."
HTML: Final = f"<p>Dzień dobry,</p><p>{DEFECT}</p>"
OFFER: Final = "Przesyłamy ofertę cenową na 20 krzeseł. Czy chcą Państwo zamówić?"
SERVICE, SALES, TRIAGE = "customer_service", "sales", "triage"


def mail(text: str, subject: str = "Sprawa", sender: Any = JAN, **more: Any) -> dict[str, Any]:
    return {
        "MessageID": "m1",
        "FromFull": sender,
        "Subject": subject,
        "TextBody": text,
        "Date": "Mon, 24 Nov 2025 10:00:00 +0100",
        **more,
    }


def headers(**named: str) -> list[dict[str, str]]:
    return [{"Name": name.replace("_", "-"), "Value": value} for name, value in named.items()]


# Name -> the mail, its category, its team, and the customer's address.
PEOPLE: Final[dict[str, tuple[dict[str, Any], str, str, str | None]]] = {
    "a text part that says nothing": (
        mail("Twój klient poczty nie obsługuje wiadomości HTML.", HtmlBody=HTML),
        "defect",
        SERVICE,
        JAN["Email"],
    ),
    "a text part with the name of a picture": (
        mail("[cid:image001.png@01DA1234.56789ABC]", HtmlBody=HTML),
        "defect",
        SERVICE,
        JAN["Email"],
    ),
    "a form": (
        mail(
            "Nowa wiadomość z formularza\n\nImię i nazwisko: Jan\nE-mail: jan@klient.example.org\n"
            "Telefon: 600 100 200\nWiadomość: pompa cieknie od wczoraj",
            "Formularz kontaktowy",
            FORM,
        ),
        "defect",
        SERVICE,
        "jan@klient.example.org",
    ),
    "a form with headers of a mail": (
        mail(
            "Otrzymano nową wiadomość z formularza kontaktowego:\n\n"
            "Od: Jan <jan@klient.example.org>\nTemat: Zapytanie o cenę\n\nProszę o ofertę na 40 "
            "krzeseł konferencyjnych.",
            "Formularz kontaktowy",
            FORM,
        ),
        "new_purchase",
        SALES,
        "jan@klient.example.org",
    ),
    "a form that a program sent": (
        mail(
            f"Imię: Jan\nTelefon: 600100200\nTreść: {DEFECT}",
            "Formularz: reklamacja",
            FORM,
            Headers=headers(Auto_Submitted="auto-generated"),
        ),
        "defect",
        SERVICE,
        None,
    ),
    "an indented paragraph": (
        mail(
            "",
            "Pismo",
            HtmlBody=f"<p>Przesyłam następującą treść:</p><blockquote>{DEFECT}</blockquote>",
        ),
        "defect",
        SERVICE,
        JAN["Email"],
    ),
    "dates of hire below a rule": (
        mail(
            "Chcemy wynająć podnośnik nożycowy.\n\n--------------------\nOd: 12.12.2026\n"
            "Do: 15.12.2026\nProszę o cenę z transportem i operatorem."
        ),
        "new_purchase",
        SALES,
        JAN["Email"],
    ),
    "a request that begins like a footer": (
        mail(
            "Dzień dobry,\npompa z zamówienia 4711 cieknie.\n\nJeżeli wysłaliście omyłkowo "
            "wadliwą, prosimy o jak najszybszą naprawę gwarancyjną."
        ),
        "defect",
        SERVICE,
        JAN["Email"],
    ),
    "a short answer": (
        mail(
            "Witam, drukarka nie działa.\n\nW dniu 2025-11-24 o 10:00, Acme <a@acme.example.com> "
            f"pisze:\n> {OFFER}",
            "Re: Oferta",
        ),
        "defect",
        SERVICE,
        JAN["Email"],
    ),
    "an answer above a helpdesk's marker": (
        mail(f"{DEFECT}\n\n##- Please type your reply above this line -##\n\n{OFFER}", "Re: x"),
        "defect",
        SERVICE,
        JAN["Email"],
    ),
    "a holiday in a request": (
        mail("Jestem na urlopie, po powrocie chcemy kupić 20 krzeseł. Proszę o wycenę."),
        "new_purchase",
        SALES,
        JAN["Email"],
    ),
    "a parcel that was not delivered": (
        mail("Kurier zwrócił paczkę, proszę o ponowne wysłanie.", "Zwrot niedoręczonej przesyłki"),
        "order_support",
        SERVICE,
        JAN["Email"],
    ),
    "a sender who wants no automatic answers": (
        mail(DEFECT, Headers=headers(X_Auto_Response_Suppress="All")),
        "defect",
        SERVICE,
        JAN["Email"],
    ),
    "a mail of a CRM": (
        mail(DEFECT, Headers=headers(List_Unsubscribe="<mailto:u@klient.example.org>")),
        "defect",
        SERVICE,
        JAN["Email"],
    ),
    "a form with Reply-To": (
        mail(DEFECT, sender=FORM, ReplyTo="Jan Kowalski <jan.kowalski@klient.example.org>"),
        "defect",
        SERVICE,
        JAN["Email"],
    ),
    "a forward of Yahoo": (
        mail(
            "Proszę załatwić.\n   ----- Przekazana wiadomość ----- Od: Jan "
            '<jan@klient.example.org>Do: "anna@acme.example.com" <anna@acme.example.com>Wysłano: '
            f"poniedziałek, 24 listopada 2025, 09:00:00 CETTemat: Reklamacja\n {DEFECT}",
            "PD: Reklamacja",
            ANNA,
        ),
        "defect",
        SERVICE,
        "jan@klient.example.org",
    ),
    "a forward with a lost quotation mark": (
        mail(
            "Forwarded message:\n\n> From: Jan <jan@klient.example.org>\n"
            "> To: anna@acme.example.com\n> Subject: Pompa\n> Date: Wed, 26 Nov 2025 09:31:00 "
            "+0000\n"
            ">\n> Kupiłem pompę przy ul.\nLipowej 5.\n>\n> Dziś cieknie i zalewa piwnicę, proszę "
            "o serwis.",
            "Fwd: Pompa",
            ANNA,
        ),
        "defect",
        SERVICE,
        "jan@klient.example.org",
    ),
    "a photo": (
        mail("", "", Attachments=[{"Name": "IMG_2034.jpg", "ContentType": "image/jpeg"}]),
        "other",  # so the model guesses; it says nothing yet
        TRIAGE,
        JAN["Email"],
    ),
}
MACHINES: Final = {
    "a receipt": (
        mail(
            "Twoja wiadomość\n\n   Do: Jan\n\nzostała przeczytana w dniu 24 listopada 2025 11:12.",
            "Przeczytano: Oferta",
        ),
        "receipt",
    ),
    "a bounce": (
        mail("Skrzynka jest pełna.", sender={"Email": "MAILER-DAEMON@klient.example.org"}),
        "bounce",
    ),
    "another desk": (
        mail("Dziękujemy za kontakt. Twoje zgłoszenie nr 12 zostało przyjęte.", "Re: Oferta"),
        "auto_reply",
    ),
}


async def arrive(client: httpx.AsyncClient, house: House, *mails: dict[str, Any]) -> list[Any]:
    """Post mails to a new source, and return the answers."""
    settings = {"own_domains": ["acme.example.com"]}
    entry = {"id": "mail", "name": "Mail", "kind": "postmark", "settings": settings}
    made = (await client.post("/v1/sources", json=entry)).json()
    address = made["url"].removeprefix("http://router.test")
    async with client_of(house, None) as vendor:
        answers = [await vendor.post(address, content=json.dumps(one)) for one in mails]
    assert [answer.status_code for answer in answers] == [200] * len(mails)
    return [answer.json() for answer in answers]


@pytest.mark.parametrize("name", PEOPLE)
async def test_people_reach_the_desk_for_their_matter(sqlite_house: House, name: str) -> None:
    sent, category, team, address = PEOPLE[name]
    async with client_of(sqlite_house) as client:
        (answer,) = await arrive(client, sqlite_house, sent)
        inquiry = (await client.get(f"/v1/inquiries/{answer['reference']}")).json()
    assert (inquiry["passage"] or {}).get("automatic") is None
    assert inquiry["classification"]["category"] == category
    assert inquiry["decision"]["team"] == team
    assert inquiry["contact"]["email"] == address
    # The sender's clock is a year behind.
    assert inquiry["received_at"] > "2026"


@pytest.mark.parametrize("name", MACHINES)
async def test_machines_go_to_triage_and_are_never_answered(sqlite_house: House, name: str) -> None:
    sent, kind = MACHINES[name]
    async with client_of(sqlite_house) as client:
        (answer,) = await arrive(client, sqlite_house, sent)
        inquiry = (await client.get(f"/v1/inquiries/{answer['reference']}")).json()
    assert inquiry["passage"]["automatic"] == kind
    assert inquiry["acknowledgement"] is None
    assert inquiry["decision"]["team"] == TRIAGE


async def test_program_that_sends_for_a_person_is_not_acknowledged(sqlite_house: House) -> None:
    sent = PEOPLE["a form that a program sent"][0]
    async with client_of(sqlite_house) as client:
        (answer,) = await arrive(client, sqlite_house, sent)
        inquiry = (await client.get(f"/v1/inquiries/{answer['reference']}")).json()
    assert inquiry["passage"]["no_reply"] is True
    assert inquiry["acknowledgement"] is None


async def test_message_id_with_other_words_is_another_mail(sqlite_house: House) -> None:
    entry = {"id": "mail", "name": "Mail", "kind": "sendgrid"}
    mails = [
        ("Sprawa 1", "Paczka 111 nie dotarła, proszę o wyjaśnienie."),
        ("Sprawa 2", "Pompa z zamówienia 222 cieknie, proszę o serwis."),
        ("Sprawa 1", "Paczka 111 nie dotarła, proszę o wyjaśnienie."),
    ]
    async with client_of(sqlite_house) as client:
        made = (await client.post("/v1/sources", json=entry)).json()
        address = made["url"].removeprefix("http://router.test")
        form = {"headers": "Message-ID: <1@kurier.example>", "from": "K <info@kurier.example>"}
        answers = [
            (await client.post(address, data={**form, "subject": subject, "text": text})).json()
            for subject, text in mails
        ]
    assert [answer["status"] for answer in answers] == ["accepted", "accepted", "duplicate"]
    assert answers[2]["reference"] == answers[0]["reference"] != answers[1]["reference"]
