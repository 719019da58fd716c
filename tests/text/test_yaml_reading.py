"""YAML of people: what the library itself cannot read is a mistake in the text."""

import pytest
import yaml

from inquiry_router.text.yaml_reading import load_yaml


@pytest.mark.parametrize(
    "text",
    ["day: 2026-02-30", "many: " + "9" * 5_000, "[" * 3_000, "a: [", "at: 2026-01-01T99:00:00"],
)
def test_unreadable_value_is_a_mistake(text: str) -> None:
    with pytest.raises(yaml.YAMLError):
        load_yaml(text)


def test_rest_is_read() -> None:
    assert load_yaml("rules: [{id: a}]") == {"rules": [{"id": "a"}]}
