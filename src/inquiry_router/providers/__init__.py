"""The outside world, one small file a kind. A new kind is a file with a `Provider` in it and a line in `PROVIDERS`."""

from typing import Any, Final

from inquiry_router.providers.console import Console
from inquiry_router.providers.provider import Handover, OutgoingRequest, PrintedLine, Provider, ProviderSettings
from inquiry_router.providers.standard_webhooks import StandardWebhooks

PROVIDERS: Final[dict[str, Provider[Any]]] = {provider.kind: provider for provider in (Console(), StandardWebhooks())}

__all__ = ["PROVIDERS", "Handover", "OutgoingRequest", "PrintedLine", "Provider", "ProviderSettings"]
