"""The quality report against figures worked out by hand."""

import pytest

from inquiry_router.reports.quality import QualityEntry, quality_report, stability_index

TEXT = "pompa cieknie"
BASELINE = {
    "language": {"pl": 1.0},
    "channel": {"email": 1.0},
    "length": {"up to 8 words": 1.0},
    "unknown_letters": 0.1,
}


def entry(
    first: str, present: str, confidence: float = 0.95, looked_at: bool = True, **more: object
) -> QualityEntry:
    values = {
        "language": "pl",
        "channel": "email",
        "model": "m",
        "method": "model",
        "abstained": False,
    }
    return QualityEntry(
        first_category=first,
        category=present,
        first_confidence=confidence,
        looked_at=looked_at,
        **{**values, **more},
    )


def unknown_letters(_: str) -> float:
    return 0.1


def test_shares_count_inquiries_people_looked_at() -> None:
    found = quality_report(
        [
            entry("defect", "defect"),
            entry("defect", "order_support"),
            entry("other", "other", confidence=0.4, abstained=True),
            entry("other", "other", looked_at=False),
            entry("other", "defect", method="unavailable", abstained=True),
        ],
        [TEXT],
        BASELINE,
        unknown_letters,
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


def test_intents_are_judged_where_a_person_said_one() -> None:
    found = quality_report(
        [
            entry("defect", "defect", first_intent="safety", said_intent="safety"),
            entry("defect", "defect", first_intent="safety", said_intent="missing_item"),
            entry("defect", "other", first_intent="safety"),
            entry("defect", "defect", said_intent="missing_item"),
            entry("other", "defect", 0.4, abstained=True),
            entry("other", "other", first_intent="automatic", method="automatic"),
            entry("defect", "defect", said_intent="safety", method="unavailable", abstained=True),
        ],
        [TEXT],
        BASELINE,
        unknown_letters,
    )
    assert (found["intent_named"], found["intent_right"]) == (0.8, 0.3333)
    assert found["by_intent"] == {
        "automatic": {"inquiries": 1, "said": 0, "right": None},
        "safety": {"inquiries": 3, "said": 2, "right": 0.5},
    }


def test_report_of_no_inquiries() -> None:
    found = quality_report([], [], BASELINE, unknown_letters)
    assert (found["right"], found["decided"], found["calibration"]["error"]) == (None, None, None)
    assert found["drift"]["verdict"] == "unknown"


@pytest.mark.parametrize(
    ("languages", "letters", "verdict"),
    [
        (["pl"] * 200, 0.1, "steady"),
        (["pl"] * 190 + ["de"] * 10, 0.1, "moved"),
        (["pl"] * 120 + ["fi"] * 80, 0.1, "shifted"),
        (["pl"] * 200, 0.13, "moved"),
        (["pl"] * 200, 0.2, "shifted"),
        (["fi"] * 199, 0.2, "unknown"),
    ],
)
def test_drift_verdict(languages: list[str], letters: float, verdict: str) -> None:
    entries = [entry("defect", "defect", language=language) for language in languages]
    found = quality_report(entries, [TEXT], BASELINE, lambda _: letters)
    assert found["drift"]["verdict"] == verdict


def test_stability_index() -> None:
    assert stability_index({"a": 0.5, "b": 0.5}, {"a": 0.5, "b": 0.5}) == 0.0
    # (0.6 - 0.4) ln(0.6 / 0.4), twice
    assert stability_index({"a": 0.6, "b": 0.4}, {"a": 0.4, "b": 0.6}) == pytest.approx(
        0.162, abs=0.001
    )
