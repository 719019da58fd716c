"""Every stage that reads text, and every reader of a provider, takes linear time.

A text is one hostile piece, repeated. It is read at a size and at four times that size. Only the
CPU time of this thread counts, and nothing is judged below a floor, so a busy machine changes
nothing.
"""

import gc
import json
import math
import random
import time
from collections.abc import Callable, Iterator
from contextlib import suppress
from functools import partial
from typing import Any, Final

import pytest

from inquiry_router.api.web.bodies.forms import BadForm, FormReader, read_urlencoded
from inquiry_router.api.web.bodies.slimming import JsonSlimmer
from inquiry_router.classification.encoder import model_text
from inquiry_router.classification.features import grams, prepare
from inquiry_router.classification.language import fit_language
from inquiry_router.entities.finding import find_entities
from inquiry_router.inquiry.model import Channel, Contact, Draft
from inquiry_router.intake.cleaning import clean, clean_line, is_visible
from inquiry_router.intake.mail.html import html_to_text
from inquiry_router.intake.mail.parsing import parse_mail
from inquiry_router.intake.question import customer_part
from inquiry_router.intake.reading import Reading
from inquiry_router.matters.labels import labels_of
from inquiry_router.matters.likeness import is_same_said
from inquiry_router.matters.people import Writer, kinship
from inquiry_router.matters.reading import incoming_of
from inquiry_router.phone.caller import read_caller
from inquiry_router.phone.dictation import spoken_key, spoken_references
from inquiry_router.phone.platforms import PLATFORMS
from inquiry_router.phone.platforms.platform import read_request
from inquiry_router.providers.kit.files import files_of
from inquiry_router.providers.kit.inbound_mail import (
    headers_of,
    mail_ticket,
    sender_of,
    sent_at,
)
from inquiry_router.providers.kit.mime import read_mail
from inquiry_router.providers.kit.osticket_alerts import read_alert
from inquiry_router.providers.kit.reading import (
    channel_of,
    is_own_html,
    name_and_address,
    parse_time,
    split_tags,
    web_address,
)
from inquiry_router.providers.kit.signatures import NotGenuine, has_token
from inquiry_router.providers.kit.source import (
    BODY,
    IncomingRequest,
    Secrets,
    SourceSettings,
    Unreadable,
)
from inquiry_router.relief.call_values import day_order, read_length, read_moment
from inquiry_router.relief.mentions import contacts_of, find_invitations
from inquiry_router.sources.kinds import SOURCES
from inquiry_router.text.charsets import decoded
from inquiry_router.text.data_uris import FORM, JSON, PLAIN, DataUriDropper
from inquiry_router.text.encoded_words import decode_words
from inquiry_router.text.folding import fold, read_words
from inquiry_router.text.phrases import Phrases
from inquiry_router.text.spoken_numbers import with_digits
from tests.providers.samples import GENUINE, NOW, TICKET_KINDS, TOKEN, URL, Place, Sample, placed

SEED: Final = 20261128
# Nothing is judged below this CPU time. Quadratic work is far above it at these sizes.
FLOOR_S: Final = 0.01
TIMES: Final = 4
# One large text may take twice as long as its parts; in quadratic time it takes four times as long.
MAX_GROWTH: Final = 2
TRIES: Final = 8

# Families of pieces. The comments name the slow code that a family has found.
PIECES: Final[dict[str, tuple[str, ...]]] = {
    # A separator was searched from each blank of a run: 40 kB of HTML took half a minute.
    "blanks": (
        " ",
        "\t",
        "\n",
        "\r",
        "\r\n",
        " \n",
        "\xa0",
        "\u2028",
        "a ",
        "a\n",
        "a b\n",
        "a\n\n",
    ),
    # Python's HTML parser searched the end of a tag or a comment again and again.
    "tags": (
        *(
            "<",
            "<>",
            "</",
            "</a",
            "</a>",
            "<a",
            "<a ",
            "<a/",
            "<a>",
            "<a a=b ",
            "<a a=b a=b ",
            '<a b="',
            "<a 'b\">",
        ),
        *("<?", "<?<?", "<!", "<!--", "<!-->", "-->", "<![CDATA[", "]]>", "<a@b> ", "a=b ", "a='"),
        *(
            "<b></b>",
            "<b> </b>",
            "<br>",
            "<p>",
            "<table>",
            "<table><tr><td>",
            "<tr><td>a</td>",
            "<li>",
        ),
        *(
            "<blockquote>",
            "<blockquote>a</blockquote>",
            "<pre>\n",
            "<script>",
            "<script></",
            "<style>",
            "<title>",
        ),
        *('<img alt="', "<div style='border:none;", "<x\x00", "<body>"),
    ),
    "references": ("&", "&#", "&#1", "&#x", "&#38;", "&amp", "&amp;", "&nbsp;", "?&"),
    # Addresses in brackets were tried from each "@": 64 kB took 24 s; a From line, 7 s.
    "addresses": (
        *("@", "a@", "@a", "a@b.", "a@b.c ", "<a@", '"a" <', "a <", "a,", "sip:a@", "tel:+48"),
        *(
            "http://",
            "https://1 ",
            "http://a/?&?&",
            "/",
            "a/b",
            ":",
            "a:",
            ";",
            "; ",
            "=",
            "a=b&",
            "%41",
        ),
    ),
    "marks": ("(", "()", "[", "[x] ", "{", '"', "'", "\\", '\\"', ".", "?", "#", "|"),
    "digits": (
        "1",
        "1 ",
        "1.",
        "1/",
        "12-12-",
        "1 000 ",
        "+",
        "+48 ",
        "(1",
        "600 100 200 ",
        "PL 11 1111 ",
        "A-1",
        "FV/1",
    ),
    "dashes": ("-", "--\n", "-- \n", "_", "*", "\n-", "\n- = _"),
    # Marks on one letter were put in order one by one: 64 kB took 3 s.
    "letters": (
        *("a", "aA", "Aa Bb ", "ż ", "İ", "ß", "\ufb00", "я", "的", "😀", "\ud800", "\x00", "\x01"),
        *("\u0301", "a\u0301", "\u0301\u0327", "\u05b0\u0591", "\u200b", "\xad"),
    ),
    # The end of each footer was searched from its beginning: 2,000 lines took 3 s.
    "mails": (
        *(
            ">",
            "> a\n",
            ">\n",
            "> 1\n\n",
            "On 1 wrote ",
            "On 3 Nov 2025 14:22 A <a@b.pl>\n",
            "On 3 Nov wrote:\n",
        ),
        *(
            "From: a@b.c\n",
            "From: a@b.c\nTo: x\n\n",
            "Od: a\nTemat: ",
            "a: b\n",
            "...:\n> a\n",
            "Re: ",
        ),
        *(
            "----- Forwarded message -----\nFrom: a@b.c\n",
            "Pozdrawiam\nJan\n\n",
            "Pozdrawiam\n",
            "mit besten ",
        ),
        "this message is confidential and intended only for the addressee.\n",
        *(
            "this e-mail this message confidential ",
            "registered in ",
            "ihre nachricht ",
            "ticket #1 created\nFrom: a <a@b>\n",
        ),
    ),
    # All encoded words were read again for each of them: 1 MB took more than 10 s.
    "headers": (
        "=?",
        "=?utf-8?q?",
        "=?utf-8?q?=41?= ",
        "=?utf-8?q?a?=",
        "=?a?b?",
        "x: y\n",
        "x:\n ",
    ),
    "words": (
        *(
            "piln",
            "mój brat aa ",
            "czuć aa ",
            "iskrz dymi ",
            "told me Aa from aaaaaaaaaaaa ",
            "polecił mnie pan ",
        ),
        *("Aa hat mich ", "her name is ", "wartet auf ", "zamówienie 1 ", "a be ce ", "jeden dwa "),
        *("piszę trzeci raz ", "nikt aa ", "czekam aa ", "cisza ", "aa razy ", "oddam aa sądu "),
        *("wystawię aa opinię ", "i will aa court ", "ich werde aa anwalt ", "nr seryjny 1 "),
    ),
}
ALL: Final = tuple(dict.fromkeys(piece for family in PIECES.values() for piece in family))
_DICE: Final = random.Random(SEED)
PAIRS: Final = tuple("".join(_DICE.sample(ALL, 2)) for _ in range(20))

Stage = Callable[[str], object]


def _form(text: str) -> object:
    """Read a form with this text as a field's value, a part's header and a file's name."""
    head = '--b\r\nContent-Disposition: form-data; name="a"'
    body = f"{head}\r\n\r\n{text}\r\n{head}; filename*=utf-8''{text[:3000]}\r\n\r\na\r\n--b--\r\n"
    reader = FormReader("multipart/form-data; boundary=b", 1 << 24)
    with suppress(BadForm):
        reader.feed(_bytes(body))
    return reader


def _url_form(text: str) -> object:
    with suppress(BadForm):
        return read_urlencoded(_bytes(text))
    return None


def _slim(text: str) -> object:
    slimmer, dropper = JsonSlimmer(), DataUriDropper(JSON)
    data = slimmer.feed(_bytes(f'{{"a":"{text}","b":";base64,{text}",{text}')) + slimmer.finish()
    return dropper.feed(data) + dropper.finish()


def _drop_files(text: str) -> None:
    for spelling in (PLAIN, FORM):
        dropper = DataUriDropper(spelling)
        dropper.feed(_bytes(f";base64,{text}{spelling.marker.pattern.decode()}{text}"))
        dropper.finish()


def _bytes(text: str) -> bytes:
    return text.encode("utf-8", "replace")


def _clean(text: str) -> object:
    return clean(Draft(Channel.EMAIL, text, text, text, Contact(text, f"<{text}", text, text)))


def _compare(text: str) -> None:
    message = Draft(
        Channel.EMAIL, f"a\n{text}", f"Re: {text}", contact=Contact(text, text, "1", text)
    )
    incoming_of(Reading(message, message, read_words(message.subject, message.text)), NOW)
    labels_of(text)
    is_same_said(text, f"a {text}", frozenset({text}))
    kinship(
        Writer(message.contact, frozenset(), text), Writer(Contact("Jan Rek"), frozenset(), text)
    )


def _classify(text: str) -> object:
    return grams(prepare(text, text)), model_text(text, text), LANGUAGES.detect(text)


def _read_calls(text: str) -> None:
    said = {
        "from": text,
        "caller": text,
        "SpeechResult": text,
        "Digits": text,
        "speech": {"results": [{"text": text}]},
    }
    for door in PLATFORMS.values():
        door.read(read_request(f"from={text}", "application/json", json.dumps(said).encode()))
        form = _bytes(f"From={text}&SpeechResult={text}")
        door.read(read_request("", "application/x-www-form-urlencoded", form))


def _call_row(text: str) -> None:
    """Read the cells of a row of a call log."""
    day_order([f"2026-01-02{text}"])
    for written in (text, f"1h{text}x", f"1 {text}"):
        with suppress(ValueError):
            read_length(written)
        with suppress(ValueError):
            read_moment(f"2026-01-02 12:00{written}", "dmy", "UTC")


JAN: Final = contacts_of([("Jan", "+48601000204", "jan@firma.pl")])
LANGUAGES: Final = fit_language(["dzień dobry", "good morning"], ["pl", "en"])
PHRASES: Final = Phrases({"a": " a ", "stop": " stop", "x": "x"})

# Name -> the size that is multiplied, and the stage. Cheap stages get more to read.
TEXT_STAGES: Final[dict[str, tuple[int, Stage]]] = {
    "cleaning": (3_000, _clean),
    "folding": (16_000, fold),
    "words and phrases": (4_000, lambda text: PHRASES.find_in(read_words(text, text))),
    "mail": (5_000, lambda text: parse_mail("a", text)),
    "forwarded mail": (2_000, lambda text: parse_mail(f"Fwd: Re: {text}", text)),
    "form mail": (
        2_000,
        lambda text: parse_mail(
            "Contact form", f"Name: a\nE-mail: a@b.pl\nMessage: {text}\n{text}"
        ),
    ),
    "names of files": (
        4_000,
        lambda text: files_of([{"name": text, "content_type": text, "size": text}] * 2),
    ),
    "search": (16_000, lambda text: (fold(text), is_visible(text), clean_line(text))),
    "quoted mail": (
        2_000,
        lambda text: parse_mail("Re: a", f"a\n> {text}\nFrom: {text}\n\nOn 3 {text} wrote:\n"),
    ),
    "mail headers": (
        8_000,
        lambda text: parse_mail(text, "a\nb", {"from": text, "auto-submitted": text}),
    ),
    "customer's part": (
        2_000,
        lambda text: customer_part(Draft(Channel.EMAIL, f"a\n{text}", text)),
    ),
    "joining": (1_000, _compare),
    "spoken numbers": (4_000, with_digits),
    "entities": (1_000, lambda text: find_entities(text, f"a{text}")),
    "classification": (4_000, _classify),
    "encoded words": (16_000, decode_words),
    "form": (8_000, _form),
    "form in one line": (16_000, _url_form),
    "slimming": (2_000, _slim),
    "files in texts": (2_000, _drop_files),
    "dictation": (1_000, lambda text: (spoken_references(text, "pl"), spoken_key(text, "en"))),
    "caller": (8_000, read_caller),
    "phone platforms": (300, _read_calls),
    "sender": (8_000, lambda text: (sender_of(f"From: {text}"), name_and_address(f"<{text}"))),
    "headers": (
        4_000,
        lambda text: headers_of([("from", text), ("subject", f"a {text}"), (text, "a")]),
    ),
    "times and links": (
        4_000,
        lambda text: (
            sent_at(text),
            parse_time(text),
            web_address(text),
            channel_of(text, {}, Channel.API),
        ),
    ),
    "call log": (16_000, _call_row),
    "invitations": (2_000, lambda text: find_invitations(text, f"{text}\n jan@firma.pl", JAN)),
    "tags of tickets": (16_000, split_tags),
    "charsets": (
        3_000,
        lambda text: [
            decoded(_bytes(text), name) for name in ("latin2", "punycode", "utf-7", text)
        ],
    ),
    "raw mail": (16_000, lambda text: read_mail(_bytes(text))),
    "raw multipart": (
        16_000,
        lambda text: read_mail(
            b"Content-Type: multipart/mixed; boundary=b\n\n--b\n" + _bytes(text)
        ),
    ),
    "mail ticket": (
        8_000,
        lambda text: mail_ticket("1", "1", Contact(email=text), text, text, text, {"date": text}),
    ),
    "alert": (8_000, lambda text: read_alert(f"ticket #1 created\nFrom: a <a@b>\n\n\n{text}")),
    "own HTML": (16_000, is_own_html),
    "token": (
        8_000,
        lambda text: has_token(TOKEN, f"{URL}?a={text}", {"authorization": f"basic {text}"}),
    ),
}
HTML: Final = {
    "alone": "{}",
    "preformatted": "<pre>a{}a</pre>",
    "between tags": "<b>a</b>{}<b>a</b>",
    "attribute": '<img alt="{}">',
    "attributes": "<div {}>a</div>",
    "quoted": "<blockquote><table><tr><td>{}",
    "comment": "<!--{}-->",
    "style": "<style>{}</style>",
}


@pytest.mark.parametrize("name", TEXT_STAGES)
def test_stage_takes_linear_time(name: str) -> None:
    size, stage = TEXT_STAGES[name]
    pieces = ALL + PAIRS
    assert [
        piece for piece in pieces if _exceeds_linear_time(stage, partial(_repeated, piece), size)
    ] == []


@pytest.mark.parametrize("context", HTML)
def test_html_takes_linear_time(context: str) -> None:
    before, after = HTML[context].split("{}")

    def text(piece: str, count: int) -> str:
        return f"{before}{_repeated(piece, count)}{after}"

    pieces = ALL + PAIRS if context in ("alone", "preformatted", "between tags") else ALL
    assert [
        piece for piece in pieces if _exceeds_linear_time(html_to_text, partial(text, piece), 3_000)
    ] == []


# Raw mails are among the stages.
@pytest.mark.parametrize("kind", [one for one in TICKET_KINDS if SOURCES[one].mail_in != BODY])
def test_source_takes_linear_time(kind: str) -> None:
    source, secrets = SOURCES[kind], Secrets(TOKEN, GENUINE[kind].secrets[:1])
    settings = source.settings_model()
    sample = GENUINE[kind].samples()[0]
    places = _open_places(kind, sample, settings)
    assert places

    def read(request: IncomingRequest) -> None:
        with suppress(NotGenuine):
            source.authenticate(settings, secrets, request, NOW)
        with suppress(Unreadable):
            source.read(settings, request)

    def request(piece: str, count: int) -> IncomingRequest:
        return _fill(sample, places, _repeated(piece, count))

    assert [
        piece for piece in ALL if _exceeds_linear_time(read, partial(request, piece), 500)
    ] == []


def _exceeds_linear_time(
    stage: Callable[[Any], object], make: Callable[[int], Any], size: int
) -> bool:
    """True if a stage takes more than linear time.

    One large text is compared with small ones of the same total length: a machine that is busy for
    a while slows down both in the same way.
    """
    large = [make(TIMES * size)]
    seconds = _seconds(stage, large)
    if seconds < FLOOR_S:
        return False
    small = [make(size)] * TIMES
    in_parts = math.inf
    for _ in range(TRIES):
        in_parts = min(in_parts, _seconds(stage, small))
        seconds = min(seconds, _seconds(stage, large))
        if seconds < max(FLOOR_S, MAX_GROWTH * in_parts):
            return False
    return True


def _seconds(stage: Callable[[Any], object], texts: list[Any]) -> float:
    """Return the CPU time of this thread, without that of the garbage collector."""
    gc.disable()
    try:
        begun = time.thread_time()
        for text in texts:
            stage(text)
        return time.thread_time() - begun
    finally:
        gc.enable()


def _repeated(piece: str, count: int) -> str:
    return (piece * (count // len(piece) + 1))[:count]


def _open_places(kind: str, sample: Sample, settings: SourceSettings) -> list[Place]:
    """Return the places whose texts become text of an inquiry, or else all places."""
    places: list[Place] = [*sample.form] if sample.form else [*_leaves(sample.said)]
    samples = [(place, placed(sample, place, "come through")) for place in places]
    return [place for place, one in samples if _comes_through(kind, one, settings)] or places


def _comes_through(kind: str, sample: Sample, settings: SourceSettings) -> bool:
    request = IncomingRequest("POST", sample.url, sample.headers, sample.body, sample.form)
    try:
        return "come through" in repr(SOURCES[kind].read(settings, request))
    except Unreadable:
        return False


def _leaves(value: Any, *way: str | int) -> Iterator[tuple[str | int, ...]]:
    """Yield the places of texts in JSON."""
    if isinstance(value, str):
        yield way
    elif isinstance(value, dict | list):
        for name, inner in value.items() if isinstance(value, dict) else enumerate(value):
            yield from _leaves(inner, *way, name)


def _fill(sample: Sample, places: list[Place], text: str) -> IncomingRequest:
    """Return the request with a text in each of these places, and in its headers."""
    for place in places:
        sample = placed(sample, place, _bytes(text) if sample.form else text)
    headers = sample.headers | dict.fromkeys(("from", "authorization", "x-hub-signature"), text)
    return IncomingRequest("POST", f"{URL}?a={text}", headers, sample.body, sample.form)
