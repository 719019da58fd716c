"""Make the shipped model from the corpus (`make model`). For developers; not installed."""

from typing import Final

# Authors whose names begin like this are our blind test: never used for training or tuning.
BLIND: Final = "blind"
