"""The pages of the platforms: one each, and their examples hold."""

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
def test_every_platform_has_a_page_that_the_overview_leads_to(kind: str) -> None:
    assert (FOLDER / f"{kind}.md").is_file()
    assert f"({kind}.md)" in (FOLDER / "README.md").read_text("utf-8")


def test_every_page_that_the_setup_steps_name_is_there() -> None:
    named = re.findall(
        r"docs/phone/\w+\.md", Path("src/inquiry_router/phone/setup.yaml").read_text("utf-8")
    )
    assert named and all(Path(name).is_file() for name in named)


def test_the_settings_of_the_pages_are_valid() -> None:
    text = (FOLDER / "README.md").read_text("utf-8")
    body = re.search(r"-d '(\{\"desks\".*?)'\n", text, re.DOTALL)
    assert body
    assert PhoneSettings.model_validate(json.loads(body[1])).fallback == "+48221234567"
    for page in ("genesys", "amazon_connect"):
        for written in re.findall(
            r"`(\{\"desks\".*?)`", (FOLDER / f"{page}.md").read_text("utf-8")
        ):
            assert PhoneSettings.model_validate(json.loads(written)).desks


def test_the_keys_that_the_overview_names_are_those_of_the_menu() -> None:
    menu = shipped()["en"].prompts["menu"]
    text = (FOLDER / "README.md").read_text("utf-8")
    for key, word in (("1", "one"), ("2", "two"), ("3", "three"), ("0", "zero")):
        assert f"**{key}**" in text and word in menu


def test_the_workflow_of_the_page_of_twilio_is_a_valid_setting() -> None:
    written = re.search(r'"settings": (\{[^}]*\})', (FOLDER / "twilio.md").read_text("utf-8"))
    assert written
    assert TwilioSourceSettings.model_validate_json(written[1]).workflow_sid
