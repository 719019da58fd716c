"""Figures of quality and drift that can be checked by hand."""

import pytest

from inquiry_router.reports.quality import Seen, length_group, quality, shares, stability_index

BASELINE = {
    "language": {"pl": 1.0},
    "channel": {"email": 1.0},
    "length": {"up to 8 words": 1.0},
    "unknown_letters": 0.1,
}


def seen(
    first: str, now: str, confidence: float = 0.95, looked_at: bool = True, **more: object
) -> Seen:
    values = {
        "text": "pompa cieknie",
        "language": "pl",
        "channel": "email",
        "model": "m",
        "method": "model",
        "abstained": False,
    }
    return Seen(
        first_category=first,
        category=now,
        first_confidence=confidence,
        looked_at=looked_at,
        **{**values, **more},
    )


def known(_: str) -> float:
    return 0.1


def test_what_people_looked_at_is_counted() -> None:
    found = quality(
        [
            seen("defect", "defect"),
            seen("defect", "order_support"),
            seen("other", "other", confidence=0.4, abstained=True),
            seen("other", "other", looked_at=False),
            seen("other", "defect", method="unavailable", abstained=True),
        ],
        BASELINE,
        known,
    )
    assert (found["inquiries"], found["looked_at"]) == (5, 3)
    assert found["right"] == pytest.approx(2 / 3, abs=1e-4)
    assert found["decided"] == 0.6
    assert found["right_when_decided"] == 0.5
    assert found["by_category"]["defect"] == {
        "inquiries": 2,
        "looked_at": 2,
        "right": 0.5,
        "decided": 1.0,
    }
    assert found["confusion"] == {
        "defect": {"defect": 1},
        "order_support": {"defect": 1},
        "other": {"other": 1},
    }
    high = found["calibration"]["bins"][-1]
    assert (high["from"], high["inquiries"], high["right"]) == (0.9, 2, 0.5)
    assert found["calibration"]["error"] == pytest.approx((2 * 0.45 + 1 * 0.6) / 3, abs=1e-3)


def test_nothing_is_no_error() -> None:
    found = quality([], BASELINE, known)
    assert (found["right"], found["decided"], found["calibration"]["error"]) == (None, None, None)
    assert found["drift"]["verdict"] == "unknown"


@pytest.mark.parametrize(
    ("languages", "letters", "verdict"),
    [
        (["pl"] * 20, 0.1, "steady"),
        (["pl"] * 19 + ["de"], 0.1, "moved"),
        (["pl"] * 12 + ["fi"] * 8, 0.1, "shifted"),
        (["pl"] * 20, 0.13, "moved"),
        (["pl"] * 20, 0.2, "shifted"),
    ],
)
def test_drift(languages: list[str], letters: float, verdict: str) -> None:
    entries = [seen("defect", "defect", language=language) for language in languages]
    assert quality(entries, BASELINE, lambda _: letters)["drift"]["verdict"] == verdict


def test_the_stability_index() -> None:
    assert stability_index({"a": 0.5, "b": 0.5}, {"a": 0.5, "b": 0.5}) == 0.0
    # (0.6 - 0.4) ln(0.6 / 0.4), twice
    assert stability_index({"a": 0.6, "b": 0.4}, {"a": 0.4, "b": 0.6}) == pytest.approx(
        0.162, abs=0.001
    )
    assert shares(["a", "b", "a", "a"]) == {"a": 0.75, "b": 0.25}
    assert [length_group("x " * words) for words in (1, 9, 61, 500)] == [
        "up to 8 words",
        "9 to 25",
        "61 to 120",
        "more",
    ]
