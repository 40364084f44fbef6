"""EASE in closed form (src/measures/ranking/ease.ts)."""

from collections.abc import Iterator, Sequence

import numpy as np
import torch
from numpy.typing import NDArray

from .columns import Log
from .neighbours import SCORE_GRID, on_grid

MOST_ROWS = 30_000
"""Rows of the matrix that is inverted, which take 7 GB in float64."""


def _training_matrix(log: Log) -> tuple[NDArray[np.int64], NDArray[np.int64], int]:
    """(user, item) of every 1 in the binary matrix of training events, and its number of users."""
    users, items = [np.empty(0, np.int64)], [np.empty(0, np.int64)]
    index = -1
    for index, (user, end) in enumerate(log.training_users()):
        own = np.unique(np.array(log.trained.items_of(user, 0, end), np.int64))
        users.append(np.full(len(own), index))
        items.append(own)
    return np.concatenate(users), np.concatenate(items), index + 1


def ease_left_out(log: Log) -> dict[str, int] | None:
    """Rows that the matrix would have and may have; None if it has no more."""
    rows = min(len(log.column("train_user")), log.items - int((log.cold == 1).sum()))
    return {"rows": rows, "most": MOST_ROWS} if rows > MOST_ROWS else None


def _blocks(matrix: torch.Tensor) -> Iterator[torch.Tensor]:
    """Rows of a sparse matrix, some at a time."""
    for begin in range(0, matrix.shape[0], 1024):
        yield matrix.index_select(0, torch.arange(begin, min(begin + 1024, matrix.shape[0])))


class Ease:
    """B = I - P diag(1/P_ii), P = (R'R + lambda I)^-1, by the smaller of the matrices of items and of users (Woodbury)."""

    def __init__(self, log: Log, penalty: float) -> None:
        users, items, rows = _training_matrix(log)
        self.items = log.items
        self.trained, place = np.unique(items, return_inverse=True)
        self.place = np.full(log.items, -1)
        self.place[self.trained] = np.arange(len(self.trained))
        self.r = torch.sparse_coo_tensor(
            torch.from_numpy(np.stack([users, place])), torch.ones(len(users), dtype=torch.float64), (rows, len(self.trained))
        ).coalesce()
        self.of_items = len(self.trained) <= rows
        side = self.r.t() if self.of_items else self.r
        gram = torch.cat([torch.sparse.mm(side, rows.to_dense().t()) for rows in _blocks(side)], 1)
        gram.diagonal().add_(penalty)
        self.inverse = torch.cholesky_inverse(torch.linalg.cholesky(gram))
        if self.of_items:
            self.diagonal = self.inverse.diagonal()
        else:
            # P = (I - R' K^-1 R)/lambda; scores do not depend on the factor 1/lambda.
            self.solved = torch.sparse.mm(self.r.t(), self.inverse)
            self.diagonal = 1 - torch.zeros(len(self.trained), dtype=torch.float64).index_add_(
                0, self.r.indices()[1], self.solved[self.r.indices()[1], self.r.indices()[0]]
            )

    def scores(self, history: Sequence[int]) -> NDArray[np.float64]:
        """Sums of the rows of B of a history's distinct items [items]."""
        own = self.place[np.unique(np.array(history, np.int64))]
        mine = torch.from_numpy(own[own >= 0])
        inside = torch.zeros(len(self.trained), dtype=torch.float64)
        inside[mine] = 1
        if self.of_items:
            product = self.inverse[mine].sum(0)
        else:
            product = inside - torch.mv(self.r.t(), self.solved[mine].sum(0))
        scores = np.zeros(self.items)
        scores[self.trained] = (inside - product / self.diagonal).numpy()
        return on_grid(scores, SCORE_GRID)
