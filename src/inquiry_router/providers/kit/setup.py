"""The steps by which an admin points a vendor at a source."""

from collections.abc import Mapping
from functools import cache

from pydantic import BaseModel, ConfigDict, Field

from inquiry_router.text.yaml_reading import load_shipped_yaml


class Setup(BaseModel):
    """The steps at the vendor, one sentence each, in both languages of the API."""

    model_config = ConfigDict(frozen=True)

    pl: list[str] = Field(description="In Polish.", examples=[["Otwórz ustawienia webhooków."]])
    en: list[str] = Field(description="In English.", examples=[["Open the settings of webhooks."]])


@cache
def load_steps() -> dict[str, dict[str, list[str]]]:
    """The steps of every vendor in `providers/setup.yaml`, by kind and language."""
    steps: dict[str, dict[str, list[str]]] = load_shipped_yaml(
        "inquiry_router.providers", "setup.yaml"
    )
    return steps


def setup_of(kind: str, texts: Mapping[str, str]) -> Setup:
    """The steps of one vendor with these texts for the names in braces, filled in by turns."""
    steps = load_steps()[kind]
    return Setup(
        pl=[_fill_in(step, texts) for step in steps["pl"]],
        en=[_fill_in(step, texts) for step in steps["en"]],
    )


def _fill_in(step: str, texts: Mapping[str, str]) -> str:
    for name, text in texts.items():
        step = step.replace(f"{{{name}}}", text)
    return step
