"""Reasons are said in three languages, and what was stored before can still be read."""

import copy
import re
from typing import Any

import pytest

from inquiry_router.inquiry.condition_words import CONDITIONS, short_value
from inquiry_router.inquiry.model import Channel, EntityKind, Priority
from inquiry_router.inquiry.names import built_in_name
from inquiry_router.inquiry.reason_texts import PARTS, TEXTS
from inquiry_router.inquiry.reasons import (
    Reason,
    read_reasons,
    reason,
    reason_facts,
    say,
    say_stored,
)
from inquiry_router.routing.conditions import Conditions

GAS = reason(
    "rule",
    rule="danger",
    conditions=[["words", short_value(["czuć gaz", "iskrz*"]), False]],
    found=["czuć\n gaz"],
)


def placeholders(text: str) -> set[str]:
    return set(re.findall(r"{(\w+)}", text))


@pytest.mark.parametrize("code", TEXTS["en"])
def test_every_reason_has_the_same_facts_in_every_language(code: str) -> None:
    assert {language: placeholders(texts[code]) for language, texts in TEXTS.items()} == {
        language: placeholders(TEXTS["en"][code]) for language in ("pl", "en", "de")
    }
    for part, _ in PARTS.get(code, ()):
        assert f"{{{part}}}" in TEXTS["en"][code]


@pytest.mark.parametrize("language", ["pl", "de"])
def test_every_condition_entity_channel_and_priority_has_a_name(language: str) -> None:
    assert CONDITIONS[language].keys() == Conditions.model_fields.keys()
    for kind, ids in (("entity", EntityKind), ("channel", Channel), ("priority", Priority)):
        for one in ids:
            name = built_in_name(kind, one.value, language)
            assert "_" not in name, one


@pytest.mark.parametrize(
    ("made", "said"),
    [
        (
            GAS,
            {
                "pl": "pasuje reguła „danger”: słowa w treści: „czuć gaz” lub „iskrz*” "
                "(w treści: „czuć gaz”)",
                "en": "rule 'danger' applies: words is czuć gaz or iskrz* ('czuć gaz')",
                "de": "die Regel „danger“ passt: Wörter im Text: „czuć gaz“ oder „iskrz*“ "
                "(im Text: „czuć gaz“)",
            },
        ),
        (
            reason("raises", words=["pali się"], priority="urgent"),
            {
                "pl": "słowa „pali się” podnoszą priorytet na: pilny",
                "en": "'pali się' raises the priority to urgent",
                "de": "die Wörter „pali się“ erhöhen die Priorität auf: dringend",
            },
        ),
        (
            reason("due", minutes=240, team="sales"),
            {
                "pl": "odpowiedź w ciągu 4 godz. czasu pracy zespołu „sales”",
                "en": "answer due within 240 working minutes of sales",
                "de": "Antwort innerhalb von 4 Std. Geschäftszeit des Teams „sales“",
            },
        ),
        (
            reason(
                "looks_like", category="defect", confidence=0.934, evidence=["cieknie"], unsure=True
            ),
            {
                "pl": "wygląda na: reklamacja (pewność 0,93); zadecydowały słowa: „cieknie”; to za "
                "mało pewne, by na tym polegać",
                "en": "looks like defect with confidence 0.93 because of 'cieknie', which is too "
                "uncertain to act on",
                "de": "sieht aus wie: Reklamation (Sicherheit 0,93); entscheidend waren die Wörter "
                "„cieknie“; das ist zu unsicher, um danach zu handeln",
            },
        ),
        (
            reason(
                "rule",
                rule="r",
                conditions=[
                    ["min_confidence", 0.8, False],
                    ["entity", short_value(["danger:gas", "tax_id"]), False],
                    ["weekday", short_value(["sat"]), True],
                    ["attachment", True, True],
                ],
                found=[],
            ),
            {
                "pl": "pasuje reguła „r”: pewność co najmniej: 0,8; w treści jest: "
                "niebezpieczeństwo (gaz) lub NIP; nie: dzień tygodnia: sobota; nie: załącznik: "
                "jest",
                "en": "rule 'r' applies: min_confidence is 0.8; entity is danger:gas or tax_id; "
                "not: weekday is sat; not: attachment is there",
                "de": "die Regel „r“ passt: Sicherheit mindestens: 0,8; im Text steht: Gefahr "
                "(Gas) oder Steuernummer; nicht: Wochentag: Samstag; nicht: Anhang: vorhanden",
            },
        ),
    ],
)
def test_reason_is_said_in_the_language_of_the_reader(made: Reason, said: dict[str, str]) -> None:
    assert made == said["en"]
    for language in ("pl", "de"):
        assert say(made.code, made.facts, language, built_in_name) == said[language]


def test_many_values_are_counted() -> None:
    conditions = [["words", short_value(list("abcdef")), False]]
    many = reason("rule", rule="r", conditions=conditions, found=[])
    assert many.endswith("words is a or b or c or d or 2 more")
    assert say("rule", many.facts, "pl", built_in_name).endswith("„d” lub inne (2)")


def test_stored_reasons_keep_their_facts_and_old_ones_stay_english() -> None:
    old = "rule 'defects' applies: category is defect"
    facts = reason_facts([old, GAS])
    assert facts[0] is None
    for stored in ((old, GAS), read_reasons([old, str(GAS)], facts), copy.deepcopy((old, GAS))):
        assert reason_facts(stored) == facts
        assert list(stored) == [old, GAS]
    assert read_reasons([old], ()) == (old,)
    said = say_stored([old, GAS], facts, "pl", built_in_name)
    assert (said[0], said[1][:21]) == (old, "pasuje reguła „danger")


def test_code_of_a_newer_version_stays_english() -> None:
    facts: list[dict[str, Any] | None] = [{"code": "unheard_of", "team": "x"}]
    assert say_stored(["it is new"], facts, "de", built_in_name) == ["it is new"]
