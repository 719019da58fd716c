"""The texts for callers as data: shipped in `prompts.yaml`, with blanks to fill."""

import re
from functools import cache
from typing import Final, Literal, get_args

from pydantic import BaseModel, ConfigDict, Field

from inquiry_router.text.yaml_reading import load_shipped_yaml

PromptName = Literal[
    "greeting",
    "choose_language",
    "open_case",
    "menu",
    "ask_reference",
    "transfer",
    "next_person",
    "closed",
    "nobody",
    "offer",
    "or_voicemail",
    "voicemail",
    "voicemail_without_number",
    "message_taken",
    "callback",
    "link",
    "reference",
    "goodbye",
    "confirm",
    "confirm_recommended",
    "same_matter",
    "danger",
]
NAMES: Final[tuple[PromptName, ...]] = get_args(PromptName)
# Texts that came later: a company's own language may lack them, and has the English ones then.
OPTIONAL: Final[frozenset[PromptName]] = frozenset(
    {"confirm", "confirm_recommended", "same_matter", "danger"}
)
# The blanks that a text may have. Filling is plain replacement, so a text cannot execute anything.
BLANKS: Final[dict[PromptName, frozenset[str]]] = {
    "choose_language": frozenset({"key"}),
    "open_case": frozenset({"key"}),
    "transfer": frozenset({"team"}),
    "offer": frozenset({"key", "time"}),
    "callback": frozenset({"time"}),
    "confirm": frozenset({"key", "team"}),
    "confirm_recommended": frozenset({"key", "team", "recommender"}),
    "same_matter": frozenset({"subject"}),
    "reference": frozenset({"reference"}),
}
_BLANK: Final = re.compile(r"\{([^{}]*)\}")


class Clock(BaseModel):
    """The words of a language for times.

    `hours` has 24 entries with a blank for `minutes`; `at` has blanks for `day` and `hour`.
    `past_midnight` has whole times of the first hour, by their minutes, in place of `at`.
    `spoken_hours` and `spoken_minutes` are the times as callers say them. At half past, `half`
    stands before the hour that is `half_counts` later.
    """

    model_config = ConfigDict(extra="forbid", frozen=True)

    today: str
    tomorrow: str
    weekdays: tuple[str, ...] = Field(min_length=7, max_length=7)
    months: tuple[str, ...] = Field(min_length=12, max_length=12)
    hours: tuple[str, ...] = Field(min_length=24, max_length=24)
    minutes: dict[int, str]
    at: str
    past_midnight: dict[int, str] = {}
    spoken_hours: tuple[str, ...] = Field(min_length=24, max_length=24)
    spoken_minutes: dict[int, str]
    half: str | None = None
    half_counts: int = 0


class Speech(BaseModel):
    """Everything one language needs on the phone."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    tag: str  # BCP 47
    prompts: dict[PromptName, str]
    clock: Clock
    hints: tuple[str, ...]  # words for speech recognition to expect
    agreeing: tuple[str, ...]  # words for yes
    refusing: tuple[str, ...]  # words for no, and for another one
    only_answers: tuple[str, ...]  # of these, the words that mean nothing else at a beginning
    beside_answers: tuple[str, ...]  # words that say nothing more beside a yes or no
    # The words for the first offer, the second and so on; the last list is for the last offer.
    places: tuple[tuple[str, ...], ...]
    options: tuple[str, ...]  # words for an offer, beside which a number is its place
    # The text of an inquiry without words: by key, or else `person` or `missed`.
    notes: dict[str, str]


@cache
def shipped() -> dict[str, Speech]:
    """The languages that come with the product."""
    texts = load_shipped_yaml("inquiry_router.phone", "prompts.yaml")
    return {language: Speech.model_validate(speech) for language, speech in texts.items()}


def speech_of(language: str) -> Speech:
    """The shipped speech of this language, or else of English."""
    return shipped().get(language) or shipped()["en"]


def find_blanks(text: str) -> frozenset[str]:
    """Find the blanks of a text."""
    return frozenset(_BLANK.findall(text))


def fill_blanks(text: str, values: dict[str, str]) -> str:
    """Fill the blanks of a text; a blank without a value stays empty."""
    return _BLANK.sub(lambda blank: values.get(blank[1], ""), text)
