"""The newer doors take linear time too: mailboxes, helpdesks' answers, accounts, documents, rules.

The hostile texts and the measure are those of `test_linear_time.py`.
"""

import asyncio
import io
import json
import zipfile
from collections.abc import Generator
from contextlib import suppress
from functools import partial
from typing import Any, Final, cast
from xml.parsers.expat import ExpatError

import pytest

from inquiry_router.accounts.model import (
    company_key,
    domains_of,
    person_key,
    read_domain_point,
    read_email_point,
    read_phone_point,
)
from inquiry_router.accounts.reading import read_csv, read_json_file
from inquiry_router.classification.deciding_words import strongest_words
from inquiry_router.classification.encoder import Encoding
from inquiry_router.classification.examples import excerpt
from inquiry_router.classification.features import grams, prepare
from inquiry_router.documents.worker import NoText, read_docx
from inquiry_router.inquiry.model import Channel, Draft
from inquiry_router.intake.enclosed import find_enclosed, with_enclosed
from inquiry_router.intake.question import cut_parts
from inquiry_router.outside import error_text
from inquiry_router.outside.client import Failed
from inquiry_router.outside.imap import Imap
from inquiry_router.outside.messages import Reply
from inquiry_router.providers import CHANNELS, PROVIDERS, VENDOR_SOURCES, Handover
from inquiry_router.providers.kit.message import message_json
from inquiry_router.providers.kit.provider import Locating, Provider, Refused
from inquiry_router.providers.kit.source import SourceKind, Thin, Unreadable
from inquiry_router.routing.conditions import Conditions
from inquiry_router.routing.own_intents import OwnIntent
from inquiry_router.routing.policy import Policy
from tests.providers.kit import NOW, event
from tests.providers.test_messages import MESSAGE
from tests.providers.test_registry import SETTINGS
from tests.test_linear_time import ALL, PAIRS, Stage, _exceeds_linear_time, _repeated


class _Written:
    """A server that has written everything already, and reads nothing."""

    def write(self, data: bytes) -> None: ...

    async def drain(self) -> None: ...


def _ask_mailbox(text: str) -> None:
    """Read hostile answers of a mailbox to the commands that look into them."""
    said = text.encode("utf-8", "replace")

    async def ask(command: str) -> None:
        reader = asyncio.StreamReader(limit=1 << 23)
        imap = Imap(reader, cast("asyncio.StreamWriter", _Written()))
        imap._tag = b"A"
        for line in (
            said,
            b"* SEARCH " + said,
            b"* OK [UIDVALIDITY " + said,
            b"* 1 FETCH (" + said,
        ):
            reader.feed_data(line.replace(b"\n", b" ") + b"\r\n")
        reader.feed_data(b"A1 OK " + said.replace(b"\n", b" ") + b"\r\n")
        reader.feed_eof()
        with suppress(Failed):
            await getattr(imap, command)(*{"select": ["INBOX"]}.get(command, [1]))

    for command in ("search_after", "select", "read_time"):
        asyncio.run(ask(command))


def _explain(text: str) -> None:
    encoding = Encoding(text, 0, ((0, len(text)),), _WIDE)
    found = grams(prepare(text, text))
    strongest_words(encoding, found, _WIDE[0][:1], _zeros(len(found.text) + 2))
    excerpt(text, text)
    cut_parts(Draft(Channel.EMAIL, f"a\n{text}", text))


def _import_accounts(text: str) -> None:
    line = text.replace("\n", " ")
    table = f"{line};NIP;nazwa;e-mail;telefon;domena\n{line};{line};{line};{line};{line};{line}\n"
    for content, encoding in ((table, None), (text, None), (table, "utf-7"), (table, "punycode")):
        with suppress(ValueError):
            read_csv(content.encode("utf-8", "replace"), {}, encoding)
    names = ("name", "tax_id", "external_id", "emails", "phones", "domains", text)
    entries = [dict.fromkeys(names, text)]
    read_json_file(json.dumps(entries).encode())
    with suppress(ValueError):
        read_json_file(text.encode("utf-8", "replace"))
    for read in (read_email_point, read_phone_point, read_domain_point):
        with suppress(ValueError):
            read(text)
    for fold in (domains_of, company_key, person_key):
        fold(text)


def _read_document(text: str) -> None:
    draft = Draft(Channel.EMAIL, "a", enclosed=text)
    find_enclosed(draft, "a", ())
    with_enclosed(draft)
    word = "http://schemas.openxmlformats.org/wordprocessingml/2006/main"
    packed, text = io.BytesIO(), text.encode("utf-8", "replace").decode()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr(
            "word/document.xml", f'<w:document xmlns:w="{word}"><w:t>{text}</w:t></w:document>'
        )
    with suppress(NoText, ExpatError):
        read_docx(packed.getvalue())


def _make_intent(text: str) -> None:
    pieces = [text[place : place + 1900] for place in range(0, len(text), 1900)]
    with suppress(ValueError):
        OwnIntent.model_validate(
            {
                "id": text,
                "category": text,
                "names": {"en": text[:80], text: text},
                "description": text,
                "examples": (pieces * 9)[:99],
            }
        )


def _preview_rules(text: str) -> None:
    texts = [text[:80] or "a", text]
    for name, field in Conditions.model_fields.items():
        if "list" in str(field.annotation):
            with suppress(ValueError):
                Conditions.model_validate({name: texts})
    rule = {"id": "a", "when": {"words": texts}, "then": {"team": text}}
    with suppress(ValueError):
        Policy.model_validate({"rules": [rule], "default": {"team": text}})


def _zeros(length: int) -> Any:
    import numpy as np

    return np.zeros(length, dtype=np.float32)


_WIDE: Final = _zeros(2).reshape(1, 2)
STAGES: Final[dict[str, tuple[int, Stage]]] = {
    "answers of a mailbox": (4_000, _ask_mailbox),
    "errors of receivers": (
        16_000,
        lambda text: error_text.describe(500, text.encode("utf-8", "replace")),
    ),
    "explanation": (4_000, _explain),
    "accounts": (1_000, _import_accounts),
    "documents": (1_000, _read_document),
    "own intents": (4_000, _make_intent),
    "preview of rules": (2_000, _preview_rules),
}


@pytest.mark.parametrize("name", STAGES)
def test_door_takes_linear_time(name: str) -> None:
    size, stage = STAGES[name]
    assert [
        piece
        for piece in ALL + PAIRS
        if _exceeds_linear_time(stage, partial(_repeated, piece), size)
    ] == []


KNOWN: Final = dict.fromkeys(("ticket", "id", "files_of", "followup", "conversation"), "1")


class _Anything(dict[str, Any]):
    """An object of a helpdesk's answer that has every member, with a hostile text in the end.

    Names in the plural are lists; others are objects down to some depth, then texts.
    """

    def __init__(self, text: str, depth: int) -> None:
        super().__init__({text[:40]: text})
        self._text, self._depth = text, depth

    def get(self, name: str, default: Any = None) -> Any:
        if self._depth <= 0:
            return self._text
        inner = _Anything(self._text, self._depth - 1)
        return [inner] if name.endswith("s") or name == "_embedded" else inner

    __getitem__ = get

    def __contains__(self, name: object) -> bool:
        return True


class _Answer(Reply):
    """A reply whose body is anything that is asked for."""

    def json(self) -> Any:
        text = self.body.decode()
        return _Anything(text, len(self.headers))


def _answers(text: str) -> list[Reply]:
    text = text.encode("utf-8", "replace").decode()
    bodies = [
        _Answer(200, {str(n): text for n in range(depth)}, text.encode()) for depth in range(4)
    ]
    plain = Reply(200, {"content-type": text}, json.dumps([{"id": text, "name": text}]).encode())
    return [*bodies, plain]


def _talk(exchange: Any, reply: Reply) -> object:
    """Answer everything that an exchange asks, a few times."""
    if not isinstance(exchange, Generator):
        return exchange
    with suppress(StopIteration, Refused, Unreadable, Failed):
        next(exchange)
        for _ in range(4):
            exchange.send(reply)
    return None


HELPDESKS: Final = sorted(kind for kind in PROVIDERS if kind not in ("console", "webhook"))


@pytest.mark.parametrize("kind", HELPDESKS)
def test_answers_to_a_destination_take_linear_time(kind: str) -> None:
    provider: Provider[Any] = PROVIDERS[kind]
    settings = provider.settings_model.model_validate(SETTINGS[kind])
    told = Handover("1", "inquiry.routed", event())
    if kind in CHANNELS:
        told = Handover("1", "notice", json.dumps(message_json(MESSAGE, None)))

    def talk(text: str) -> None:
        for reply in _answers(text):
            _talk(provider.check(settings), reply)
            if isinstance(provider, Locating):
                _talk(provider.locate(settings, "1"), reply)
            _talk(provider.hand_over(settings, told, NOW), reply)

    assert [
        piece for piece in ALL if _exceeds_linear_time(talk, partial(_repeated, piece), 400)
    ] == []


@pytest.mark.parametrize("kind", sorted(set(VENDOR_SOURCES) - {"imap"}))
def test_answers_to_a_source_take_linear_time(kind: str) -> None:
    source: SourceKind[Any] = VENDOR_SOURCES[kind]
    settings = source.settings_model()

    def talk(text: str) -> None:
        for reply in _answers(text):
            with suppress(Unreadable):
                source.fetched(settings, Thin("1", KNOWN), reply)
            _talk(source.poll(settings, NOW), reply)
            _talk(source.poll_states(settings, NOW), reply)

    assert [
        piece for piece in ALL if _exceeds_linear_time(talk, partial(_repeated, piece), 400)
    ] == []
