"""The folder of protocol facts beside the checkout, which tests read vectors and payloads from."""

import json
import os
from pathlib import Path
from typing import Any

import pytest


def shared_folder() -> Path:
    """The folder; skips the test where there is none."""
    named = os.environ.get("INQUIRY_ROUTER_SHARED")
    folder = Path(named) if named else Path(__file__).parents[2].parent / "shared"
    if not folder.is_dir():
        pytest.skip("no folder of protocol facts beside the checkout")
    return folder


def payload(name: str) -> dict[str, Any]:
    """A sample of a vendor's request, with what is to be read of it under `expect`."""
    found: dict[str, Any] = json.loads((shared_folder() / "protocols" / "payloads" / f"{name}.json").read_text("utf-8"))
    return found


def vectors(scheme: str) -> list[dict[str, Any]]:
    """The signature vectors of one scheme."""
    every = json.loads((shared_folder() / "protocols" / "vectors.json").read_text("utf-8"))
    found = [vector for vector in every if vector["scheme"] == scheme]
    assert found, f"no vector of {scheme}"
    return found
