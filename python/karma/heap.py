"""Freed memory stays with the process, for its next step.

A step allocates and frees tensors of many megabytes, such as the scores of a batch against a catalogue. The C library gives such blocks back to the
system at once, which has to clear every page when the next step asks for it: about a fifth of a step's CPU time (docs/cluster.md).
"""

import ctypes

TRIM_THRESHOLD, MMAP_THRESHOLD = -1, -3
"""Parameters of glibc's mallopt."""
KEPT = 1 << 30
"""Bytes: blocks from this size on are given back when they are freed, and so is what is free at the end of the heap beyond it."""


def keep_freed() -> bool:
    """Keeps freed blocks from here on; False where the C library has no such setting."""
    library = ctypes.CDLL(None)
    if not hasattr(library, "mallopt"):
        return False
    settings = [library.mallopt(parameter, KEPT) for parameter in (TRIM_THRESHOLD, MMAP_THRESHOLD)]
    return all(done == 1 for done in settings)
