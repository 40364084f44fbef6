"""PyTorch reference of the method; the mathematics is that of docs/method.md. `open_run` and `compare` need pandas alone."""

from typing import Any

__all__ = ["compare", "open_run"]


def __getattr__(name: str) -> Any:
    """Imports pandas when it is asked for: the trainer does without it."""
    if name not in __all__:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    from karma import runs

    return getattr(runs, name)
