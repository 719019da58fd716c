"""inquiry-router: one front door for everything a company's customers ask."""

import os

__version__ = "0.1.0"

# Before numpy is imported: on all cores OpenBLAS takes several times the CPU for products as small
# as ours (measured).
os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")

# Before onnxruntime is imported: otherwise it makes an identifier of this machine in the home
# folder and sends figures about its sessions to its vendor. Its function for that comes too late.
os.environ["ORT_DISABLE_TELEMETRY"] = "1"
