"""The FastAPI app over a house: doors, pages, middleware and documentation."""

import contextlib
from collections.abc import AsyncIterator
from typing import Final

from fastapi import FastAPI
from starlette.types import ASGIApp

from inquiry_router import __version__
from inquiry_router.api.doors import (
    account_imports,
    account_lookup,
    account_merges,
    accounts,
    api_keys,
    asking,
    assignment,
    audit,
    baselines,
    bypasses,
    callbacks,
    configuration,
    configuration_file,
    deliveries,
    destinations,
    explanation,
    hooks,
    inquiries,
    inquiry_acts,
    inquiry_links,
    inquiry_list,
    intents,
    introductions,
    invariants,
    learning,
    links,
    matters,
    monitors,
    phone,
    phone_settings,
    policy_life,
    policy_replays,
    privacy,
    promises,
    providers,
    referral_board,
    referral_links,
    referrals,
    relief,
    reports,
    rewards,
    setup,
    sources,
    staff,
    system,
    telling,
)
from inquiry_router.api.web import docs, problems
from inquiry_router.api.web.deadline import RequestDeadline
from inquiry_router.api.web.middleware import Surroundings
from inquiry_router.api.web.openapi import describe
from inquiry_router.classification.service import ClassifierService
from inquiry_router.database.opening import open_database
from inquiry_router.house import House
from inquiry_router.pages.doors import PAGE_DOORS
from inquiry_router.pages.lost import show_page_to_lost_readers
from inquiry_router.process.memory import spare_loaded_objects
from inquiry_router.process.settings import Settings

# In the order of the documentation.
_DOORS: Final = (
    inquiries.trial,
    inquiry_list.door,
    inquiries.door,
    explanation.door,
    inquiry_acts.door,
    assignment.door,
    inquiry_links.door,
    links.inquiry_door,
    account_imports.door,
    account_lookup.door,
    account_merges.door,
    accounts.door,
    referrals.door,
    rewards.door,
    asking.door,
    referral_board.door,
    referral_links.door,
    configuration.policy_door,
    policy_life.door,
    policy_replays.door,
    configuration.teams_door,
    staff.door,
    matters.door,
    promises.door,
    providers.door,
    sources.door,
    hooks.door,
    phone_settings.door,
    phone.lines,
    callbacks.door,
    telling.door,
    introductions.door,
    destinations.door,
    deliveries.door,
    relief.door,
    baselines.door,
    bypasses.door,
    reports.door,
    monitors.door,
    learning.quality_door,
    learning.models_door,
    learning.categories_door,
    intents.door,
    configuration_file.door,
    privacy.door,
    api_keys.door,
    links.key_door,
    audit.door,
    setup.door,
    invariants.door,
    system.door,
    system.metrics_door,
    *PAGE_DOORS,
    docs.door,
)


def make_app(
    settings: Settings, house: House | None = None, *, classifier: ClassifierService | None = None
) -> FastAPI:
    """Build the app. Its lifespan opens the house, which tests may replace."""
    rooms = house or House(
        settings,
        open_database(settings),
        classifier
        or ClassifierService.from_folder(
            settings.model_dir, settings.classifier_timeout_s, settings.threads
        ),
    )

    @contextlib.asynccontextmanager
    async def lifespan(app: FastAPI) -> AsyncIterator[None]:
        async with rooms.open():
            spare_loaded_objects()
            yield

    app = _App(
        title="inquiry-router",
        version=__version__,
        lifespan=lifespan,
        docs_url=None,
        redoc_url=None,
        openapi_url="/openapi.json",
        redirect_slashes=False,
    )
    app.state.house = rooms
    for door in _DOORS:
        app.include_router(door)
    app.mount(docs.ASSETS_PATH, docs.ASSETS, name="docs-assets")
    problems.install(app)
    show_page_to_lost_readers(app)
    describe(app)
    return app


class _App(FastAPI):
    """FastAPI with `Surroundings` outermost, so that its answer to a crash has our headers too."""

    def build_middleware_stack(self) -> ASGIApp:
        """The framework's middleware within a deadline, surrounded."""
        rooms: House = self.state.house
        inner = RequestDeadline(super().build_middleware_stack())
        return Surroundings(inner, rooms.metrics, rooms.settings.path_prefix)
