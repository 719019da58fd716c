"""Make the shipped model from the corpus (`make model`). For developers; not installed."""
