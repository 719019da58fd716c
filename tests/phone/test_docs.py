"""The documentation of the platforms: one page each, with valid examples."""

import json
import re
from pathlib import Path

import pytest

from inquiry_router.phone.platforms import PLATFORMS
from inquiry_router.phone.prompts import shipped
from inquiry_router.phone.settings import PhoneSettings
from inquiry_router.phone.sources import TwilioSourceSettings

FOLDER = Path("docs/phone")


@pytest.mark.parametrize("kind", PLATFORMS)
def test_overview_links_to_a_page_for_every_platform(kind: str) -> None:
    assert (FOLDER / f"{kind}.md").is_file()
    assert f"({kind}.md)" in (FOLDER / "README.md").read_text("utf-8")


def test_pages_named_in_setup_steps_exist() -> None:
    named = re.findall(
        r"docs/phone/\w+\.md", Path("src/inquiry_router/phone/setup.yaml").read_text("utf-8")
    )
    assert named and all(Path(name).is_file() for name in named)


def test_settings_on_the_pages_are_valid() -> None:
    text = (FOLDER / "README.md").read_text("utf-8")
    body = re.search(r"-d '(\{\"desks\".*?)'\n", text, re.DOTALL)
    assert body
    assert PhoneSettings.model_validate(json.loads(body[1])).fallback == "+48221234567"
    for page in ("genesys", "amazon_connect"):
        for written in re.findall(
            r"`(\{\"desks\".*?)`", (FOLDER / f"{page}.md").read_text("utf-8")
        ):
            assert PhoneSettings.model_validate(json.loads(written)).desks


def test_overview_names_the_keys_of_the_menu() -> None:
    menu = shipped()["en"].prompts["menu"]
    text = (FOLDER / "README.md").read_text("utf-8")
    for key, word in (("1", "one"), ("2", "two"), ("3", "three"), ("0", "zero")):
        assert f"**{key}**" in text and word in menu


def test_workflow_on_the_page_of_twilio_is_valid() -> None:
    written = re.search(r'"settings": (\{[^}]*\})', (FOLDER / "twilio.md").read_text("utf-8"))
    assert written
    assert TwilioSourceSettings.model_validate_json(written[1]).workflow_sid
