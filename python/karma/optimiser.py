"""Schedule, clipping and AdamW."""

import math
from collections.abc import Mapping

import torch
from torch import Tensor

from .shards import FREE, Shards
from .spec import TERMS, Training

UNDECAYED = ("b_in", "b_d", "emb", "query", "item", "sink", "log_scale", "img_b1", "img_b2", "img_b3")


def learning_rate(training: Training, step: int) -> float:
    """Learning rate of step 0, 1, …"""
    warm = min(1.0, (step + 1) / max(1, training.warmup_steps))
    progress = step / max(1, training.steps - 1)
    fallen = (1 - math.cos(math.pi * progress)) / 2 if training.decay == "cosine" else progress
    return training.learning_rate * warm * (1 - (1 - training.final_learning_rate_share) * fallen)


class Optimiser:
    """AdamW over the named parameters that require gradients; weight decay on matrices only.

    Gradients are views of one tensor, `message`, which processes add up at once; those of rows that are cut over processes are apart.
    """

    def __init__(self, parameters: Mapping[str, Tensor], training: Training, shards: Shards | None = None) -> None:
        self.parameters = parameters
        self.shards = shards if shards is not None and shards.active else None
        self.training = training
        self.steps = 0
        trained = {name: parameter for name, parameter in parameters.items() if parameter.requires_grad}
        self.rows = [p for name, p in parameters.items() if self.shards is not None and name in FREE]
        """Parameters of which this process has some rows."""
        whole = [p for name, p in trained.items() if self.shards is None or name not in FREE]
        like, sizes = next(iter(parameters.values())), [p.numel() for p in whole]
        losses = 1 + len(TERMS)
        self.message = like.detach().new_zeros(sum(sizes) + losses)
        """Gradients of the parameters that every process has whole, then room for L_act and the terms of the objective."""
        self.flat, self.losses = self.message.split([sum(sizes), losses])
        for parameter, gradient in zip(whole, self.flat.split(sizes), strict=True):
            parameter.grad = gradient.view_as(parameter)
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
        self.message.zero_()
        for parameter in self.rows:
            parameter.grad = None

    def norm(self) -> float:
        """The global norm of the gradients; those that are missing become 0."""
        for parameter in self.parameters.values():
            if parameter.grad is None:
                parameter.grad = torch.zeros_like(parameter)
        norm = self.flat.norm()
        squares = [p.grad.square().sum() for p in self.rows if p.grad is not None]
        if self.shards is None or not squares:
            return float(norm)
        return float((norm.square() + self.shards.processes.sum(torch.stack(squares).sum())).sqrt())

    def step(self, norm: float) -> float:
        """Clips gradients of global norm `norm` and steps; returns the learning rate."""
        training = self.training
        share = training.clip_norm / (norm + 1e-6) if training.clip_norm > 0 else 1.0
        if share < 1:
            for gradient in (self.flat, *(p.grad for p in self.rows if p.grad is not None)):
                gradient.mul_(share)
        rate = learning_rate(training, self.steps)
        for group in self.adam.param_groups:
            group["lr"] = rate
        self.adam.step()
        self.steps += 1
        return rate
