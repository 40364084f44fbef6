"""Trains the model on the encoded corpus, or measures a finished one on the held-out end of it.

    python3 pretrain.py tokens.npy checkpoint.pt --epochs 5
    python3 pretrain.py tokens.npy --evaluate public/models/wordnet-1m
"""

from __future__ import annotations

import argparse
import math
import time
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import torch
from export import load_model
from model import Config, LlamaForCausalLM
from torch import Tensor


@dataclass(frozen=True)
class Settings:
    seed: int = 0
    length: int = 128
    """Tokens a row; rows are cut from the corpus without regard to lines."""
    batch: int = 32
    learning_rate: float = 3e-3
    final_share: float = 0.05
    """Share of the peak that the cosine schedule ends at."""
    warmup: int = 100
    betas: tuple[float, float] = (0.9, 0.95)
    weight_decay: float = 0.1
    """On every parameter, norms and embedding included: that is how wordnet-1m was made."""
    clip: float = 1.0
    held_out: int = 200
    """Rows at the end of the corpus that are never trained on."""


def read_rows(tokens: Path, settings: Settings) -> tuple[Tensor, Tensor]:
    """(training rows, held-out rows), each [rows, length], int64."""
    ids = torch.from_numpy(np.load(tokens).astype(np.int64))
    count = (len(ids) - 1) // settings.length
    rows = ids[: count * settings.length].view(count, settings.length)
    return rows[: -settings.held_out], rows[-settings.held_out :]


@torch.no_grad()
def held_out_loss(model: LlamaForCausalLM, rows: Tensor) -> float:
    """Nats per token."""
    losses = [model.loss(part).item() * len(part) for part in rows.split(50)]
    return sum(losses) / len(rows)


def learning_rate(step: int, steps: int, settings: Settings) -> float:
    cosine = 0.5 * (1 + math.cos(math.pi * step / steps))
    share = settings.final_share + (1 - settings.final_share) * cosine
    return settings.learning_rate * min(1, (step + 1) / settings.warmup) * share


def train(rows: Tensor, held_out: Tensor, steps: int, checkpoint: Path, report: int) -> None:
    """Runs `steps` steps and saves the weights every 500 of them and at the end."""
    settings = Settings()
    torch.manual_seed(settings.seed)
    model = LlamaForCausalLM(Config())
    optimiser = torch.optim.AdamW(
        model.parameters(), lr=settings.learning_rate, betas=settings.betas, weight_decay=settings.weight_decay
    )
    print(f"{sum(p.numel() for p in model.parameters()):,} parameters, {len(rows):,} rows, {steps:,} steps")
    order = torch.randperm(len(rows))
    start = time.time()
    for step in range(steps):
        first = step * settings.batch
        # A batch that would span two epochs is drawn from the new order only.
        if step > 0 and first % len(rows) < settings.batch:
            order = torch.randperm(len(rows))
        batch = rows[order[torch.arange(first, first + settings.batch) % len(rows)]]
        for group in optimiser.param_groups:
            group["lr"] = learning_rate(step, steps, settings)
        loss = model.loss(batch)
        optimiser.zero_grad()
        loss.backward()
        torch.nn.utils.clip_grad_norm_(model.parameters(), settings.clip)
        optimiser.step()
        last = step == steps - 1
        if step % report == 0 or last:
            speed = (step + 1) * batch.numel() / (time.time() - start)
            print(
                f"step {step:,}: loss {loss.item():.4f}, held out {held_out_loss(model, held_out):.4f}, {speed:,.0f} tokens/s",
                flush=True,
            )
        if step % 500 == 0 or last:
            torch.save(model.state_dict(), checkpoint)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("tokens", type=Path)
    parser.add_argument("checkpoint", type=Path, nargs="?")
    parser.add_argument("--epochs", type=float, default=5)
    parser.add_argument("--steps", type=int, help="instead of --epochs")
    parser.add_argument("--report", type=int, default=100, help="steps between two reports")
    parser.add_argument("--evaluate", type=Path, metavar="FOLDER", help="measure this model and train nothing")
    arguments = parser.parse_args()
    torch.set_num_threads(1)
    settings = Settings()
    rows, held_out = read_rows(arguments.tokens, settings)
    if arguments.evaluate is not None:
        print(f"held out: {held_out_loss(load_model(arguments.evaluate), held_out):.4f} nats per token")
        return
    if arguments.checkpoint is None:
        parser.error("name a checkpoint to write, or --evaluate a folder")
    steps = arguments.steps or int(arguments.epochs * len(rows) / settings.batch)
    train(rows, held_out, steps, arguments.checkpoint, arguments.report)


if __name__ == "__main__":
    main()
