"""`make bench`: what the service costs, as ratios against a bare FastAPI app measured in the same run."""
