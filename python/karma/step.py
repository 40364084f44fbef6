"""One training step over processes: each has a part of the batch, and all see every target of it as a candidate."""

from collections.abc import Sequence
from contextlib import AbstractContextManager, nullcontext
from itertools import pairwise

import numpy as np
import torch
from torch import Tensor, nn
from torch.nn.parallel import DistributedDataParallel

from .losses import exposed_pairs, terms
from .model import InterestModel
from .optimiser import Optimiser
from .processes import Processes
from .sequence import Example, text_count
from .shards import FREE
from .spec import TERMS, Arm


class Part(nn.Module):
    """The loss of a part of a batch, weighted so that the parts' losses, and their gradients, add up to the batch's."""

    def __init__(self, model: InterestModel, arm: Arm, autocast: bool = False) -> None:
        super().__init__()
        self.model, self.arm, self.autocast = model, arm, autocast
        sharded = FREE if model.shards is not None and model.shards.active else ()
        for name, parameter in model.parameters.items():
            if name in sharded:
                continue
            self.register_parameter(name.replace(".", "/"), parameter)  # type: ignore[arg-type]

    def forward(self, model: InterestModel, batch: Sequence[Example], begin: int, end: int) -> tuple[Tensor, Tensor]:
        """(total, [action, *TERMS]) of examples begin … end − 1 of the batch under a `local` model."""
        arm = self.arm
        examples = batch[begin:end]
        with torch.autocast(model.device.type, torch.bfloat16, enabled=self.autocast):
            first = model.pass_of(examples, arm)
            whole, candidates = model.pack_predictions(batch), None
            if self.model.is_parallel:
                targets = model.catalogue_items(first.packed.prediction_targets)
                action = self.model.parallel_action_loss(first.interest, targets) / len(whole.prediction_targets)
            elif len(examples) < len(batch):
                predictions = whole.prediction_ends[begin - 1] if begin > 0 else 0
                every = model.candidates(whole)
                candidates = every.share(predictions, whole.prediction_ends[end - 1])
                share = terms(candidates, model.objective.action_loss) / max(1, terms(every, model.objective.action_loss))
                action = model.action_of(first, candidates) * share
            else:
                action = model.action_of(first)
            pairs = len(exposed_pairs(first.packed)) / max(1, len(exposed_pairs(whole)))
            action = action + model.objective.lambda_exp * pairs * model.exposure_loss(first)
            losses = model.terms_of(first, examples, arm, candidates)
        shares = dict.fromkeys(TERMS, len(examples) / len(batch))
        # Means over texts, and over the examples with a picture.
        shares["gen"] = shares["rec"] = text_count(examples) / max(1, text_count(batch))
        shares["z"] = len(first.packed.prediction_targets) / len(whole.prediction_targets)
        shares["img"] = pictures(examples) / max(1, pictures(batch))
        of_part = {term: loss * shares[term] for term, loss in losses.items()}
        return arm.objective(action, of_part), torch.stack([action, *of_part.values()]).detach()


def parts_of(model: InterestModel, arm: Arm, batch: Sequence[Example], world: int) -> list[int]:
    """[world + 1] where each process's part of a batch starts, and where the last one ends: about as many decoded rows each, at least one example."""

    texts = (arm.lambda_gen > 0) + (arm.lambda_rec > 0)

    def rows(example: Example) -> int:
        items = sum(len(model.titles[item]) for item in example.history) if model.titles else len(example.history)
        if model.codes is not None:
            # The target's codes but the last are rows, too.
            items = (items + 1) * len(model.codes[example.target]) - 1
        return 2 + items + texts * len(example.text) + (sum(map(rows, example.further)) if texts > 0 else 0)

    total = np.cumsum([rows(example) for example in batch])
    starts = [0]
    for part in range(1, world):
        nearest = int(np.abs(total - total[-1] * part / world).argmin()) + 1
        starts.append(min(max(nearest, starts[-1] + 1), len(batch) - world + part))
    return [*starts, len(batch)]


def pictures(batch: Sequence[Example]) -> int:
    """Examples whose target has one."""
    return sum(example.image is not None for example in batch)


class Stepper:
    """Steps of one arm."""

    def __init__(self, part: Part, optimiser: Optimiser, processes: Processes, accumulate: int = 1) -> None:
        self.part, self.optimiser, self.processes, self.accumulate = part, optimiser, processes, accumulate
        self.call: nn.Module = part
        # On a CPU sending takes the cores that the backward pass needs, and DDP's buckets gain nothing: all is sent in one message, after it. Where the
        # model is cut, or the catalogue of a softmax, sending for a pass and gradients at once could make processes wait for one another.
        apart = processes.passes.active or part.model.is_parallel
        if processes.world > 1 and processes.device.type != "cpu" and not apart:
            # A parameter that an arm does not use has no gradient on any process; the optimiser treats it as zero.
            self.call = DistributedDataParallel(part, find_unused_parameters=True)

    def _sums(self, last: bool) -> AbstractContextManager[None]:
        return self.call.no_sync() if isinstance(self.call, DistributedDataParallel) and not last else nullcontext()

    def gradients(self, batch: Sequence[Example]) -> tuple[list[float], float]:
        """Sets the gradients of a batch; returns [action, *TERMS] of the whole batch, and the global norm."""
        processes, optimiser = self.processes, self.optimiser
        # DDP averages over processes, but these are parts of a sum.
        scale = 1 if self.call is self.part else processes.world
        starts = parts_of(self.part.model, self.part.arm, batch, processes.world)
        begin, end = starts[processes.rank : processes.rank + 2]
        # As many on each.
        pieces = min(self.accumulate, *(after - before for before, after in pairwise(starts)))
        optimiser.clear()
        processes.passes.end()
        model, local = self.part.model.local(batch)
        sums = torch.zeros(1 + len(TERMS), dtype=torch.float64)
        for piece in range(pieces):
            low, high = begin + piece * (end - begin) // pieces, begin + (piece + 1) * (end - begin) // pieces
            with self._sums(piece + 1 == pieces):
                total, parts = self.call(model, local, low, high)
                (total * scale).backward()
            sums += parts.double().cpu()
        if self.call is self.part:
            optimiser.losses.copy_(sums)
            processes.sum(optimiser.message)
            sums = optimiser.losses
        else:
            processes.sum(sums)
        self.part.model.collect(model, scale)
        return sums.tolist(), optimiser.norm()

    def step(self, batch: Sequence[Example]) -> dict[str, float | None]:
        """One update; returns its entries for the record."""
        arm = self.part.arm
        (action, *losses), norm = self.gradients(batch)
        of_terms = dict(zip(TERMS, losses, strict=True))
        rate = self.optimiser.step(norm)
        return {
            "total": arm.objective(action, of_terms),
            "action": action,
            **{term: loss if arm.weight(term) > 0 else None for term, loss in of_terms.items()},
            "gradNorm": norm,
            "learningRate": rate,
        }
