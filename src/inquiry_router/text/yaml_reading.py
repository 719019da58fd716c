"""Read YAML that people have written."""

from typing import Any

import yaml


def load_yaml(text: str) -> Any:
    """Read YAML. Raises `yaml.YAMLError`, also for values that exist in no calendar or number.

    The library itself fails otherwise on "2026-02-30", a number of 5,000 digits, and lists in lists
    a thousand deep.
    """
    try:
        return yaml.safe_load(text)
    except (ValueError, OverflowError) as error:
        raise yaml.YAMLError(f"a value cannot be read: {str(error)[:100]}") from None
    except RecursionError:
        raise yaml.YAMLError("it is nested too deeply") from None
