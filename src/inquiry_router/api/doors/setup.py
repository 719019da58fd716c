"""The door for operators who set up or mend: what is left to do, and what is wrong now."""

from dataclasses import replace
from typing import Any

from fastapi import Request, Response
from pydantic import BaseModel, Field

from inquiry_router.access.roles import Scope
from inquiry_router.api.web.routing import Door, answer, house
from inquiry_router.process.clock import utc_now
from inquiry_router.upkeep.checklist import list_steps
from inquiry_router.upkeep.facts import ServiceFacts, read_facts
from inquiry_router.upkeep.findings import find_problems
from inquiry_router.upkeep.texts import say

door = Door("System")


class Sentence(BaseModel):
    """A sentence in both languages of the API."""

    pl: str = Field(description="In Polish.", examples=["Wpisz swoje zespoły."])
    en: str = Field(description="In English.", examples=["Set your teams."])


class StepOut(BaseModel):
    """A step of the first days."""

    id: str = Field(description="Stable; programs may rely on it.", examples=["teams"])
    done: bool | None = Field(
        description="True if it is done; null if the router cannot see it.", examples=[True]
    )
    text: Sentence = Field(description="What to do.")
    call: str = Field(
        description="The call, command or setting that does it.", examples=["PUT /v1/teams"]
    )


class Checklist(BaseModel):
    """All steps, in the order in which they are best taken."""

    left: int = Field(description="Steps that are not done.", examples=[3])
    items: list[StepOut] = Field(description="The steps.")


class ProblemFound(BaseModel):
    """Something that is wrong now."""

    id: str = Field(description="Stable; programs may rely on it.", examples=["dead_letters"])
    severity: str = Field(
        description="error: something does not work. warning: it will not, or not well.",
        examples=["error"],
    )
    text: Sentence = Field(description="What is wrong.")
    call: str = Field(
        description="The call, command or setting that mends it, or shows more.",
        examples=["POST /v1/deliveries/dead/retry?destination_id=zendesk"],
    )


class Diagnosis(BaseModel):
    """All problems, errors first."""

    healthy: bool = Field(description="True if there is none.", examples=[True])
    items: list[ProblemFound] = Field(description="The problems.")


@door.operation(
    "GET",
    "/setup/checklist",
    scope=Scope.READ,
    response_model=Checklist,
    summary="See what is left to set up",
)
async def read_checklist(request: Request) -> Response:
    """List the steps of a new installation, each with the call for it, and whether it is done."""
    items = [
        {"id": step.id, "done": step.done, "text": say("steps", step.id), "call": step.call}
        for step in list_steps(await read_service_facts(request))
    ]
    left = sum(item["done"] is False for item in items)
    return answer({"left": left, "items": items})


@door.operation(
    "GET",
    "/setup/doctor",
    scope=Scope.READ,
    response_model=Diagnosis,
    summary="See what is wrong now",
)
async def read_diagnosis(request: Request) -> Response:
    """List what is wrong now, in sentences, each with the call that mends it.

    `inquiry-router doctor` says the same on the machine, also while the service does not run.
    """
    items: list[dict[str, Any]] = [
        {
            "id": found.id,
            "severity": found.severity,
            "text": say("findings", found.id, found.values),
            "call": found.call,
        }
        for found in find_problems(await read_service_facts(request))
    ]
    return answer({"healthy": not items, "items": items})


async def read_service_facts(request: Request) -> ServiceFacts:
    """Read everything that the checklist and the diagnosis look at."""
    rooms, now = house(request), utc_now()
    configuration = rooms.configuration.current
    facts = await rooms.database.scan(
        lambda connection: read_facts(connection, configuration, rooms.settings, now)
    )
    return replace(
        facts,
        store_problem=await rooms.database.try_write(),
        classifier_ready=rooms.classifier.ready,
        synthetic=rooms.synthetic.results,
    )
