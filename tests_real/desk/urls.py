"""The helpdesk at the root, and a way to read mails at once instead of by cron."""

from django.core.management import call_command
from django.http import HttpRequest, HttpResponse
from django.urls import include, path
from django.views.decorators.csrf import csrf_exempt


@csrf_exempt
def read_mails(request: HttpRequest) -> HttpResponse:
    """Read the mailboxes of the queues with django-helpdesk's own command."""
    call_command("get_email", quiet=True)
    return HttpResponse(status=204)


urlpatterns = [
    path("read-mails/", read_mails),
    path("", include("helpdesk.urls", namespace="helpdesk")),
]
