"""The processor that the figures hold for."""

from pathlib import Path

# What decides on the speed of the model, from the slowest kind to the quickest.
_FLAGS = ("avx2", "avx512f", "avx_vnni", "avx512_vnni", "amx_int8")


def described() -> str:
    """The name of the processor, and those of its instructions that matter to the model."""
    try:
        lines = Path("/proc/cpuinfo").read_text().splitlines()
    except OSError:
        return "unknown: there is no /proc/cpuinfo"
    known = dict(line.split(":", 1) for line in reversed(lines) if ":" in line)
    facts = {name.strip(): value.strip() for name, value in known.items()}
    flags = facts.get("flags", "").split()
    found = [flag for flag in _FLAGS if flag in flags]
    kind = "with VNNI" if any("vnni" in flag for flag in found) else "without VNNI"
    return f"{facts.get('model name', '?')}, {kind} ({' '.join(found)}); the other is not measured"
