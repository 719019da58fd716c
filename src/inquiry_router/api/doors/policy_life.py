"""The door for the life of a policy: draft, golden sentences, check, publish, go back, compare."""

from collections.abc import Iterable, Sequence
from itertools import pairwise
from typing import Annotated, Any

from fastapi import Query, Request, Response
from sqlalchemy import Connection

from inquiry_router.access.roles import Scope
from inquiry_router.api.schemas.policy_life import (
    DraftCheck,
    DraftIn,
    DraftOut,
    GoldenOut,
    PolicyDifference,
    PolicyInForce,
    PublishIn,
    RollbackIn,
)
from inquiry_router.api.web.documents import (
    WITH_ETAG,
    IfMatchOrAny,
    document_answer,
    put_document,
)
from inquiry_router.api.web.problems import listed
from inquiry_router.api.web.routing import Door, answer, etag, house, key_of, required_version
from inquiry_router.api.web.speaking import ReadersLanguage, language_of, say_all
from inquiry_router.configuration.documents import GOLDEN, POLICY
from inquiry_router.configuration.yaml_file import default_file
from inquiry_router.inquiry.errors import Invalid
from inquiry_router.inquiry.rendering import format_time
from inquiry_router.policies import store
from inquiry_router.policies.model import PolicyDraft
from inquiry_router.policies.service import Broken
from inquiry_router.process.clock import utc_now
from inquiry_router.routing.differing import diff_policies
from inquiry_router.routing.golden import GoldenSentences
from inquiry_router.routing.policy import Policy

door = Door("Policy")

_DEFAULT = default_file().documents[POLICY].model_dump(mode="json", exclude_none=True)
_DRAFT_EXAMPLE = {"content": {"application/json": {"example": _DEFAULT}}}
_GOLDEN_EXAMPLE = {
    "golden": [
        {
            "id": "gas",
            "text": "W kotłowni czuć gaz, proszę przyjechać jak najszybciej.",
            "expect": {"team": "customer_service", "priority": "urgent"},
        }
    ]
}


@door.operation(
    "GET",
    "/policy/draft",
    scope=Scope.READ,
    response_model=DraftOut,
    responses=WITH_ETAG,
    problems=(404, 422),
    summary="See the draft of the policy",
)
async def read_policy_draft(request: Request, lang: ReadersLanguage = None) -> Response:
    """Show the draft, its differences from the policy in force, and its problems."""
    return await _draft_answer(request, await house(request).policies.read_draft())


@door.operation(
    "PUT",
    "/policy/draft",
    scope=Scope.ADMIN,
    response_model=DraftOut,
    responses=WITH_ETAG,
    problems=(412,),
    summary="Write the draft of the policy",
    openapi_extra={"requestBody": _DRAFT_EXAMPLE},
)
async def write_policy_draft(
    request: Request,
    draft: DraftIn,
    if_match: IfMatchOrAny = None,
    lang: ReadersLanguage = None,
) -> Response:
    """Store a policy that is not in force yet; there is one draft.

    It may have problems still: they are in the answer. Writing it again begins it anew on the
    policy in force, and a shadow that runs begins anew too. With If-Match only that version of the
    draft is replaced.
    """
    expected = None if if_match in (None, "*") else required_version(if_match)
    policy = Policy.model_validate(draft.model_dump(exclude={"note"}))
    stored = await house(request).policies.save_draft(
        policy, draft.note, expected, key_of(request).id, utc_now()
    )
    return await _draft_answer(request, stored)


@door.operation(
    "DELETE",
    "/policy/draft",
    scope=Scope.ADMIN,
    status_code=204,
    summary="Throw the draft away",
)
async def drop_policy_draft(request: Request) -> Response:
    """Delete the draft, and end its shadow. The policy in force stays."""
    await house(request).policies.drop_draft(utc_now())
    return Response(status_code=204)


@door.operation(
    "POST",
    "/policy/draft/check",
    scope=Scope.READ,
    response_model=DraftCheck,
    problems=(404,),
    summary="Check the draft of the policy",
)
async def check_policy_draft(request: Request, lang: ReadersLanguage = None) -> Response:
    """Say if the draft may be published: names, rules, and all golden sentences.

    The sentences are classified by the model in use and decided by the draft. Nothing is stored.
    503 `not_classified`: the classifier did not answer in time.
    """
    policies = house(request).policies
    draft = await policies.read_draft()
    problems = await policies.find_problems(draft.policy)
    broken = [] if problems else await policies.find_broken(draft.policy, utc_now())
    documents = house(request).configuration.current.documents
    return answer(
        {
            "publishable": not problems and not broken,
            "problems": problems,
            "golden": 0 if problems else len(documents[GOLDEN].golden),
            "broken": [_broken(request, one) for one in broken],
            "changes": _changes(request, documents[POLICY], draft.policy),
        }
    )


@door.operation(
    "POST",
    "/policy/draft/publish",
    scope=Scope.ADMIN,
    response_model=PolicyInForce,
    responses=WITH_ETAG,
    problems=(404, 409, 412),
    summary="Publish the draft of the policy",
)
async def publish_policy_draft(request: Request, said: PublishIn) -> Response:
    """Put the draft in force; the next inquiry is decided with it. The draft is gone then.

    It is refused while it has problems, and if it breaks a golden sentence: `errors` name each
    sentence and why. 409: another policy has been put in force since the draft was written.
    """
    version = await house(request).policies.publish(said.note, key_of(request).id, utc_now())
    return answer({"version": version}, ETag=etag(version))


@door.operation(
    "POST",
    "/policy/rollback",
    scope=Scope.ADMIN,
    response_model=PolicyInForce,
    responses=WITH_ETAG,
    problems=(404, 412),
    summary="Go back to an earlier policy",
)
async def roll_back_policy(request: Request, said: RollbackIn) -> Response:
    """Put an earlier version in force again, as a new version with the same rules.

    It is refused if it names what is gone, or breaks a golden sentence.
    """
    version = await house(request).policies.roll_back(
        said.version, said.note, key_of(request).id, utc_now()
    )
    return answer({"version": version}, ETag=etag(version))


@door.operation(
    "GET",
    "/policy/diff",
    scope=Scope.READ,
    response_model=PolicyDifference,
    problems=(404, 422),
    summary="See what changed between two policies",
)
async def compare_policies(
    request: Request,
    earlier: Annotated[
        int | None,
        Query(
            alias="from",
            ge=1,
            le=2_000_000_000,
            description="The earlier version; without it the one in force.",
        ),
    ] = None,
    later: Annotated[
        str | None,
        Query(
            alias="to",
            pattern=r"^(draft|[1-9][0-9]{0,8})$",
            description="The later version, or `draft`; without it the one in force.",
            examples=["1"],
        ),
    ] = None,
    lang: ReadersLanguage = None,
) -> Response:
    """Say in words what changed: rules that came, went or moved, their conditions and outcomes."""
    present = house(request).configuration.current.documents.version(POLICY)
    before, after = earlier or present, later or str(present)

    def work(connection: Connection) -> tuple[Policy, Policy]:
        old = store.find_version(connection, before)
        if after == "draft":
            return old, store.find_draft(connection).policy
        return old, store.find_version(connection, int(after))

    old, new = await house(request).database.read(work)
    return answer({"from_version": before, "to": after, "changes": _changes(request, old, new)})


@door.operation(
    "GET",
    "/policy/golden",
    scope=Scope.READ,
    response_model=GoldenOut,
    responses=WITH_ETAG,
    summary="See the golden sentences",
)
async def read_golden_sentences(request: Request) -> Response:
    """List the texts on which every policy must make the decision that is named with them."""
    return document_answer(house(request).configuration.current.documents, GOLDEN)


@door.operation(
    "PUT",
    "/policy/golden",
    scope=Scope.ADMIN,
    response_model=GoldenOut,
    responses=WITH_ETAG,
    problems=(412, 428),
    summary="Change the golden sentences",
    openapi_extra={"requestBody": {"content": {"application/json": {"example": _GOLDEN_EXAMPLE}}}},
)
async def replace_golden_sentences(
    request: Request, golden: GoldenSentences, if_match: IfMatchOrAny = None
) -> Response:
    """Replace the golden sentences. They are tried at every publication of a policy.

    One that the policy in force breaks is accepted: the next policy has to mend it.
    """
    version = await put_document(request, GOLDEN, golden, if_match, refuse=_refuse)
    return answer(golden.model_dump(mode="json"), ETag=etag(version))


async def _draft_answer(request: Request, draft: PolicyDraft) -> Response:
    rooms = house(request)
    in_force = rooms.configuration.current.documents[POLICY]
    data = {
        "policy": draft.policy.model_dump(mode="json"),
        "version": draft.version,
        "based_on": draft.based_on,
        "note": draft.note,
        "at": format_time(draft.at),
        "actor": draft.actor,
        "problems": await rooms.policies.find_problems(draft.policy),
        "changes": _changes(request, in_force, draft.policy),
    }
    return answer(data, ETag=etag(draft.version), content_language=language_of(request))


def _changes(request: Request, before: Policy, after: Policy) -> list[str]:
    return say_all(request, diff_policies(before, after))


def _broken(request: Request, broken: Broken) -> dict[str, Any]:
    sentence = broken.sentence
    return {"id": sentence.id, "text": sentence.text, "why": say_all(request, broken.why)}


def _refuse(problems: Sequence[str]) -> None:
    if problems:
        raise Invalid(
            listed(problems, separator="; "),
            hint="Every name must exist: GET /v1/teams, /v1/categories and /v1/intents list them.",
        )


def changes_of_versions(request: Request, bodies: Iterable[dict[str, Any]]) -> list[list[str]]:
    """The changes of each policy from the one after it in a list, newest first."""
    policies = [Policy.model_validate(body) for body in bodies]
    return [_changes(request, older, newer) for newer, older in pairwise(policies)]
