"""`python -m inquiry_router` is the same as the `inquiry-router` command."""

from inquiry_router.cli import main

if __name__ == "__main__":
    main()
