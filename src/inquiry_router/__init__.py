"""inquiry-router: one front door for everything a company's customers ask."""

import os

__version__ = "0.1.0"

# Before numpy is imported: on all cores OpenBLAS takes several times the CPU for products as small
# as ours (measured).
os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")
