"""The softmax over a catalogue that is cut over processes: each scores every prediction of all processes against its own items."""

from typing import Any

import torch
from torch import Tensor

from .processes import Processes


class _Gather(torch.autograd.Function):
    """Rows of all processes in rank order, from those of this one."""

    @staticmethod
    def forward(ctx: Any, own: Tensor, processes: Processes, begin: int, total: int) -> Tensor:
        ctx.processes, ctx.begin, ctx.count = processes, begin, len(own)
        every = own.new_zeros(total, own.shape[1])
        every[begin : begin + len(own)] = own
        return processes.sum(every)

    @staticmethod
    def backward(ctx: Any, *gradients: Tensor) -> tuple[Tensor, None, None, None]:
        # Each process has what its own items contribute.
        whole = ctx.processes.sum(gradients[0].contiguous().clone())
        return whole[ctx.begin : ctx.begin + ctx.count], None, None, None


class _Nll(torch.autograd.Function):
    """−log softmax at the target of scores [P, items of this process] over the items of all processes [P]."""

    @staticmethod
    def forward(ctx: Any, scores: Tensor, columns: Tensor, processes: Processes) -> Tensor:
        rows = torch.nonzero((columns >= 0) & (columns < scores.shape[1]))[:, 0]
        columns = columns[rows]
        # The last processes of many may have no items.
        own = scores.amax(1) if scores.shape[1] > 0 else scores.new_full((len(scores),), float("-inf"))
        largest = processes.largest(own)
        shares = (scores - largest[:, None]).exp_()
        sums = torch.stack([shares.sum(1), scores.new_zeros(len(scores))])
        sums[1, rows] = scores[rows, columns]
        processes.sum(sums)
        ctx.save_for_backward(shares.div_(sums[0][:, None]), rows, columns)
        return largest + sums[0].log() - sums[1]

    @staticmethod
    def backward(ctx: Any, *gradients: Tensor) -> tuple[Tensor, None, None]:
        shares, rows, columns = ctx.saved_tensors
        gradient = shares * gradients[0][:, None]
        gradient[rows, columns] -= gradients[0][rows]
        return gradient, None, None


def parallel_softmax_loss(queries: Tensor, targets: Tensor, items: Tensor, begin: int, processes: Processes) -> Tensor:
    """The sum over this process's predictions of −log softmax at their targets; all processes call at once.

    queries [P, e] of this process, whose dot products with e are the scores, and targets [P], items of the whole catalogue; items [own, e] from item
    `begin` on. Its gradient is that of the sum over all processes' predictions: each process's items are compared with all of them.
    """
    counts = torch.zeros(processes.world, dtype=torch.int64)
    counts[processes.rank] = len(queries)
    processes.sum(counts)
    total, first = int(counts.sum()), int(counts[: processes.rank].sum())
    columns = targets.new_zeros(total)
    columns[first : first + len(targets)] = targets
    columns = processes.sum(columns) - begin
    nll = _Nll.apply(_Gather.apply(queries, processes, first, total) @ items.T, columns, processes)
    own = nll[first : first + len(queries)].sum()
    others = nll.sum() - own
    return own + others - others.detach()
