"""Hypothesis strategies: generated calls, meanings, situations and settings."""

from dataclasses import replace

from hypothesis import strategies as st

from inquiry_router.inquiry.categories import CATEGORY_IDS
from inquiry_router.phone.conversation import advance
from inquiry_router.phone.fallback import fallback_move, with_reference
from inquiry_router.phone.model import (
    Abilities,
    CallState,
    DialReport,
    DialStatus,
    Heard,
    Known,
    Move,
    OpenInquiry,
    Understood,
)
from inquiry_router.phone.settings import PhoneSettings
from inquiry_router.phone.turn import MAX_STEPS
from inquiry_router.routing.teams import Teams
from tests.phone.people import (
    ANNA,
    BARTEK,
    BEATA,
    EVENING,
    HOLIDAY,
    LINE,
    NOW,
    TEAMS,
    WORKFLOW,
    settings_of,
    situation_of,
)

texts = st.one_of(
    st.none(),
    st.sampled_from(
        ["pompa cieknie", "trzy", "konsultant", "", "...", "ka siedem em a cztery iks e igrek"]
    ),
    st.text(max_size=20),
)
NOT_ANSWERED = [None, *(one for one in DialStatus if one is not DialStatus.ANSWERED)]
inputs = st.builds(
    Heard,
    call_id=st.just("call-1"),
    digits=st.one_of(st.none(), st.sampled_from([*"0123456789*#", "57624939", "22"])),
    speech=texts,
    speech_confidence=st.one_of(st.none(), st.floats(0, 1)),
    language=st.sampled_from([None, "pl", "en", "xx"]),
    dial_status=st.sampled_from(NOT_ANSWERED),
    dial_seconds=st.sampled_from([None, 0, 3, 60]),
    ended=st.just(False),
)  # fmt: skip
cases = st.builds(
    OpenInquiry,
    st.just("K7MA-4XEY"),
    st.sampled_from(list(TEAMS.by_id)),
    st.sampled_from(CATEGORY_IDS),
    st.booleans(),
    subject=st.sampled_from(["", "pompa cieknie"]),
)
meanings = st.builds(
    Understood,
    st.sampled_from([*CATEGORY_IDS, "rental"]),
    st.floats(0, 1),
    st.sampled_from([*TEAMS.by_id, "nobody"]),
    st.booleans(),
    st.one_of(st.none(), cases),
)
situations = st.builds(
    situation_of,
    at=st.sampled_from([NOW, EVENING, HOLIDAY]),
    caller=st.sampled_from([ANNA, "anonymous", "+48220000101"]),
    abilities=st.builds(
        Abilities,
        st.booleans(),
        st.booleans(),
        st.booleans(),
        st.sampled_from([None, WORKFLOW]),
        st.booleans(),
        st.sampled_from([DialReport.AT_END, DialReport.APART]),
    ),
    known=st.sampled_from(Known),
    open_inquiries=st.lists(cases, max_size=2).map(tuple),
    attempts=st.integers(0, 4),
    perhaps=st.one_of(st.none(), cases),
    dangers=st.sampled_from([(), (), ("gas",), ("flooding",)]),
    salespeople=st.sampled_from([(), ("Bartek",)]),
)
OWN = {"name": "Bartek", "number": BARTEK}
documents = st.sampled_from(
    [
        settings_of(
            salespeople=[OWN],
            escalation=["+48220000099"],
            on_duty=["+48220000098"],
            catalogue_link={"pl": "https://www.example.com/k"},
        ),
        settings_of(fallback=None, callbacks={"count": 0}),
        PhoneSettings(),
    ]
)
odd_texts = st.one_of(
    st.sampled_from(
        [
            "</Say><Dial>+48666666666</Dial><Say>",
            "]]><Hangup/><![CDATA[",
            "<!DOCTYPE x [<!ENTITY a SYSTEM 'file:///etc/passwd'>]>&a;",
            "&lt;&#0;&quot;'\"",
            '"}],"action":"connect"',
            "\x00\x08\ud800\ufffe\U0001f600",
            "a&number=+48666666666\r\nX-Evil: 1",
            "${system reboot}",
        ]
    ),
    st.text(max_size=40).map("x{}".format),
)


_SIPS = (
    "sip:bok@pbx.example.com",
    "sips:+48220000002@pbx.example.com:5061;transport=tls",
    "sip:a%20b.c-d@192.0.2.1",
)
_LINES = (LINE, LINE.lstrip("+"), "sip:+48220000001@sbc.example.com", "anonymous", "recepcja", None)


def _teams_named(name: str) -> Teams:
    """The usual teams under an odd name, as an admin may give them."""
    written = TEAMS.model_dump(mode="json")
    for team in written["teams"]:
        team["names"] = dict.fromkeys(("pl", "en", "de"), name)
    return Teams.model_validate(written)


@st.composite
def settings_with_odd_names(draw: st.DrawFn) -> PhoneSettings:
    """Settings in any language, with texts, numbers and addresses that nobody expects."""
    language = draw(st.sampled_from(["pl", "en", "de"]))
    # Settings are UTF-8, and braces in them are blanks.
    odd = draw(odd_texts).encode("utf-8", "ignore").decode().replace("{", "(").replace("}", ")")
    said = f"{odd} ok"
    desk = draw(
        st.lists(st.sampled_from([*_SIPS, "+48220000002", "+18005550100"]), max_size=3, unique=True)
    )
    return settings_of(
        language=language,
        desks={"customer_service": {"numbers": desk}, "sales": {"numbers": [BARTEK, BEATA]}},
        fallback=draw(st.sampled_from([None, *_SIPS])),
        prompts=draw(
            st.sampled_from(
                [{}, {language: {"greeting": said, "transfer": f"{said} {{team}}", "closed": said}}]
            )
        ),
        catalogue_link=draw(st.sampled_from([{}, {language: "https://www.example.com/k?a=1&b=ż"}])),
        lines={},
    )


@st.composite
def answered(draw: st.DrawFn, abilities: Abilities) -> list[tuple[Move, Heard]]:
    """All answers of a call on a platform with these abilities, each with its request."""
    settings = draw(settings_with_odd_names())
    name = draw(st.text(st.characters(categories=["L", "N", "P", "S"]), min_size=1, max_size=20))
    situation = replace(draw(situations), teams=_teams_named(name), abilities=abilities)
    called = draw(st.one_of(st.sampled_from(_LINES), odd_texts))
    steps = draw(
        st.lists(st.tuples(inputs, st.one_of(st.none(), meanings)), min_size=1, max_size=MAX_STEPS)
    )
    state: CallState | None = None
    found = []
    for what, meaning in steps:
        asked = replace(what, called=called, language=None)
        state, move = advance(state, asked, meaning, situation, settings)
        found += [(move, asked), (with_reference(move, "K7MA-4XEY", settings), asked)]
    return [*found, (fallback_move(called, settings, situation.teams), found[0][1])]
