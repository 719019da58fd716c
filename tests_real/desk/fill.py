"""Two queues, one with a mailbox; users for the router and for a person. Prints their tokens."""

import os

import django

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "desk.settings")
django.setup()

from django.contrib.auth import get_user_model  # noqa: E402 - only after setup
from django.contrib.sites.models import Site  # noqa: E402
from django.core.management import call_command  # noqa: E402
from helpdesk.models import Queue  # noqa: E402
from rest_framework.authtoken.models import Token  # noqa: E402

call_command("migrate", verbosity=0)
Site.objects.update_or_create(id=1, defaults={"domain": "desk.example", "name": "desk"})
for slug, title in (("bok", "Obsługa klienta"), ("sprzedaz", "Sprzedaż")):
    Queue.objects.create(title=title, slug=slug, allow_public_submission=True)
Queue.objects.filter(slug="bok").update(
    allow_email_submission=True,
    email_address="bok@acme.example",
    email_box_type="local",
    email_box_local_dir=os.path.join(os.environ["DESK_FOLDER"], "mail"),
    email_box_interval=0,
)
for name in ("router", "ewa"):
    user = get_user_model().objects.create_user(
        name, f"{name}@acme.example", "hush", is_staff=True, is_superuser=True
    )
    print(name, user.pk, Token.objects.create(user=user).key)
