"""The parts that providers are made of."""
