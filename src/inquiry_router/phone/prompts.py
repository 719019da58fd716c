"""What is said to callers, as data: the texts shipped in `prompts.yaml`, and how their blanks are filled."""

import re
from functools import cache
from importlib import resources
from typing import Final, Literal, get_args

import yaml
from pydantic import BaseModel, ConfigDict, Field

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
]
NAMES: Final[tuple[PromptName, ...]] = get_args(PromptName)
# The blanks that a text may have. Filling them is plain replacement, so a text can never do more than be said.
BLANKS: Final[dict[PromptName, frozenset[str]]] = {
    "choose_language": frozenset({"key"}),
    "open_case": frozenset({"key"}),
    "transfer": frozenset({"team"}),
    "offer": frozenset({"key", "time"}),
    "callback": frozenset({"time"}),
    "reference": frozenset({"reference"}),
}
_BLANK: Final = re.compile(r"\{([^{}]*)\}")


class Clock(BaseModel):
    """How a language says when. `hours` has 24 entries with a blank for `minutes`; `at` has blanks for `day` and `hour`."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    today: str
    tomorrow: str
    weekdays: tuple[str, ...] = Field(min_length=7, max_length=7)
    months: tuple[str, ...] = Field(min_length=12, max_length=12)
    hours: tuple[str, ...] = Field(min_length=24, max_length=24)
    minutes: dict[int, str]
    at: str


class Speech(BaseModel):
    """All that one language needs on the telephone."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    tag: str  # BCP 47, as platforms want it
    prompts: dict[PromptName, str]
    clock: Clock
    hints: tuple[str, ...]  # words that speech recognition is to expect
    person: tuple[str, ...]  # words with which callers ask for a person, as patterns
    notes: dict[
        str, str
    ]  # what an inquiry says of a caller without words: by key, else `person` or `missed`


@cache
def shipped() -> dict[str, Speech]:
    """The languages that come with the product."""
    text = resources.files("inquiry_router.phone").joinpath("prompts.yaml").read_text("utf-8")
    return {
        language: Speech.model_validate(speech) for language, speech in yaml.safe_load(text).items()
    }


def speech_of(language: str) -> Speech:
    """What is shipped for this language, else for English."""
    return shipped().get(language) or shipped()["en"]


def blanks_of(text: str) -> frozenset[str]:
    """The blanks that a text has."""
    return frozenset(_BLANK.findall(text))


def filled(text: str, values: dict[str, str]) -> str:
    """The text with its blanks filled; a blank without a value stays empty."""
    return _BLANK.sub(lambda blank: values.get(blank[1], ""), text)
