"""Messages to people in the form of each channel."""

import json
from collections.abc import Generator
from dataclasses import replace
from datetime import UTC, datetime
from email import message_from_bytes, policy
from typing import Any
from urllib.parse import parse_qs

import pytest
from pydantic_core import to_json

from inquiry_router.outside.addresses import PUBLIC
from inquiry_router.outside.messages import OutgoingMail, OutgoingRequest, Reply
from inquiry_router.providers import PROVIDERS, Handover, PrintedLine
from inquiry_router.providers.kit.mail_html import mail_html
from inquiry_router.providers.kit.message import MessageToPeople, message_json
from inquiry_router.providers.kit.provider import NothingToDo, Refused

AT = datetime(2026, 11, 20, tzinfo=UTC)
MESSAGE = MessageToPeople(
    subject="Termin: Żółć & <Spółka>",
    text="Klient „czeka”.\n\nZgłoszenie: https://help.acme.example.com/1?a=1&b=2",
    at="2026-11-20T08:00:00.000Z",
    to="jan@acme.example.com",
    name="Jan Łęcki",
    language="pl",
    kind="reminder",
)
SERVER = {"host": "smtp.acme.example.com", "from_address": "bok@acme.example.com"}
OAUTH = {"token_url": "https://login.example.com/token", "client_id": "a", "client_secret": "s"}
GATEWAY = {"url": "https://api.smsapi.pl/sms.do", "token": "s3cret"}


def outgoing(kind: str, settings: dict[str, Any], message: MessageToPeople = MESSAGE) -> Any:
    provider = PROVIDERS[kind]
    read = provider.settings_model.from_stored(settings, reach=PUBLIC)
    payload = to_json(message_json(message, None)).decode()
    return provider.hand_over(read, Handover("d-1", "notice", payload), AT)


def mail(message: MessageToPeople = MESSAGE, **settings: Any) -> tuple[OutgoingMail, Any]:
    made = outgoing("smtp", {**SERVER, **settings}, message)
    assert isinstance(made, OutgoingMail)
    return made, message_from_bytes(made.content, policy=policy.default)


def test_mail_has_the_headers_of_an_automatic_one() -> None:
    made, read = mail(from_name="ACME, Obsługa", reply_to="odp@acme.example.com")
    assert (made.sender, made.recipient) == ("bok@acme.example.com", "jan@acme.example.com")
    assert str(read["from"]) == '"ACME, Obsługa" <bok@acme.example.com>'
    assert str(read["to"]) == "Jan Łęcki <jan@acme.example.com>"
    assert str(read["reply-to"]) == "odp@acme.example.com"
    assert read["subject"] == MESSAGE.subject
    assert read["message-id"] == "<d-1@acme.example.com>"
    assert read["date"].datetime == datetime(2026, 11, 20, 8, tzinfo=UTC)
    assert (read["auto-submitted"], read["x-auto-response-suppress"]) == ("auto-generated", "All")
    assert read["in-reply-to"] is None
    plain = read.get_body(("plain",))
    assert plain.get_content().replace("\r\n", "\n") == MESSAGE.text + "\n"
    assert [part.get_content_type() for part in read.iter_parts()] == ["text/plain", "text/html"]


def test_answer_names_the_mails_before_it() -> None:
    answers = ("<first@klient.example>", "<second@klient.example>")
    _, read = mail(replace(MESSAGE, answers=answers, automatic="auto-replied"))
    assert read["in-reply-to"] == "<second@klient.example>"
    assert read["references"] == "<first@klient.example> <second@klient.example>"
    assert read["auto-submitted"] == "auto-replied"


def test_mail_in_the_name_of_a_salesperson_has_their_answers() -> None:
    named = replace(MESSAGE, sender_name="Jan Nowak (ACME)", reply_to="jan@acme.example.com")
    _, read = mail(named, from_name="ACME")
    assert str(read["from"]) == '"Jan Nowak (ACME)" <bok@acme.example.com>'
    assert str(read["reply-to"]) == "jan@acme.example.com"


@pytest.mark.parametrize(
    "hostile",
    [
        {"subject": "x\r\nBcc: all@acme.example.com"},
        {"name": "x\r\nBcc: all@acme.example.com"},
        {"sender_name": "x\nBcc: all@acme.example.com"},
    ],
)
def test_line_breaks_make_no_header(hostile: dict[str, str]) -> None:
    _, read = mail(replace(MESSAGE, **hostile))
    assert read["bcc"] is None


@pytest.mark.parametrize(
    "address", ["", "jan", "jan@acme", "a@b.example, c@d.example", "<a@b.example>", "a b@c.example"]
)
def test_mail_to_what_is_no_address_is_refused(address: str) -> None:
    with pytest.raises(Refused):
        mail(replace(MESSAGE, to=address))


def test_same_message_is_the_same_mail_on_every_attempt() -> None:
    assert mail()[0].content == mail()[0].content


@pytest.mark.parametrize(
    ("wrong", "why"),
    [
        ({"port": 25}, "port: is 587"),
        ({"security": "none"}, "security: is starttls"),
        ({"host": "127.0.0.1"}, "own machine"),
        ({"host": "mail.local"}, "only means something inside"),
        ({"user": "router"}, "send user and password together"),
        ({"user": "router", **OAUTH, "password": "x"}, "send either a password, or token_url"),
        ({**OAUTH}, "send user and password together, or user, token_url"),
        ({"user": "router", **OAUTH, "client_secret": None}, "refresh_token: send a refresh_token"),
        ({"user": "router", **OAUTH, "client_id": None}, "client_id: send token_url and client_id"),
        ({"user": "router", **OAUTH, "token_url": "https://10.0.0.1/"}, "token_url"),
        ({"from_address": "bok"}, "from_address: is no e-mail address"),
    ],
)
def test_settings_of_the_mail_server_are_checked(wrong: dict[str, Any], why: str) -> None:
    with pytest.raises(ValueError, match=why):
        PROVIDERS["smtp"].settings_model.from_stored({**SERVER, **wrong}, reach=PUBLIC)
    inside = {**SERVER, "host": "mail.local", "port": 25, "security": "none"}
    PROVIDERS["smtp"].settings_model.from_stored({**inside, "in_own_network": True}, reach=PUBLIC)


def test_login_of_an_application_is_a_grant() -> None:
    made, _ = mail(user="router", **OAUTH, scope="smtp")
    grant = made.server.grant
    assert grant is not None and made.server.password is None
    assert grant.request().body == (
        b"grant_type=client_credentials&client_id=a&client_secret=s&scope=smtp"
    )
    assert "client_secret" not in repr(grant)


def test_html_says_the_same_and_its_links_are_links() -> None:
    text = (
        "Państwa sprawa <b>A&B</b>\nZobacz: https://r.example/o/1?a=1&b=2.\n\n"
        "Albo (http://x.example/p)"
    )
    said = mail_html(text, "pl")
    assert '<html lang="pl">' in said
    assert "<p>Państwa sprawa &lt;b&gt;A&amp;B&lt;/b&gt;<br>\nZobacz: " in said
    assert '<a href="https://r.example/o/1?a=1&amp;b=2">' in said
    assert 'b=2</a>.</p>\n<p>Albo (<a href="http://x.example/p">http://x.example/p</a>)</p>' in said
    harmless = mail_html('https://x.example/"onclick=alert(1) javascript:alert(1)', "en")
    assert harmless.count("<a ") == 1 and 'href="https://x.example/"' in harmless


def test_teams_gets_an_adaptive_card() -> None:
    url = "https://acme.logic.azure.com/workflows/1?sig=x"
    request = outgoing("teams", {"webhook_url": url})
    assert request.url == url
    body = json.loads(request.body)
    (attachment,) = body["attachments"]
    assert attachment["contentType"] == "application/vnd.microsoft.card.adaptive"
    texts = [block["text"] for block in attachment["content"]["body"]]
    assert texts == [MESSAGE.subject, *(line for line in MESSAGE.text.splitlines() if line)]


def test_slack_mentions_nobody() -> None:
    url = "https://hooks.slack.com/services/T0/B0/x"
    body = json.loads(outgoing("slack", {"webhook_url": url}, replace(MESSAGE, text="<!all>")).body)
    assert body["text"] == "*Termin: Żółć &amp; &lt;Spółka&gt;*\n&lt;!all&gt;"


def sms(**settings: Any) -> tuple[Any, OutgoingRequest]:
    asking = outgoing("sms", {**GATEWAY, **settings}, replace(MESSAGE, to="+48 601 234 567"))
    return asking, next(asking)


def test_gateway_gets_a_form_with_plain_letters() -> None:
    asking, request = sms(fields={"to": "{number}", "message": "{text}", "idx": "{id}"})
    fields = parse_qs(request.body.decode())
    assert (fields["to"], fields["idx"]) == (["48601234567"], ["d-1"])
    assert fields["message"][0].startswith('Termin: Zolc & <Spolka>\nKlient "czeka".')
    assert request.headers["authorization"] == "Bearer s3cret"
    with pytest.raises(StopIteration):
        asking.send(Reply(200, {}, b'{"count": 1}'))


def test_gateway_gets_json_or_a_query_and_a_token_of_its_own() -> None:
    _, request = sms(form="json", token_header="X-Token", plain_letters=False, max_chars=70)
    assert json.loads(request.body)["message"].startswith("Termin: Żółć")
    assert len(json.loads(request.body)["message"]) == 70
    assert request.headers["x-token"] == "s3cret"
    _, request = sms(method="GET", url="https://sms.example.com/{number}?a=1", fields={"t": "{to}"})
    assert request.url == "https://sms.example.com/48601234567?a=1&t=%2B48601234567"


def test_error_in_an_answer_of_the_gateway_is_an_error() -> None:
    asking, _ = sms()
    with pytest.raises(Refused, match="the gateway refused"):
        asking.send(Reply(200, {}, b'{"error": 13, "message": "no correct numbers"}'))


def test_number_that_is_none_is_refused() -> None:
    with pytest.raises(Refused):
        next(outgoing("sms", GATEWAY, replace(MESSAGE, to="601")))


def test_console_prints_a_line() -> None:
    made = outgoing("console", {})
    assert isinstance(made, PrintedLine)
    assert made.text.endswith(f"notice  kind=reminder  to=jan@acme.example.com  {MESSAGE.subject}")


@pytest.mark.parametrize("kind", ["smtp", "sms", "slack", "teams"])
def test_channel_is_told_of_nothing_but_messages(kind: str) -> None:
    provider = PROVIDERS[kind]
    settings: dict[str, Any] = {
        "smtp": SERVER,
        "sms": GATEWAY,
        "slack": {"webhook_url": "https://hooks.slack.com/x"},
        "teams": {"webhook_url": "https://acme.logic.azure.com/x"},
    }[kind]
    read = provider.settings_model.from_stored(settings, reach=PUBLIC)
    with pytest.raises(NothingToDo):
        _first(provider.hand_over(read, Handover("d", "inquiry.routed", '{"data": {}}'), AT))


def _first(made: Any) -> Any:
    return next(made) if isinstance(made, Generator) else made
