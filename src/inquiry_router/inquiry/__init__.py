"""The thing that travels: pure nouns, standard library only."""
