"""Heads fitted before the first step, once for all arms: what src/experiment/fittedHeads.ts reads and draws, on `head_start`'s arithmetic."""

import hashlib
import json
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import torch
from torch import Tensor

from .columns import Target
from .data import Prepared
from .head_start import first_w_e, fit_heads, ridge, zero_shot
from .model import InterestModel
from .plain import plain
from .processes import Processes
from .random import fork_random
from .sampling import sample_targets

MOST_NUMBERS = 1 << 25
STEPS_A_MEAN = 10
READ_AT_ONCE = 32
# Raise it when the fit gives other heads.
VERSION = 2

Heads = dict[str, Tensor]


def problem(data: Prepared, features: int) -> str | None:
    """Why heads cannot be fitted under the recipe; None if they can."""
    objective = data.recipe.objective
    if data.recipe.semantic:
        return "Codes have free embeddings, so there is no W_e to fit: the heads start at random."
    if objective.item_output in ("id", "tied"):
        return "Item embeddings are free, so there is no W_e to fit: the heads start at random."
    if features < objective.embedding_size:
        return f"Items have {features} features, fewer than the {objective.embedding_size} dimensions of their embeddings: the heads start at random."
    return None


def fitted_heads(
    data: Prepared,
    model: InterestModel,
    model_hash: str,
    processes: Processes,
    cache: Path,
    say: Callable[[str], None],
    brought: bool = False,
) -> tuple[Heads | None, dict[str, Any] | None]:
    """(w_o, w_e and log_scale, what the record says of them); (None, None) if the recipe asks for no fit. Stored in `cache`.

    `brought`: arms start from an adapter with heads, which they keep.
    """
    recipe = data.recipe
    if all(recipe.head_start(arm) != "fitted" for arm in recipe.arms):
        return None, None
    reason = problem(data, model.hidden_features.shape[1])
    if brought:
        reason = "The arms start from an adapter with its own heads."
    if reason is not None:
        return None, {"fitted": False, "reason": reason}
    parts = ("data", "features", "objective", "lora", "seed")
    facts = [VERSION, data.log.hash, model_hash, recipe.training.batch_size, {part: recipe.spec[part] for part in parts}]
    path = cache / f"heads-{hashlib.sha256(json.dumps(facts, sort_keys=True).encode()).hexdigest()[:16]}.pt"
    if processes.first and not path.exists():
        heads, record = _fit(data, model, say)
        cache.mkdir(parents=True, exist_ok=True)
        part = path.with_suffix(".part")
        torch.save({"heads": heads, "record": record}, part)
        part.replace(path)
    processes.wait()
    kept = torch.load(path, weights_only=True)
    return kept["heads"], kept["record"]


def _fit(data: Prepared, model: InterestModel, say: Callable[[str], None]) -> tuple[Heads, dict[str, Any]]:
    began, recipe = time.monotonic(), data.recipe
    say("Fitting the heads")
    newest = [Target(user, end - 1) for user, _, end in plain(data.sampler.trainable)]
    targets = sample_targets(newest, recipe.objective.head_start_users, recipe.seed)
    hidden, wanted = _rows(data, model, targets)
    x, objective = model.hidden_features, recipe.objective
    steps, rows_each = objective.head_start_steps, objective.head_start_rows
    say(f"Principal axes of {x.shape[1]} features")
    w_e = first_w_e(x.double(), objective.embedding_size).to(x.dtype)
    if objective.head_start_from == "zero-shot":
        w_o = zero_shot(w_e, hidden.shape[1])
    else:
        say(f"Ridge regression on {len(hidden)} rows")
        w_o = ridge(hidden.double(), wanted, x.double(), w_e.double(), objective).to(x.dtype)
    scale = torch.full((1,), 1 / objective.temperature, dtype=x.dtype, device=x.device).log()
    heads = {name: value.contiguous().requires_grad_() for name, value in (("w_o", w_o), ("w_e", w_e), ("log_scale", scale))}
    draw = fork_random(recipe.seed, "head start")
    chosen = (draw.uniforms(steps * rows_each) * len(wanted)).astype("int64").reshape(steps, rows_each)
    losses = fit_heads(heads, x, objective, ((hidden[rows], wanted[rows]) for rows in torch.from_numpy(chosen)))
    record = {
        "fitted": True,
        "users": len(targets),
        "rows": len(wanted),
        "steps": steps,
        "losses": means_of(losses),
        "seconds": time.monotonic() - began,
    }
    fitted = {name: value.detach().cpu() for name, value in heads.items()}
    if objective.interest_skip != "none":
        width = model.decoder.config.hidden
        fitted["w_s"] = fitted["w_o"][:, width:].contiguous()
        fitted["w_o"] = fitted["w_o"][:, :width].contiguous()
    return fitted, record


def means_of(losses: list[float]) -> list[float]:
    """Over ten steps each, the last ones over those that are left."""
    parts = [losses[at : at + STEPS_A_MEAN] for at in range(0, len(losses), STEPS_A_MEAN)]
    return [sum(part) / len(part) for part in parts]


@torch.no_grad()
def _rows(data: Prepared, model: InterestModel, targets: list[Target]) -> tuple[Tensor, Tensor]:
    """Inputs of the heads in the prediction rows of these training histories, under the recipe, and their targets."""
    skip = data.recipe.objective.interest_skip != "none"
    most = MOST_NUMBERS // (model.decoder.config.hidden + (model.hidden_features.shape[1] if skip else 0))
    states, wanted = [], []
    for begin in range(0, len(targets), READ_AT_ONCE):
        packed = model.pack([data.newest_example(target) for target in targets[begin : begin + READ_AT_ONCE]], with_text=False)
        hidden = model.decode(packed, model.item_rows(packed.dense_items))
        rows = hidden[torch.tensor(packed.prediction_rows, device=model.device)].to(model.hidden_features.dtype)
        states.append(torch.cat([rows, model.mean_features(packed.prediction_items)], 1) if skip else rows)
        wanted += packed.prediction_targets
        if len(wanted) >= most:
            break
    return torch.cat(states)[:most], torch.tensor(wanted[:most], device=model.device)
