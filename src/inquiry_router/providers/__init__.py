"""The vendors: a file or two each, by direction. Every kind stands in one of these lists."""

from typing import Any, Final

from inquiry_router.providers.chatwoot import Chatwoot
from inquiry_router.providers.chatwoot_source import ChatwootSource
from inquiry_router.providers.cloudevents import CloudEventsSource
from inquiry_router.providers.console import Console, ConsoleSource
from inquiry_router.providers.django_helpdesk import DjangoHelpdesk
from inquiry_router.providers.django_helpdesk_source import DjangoHelpdeskSource
from inquiry_router.providers.freescout import FreeScout, FreeScoutSource
from inquiry_router.providers.freshdesk import Freshdesk
from inquiry_router.providers.freshdesk_source import FreshdeskSource
from inquiry_router.providers.front import FrontSource
from inquiry_router.providers.glpi import Glpi
from inquiry_router.providers.glpi_source import GlpiSource
from inquiry_router.providers.helpscout import HelpScoutSource
from inquiry_router.providers.hubspot import HubSpot
from inquiry_router.providers.hubspot_source import HubSpotSource
from inquiry_router.providers.imap import ImapSource
from inquiry_router.providers.intercom import IntercomSource
from inquiry_router.providers.jira import Jira
from inquiry_router.providers.jira_source import JiraSource
from inquiry_router.providers.kit.helpdesk import TicketHelpdesk
from inquiry_router.providers.kit.provider import Handover, PrintedLine, Provider, ProviderSettings
from inquiry_router.providers.kit.source import SourceKind
from inquiry_router.providers.mail import MailSource
from inquiry_router.providers.mailgun import MailgunSource
from inquiry_router.providers.osticket import OsTicket, OsTicketSource
from inquiry_router.providers.postmark import PostmarkSource
from inquiry_router.providers.request_tracker import RequestTracker
from inquiry_router.providers.request_tracker_source import RequestTrackerSource
from inquiry_router.providers.rooms import SlackRoom, TeamsRoom
from inquiry_router.providers.sendgrid import SendGridSource
from inquiry_router.providers.sms import SmsGateway
from inquiry_router.providers.smtp import SmtpMail
from inquiry_router.providers.standard_webhooks import StandardWebhooks, StandardWebhooksSource
from inquiry_router.providers.zammad import Zammad
from inquiry_router.providers.zammad_source import ZammadSource
from inquiry_router.providers.zendesk import Zendesk
from inquiry_router.providers.zendesk_source import ZendeskSource

# The kinds of destinations.
_PROVIDERS: Final[tuple[Provider[Any], ...]] = (
    Chatwoot(),
    Console(),
    DjangoHelpdesk(),
    FreeScout(),
    Freshdesk(),
    Glpi(),
    HubSpot(),
    Jira(),
    OsTicket(),
    RequestTracker(),
    SlackRoom(),
    SmsGateway(),
    SmtpMail(),
    StandardWebhooks(),
    TeamsRoom(),
    Zammad(),
    Zendesk(),
)
PROVIDERS: Final = {provider.kind: provider for provider in _PROVIDERS}
# Kinds that carry messages to people, and are told of nothing else.
ONLY_MESSAGES: Final = frozenset({"smtp", "sms", "slack", "teams"})
# All kinds that can carry messages to people.
CHANNELS: Final = ONLY_MESSAGES | {StandardWebhooks.kind, Console.kind}
# Helpdesks that can write to the customer of a ticket.
REPLYING: Final = frozenset(
    one.kind for one in _PROVIDERS if isinstance(one, TicketHelpdesk) and one.replies
)

# The kinds of sources.
_SOURCES: Final[tuple[SourceKind[Any], ...]] = (
    ChatwootSource(),
    CloudEventsSource(),
    ConsoleSource(),
    DjangoHelpdeskSource(),
    FreeScoutSource(),
    FreshdeskSource(),
    FrontSource(),
    GlpiSource(),
    HelpScoutSource(),
    HubSpotSource(),
    ImapSource(),
    IntercomSource(),
    JiraSource(),
    MailSource(),
    MailgunSource(),
    OsTicketSource(),
    PostmarkSource(),
    RequestTrackerSource(),
    SendGridSource(),
    StandardWebhooksSource(),
    ZammadSource(),
    ZendeskSource(),
)
VENDOR_SOURCES: Final = {source.kind: source for source in _SOURCES}

__all__ = [
    "CHANNELS",
    "ONLY_MESSAGES",
    "PROVIDERS",
    "REPLYING",
    "VENDOR_SOURCES",
    "Handover",
    "PrintedLine",
    "Provider",
    "ProviderSettings",
    "SourceKind",
]
