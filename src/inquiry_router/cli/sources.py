"""The commands about sources."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, Annotated

import typer

from inquiry_router.cli.shared import opened, start

if TYPE_CHECKING:
    from inquiry_router.process.settings import Settings
    from inquiry_router.sources.reconciling import ReconciliationResult


def reconcile(
    source: Annotated[
        str | None,
        typer.Argument(help="Only this source; left out, all whose helpdesk can be asked."),
    ] = None,
) -> None:
    """Fetch tickets whose webhook never came.

    The service asks helpdesks for them by itself every hour. With SQLite the service must be
    stopped; while it runs, POST /v1/sources/{id}/reconciliation does the same.
    """
    found = asyncio.run(_reconcile(start(), source))
    for one in found:
        looked = f"{one.looked_at} tickets looked at, {one.taken_in} were missing"
        said = looked if one.problem is None else f"{one.problem} ({looked})"
        typer.echo(f"{one.source_id:24}{said}")
    if not found:
        typer.echo("there is nothing to ask: no source has both an api_url and an api_token")
    if any(one.problem for one in found):
        raise typer.Exit(1)


async def _reconcile(settings: Settings, source_id: str | None) -> list[ReconciliationResult]:
    from inquiry_router.classification.service import ClassifierService
    from inquiry_router.database.opening import open_database
    from inquiry_router.house import House
    from inquiry_router.process.settings import WrongSettings

    async with opened(open_database(settings)) as database:
        house = House(settings, database, ClassifierService.from_folder(settings.model_dir))
        await house.configuration.load()
        reconciler = house.fetcher.reconciler
        chosen = [source for source in reconciler.list_sources() if source_id in (None, source.id)]
        if source_id is not None and not chosen:
            raise WrongSettings(
                f"there is no source '{source_id}' with an api_url and an api_token"
            )
        await house.classifier.start()
        try:
            return [await reconciler.reconcile(source) for source in chosen]
        finally:
            await house.classifier.stop()
            await house.fetcher.close()
