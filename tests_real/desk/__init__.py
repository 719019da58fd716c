"""A small Django project with django-helpdesk in it; runs in `.venv-real`."""
