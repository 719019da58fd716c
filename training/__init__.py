"""Making the shipped model out of the corpus (`make model`). For developers: nothing of this folder is installed."""
