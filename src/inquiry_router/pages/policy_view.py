"""The rules of a policy as a table, as text to edit, and the difference of two versions. Pure."""

import difflib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

import yaml
from pydantic import ValidationError

from inquiry_router.configuration.yaml_file import write_yaml
from inquiry_router.inquiry.condition_words import NameOf, describe_condition, short_value
from inquiry_router.routing.conditions import Conditions
from inquiry_router.routing.policy import Outcome, Policy
from inquiry_router.text.wrong_values import describe_error
from inquiry_router.text.yaml_reading import load_yaml


@dataclass(frozen=True, slots=True)
class RuleRow:
    """A rule in words: all of `when` must hold, and nothing of `unless`."""

    id: str
    when: list[str]
    unless: list[str]
    then: Outcome


@dataclass(frozen=True, slots=True)
class DiffLine:
    """A line of a comparison: `kind` is added, removed, or same."""

    kind: str
    text: str


class UnreadablePolicy(Exception):
    """A text that is no policy, with a sentence for each mistake."""

    def __init__(self, sentences: list[str]) -> None:
        super().__init__("; ".join(sentences))
        self.sentences = sentences


def rows_of(policy: Policy, language: str, name_of: NameOf) -> list[RuleRow]:
    """Describe the rules in the language of the reader, in their order."""

    def described(conditions: Conditions | None) -> list[str]:
        given = conditions.named if conditions is not None else {}
        return [
            describe_condition(name, short_value(_plain(value)), language, name_of)
            for name, value in given.items()
        ]

    return [
        RuleRow(rule.id, described(rule.when), described(rule.unless), rule.then)
        for rule in policy.rules
    ]


def write_policy(policy: Policy | Mapping[str, Any]) -> str:
    """Write a policy as text that people can edit."""
    if not isinstance(policy, Policy):
        policy = Policy.model_validate(policy)
    return write_yaml(policy.model_dump(mode="json", exclude_none=True))


def read_policy(text: str) -> Policy:
    """Read a policy from text that people have edited. Raises `UnreadablePolicy`."""
    try:
        return Policy.model_validate(load_yaml(text))
    except yaml.YAMLError as error:
        raise UnreadablePolicy([_place_of(error)]) from None
    except ValidationError as error:
        raise UnreadablePolicy(
            [
                ".".join(map(str, one["loc"])) + ": " + describe_error(one)
                for one in error.errors()[:20]
            ]
        ) from None


def compare(before: str, after: str) -> list[DiffLine]:
    """Compare two written policies; of long parts that are the same only the ends are shown."""
    return list(_lines(before.splitlines(), after.splitlines()))


def _lines(before: list[str], after: list[str]) -> Iterator[DiffLine]:
    kinds = {"+": "added", "-": "removed", " ": "same"}
    for line in list(difflib.unified_diff(before, after, lineterm="", n=3))[2:]:
        if line.startswith("@@"):
            yield DiffLine("gap", "…")
        else:
            yield DiffLine(kinds[line[0]], line[1:])


def _plain(value: Any) -> Any:
    return [str(one) for one in value] if isinstance(value, list) else value


def _place_of(error: yaml.YAMLError) -> str:
    mark = getattr(error, "problem_mark", None)
    problem = getattr(error, "problem", None) or "not readable"
    if mark is None:
        return str(problem)
    return f"line {mark.line + 1}, column {mark.column + 1}: {problem}"
