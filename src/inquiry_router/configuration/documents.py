"""The registry of configuration documents: teams, policy, categories, phone, relief and so on.

To add a document, add an entry to `DOCUMENTS` and give it a door. Storage, export and import, dry
runs, the first start, the snapshot and the last known configuration go over the registry.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import Annotated, Any, Final, Generic, Literal, TypeVar

from pydantic import AfterValidator, BaseModel

from inquiry_router.configuration.referral_rules import ReferralRules
from inquiry_router.configuration.retention import RetentionRules
from inquiry_router.inquiry.categories import CATEGORY_IDS
from inquiry_router.matters.settings import MatterRules
from inquiry_router.phone.settings import PhoneSettings
from inquiry_router.relief.inputs import CostInputs, MonitoringNotice
from inquiry_router.routing.dead_rows import find_dead_rows
from inquiry_router.routing.dead_rules import find_dead_rules
from inquiry_router.routing.golden import GoldenSentences
from inquiry_router.routing.own_categories import OwnCategories
from inquiry_router.routing.own_intents import OwnIntents
from inquiry_router.routing.policy import Policy
from inquiry_router.routing.promise_rules import PromiseRules
from inquiry_router.routing.teams import Teams
from inquiry_router.telling.names import find_wrong_names
from inquiry_router.telling.settings import TellingSettings

M = TypeVar("M", bound=BaseModel)


def _no_problems(_value: Any, _documents: "Documents") -> list[str]:
    return []


@dataclass(frozen=True, eq=False)
class DocumentKind(Generic[M]):
    """One kind of document, stored whole under `name`, every version kept."""

    name: str
    model: type[M]
    # The value while none is stored. None: the first start stores one.
    default: M | None = None
    # Sentences about names that the other documents do not have.
    problems: Callable[[M, "Documents"], list[str]] = _no_problems
    # The file holds the entries themselves; in the model they are the field called `name`.
    is_list: bool = False
    # Values that the export leaves out.
    left_out: Literal["none", "defaults"] | None = None

    @property
    def file_type(self) -> Any:
        """The type of the document inside the configuration file."""
        if not self.is_list:
            return self.model
        entries = self.model.model_fields[self.name].annotation
        return Annotated[entries, AfterValidator(lambda given: self.model(**{self.name: given}))]

    def exported(self, value: M) -> Any:
        """The value as plain data for the configuration file."""
        data = value.model_dump(
            mode="json",
            exclude_none=self.left_out == "none",
            exclude_defaults=self.left_out == "defaults",
        )
        return data[self.name] if self.is_list else data


@dataclass(frozen=True)
class Documents:
    """A value of every kind, with its version. Version 0 is a default that was never stored."""

    values: Mapping[str, BaseModel]
    versions: Mapping[str, int] = field(default_factory=dict)

    def __getitem__(self, kind: DocumentKind[M]) -> M:
        """The document of this kind."""
        value = self.values[kind.name]
        assert isinstance(value, kind.model)
        return value

    def version(self, kind: DocumentKind[Any]) -> int:
        """The version of the document of this kind."""
        return self.versions.get(kind.name, 0)

    def replaced(self, kind: DocumentKind[M], value: M) -> "Documents":
        """The same documents with another value for one of them."""
        return Documents({**self.values, kind.name: value}, self.versions)

    def problems(self) -> list[str]:
        """Everything in which the documents contradict each other, as sentences."""
        return [f"{kind.name}: {one}" for kind in DOCUMENTS for one in self._problems_of(kind)]

    def problems_with(self, kind: DocumentKind[M], value: M) -> list[str]:
        """Problems of a new value, and those that it would bring to the other documents."""
        changed = self.replaced(kind, value)
        own = changed._problems_of(kind)
        known = {*self.problems(), *(f"{kind.name}: {one}" for one in own)}
        return own + [problem for problem in changed.problems() if problem not in known]

    def _problems_of(self, kind: DocumentKind[Any]) -> list[str]:
        return kind.problems(self[kind], self)

    @property
    def category_ids(self) -> tuple[str, ...]:
        """Every category: the built-in ones and the company's own."""
        return (*CATEGORY_IDS, *(category.id for category in self[OWN_CATEGORIES].categories))

    @cached_property
    def policy_in_force(self) -> Policy:
        """The policy with a rule for each of the company's own categories."""
        return self[OWN_CATEGORIES].added_to(self[POLICY])

    @cached_property
    def dead_rules(self) -> list[str]:
        """A sentence for each rule of the policy that can never apply.

        A stored policy may have some: older versions let them pass.
        """
        return find_dead_rules(self[POLICY], self[TEAMS], self[OWN_INTENTS].category_of)


def read_documents(stored: Mapping[str, tuple[Any, int]]) -> Documents:
    """Read documents from bodies and versions by name.

    Raises `ValueError` when one cannot be read, or when one without a default is missing.
    """
    values = {kind.name: _read(kind, stored) for kind in DOCUMENTS}
    return Documents(values, {name: version for name, (_, version) in stored.items()})


def _read(kind: DocumentKind[Any], stored: Mapping[str, tuple[Any, int]]) -> BaseModel:
    if kind.name in stored:
        value: BaseModel = kind.model.model_validate(stored[kind.name][0])
        return value
    if kind.default is None:
        raise ValueError(f"there is no document '{kind.name}'")
    default: BaseModel = kind.default
    return default


def _policy_problems(_: Policy, documents: Documents) -> list[str]:
    policy, teams = documents.policy_in_force, documents[TEAMS]
    intents = documents[OWN_INTENTS].category_of
    return [*policy.problems(teams, documents.category_ids, intents), *documents.dead_rules]


def _intents_problems(own: OwnIntents, documents: Documents) -> list[str]:
    return [
        f"'{intent.id}': there is no category '{intent.category}'"
        for intent in own.intents
        if intent.category not in documents.category_ids
    ]


def _promise_problems(rules: PromiseRules, documents: Documents) -> list[str]:
    teams, intents = documents[TEAMS], documents[OWN_INTENTS].category_of
    named = rules.problems(teams, documents.category_ids, intents)
    return [*named, *find_dead_rows(rules, teams, intents)]


TEAMS: Final = DocumentKind("teams", Teams, is_list=True)
POLICY: Final = DocumentKind("policy", Policy, problems=_policy_problems, left_out="none")
OWN_CATEGORIES: Final = DocumentKind("categories", OwnCategories, OwnCategories(), is_list=True)
OWN_INTENTS: Final = DocumentKind(
    "intents",
    OwnIntents,
    OwnIntents(),
    problems=_intents_problems,
    is_list=True,
)
PHONE: Final = DocumentKind(
    "phone",
    PhoneSettings,
    PhoneSettings(),
    problems=lambda settings, documents: settings.problems(documents[TEAMS]),
    left_out="defaults",
)
MATTERS: Final = DocumentKind("matters", MatterRules, MatterRules(), left_out="defaults")
RETENTION: Final = DocumentKind("retention", RetentionRules, RetentionRules(), left_out="defaults")
RELIEF: Final = DocumentKind("relief", CostInputs, CostInputs(), left_out="defaults")
MONITORING: Final = DocumentKind(
    "monitoring", MonitoringNotice, MonitoringNotice(), left_out="defaults"
)
PROMISES: Final = DocumentKind(
    "promises", PromiseRules, PromiseRules(), problems=_promise_problems, left_out="defaults"
)
REFERRALS: Final = DocumentKind("referrals", ReferralRules, ReferralRules(), left_out="defaults")
TELLING: Final = DocumentKind(
    "telling",
    TellingSettings,
    TellingSettings(),
    problems=lambda settings, documents: find_wrong_names(
        settings, documents[TEAMS].by_id, documents.category_ids
    ),
    left_out="defaults",
)
GOLDEN: Final = DocumentKind(
    "golden",
    GoldenSentences,
    GoldenSentences(),
    problems=lambda golden, documents: golden.problems(
        documents[TEAMS].by_id, documents.category_ids, documents[OWN_INTENTS].category_of
    ),
    is_list=True,
)
DOCUMENTS: Final[tuple[DocumentKind[Any], ...]] = (
    TEAMS,
    POLICY,
    OWN_CATEGORIES,
    OWN_INTENTS,
    PHONE,
    MATTERS,
    RETENTION,
    RELIEF,
    MONITORING,
    PROMISES,
    REFERRALS,
    TELLING,
    GOLDEN,
)
