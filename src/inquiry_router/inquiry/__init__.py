"""The nouns of the domain: pure values, standard library only."""
