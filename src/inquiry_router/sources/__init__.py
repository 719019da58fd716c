"""The doors of vendors: what a webhook brings, what must be fetched first, what never came and is found by asking."""
