"""A log prepared for a model: tokenised texts, encoded examples, frozen features."""

import hashlib
import json
import math
import os
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from .axes import axis_features
from .codes import ItemCodes, residual_codes
from .columns import Log, Target
from .content import of_texts
from .decoder import Decoder
from .errors import JobError
from .features import ImageTable, hidden_means, image_table, side_by_side, standardise, title_features, visual_input
from .plain import plain
from .recipe import Recipe
from .sampling import (
    DRIFT_ITEMS,
    BatchSampler,
    Drawn,
    described_items,
    drift_items,
    example_for,
    image_items,
    image_noise,
    permuted_items,
    replayed_texts,
    spread_over,
)
from .sequence import Described, Example, Image
from .spec import Arm, DecoderConfig
from .texts import MAX_EXPOSED, Encode, Tokens, ended, item_texts, query_tokens, text_tokens, title_tokens

ITEMS_AT_ONCE = 1 << 16
"""Items whose texts are read by the model together, in batches of similar length."""


@dataclass(frozen=True)
class Prepared:
    """Everything that examples are made of."""

    log: Log
    recipe: Recipe
    encode: Encode
    decode: Callable[[Sequence[int]], str]
    texts: Sequence[list[int]]
    """y of every item, EOS last."""
    titles: Sequence[list[int]]
    """Every item inside a history; empty in the `token` interface."""
    sampler: BatchSampler
    left_out: frozenset[int]
    """Items that L_item and L_kl never draw: those that measure drift, if they are cold."""
    images: ImageTable | None
    """What L_img reconstructs; None if no arm has it."""
    domain: list[list[int]]
    """Tokens of texts of the model's domain, EOS last."""
    replay: list[list[int]]
    """Those that L_replay draws from, which none of `domain` is."""
    codes: ItemCodes | None = None
    """In the `semantic` interface, once `item_codes` has found them."""

    @property
    def image_size(self) -> int:
        """Numbers of v; 0 if no arm has L_img."""
        return 0 if self.images is None else self.images.values.shape[1]

    def masked(self, targets: Sequence[Target]) -> list[list[int]]:
        """Items that are not ranked for each target, unless one is the target itself: its history, if the recipe masks it."""
        return [self.log.history_of(target) if self.recipe.evaluation.mask_history else [] for target in targets]

    def batch(self, step: int, arm: Arm) -> list[Example]:
        """The batch of a step for an arm; arms differ only in whose text y is, in what is to be predicted, and in whether examples describe an item."""
        batch = [self._encoded(drawn) for drawn in self.sampler.batch(step, arm.shuffles_text)]
        batch = with_texts(batch, self.recipe.training.text_share)
        if arm.shuffle == "target":
            batch = with_random_targets(batch, self.recipe.seed, self.recipe.objective.positions, step)
        if arm.lambda_img > 0:
            batch = self._with_images(step, batch, arm)
        if arm.lambda_replay > 0:
            texts = replayed_texts(self.recipe.seed, step, len(batch), len(self.replay))
            batch = [replace(example, replayed=self.replay[text]) for example, text in zip(batch, texts, strict=True)]
        if not arm.describes:
            return batch
        drawn = described_items(self.recipe.seed, self.log.items, self.left_out, step, len(batch), arm.shuffles_text)
        return [
            replace(example, described=Described(item, self.texts[text]))
            for example, (item, text) in zip(batch, drawn, strict=True)
        ]

    def _with_images(self, step: int, batch: list[Example], arm: Arm) -> list[Example]:
        if self.images is None:
            raise ValueError("no arm was said to have pictures")
        seed, values = self.recipe.seed, self.images.values
        items = image_items(seed, step, [example.target for example in batch], self.images.pictured, arm.shuffles_pictures)
        noise = image_noise(seed, step, len(batch), values.shape[1])
        return [
            example if item is None else replace(example, image=Image(plain(values[item]), *of_example))
            for example, item, of_example in zip(batch, items, noise, strict=True)
        ]

    def example_for(self, target: Target) -> Example:
        """The example that predicts a target from all that came before it."""
        return self._encoded(example_for(self.log, target, self.recipe.objective.max_history))

    def _encoded(self, drawn: Drawn) -> Example:
        objective = self.recipe.objective
        query = drawn.query if objective.use_query else ""
        return Example(
            history=drawn.history,
            earlier=drawn.earlier if self.recipe.objective.reads_earlier else (),
            target=drawn.target,
            query=query_tokens(self.encode, query, self.recipe.query_template),
            text=self.texts[drawn.text_item],
            exposed=drawn.exposed[:MAX_EXPOSED],
            history_exposed=[items[:MAX_EXPOSED] for items in drawn.history_exposed],
            further=[self._encoded(one) for one in drawn.further],
            predicted=drawn.predicted,
        )


def with_texts(batch: Sequence[Example], share: float) -> list[Example]:
    """The batch with the texts of a share of its examples, spread evenly over it, at least one: src/experiment/prepare/preparedData.ts."""
    # JavaScript rounds halves up.
    carries = spread_over(len(batch), max(1, math.floor(share * len(batch) + 0.5)))
    return [example if carried else replace(example, text=[]) for example, carried in zip(batch, carries, strict=True)]


def with_random_targets(batch: Sequence[Example], seed: int, positions: str, step: int) -> list[Example]:
    """The batch with what its predictions are to name permuted among them: src/experiment/prepare/preparedData.ts."""

    def predicts(example: Example, k: int) -> bool:
        return positions != "last" or k == len(example.history) - 1

    own = [item for example in batch for k, item in enumerate(example.wanted) if item is not None and predicts(example, k)]
    given = iter(permuted_items(seed, step, own))
    return [
        replace(
            example,
            predicted=[
                next(given) if item is not None and predicts(example, k) else item for k, item in enumerate(example.wanted)
            ],
        )
        for example in batch
    ]


def prepare(
    log: Log,
    recipe: Recipe,
    config: DecoderConfig,
    encode: Encode,
    decode: Callable[[Sequence[int]], str],
    on_demand: bool = False,
    model_texts: Sequence[str] = (),
) -> Prepared:
    """Tokenises the catalogue, or with `on_demand` each text when it is read.

    `model_texts`: texts of the model's domain, for a recipe without any.
    """
    objective = recipe.objective
    training = recipe.training
    sampler = BatchSampler(
        log,
        recipe.seed,
        training.batch_size,
        objective.max_history,
        training.crop,
        objective.positions == "baskets",
        training.text_share,
        shown=objective.lambda_exp > 0 and objective.positions != "last",
    )
    texts = text_tokens(log, encode, recipe.item_template, objective.max_text_tokens, config.eos_id, on_demand)
    inside = objective.item_interface == "text"
    titles: Sequence[list[int]] = Tokens(iter(()))
    if inside:
        titles = title_tokens(log, encode, recipe.history_template, objective.max_title_tokens, on_demand)
    drift, cold = drift_items(log, recipe.seed)
    images = image_table(log, recipe.visual) if any(arm.lambda_img > 0 for arm in recipe.arms) else None
    every = recipe.evaluation.domain_texts or model_texts
    domain, replay = (
        [ended(encode, text, objective.max_text_tokens, config.eos_id) for text in some]
        for some in (every[: recipe.evaluation.texts], every[DRIFT_ITEMS:] if recipe.replays else ())
    )
    if recipe.replays and not replay:
        raise JobError(f"L_replay needs more than {DRIFT_ITEMS} texts of the model's domain, since the first ones are measured.")
    left_out = frozenset(drift if cold else ())
    return Prepared(log, recipe, encode, decode, texts, titles, sampler, left_out, images, domain, replay)


def domain_texts(path: Path, model: str) -> list[str]:
    """Texts of this model's domain that came with the job: of `domain.json`, {model, texts}; none if there is no such file, or it is another model's."""
    if not path.exists():
        return []
    try:
        found = json.loads(path.read_text(encoding="utf-8"))
        texts = found["texts"] if found["model"] == model else []
    except (ValueError, KeyError, TypeError) as error:
        raise JobError(f"{path} is damaged ({error}). Export the job again.") from error
    if not all(isinstance(text, str) for text in texts):
        raise JobError(f"{path} has entries that are not texts. Export the job again.")
    return list(texts)


def catalogue_features(
    data: Prepared, decoder: Decoder, model_hash: str, cache: Path, own: range | None = None
) -> tuple[Tensor, Tensor]:
    """(x, standardised over the catalogue or by its principal axes [items, features], title features [items, hidden]); hidden means are stored in `cache`.

    `own`: the items whose rows are wanted; None for all.
    """
    log, recipe = data.log, data.recipe
    own = range(log.items) if own is None else own
    tables = []
    by_axes = recipe.axes > 0
    rows = range(log.items) if by_axes else own

    def add(x: NDArray[np.floating[Any]]) -> None:
        tables.append(standardise(lambda begin, end: x[begin:end], len(x), rows))

    if recipe.feature_source.startswith("lm"):
        facts = f"{log.hash} {model_hash} {recipe.item_template} 24"
        path = cache / f"features-{hashlib.sha256(facts.encode()).hexdigest()[:16]}.npy"
        if not path.exists():
            _write_means(data, decoder, path)
        add(np.load(path, mmap_mode="r"))
    if recipe.feature_source in ("visual", "lm+visual"):
        visual = visual_input(log, recipe.visual)
        # By principal axes, one-hot columns and embeddings keep their proportions.
        if by_axes:
            tables.append(visual)
        else:
            add(visual)
    if recipe.feature_source == "lm+words":
        tables.append(of_texts(log, recipe.item_template).dense())
    if recipe.feature_source in ("own", "lm+own"):
        if not log.has("embeddings"):
            raise JobError(
                "features.source uses embeddings from the log, but it has none. Set it to lm, or export the log with them."
            )
        tables.append(log.column("embeddings").all() if by_axes else standardise(log.column("embeddings").rows, log.items, own))
    if by_axes:
        x = axis_features(tables, log, recipe.axes, recipe.collaborative)[own.start : own.stop]
    else:
        x = side_by_side(tables)
    hidden = torch.from_numpy(x).to(decoder.device)
    return hidden, title_features(decoder, data.encode, list(item_texts(log, recipe.history_template, own)))


def item_codes(data: Prepared, features: Tensor, model_hash: str, cache: Path) -> ItemCodes:
    """The items' codes: the recipe's, or else of their features [items, features]; those are stored in `cache`."""
    log, recipe = data.log, data.recipe
    if recipe.code_index is not None:
        return recipe.code_index.of(list(log.texts("item_id")))
    facts = [log.hash, model_hash, recipe.spec["data"], recipe.spec["features"], recipe.code_sizes, recipe.seed]
    path = cache / f"codes-{hashlib.sha256(json.dumps(facts, sort_keys=True).encode()).hexdigest()[:16]}.npy"
    if not path.exists():
        found = residual_codes(features.float().cpu().numpy(), recipe.code_sizes, recipe.seed)
        part = path.with_suffix(f".{os.getpid()}.npy")
        np.save(part, found.codes)
        part.replace(path)
    return ItemCodes(recipe.code_sizes, np.load(path))


def _write_means(data: Prepared, decoder: Decoder, path: Path) -> None:
    """The hidden means of all items' texts, some items at a time; the file appears when it is complete."""
    log = data.log
    path.parent.mkdir(parents=True, exist_ok=True)
    part = path.with_suffix(f".{os.getpid()}.npy")
    means = np.lib.format.open_memmap(part, "w+", np.float32, (log.items, decoder.config.hidden))
    for begin in range(0, log.items, ITEMS_AT_ONCE):
        items = range(begin, min(log.items, begin + ITEMS_AT_ONCE))
        texts = [data.encode(text) for text in item_texts(log, data.recipe.item_template, items)]
        means[items.start : items.stop] = hidden_means(decoder, texts)
    means.flush()
    part.replace(path)
