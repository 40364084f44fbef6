"""NumPy's numbers as Python's."""

from typing import Any

from numpy.typing import NDArray


def plain(values: NDArray[Any]) -> Any:
    """`values.tolist()`: its type depends on the number of dimensions, which annotations cannot express."""
    return values.tolist()
