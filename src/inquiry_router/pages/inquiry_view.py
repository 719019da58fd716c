"""The parts of the page of one inquiry, from what the API answers about it. Pure."""

from collections.abc import Sequence
from typing import Any

from inquiry_router.inquiry.matter import LinkKind
from inquiry_router.pages.marking import mark_words, without_parts

Json = dict[str, Any]

# Entries that say no more than another part of the page.
_SHOWN_ELSEWHERE = frozenset({"message", "delivery_attempt"})


def conversation_of(inquiry: Json, words: Sequence[str]) -> list[Json]:
    """List the messages with their deciding words marked; quotes and signatures stand apart."""
    return [
        {
            **message,
            "pieces": mark_words(
                without_parts(message["text"], [cut["text"] for cut in message["cut"]]), words
            ),
            "subject_pieces": mark_words(message["subject"] or "", words),
            "is_opening": message["id"] == inquiry["id"],
        }
        for message in inquiry["messages"]
    ]


def ranking_of(inquiry: Json) -> list[Json]:
    """Return the newest ranking that a model made: a correction by a person has none."""
    rankings = [inquiry["classification"]["ranking"]]
    rankings += [
        entry["details"]["classification"].get("ranking", [])
        for entry in reversed(inquiry["timeline"])
        if entry["kind"] in ("routed", "waiting")
    ]
    return next((ranking for ranking in rankings if len(ranking) > 1), [])


def events_of(inquiry: Json) -> list[Json]:
    """List what happened, the newest first."""
    shown = [one for one in inquiry["timeline"] if one["kind"] not in _SHOWN_ELSEWHERE]
    return [
        {
            "kind": entry["kind"],
            "at": entry["at"],
            "who": entry["details"].get("who") or entry["actor"],
            "team": entry["details"].get("decision", {}).get("team"),
            "category": entry["details"].get("classification", {}).get("category")
            or entry["details"].get("category"),
            "reference": entry["details"].get("reference"),
            "merged": entry["details"].get("from") if entry["kind"] == "merged" else None,
            "link": entry["details"].get("kind") if entry["kind"] == "linked" else None,
            "note": _note_of(entry),
        }
        for entry in reversed(shown)
    ]


def found_of(inquiry: Json) -> list[Json]:
    """List what was found in the texts, each once."""
    return list({(one["kind"], one["text"]): one for one in inquiry["entities"]}.values())


def _note_of(entry: Json) -> str | None:
    """The words that a person added. The reason of a link by the system is its kind."""
    details = entry["details"]
    if entry["kind"] == "linked" and details.get("kind") != LinkKind.BY_HAND:
        return None
    note: str | None = details.get("note") or details.get("why")
    return note
