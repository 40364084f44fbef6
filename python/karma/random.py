"""The engine's random streams (src/log/random.ts), draw for draw: sfc32, seeded by the experiment's seed and the stream's name."""

import math
from collections.abc import MutableSequence, Sequence
from typing import Any, TypeVar

import numpy as np
from numpy.typing import NDArray

from .plain import plain

MASK = 0xFFFFFFFF
OFFSETS = (0x811C9DC5, 0x9E3779B9, 0x243F6A88, 0xB7E15162)
DISCARDED = 15
"""First outputs, which still show the structure of the state."""

S = TypeVar("S", MutableSequence[int], NDArray[np.int32], NDArray[np.int64])


def hash_text(text: str, offset: int = OFFSETS[0]) -> int:
    """32 bits of a text: FNV-1a over UTF-16 code units, avalanched as in MurmurHash3."""
    value = offset
    code = text.encode("utf-16-le")
    for low, high in zip(code[::2], code[1::2], strict=True):
        value = ((value ^ (low | high << 8)) * 0x01000193) & MASK
    value = ((value ^ value >> 16) * 0x85EBCA6B) & MASK
    value = ((value ^ value >> 13) * 0xC2B2AE35) & MASK
    return value ^ value >> 16


def hash_texts(texts: Sequence[str]) -> NDArray[np.uint32]:
    """`hash_text` of each, a code unit of all at a time."""
    lengths = np.array([len(text.encode("utf-16-le")) // 2 for text in texts], np.int64)
    hashes = np.empty(len(texts), np.uint32)
    for length in plain(np.unique(lengths)):
        chosen = np.flatnonzero(lengths == length)
        joined = "".join(texts[at] for at in plain(chosen)).encode("utf-16-le")
        units = np.frombuffer(joined, "<u2").reshape(len(chosen), length).astype(np.uint32)
        value: NDArray[Any] = np.full(len(chosen), OFFSETS[0], np.uint32)
        for unit in units.T:
            value = (value ^ unit) * np.uint32(0x01000193)
        value = (value ^ value >> 16) * np.uint32(0x85EBCA6B)
        value = (value ^ value >> 13) * np.uint32(0xC2B2AE35)
        hashes[chosen] = value ^ value >> 16
    return hashes


class Random:
    """One stream. Use `fork_random`."""

    __slots__ = ("_spare", "_state")

    def __init__(self, text: str) -> None:
        a, b, c, counter = (hash_text(text, offset) for offset in OFFSETS)
        self._state = (a, b, c, counter)
        self._spare: float | None = None
        self._words(DISCARDED)

    def _words(self, count: int) -> list[int]:
        a, b, c, counter = self._state
        words = [0] * count
        for at in range(count):
            words[at] = total = (a + b + counter) & 0xFFFFFFFF
            counter += 1
            a = b ^ b >> 9
            b = c * 9 & 0xFFFFFFFF
            c = (c << 21 & 0xFFFFFFFF | c >> 11) + total & 0xFFFFFFFF
        self._state = (a, b, c, counter & MASK)
        return words

    def uniforms(self, count: int) -> NDArray[np.float64]:
        """The next `count` numbers in [0, 1), 53 bits each."""
        words = np.array(self._words(2 * count), dtype=np.int64)
        return ((words[::2] >> 5) * 0x4000000 + (words[1::2] >> 6)) / float(1 << 53)

    def uniform(self) -> float:
        """The next number in [0, 1)."""
        high, low = self._words(2)
        return ((high >> 5) * 0x4000000 + (low >> 6)) / 9007199254740992.0

    def integer(self, n: int) -> int:
        """Uniform in [0, n)."""
        if n < 1:
            raise ValueError(f"integer(n) needs a positive integer, not {n}")
        return math.floor(self.uniform() * n)

    def normal(self) -> float:
        """Standard normal (Box-Muller); every second one was drawn with the previous one."""
        if self._spare is not None:
            value, self._spare = self._spare, None
            return value
        radius = math.sqrt(-2 * math.log(1 - self.uniform()))
        angle = 2 * math.pi * self.uniform()
        self._spare = radius * math.sin(angle)
        return radius * math.cos(angle)

    def normals(self, count: int) -> NDArray[np.float64]:
        """The next `count` normals."""
        before = [] if self._spare is None or count == 0 else [self.normal()]
        left = count - len(before)
        pairs = (left + 1) // 2
        draws = self.uniforms(2 * pairs)
        radius = np.sqrt(-2 * np.log(1 - draws[::2]))
        angle = 2 * math.pi * draws[1::2]
        values = np.stack([radius * np.cos(angle), radius * np.sin(angle)], 1).ravel()
        if left % 2 == 1:
            self._spare = float(values[-1])
        return np.concatenate([np.array(before), values[:left]])

    def shuffle(self, values: S) -> S:
        """Fisher-Yates, in place; returns the same sequence."""
        size = len(values)
        if size < 2:
            return values
        ends = np.arange(size, 1, -1)
        chosen = plain(np.floor(self.uniforms(size - 1) * ends).astype(np.int64))
        order = values if isinstance(values, list) else list(values)
        for at, other in zip(range(size - 1, 0, -1), chosen, strict=True):
            order[at], order[other] = order[other], order[at]
        if order is not values:
            values[:] = order
        return values


def fork_random(seed: int, *name: str | int) -> Random:
    """The stream with that name: the same arguments always give the same numbers, here and in the engine."""
    return Random("/".join(str(part) for part in (seed, *name)))


def scattered(seed: int, name: str, size: int, place: int) -> int:
    """Where `place` goes under a permutation of `size` that is never stored: a four-round Feistel network, walked until inside.

    For logs whose users are too many for a Fisher-Yates shuffle in memory (see sampling.LARGEST_SHUFFLE).
    """
    half = max(1, (size - 1).bit_length() + 1 >> 1)
    mask = (1 << half) - 1
    value = place
    while True:
        left, right = value >> half, value & mask
        for turn in range(4):
            left, right = right, left ^ (hash_text(f"{seed}/{name}/{turn}/{right}") & mask)
        value = left << half | right
        if value < size:
            return value
