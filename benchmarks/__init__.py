"""`make bench`: costs of the service as ratios to a bare app, or to its model, in the same run."""
