"""2. Classify: model, evidence, training corpus."""
