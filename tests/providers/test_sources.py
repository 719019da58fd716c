"""One contract over all kinds of sources, with requests signed as each vendor does."""

import json
import re
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from random import Random
from typing import Any

import pytest

from inquiry_router.api.web.bodies.forms import BadForm
from inquiry_router.configuration.model import Source
from inquiry_router.inquiry.model import Channel, Draft
from inquiry_router.intake.cleaning import clean
from inquiry_router.outside.addresses import PUBLIC
from inquiry_router.outside.messages import Reply
from inquiry_router.providers import SourceKind
from inquiry_router.providers.kit.setup import load_steps
from inquiry_router.providers.kit.signatures import NotGenuine
from inquiry_router.providers.kit.source import (
    BODY,
    Event,
    Handshake,
    Ignored,
    IncomingRequest,
    Secrets,
    SourceSettings,
    Thin,
    Ticket,
    TicketState,
    Unreadable,
)
from inquiry_router.sources.arrival import list_keys, make_draft
from inquiry_router.sources.kinds import SOURCES
from tests.providers.samples import (
    GENUINE,
    NOW,
    OWN_USER,
    TICKET_KINDS,
    TOKEN,
    URL,
    Sample,
    arrived,
    placed,
    proven,
    with_token,
    with_value,
)

pytestmark = pytest.mark.anyio

SEED = 20261121
MUTATIONS = 10_000
SOURCE = Source("door", "Door", "console", {}, TOKEN, shadow=False, version=1, created_at=NOW)
ASKING = {
    "api_url": "https://desk.example.com",
    "api_token": "key-of-the-api",
    "app_token": "key-of-the-app",
    "own_user": OWN_USER,
}
# Without the equals sign: one more at the end of base64 is no other signature.
LETTERS = "ABCXYZabcxyz0123456789+/"
MISSING = object()
WRONG: tuple[Any, ...] = (
    None,
    MISSING,
    "",
    " ",
    7,
    -1.5,
    10**400,
    float("inf"),
    float("nan"),
    True,
    [],
    {},
    [[[]]],
    [None, 7, "x"],
    {"id": {"id": []}},
    "x\ud800y",
    "a\x00b",
    "<p " * 500,
    "9" * 5000,
    "> zażółć\n" * 300,
)
KINDS = pytest.mark.parametrize("kind", TICKET_KINDS)
SIGNING = [kind for kind in TICKET_KINDS if SOURCES[kind].signs != "never"]
ASKED = [kind for kind in TICKET_KINDS if "api_token" in SOURCES[kind].settings_model.model_fields]
TAKING_TOKENS = [kind for kind in TICKET_KINDS if SOURCES[kind].signs != "always"]


def settings_of(kind: SourceKind[Any], *, asking: bool = True) -> Any:
    """The settings of a source with access to the API and an own user, if the kind has them."""
    wanted = ASKING if asking else {}
    return kind.settings_model.model_validate(
        {name: wanted[name] for name in wanted if name in kind.settings_model.model_fields}
    )


def secrets_of(kind: str) -> Secrets:
    """The secrets of a source whose vendor signs with the first one, or sends the token."""
    return Secrets(TOKEN, GENUINE[kind].secrets[:1] if GENUINE[kind].prove is not None else ())


async def is_accepted(kind: str, sample: Sample, secrets: Secrets, now: datetime = NOW) -> bool:
    source = SOURCES[kind]
    try:
        source.authenticate(settings_of(source), secrets, await arrived(source, sample), now)
    except (NotGenuine, BadForm):
        return False
    return True


async def read(kind: str, sample: Sample, *, asking: bool = True) -> tuple[Event, ...] | Handshake:
    source = SOURCES[kind]
    found = source.read(settings_of(source, asking=asking), await arrived(source, sample))
    assert isinstance(found, tuple | Handshake)
    return found


def test_every_kind_has_genuine_samples() -> None:
    assert sorted(GENUINE) == TICKET_KINDS


@KINDS
async def test_authentic_request_is_accepted_and_read_the_same_twice(kind: str) -> None:
    for number, sample in enumerate(GENUINE[kind].samples()):
        sent = proven(kind, sample)
        assert await is_accepted(kind, sent, secrets_of(kind))
        first, second = await read(kind, sent), await read(kind, sent)
        assert first == second
        if number == 0:
            assert isinstance(first, tuple) and isinstance(first[0], Ticket | Thin), first


@KINDS
async def test_forged_requests_are_refused(kind: str) -> None:
    random = Random(f"{SEED} {kind}")
    samples = GENUINE[kind].samples()
    for number in range(-(-MUTATIONS // len(TICKET_KINDS))):
        sample = samples[number % len(samples)]
        forged = forged_by(random, sample, kind)
        assert not await is_accepted(kind, forged, secrets_of(kind)), (
            f"seed '{SEED} {kind}', number {number}: {forged}"
        )


@pytest.mark.parametrize("kind", TAKING_TOKENS)
@pytest.mark.parametrize("place", ["url", "header", "bearer", "basic"])
async def test_token_is_accepted_in_every_place(kind: str, place: str) -> None:
    sample, secrets = GENUINE[kind].samples()[0], Secrets(TOKEN)
    assert await is_accepted(kind, with_token(sample, TOKEN, place), secrets)
    assert not await is_accepted(kind, sample, secrets)
    for wrong in (
        "",
        "wrong",
        f"x{TOKEN}",
        f"{TOKEN}x",
        TOKEN[:-1],
        TOKEN[1:],
        TOKEN.swapcase(),
        f"{TOKEN},{TOKEN}",
    ):
        assert not await is_accepted(kind, with_token(sample, wrong, place), secrets), wrong


@pytest.mark.parametrize("kind", SIGNING)
async def test_both_secrets_are_valid_during_a_rotation(
    kind: str,
) -> None:
    genuine, (new, old, other) = GENUINE[kind], GENUINE[kind].secrets
    assert genuine.prove is not None
    sample = genuine.samples()[0]
    by_new, by_old = genuine.prove(sample, new, NOW), genuine.prove(sample, old, NOW)
    for signing, accepted in (
        ((new, old), (True, True)),
        ((new,), (True, False)),
        ((other,), (False, False)),
    ):
        secrets = Secrets(TOKEN, signing)
        assert (
            await is_accepted(kind, by_new, secrets),
            await is_accepted(kind, by_old, secrets),
        ) == accepted


@pytest.mark.parametrize("kind", SIGNING)
async def test_token_is_refused_once_a_secret_is_set(kind: str) -> None:
    for place in ("url", "header", "bearer", "basic"):
        assert not await is_accepted(
            kind, with_token(GENUINE[kind].samples()[0], TOKEN, place), secrets_of(kind)
        )


@pytest.mark.parametrize("kind", SIGNING)
async def test_old_and_future_signatures_are_refused_if_the_time_is_signed(kind: str) -> None:
    sample = GENUINE[kind].samples()[0]
    sent, late = proven(kind, sample), NOW + SOURCES[kind].max_age
    signs_the_time = proven(kind, sample, late) != sent
    assert await is_accepted(kind, sent, secrets_of(kind), late)
    too_late = late + timedelta(seconds=1)
    assert await is_accepted(kind, sent, secrets_of(kind), too_late) is not signs_the_time
    assert (
        await is_accepted(kind, sent, secrets_of(kind), NOW - timedelta(minutes=6))
        is not signs_the_time
    )


@pytest.mark.parametrize(
    ("kind", "asking"),
    [*((kind, True) for kind in TICKET_KINDS), *((kind, False) for kind in ASKED)],
)
async def test_wrong_values_at_every_place_do_no_harm(kind: str, asking: bool) -> None:
    tried: set[tuple[str | int, ...]] = set()
    for sample in GENUINE[kind].samples():
        for changed in spoilt(sample, tried):
            await assert_sound(kind, changed, asking=asking)


@KINDS
async def test_requests_of_other_vendors_are_refused_with_advice(kind: str) -> None:
    sample = GENUINE[kind].samples()[0]
    bodies = [
        b"",
        b"{}",
        b"[]",
        b"null",
        b"7",
        b"{",
        b"\xff\xfe",
        b"[" * 20_000,
        b'{"a":' * 20_000,
        # A mail that is cut is a mail; the length of the request tells that it is whole.
        *([] if SOURCES[kind].mail_in == BODY else [sample.content[:-9]]),
    ]
    for body in bodies:
        for headers in (sample.headers, {}, {"content-type": "application/x-www-form-urlencoded"}):
            told = await assert_sound(kind, Sample(headers, body))
            assert not any(isinstance(one, Ticket | Thin | TicketState) for one in told), (
                body[:40],
                headers,
            )


@pytest.mark.parametrize("kind", [kind for kind in TICKET_KINDS if GENUINE[kind].event is not None])
async def test_unknown_event_is_ignored(kind: str) -> None:
    event = GENUINE[kind].event
    assert event is not None
    found = await read(kind, placed(GENUINE[kind].samples()[0], event, "comet.sighted"))
    assert isinstance(found, tuple)
    assert all(isinstance(one, Ignored) for one in found), found


@KINDS
async def test_routers_own_texts_are_ignored(kind: str) -> None:
    assert GENUINE[kind].own
    for changes in GENUINE[kind].own:
        sample = GENUINE[kind].samples()[0]
        for place, value in changes.items():
            sample = placed(sample, place, value)
        found = await read(kind, sample)
        assert isinstance(found, tuple)
        assert all(isinstance(one, Ignored) for one in found), changes


@KINDS
async def test_wrong_answers_to_a_fetch_do_no_harm(kind: str) -> None:
    source = SOURCES[kind]
    settings = settings_of(source)
    for sample in GENUINE[kind].samples():
        found = await read(kind, sample)
        for thin in [
            one for one in (found if isinstance(found, tuple) else ()) if isinstance(one, Thin)
        ]:
            assert source.fetch(settings, thin) is not None
            assert source.fetch(settings_of(source, asking=False), thin) is None
            for body in (
                "",
                "<html>",
                "null",
                "7",
                "[]",
                "{}",
                "[[]]",
                '{"id":[],"user":7,"properties":[]}',
            ):
                assert_event(
                    source.fetched(settings, thin, Reply(200, {}, body.encode())), settings
                )


def test_every_vendor_has_setup_steps() -> None:
    # Nobody posts to a mailbox, but its admin has to prepare it.
    assert sorted(load_steps()) == sorted([*TICKET_KINDS, "imap"])


@KINDS
def test_setup_steps_contain_the_address_in_both_languages(kind: str) -> None:
    url = f"{URL}?token={TOKEN}"
    setup = SOURCES[kind].setup(url)
    assert len(setup.pl) == len(setup.en)
    assert 4 <= len(setup.pl) <= 9
    for steps in (setup.pl, setup.en):
        assert any(url in step for step in steps)
        assert not re.search(r"\{[a-z_]+\}", "".join(steps)), "a text for a name is missing"
        assert all(step.strip() for step in steps)
    assert set("".join(setup.pl).lower()) & set("ąćęłńóśźż")
    assert not set("".join(setup.en).lower()) & set("ąćęłńśźż")


@KINDS
def test_settings_have_descriptions_and_hide_secrets(kind: str) -> None:
    source = SOURCES[kind]
    model = source.settings_model
    assert source.title and source.kind == kind
    assert model.model_config["extra"] == "forbid"
    for name, field in model.model_fields.items():
        assert field.description, name
        assert field.examples, name
    settings: SourceSettings = settings_of(source)
    assert model.from_stored(settings.stored(), reach=PUBLIC) == settings
    for name in model.secret_names():
        assert settings.stored()[name] not in repr(settings)
        assert set(settings.shown()[name]) == {"*"}


def forged_by(random: Random, sample: Sample, kind: str) -> Sample:
    """A genuine request with one thing changed: its body, or what it proves itself by."""
    if GENUINE[kind].prove is None:
        place = random.choice(["url", "header", "bearer", "basic"])
        return with_token(
            sample,
            random.choice(
                ["", altered(random, TOKEN), altered(random, TOKEN), random.choice(LETTERS)]
            ),
            place,
        )
    genuine = proven(kind, sample)
    proofs = [name for name, value in genuine.headers.items() if sample.headers.get(name) != value]
    proofs += [name for name, value in genuine.form.items() if sample.form.get(name) != value]
    place = random.choice([*proofs, "body"] if genuine.body else proofs)
    if place == "body":
        return replace(genuine, body=altered_bytes(random, genuine.body))
    if place in genuine.form:
        return placed(genuine, place, altered(random, genuine.form[place].decode()))
    if random.random() < 0.1:
        return replace(
            genuine,
            headers={name: value for name, value in genuine.headers.items() if name != place},
        )
    return placed(genuine, place, altered(random, genuine.headers[place]))


def altered(random: Random, text: str) -> str:
    """A different text. The last letters of base64 have unused bits, so only others are changed."""
    at = random.randrange(max(len(text) - 4, 1))
    letter = random.choice([one for one in LETTERS if one != text[at]])
    return random.choice(
        [
            "",
            text[:at],
            text[:at] + letter + text[at + 1 :],
            text[:at] + letter + text[at:],
            text[:at] + text[at + 1 :],
            letter + text,
            text + letter,
        ]
    )


def altered_bytes(random: Random, body: bytes) -> bytes:
    """Other bytes than these."""
    at = random.randrange(len(body))
    other = bytes([body[at] ^ (1 << random.randrange(8))])
    return random.choice(
        [
            b"",
            body[:at],
            body[:at] + other + body[at + 1 :],
            body[:at] + other + body[at:],
            body + other,
        ]
    )


def spoilt(sample: Sample, tried: set[tuple[str | int, ...]]) -> Iterator[Sample]:
    """The sample with each wrong value at each place: headers, form fields, values in JSON.

    Places that an earlier sample had are left out, and added to `tried`.
    """
    for name in sample.headers:
        yield replace(
            sample,
            headers={other: value for other, value in sample.headers.items() if other != name},
        )
        for value in ("", " ", "7", "ż\x80", "x" * 20_000, "{", "'"):
            yield replace(sample, headers={**sample.headers, name: value})
    for name in sample.form:
        yield replace(
            sample, form={other: kept for other, kept in sample.form.items() if other != name}
        )
        for field in (
            b"",
            b" ",
            b"7",
            b"null",
            b"[7]",
            b"[[]]",
            b'{"a":[]}',
            b"\xff\x00",
            b"[" * 20_000,
            b"=?x?q?=FF?=" * 200,
        ):
            yield replace(sample, form={**sample.form, name: field})
    if sample.headers.get("content-type") == "message/rfc822":
        random = Random(SEED)
        for _ in range(300):
            yield replace(sample, body=altered_bytes(random, sample.body))
        return
    if sample.form:
        return
    new = [place for place in places(sample.said) if place not in tried]
    tried.update(new)
    for place in new:
        for wrong in WRONG:
            body = (
                without(sample.said, place)
                if wrong is MISSING
                else with_value(sample.said, place, wrong)
            )
            yield replace(sample, body=json.dumps(body).encode())


def places(value: Any, before: tuple[str | int, ...] = ()) -> Iterator[tuple[str | int, ...]]:
    """Every place of some JSON, the root first."""
    yield before
    inner = (
        value.items()
        if isinstance(value, dict)
        else enumerate(value)
        if isinstance(value, list)
        else ()
    )
    for name, one in inner:
        yield from places(one, (*before, name))


def without(root: Any, place: tuple[str | int, ...]) -> Any:
    """The JSON without what stands at this place; an empty object without its root."""
    if not place:
        return {}
    *path, last = place
    holder: Any = root
    for name in path:
        holder = holder[name]
    kept = (
        [one for at, one in enumerate(holder) if at != last]
        if isinstance(holder, list)
        else {**holder}
    )
    if isinstance(kept, dict):
        kept.pop(last)
    return with_value(root, tuple(path), kept)


async def assert_sound(kind: str, sample: Sample, *, asking: bool = True) -> tuple[Event, ...]:
    """Check that a request gives sound events, or is refused with a sentence; return the events."""
    source = SOURCES[kind]
    settings = settings_of(source, asking=asking)
    try:
        request: IncomingRequest = await arrived(source, sample)
        found = source.read(settings, request)
    except (Unreadable, BadForm) as error:
        assert_sentence(str(error))
        return ()
    if isinstance(found, Handshake):
        return ()
    for event in found:
        assert_event(event, settings)
    return found


def assert_event(event: Event, settings: SourceSettings) -> None:
    if isinstance(event, Ignored):
        assert event.reason
    elif isinstance(event, Thin):
        assert_storable(event.key, *event.known, *event.known.values())
        if event.ticket is not None:
            assert_ticket(event.ticket, settings)
    elif isinstance(event, TicketState):
        assert_state(event)
    else:
        assert_ticket(event, settings)


def assert_ticket(ticket: Ticket, settings: SourceSettings) -> None:
    assert ticket.external_id.strip()
    draft = clean(make_draft(ticket, SOURCE, settings, NOW))
    assert isinstance(draft, Draft) and isinstance(draft.channel, Channel)
    assert draft.received_at is None or datetime(2000, 1, 1, tzinfo=UTC) <= draft.received_at <= NOW
    assert draft.origin is not None
    contact, source = draft.contact, draft.origin
    assert_storable(draft.text, draft.subject, draft.language, source.id, source.url)
    assert_storable(contact.name, contact.email, contact.phone, contact.company)
    for attachment in ticket.attachments:
        assert_storable(attachment.name, attachment.type)
        assert attachment.size >= 0
    keys = list_keys(ticket, "door")
    assert keys
    assert_storable(*keys)


def assert_state(state: TicketState) -> None:
    assert state.external_id.strip()
    assert state.status in (None, "open", "pending", "closed")
    assert state.at is None or state.at.tzinfo is not None
    assert_storable(state.external_id, *state.groups, state.owner, state.who)
    assert state.answered or state.groups or state.status or state.owner is not None


def assert_storable(*texts: str | None) -> None:
    """Check that both databases can store these: no NUL and no halves of surrogate pairs."""
    for text in texts:
        if text is not None:
            assert "\x00" not in text
            assert text.encode().decode() == text


def assert_sentence(text: str) -> None:
    assert text[0].isupper() and text.rstrip("'\"}").endswith(".") and " " in text, text
