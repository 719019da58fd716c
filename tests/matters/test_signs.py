"""The signs of a message, and those by which it is looked for."""

from dataclasses import replace

from inquiry_router.inquiry.model import Channel, Contact, MailThread, Origin
from inquiry_router.matters.signs import (
    read_references,
    reply_signs,
    signs_of,
    thread_keys,
)
from tests.matters.samples import MAREK, draft, incoming


def test_the_signs_of_a_mail() -> None:
    message = draft(
        "Zam. ZS/1190, umowa 204/S/25.\nC-5521. Tel. 601 234 567, ewa@poczta.example",
        origin=Origin("zammad-1", "4711"),
        thread=MailThread("1@hydrobud.example"),
    )
    assert set(incoming(message).signs) == {
        "ticket:zammad-1:4711",
        "mail:1@hydrobud.example",
        "email:m.cieslak@hydrobud.example",
        "email:ewa@poczta.example",
        "phone:+48606112093",
        "phone:+48601234567",
        "number:1190",
        "common:204S25",
        "vague:5521",
        "name:cieslak",
        "company:hydrobud",
        "domain:hydrobud.example",
    }


def test_a_call_has_no_ticket() -> None:
    call = draft("halo", channel=Channel.PHONE, origin=Origin("twilio", "CA1"))
    assert "ticket:twilio:CA1" in signs_of(call, ())
    assert "ticket:twilio:CA1" not in signs_of(call, (), is_call=True)
    assert thread_keys(call) == ("ticket:twilio:CA1",)
    assert thread_keys(call, is_call=True) == ()
    assert thread_keys(replace(call, origin=None)) == ()


def test_names_and_companies_are_looked_for() -> None:
    looked_for = set(incoming(draft("pompa cieknie")).looked_for)
    assert {"name:cieslak", "company:hydrobud", "domain:hydrobud.example"} <= looked_for


def test_rare_words_are_looked_for_as_surnames() -> None:
    neighbour = incoming(draft("Sąsiadka pana Żuraw, w sprawie fotela: proszę o ofertę."))
    assert "name:zuraw" in neighbour.looked_for
    assert "name:zuraw" not in neighbour.signs


def test_rare_words_are_signs_but_no_words_of_addresses() -> None:
    message = incoming(
        draft("Szkoła na Kwiatowej 12: piec grzeje słabo. www.widok.example/cennik", MAREK)
    )
    words = {sign for sign in message.signs if sign.startswith("word:")}
    assert "word:kwiat" in words
    assert words.isdisjoint({"word:widok", "word:examp", "word:proszę"})
    assert words <= set(message.looked_for)


def test_a_vague_number_is_looked_for_as_a_sure_one() -> None:
    assert "number:5521" in incoming(draft("any news on C-5521?")).looked_for


def test_mails_that_it_replies_to_are_looked_for() -> None:
    message = draft("tak", thread=MailThread("3@x.example", ("2@x.example", "1@x.example")))
    assert reply_signs(message) == ("mail:2@x.example", "mail:1@x.example")
    assert {"mail:1@x.example", "mail:2@x.example"} <= set(incoming(message).looked_for)


def test_references_and_mistyped_ones() -> None:
    message = draft("k7ma-4xey i K7MA–4XEJ", Contact(), subject="Re: 3WYA-EE71 zdjęcia")
    assert read_references(message)[0] == ("3WYA-EE71", "K7MA-4XEY")
    assert read_references(message)[1] == ("K7MA-4XEJ",)


def test_a_long_value_is_no_sign() -> None:
    assert signs_of(draft("x", Contact(email=f"{'a' * 300}@x.example")), ()) != ()
    assert not any(len(sign) > 200 for sign in signs_of(draft("x" * 300, MAREK), ()))
