"""Schedule, clipping and AdamW."""

import math
from collections.abc import Mapping

import torch
from torch import Tensor
from torch.nn.utils import clip_grads_with_norm_, get_total_norm

from .shards import FREE, Shards
from .spec import Training

UNDECAYED = ("b_in", "b_d", "emb", "query", "item", "sink", "log_scale", "img_b1", "img_b2", "img_b3")


def learning_rate(training: Training, step: int) -> float:
    """Learning rate of step 0, 1, …"""
    warm = min(1.0, (step + 1) / max(1, training.warmup_steps))
    progress = step / max(1, training.steps - 1)
    fallen = (1 - math.cos(math.pi * progress)) / 2 if training.decay == "cosine" else progress
    return training.learning_rate * warm * (1 - (1 - training.final_learning_rate_share) * fallen)


class Optimiser:
    """AdamW over the named parameters that require gradients; weight decay on matrices only."""

    def __init__(self, parameters: Mapping[str, Tensor], training: Training, shards: Shards | None = None) -> None:
        self.parameters = parameters
        self.shards = shards if shards is not None and shards.active else None
        self.training = training
        self.steps = 0
        trained = {name: parameter for name, parameter in parameters.items() if parameter.requires_grad}
        self.adam = torch.optim.AdamW(
            [
                {"params": [p for n, p in trained.items() if n not in UNDECAYED], "weight_decay": training.weight_decay},
                {"params": [p for n, p in trained.items() if n in UNDECAYED], "weight_decay": 0.0},
            ],
            lr=training.learning_rate,
            betas=(training.beta1, training.beta2),
            eps=training.epsilon,
            fused=True,
        )

    def gradients(self, loss: Tensor) -> float:
        """Sets the gradients of `loss` (0 for a parameter that it does not use), unclipped; returns their global norm."""
        self.clear()
        loss.backward()
        return self.norm()

    def clear(self) -> None:
        """Forgets the gradients."""
        self.adam.zero_grad()

    def norm(self) -> float:
        """The global norm of the gradients; those that are missing become 0."""
        for parameter in self.parameters.values():
            if parameter.grad is None:
                parameter.grad = torch.zeros_like(parameter)
        shared = [
            p.grad for name, p in self.parameters.items() if p.grad is not None and (self.shards is None or name not in FREE)
        ]
        norm = get_total_norm(shared, foreach=True)
        if self.shards is None:
            return float(norm)
        squares = [p.grad.square().sum() for name, p in self.parameters.items() if p.grad is not None and name in FREE]
        of_parts = self.shards.processes.sum(torch.stack(squares).sum()) if squares else 0.0
        return float((norm.square() + of_parts).sqrt())

    def step(self, norm: float) -> float:
        """Clips gradients of global norm `norm` and steps; returns the learning rate."""
        training = self.training
        if training.clip_norm > 0:
            clip_grads_with_norm_(
                list(self.parameters.values()), training.clip_norm, torch.tensor(norm, dtype=torch.float64), foreach=True
            )
        rate = learning_rate(training, self.steps)
        for group in self.adam.param_groups:
            group["lr"] = rate
        self.adam.step()
        self.steps += 1
        return rate
