"""Beam search over codes that only produces items (src/engine/codes/beams.ts and codeTrie.ts). Nothing here computes scores: they come from the caller."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from .codes import ItemCodes
from .plain import plain
from .ranking import NO_ITEM

Floats = NDArray[np.float64]
Integers = NDArray[np.int64]


@dataclass(frozen=True)
class Level:
    """The prefixes of one length that items have, in the order of their tokens."""

    tokens: Integers
    """[prefixes, length]"""
    children: Integers
    """[prefixes of the level before + 1] the first of those that continue each."""
    counts: Integers
    """[prefixes] items that have each."""
    of: Integers
    """[items] which each item has."""


class CodeTrie:
    """The tuples of codes that name items."""

    def __init__(self, codes: ItemCodes) -> None:
        tokens = np.array(codes.tokens, np.int64).reshape(-1, len(codes.sizes))
        self.items = len(tokens)
        self.levels: list[Level] = []
        before, prefixes = np.zeros(self.items, np.int64), 1
        for level in range(tokens.shape[1]):
            keys = before * sum(codes.sizes) + tokens[:, level]
            distinct, first, of, counts = np.unique(keys, return_index=True, return_inverse=True, return_counts=True)
            children = np.searchsorted(distinct // sum(codes.sizes), np.arange(prefixes + 1))
            self.levels.append(Level(tokens[first, : level + 1], children, counts, of.reshape(-1)))
            before, prefixes = of.reshape(-1), len(distinct)
        self._items = np.argsort(before, kind="stable")
        self._ends = np.cumsum(self.levels[-1].counts)

    def items_at(self, whole: int) -> Integers:
        """Items of a whole tuple, ascending."""
        end = self._ends[whole]
        return self._items[end - self.levels[-1].counts[whole] : end]


@dataclass(frozen=True)
class Answer:
    """What a request is answered with."""

    items: Integers
    """Items of the beams, best first; ties in the order of the catalogue."""
    scores: Floats
    """log p of their codes."""
    rank: float
    """The target's average rank; one that no beam names is beaten by all others that are not masked."""
    valid: bool
    """Whether the tuple that greedy decoding without the trie ends in names an item."""


class Beams:
    """The search for one request."""

    def __init__(self, trie: CodeTrie, width: int, masked: Sequence[int], target: int) -> None:
        """`masked`: items to leave out, of which the target is none."""
        self.trie, self.width, self.target = trie, width, target
        self.masked = np.array(sorted(set(masked) - {target}), np.int64)
        self._length = 0
        # Prefixes of this length by their numbers in the trie; at first the empty one. Of greedy decoding None once no item has its prefix.
        self._prefixes, self._scores = np.zeros(1, np.int64), np.zeros(1)
        self._greedy: int | None = 0

    def _open(self) -> Integers:
        """The beams' prefixes, and that of greedy decoding if it is another one."""
        if self._greedy is None or self._greedy in self._prefixes:
            return self._prefixes
        return np.append(self._prefixes, self._greedy)

    def open(self) -> list[list[int]]:
        """Lists of tokens after which the next one must be scored."""
        if self._length == 0:
            return [[]]
        found: list[list[int]] = plain(self.trie.levels[self._length - 1].tokens[self._open()])
        return found

    def advance(self, log_probabilities: Floats) -> None:
        """Goes one level on; `log_probabilities` of all tokens after each of `open`."""
        level, opened = self.trie.levels[self._length], self._open()
        begins, ends = level.children[self._prefixes], level.children[self._prefixes + 1]
        beam = np.repeat(np.arange(len(begins)), ends - begins)
        children = np.concatenate([np.arange(*span) for span in zip(begins, ends, strict=True)])
        # A prefix whose items are all masked gets no beam.
        hidden = np.sort(level.of[self.masked])
        able = level.counts[children] > np.searchsorted(hidden, children, "right") - np.searchsorted(hidden, children)
        beam, children = beam[able], children[able]
        scores = self._scores[beam] + log_probabilities[beam, level.tokens[children, -1]]
        best = np.lexsort((children, -scores))[: self.width]
        if self._greedy is not None:
            row = log_probabilities[int(np.flatnonzero(opened == self._greedy)[0])]
            begin, end = level.children[self._greedy], level.children[self._greedy + 1]
            next_ = np.flatnonzero(level.tokens[begin:end, -1] == row.argmax())
            self._greedy = int(begin + next_[0]) if len(next_) > 0 else None
        self._prefixes, self._scores = children[best], scores[best]
        self._length += 1

    def finish(self) -> Answer:
        """The answer after the last level."""
        parts = [self.trie.items_at(prefix) for prefix in plain(self._prefixes)]
        items = np.concatenate([np.empty(0, np.int64), *parts])
        scores = np.repeat(self._scores, [len(part) for part in parts])
        shown = ~np.isin(items, self.masked)
        items, scores = items[shown], scores[shown]
        order = np.lexsort((items, -scores))
        items, scores = items[order], scores[order]
        own = scores[items == self.target]
        above, equal = self.trie.items - len(self.masked) - 1, 0
        if len(own) > 0:
            above, equal = int((scores > own[0]).sum()), int((scores == own[0]).sum()) - 1
        return Answer(items, scores, above + 1 + equal / 2, self._greedy is not None)


def lists_of(answers: Sequence[Answer], listed: int) -> NDArray[np.uint32]:
    """The best items of each answer [answers, listed], padded."""
    lists = np.full((len(answers), listed), NO_ITEM, np.uint32)
    for row, answer in enumerate(answers):
        some = answer.items[:listed]
        lists[row, : len(some)] = some
    return lists
