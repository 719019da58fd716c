"""Samples of vendors' requests and vectors of their signatures, as files beside the tests."""

import json
from pathlib import Path
from typing import Any

_HERE = Path(__file__).parent


def payload(name: str) -> dict[str, Any]:
    """A sample of a vendor's request, with what is to be read of it under `expect`."""
    found: dict[str, Any] = json.loads((_HERE / "payloads" / f"{name}.json").read_text("utf-8"))
    return found


def vectors(scheme: str) -> list[dict[str, Any]]:
    """The signature vectors of one scheme."""
    every = json.loads((_HERE / "vectors.json").read_text("utf-8"))
    found = [vector for vector in every if vector["scheme"] == scheme]
    assert found, f"no vector of {scheme}"
    return found
