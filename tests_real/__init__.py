"""Stories against real systems, run by `make test-real`, which installs them into `.venv-real`."""
