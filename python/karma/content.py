"""Cosines of untrained content with a whole history (src/measures/ranking/contentScores.ts): TF-IDF of item texts, levels of categories."""

import re
from collections import Counter
from collections.abc import Callable, Iterable, Sequence

import numpy as np
from numpy.typing import NDArray

from .columns import Log
from .features import levels_of
from .neighbours import SCORE_GRID, on_grid
from .texts import item_texts

WORD = re.compile(r"[^\W_]+")


def words_of(text: str) -> list[str]:
    """Runs of letters and digits, in lower case."""
    return WORD.findall(text.lower())


class ContentScores:
    """Items as sparse rows of length 1, and the items of every term."""

    def __init__(
        self, documents: Iterable[Sequence[str]], weight_of: Callable[[NDArray[np.float64], int], NDArray[np.float64]]
    ) -> None:
        places: dict[str, int] = {}
        counts = [Counter(places.setdefault(word, len(places)) for word in document) for document in documents]
        self.items = len(counts)
        item = np.repeat(np.arange(self.items), [len(own) for own in counts])
        term = np.array([at for own in counts for at in own], np.int64)
        times = np.array([value for own in counts for value in own.values()], np.float64)
        having = np.bincount(term, minlength=len(places)).astype(np.float64)
        weight = times * weight_of(having, self.items)[term]
        weight /= np.sqrt(np.bincount(item, weight * weight, self.items))[item]
        self.row = np.searchsorted(item, np.arange(self.items + 1))
        self.term, self.weight = term, weight
        order = np.argsort(term, kind="stable")
        self.column = np.searchsorted(term[order], np.arange(len(places) + 1))
        self.column_items, self.column_weights = item[order], weight[order]

    def dense(self) -> NDArray[np.float32]:
        """The items' rows, in order of the terms' first appearance [items, terms]."""
        rows = np.zeros((self.items, len(self.column) - 1), np.float32)
        rows[np.repeat(np.arange(self.items), np.diff(self.row)), self.term] = self.weight
        return rows

    def scores(self, history: Sequence[int]) -> NDArray[np.float64]:
        """Sums of an item's cosines with the history's items, of which a repeated one counts as often [items]."""
        query: dict[int, float] = {}
        for item in history:
            for at in range(self.row[item], self.row[item + 1]):
                term = int(self.term[at])
                query[term] = query.get(term, 0.0) + float(self.weight[at])
        scores = np.zeros(self.items)
        for term, value in query.items():
            own = slice(self.column[term], self.column[term + 1])
            scores[self.column_items[own]] += value * self.column_weights[own]
        return on_grid(scores, SCORE_GRID)


def of_texts(log: Log, template: str) -> ContentScores:
    """Of the items' texts: occurrences times the smoothed inverse document frequency."""
    return ContentScores(
        (words_of(text) for text in item_texts(log, template)),
        lambda having, items: np.log((1 + items) / (1 + having)) + 1,
    )


def of_categories(log: Log) -> ContentScores:
    """Of every level of the items' categories."""
    categories = log.texts("item_category")
    return ContentScores(
        (levels_of(category, "category-path") for category in categories), lambda having, _: np.ones_like(having)
    )


def has_categories(log: Log) -> bool:
    """Whether an item has a category."""
    return log.has("item_category_start") and any(category.strip() for category in log.texts("item_category"))
