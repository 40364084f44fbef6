"""Frozen features of the catalogue (src/model/features.ts): hidden states of texts, embeddings of titles, and the log's own embeddings."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from .columns import Log
from .decoder import Decoder
from .errors import JobError
from .plain import plain
from .sequence import padding

TITLE_TOKENS = 6
TEXT_TOKENS = 24
BATCH = 64
ROWS_AT_ONCE = 1 << 14


@torch.no_grad()
def hidden_means(decoder: Decoder, tokens: Sequence[Sequence[int]]) -> NDArray[np.float32]:
    """Mean last hidden state of `[BOS] text`, 24 tokens at most, not standardised [texts, hidden]."""
    config = decoder.config
    means = np.zeros((len(tokens), config.hidden), np.float32)
    rows = [[config.bos_id, *text][:TEXT_TOKENS] for text in tokens]
    # Rows of similar length together, for less padding.
    order = sorted(range(len(rows)), key=lambda index: len(rows[index]))
    for start in range(0, len(order), BATCH):
        chosen = order[start : start + BATCH]
        lengths = [len(rows[index]) for index in chosen]
        padded, place = padding(lengths)
        flat = torch.tensor([token for index in chosen for token in rows[index]])
        embedded = decoder.embed(flat[padded].to(decoder.device))
        hidden = decoder.hidden(embedded).flatten(0, 1)[place.to(decoder.device)]
        means[chosen] = torch.stack([part.mean(0) for part in hidden.split(lengths)]).float().cpu().numpy()
    return means


def standardise(
    rows: Callable[[int, int], NDArray[np.floating[Any]]], count: int, own: range | None = None
) -> NDArray[np.float32]:
    """(x − mean) / (population deviation + 1e-6) of each column over the rows, in float64.

    `rows` reads rows begin … end − 1 of `count`; none but those of `own` are returned, all if it is None.
    """

    def chunks(of: range) -> Iterator[NDArray[np.float64]]:
        for begin in range(of.start, of.stop, ROWS_AT_ONCE):
            yield rows(begin, min(of.stop, begin + ROWS_AT_ONCE)).astype(np.float64)

    def summed(parts: Iterator[NDArray[np.float64]]) -> NDArray[np.float64]:
        """Added row by row, as the engine does, however many rows are read at once: codes are computed from the last bit."""
        first = next(parts)
        total: NDArray[np.float64] = first.sum(0)
        for part in parts:
            total = np.concatenate([total[None], part]).sum(0)
        return total

    every = range(count)
    own = every if own is None else own
    mean = summed(chunks(every)) / count
    deviation = np.sqrt(summed(np.square(chunk - mean) for chunk in chunks(every)) / count)
    result = np.empty((len(own), len(mean)), np.float32)
    begin = 0
    for chunk in chunks(own):
        result[begin : begin + len(chunk)] = (chunk - mean) / (deviation + 1e-6)
        begin += len(chunk)
    return result


@dataclass(frozen=True)
class ImageTable:
    """v of every item, centred and of mean square 1 over the items that have one [items, d], and those items."""

    values: NDArray[np.float32]
    pictured: NDArray[np.int64]
    mean: NDArray[np.float64]
    scale: float
    """v as the log has it is mean + scale·v."""


def unit_rows(x: Tensor) -> Tensor:
    """Rows over their lengths, computed in float64 and rounded to float32; zeros stay zeros (src/measures/ranking/featureScores.ts)."""
    wide = x.double()
    norms = wide.square().sum(1, keepdim=True).sqrt()
    return (wide * torch.where(norms > 0, 1 / norms, 0)).float()


def visual_features(log: Log, kind: str, otherwise: str) -> tuple[NDArray[np.float32], NDArray[np.bool_]]:
    """Visual features of every item and which have some (src/experiment/prepare/visualFeatures.ts): the log's, or those items' categories.

    `otherwise`: what to set where there are none.
    """
    present = log.column("visual_present").all().astype(bool) if log.has("visual") else np.ones(log.items, bool)
    if kind == "images":
        if not log.has("visual"):
            raise JobError(f"The log has no visual features of its items. {otherwise}, or export the log with them.")
        return log.column("visual").all(), present
    levels = [levels_of(category, kind) for category in log.texts("item_category")]
    present &= np.array([bool(names) for names in levels])
    known = sorted(
        {name for item in plain(np.flatnonzero(present)) for name in levels[item]}, key=lambda name: name.encode("utf-16-be")
    )
    if len(known) < 2:
        raise JobError(f"features.visual is {kind}, but the items have no two categories. Set it to images.")
    place = {name: column for column, name in enumerate(known)}
    values = np.zeros((log.items, len(known)), np.float32)
    for item in plain(np.flatnonzero(present)):
        values[item, [place[name] for name in levels[item]]] = 1
    return values, present


def first_part(category: str) -> str:
    """a of `a > b > c`."""
    return category.split(">")[0].strip()


def levels_of(category: str, kind: str) -> list[str]:
    """Of `a > b > c`: a or, with `category-path`, a, a > b and a > b > c."""
    parts = [part.strip() for part in category.split(">")]
    if not parts[0]:
        return []
    return parts[:1] if kind == "category" else [" > ".join(parts[:end]) for end in range(1, len(parts) + 1)]


def image_table(log: Log, kind: str) -> ImageTable:
    """What L_img reconstructs (src/experiment/prepare/imageTable.ts)."""
    raw, present = visual_features(log, kind, "Set λ_img to 0")
    own = raw[present].astype(np.float64)
    values = np.zeros(raw.shape, np.float32)
    mean = own.mean(0)
    scale = float(np.sqrt(np.square(own - mean).mean()))
    if scale == 0:
        raise JobError("All visual features of this log are the same, so there is nothing to reconstruct.")
    values[present] = (own - mean) / scale
    return ImageTable(values, np.flatnonzero(present), mean, scale)


def visual_input(log: Log, kind: str) -> NDArray[np.float32]:
    """Visual features as part of x: the mean of the others where an item has none [items, d]."""
    raw, present = visual_features(log, kind, "Set features.source to lm")
    values = raw.copy()
    values[~present] = raw[present].astype(np.float64).mean(0)
    return values


def title_features(decoder: Decoder, encode: Callable[[str], list[int]], titles: Sequence[str]) -> Tensor:
    """Mean embedding of the first 6 tokens of " " + title, scaled to the mean norm of what enters for the vocabulary [items, hidden]."""
    embedding = decoder.embed(torch.arange(decoder.config.vocabulary, device=decoder.device)).float()
    target = embedding.double().norm(dim=1).mean()
    rows = torch.zeros(len(titles), decoder.config.hidden, device=decoder.device)
    for index, title in enumerate(titles):
        tokens = encode(f" {title}")[:TITLE_TOKENS]
        if tokens:
            row = embedding[torch.tensor(tokens, device=decoder.device)].sum(0)
            norm = row.double().norm()
            rows[index] = row * (target / norm).float() if norm > 0 else row
    return rows


def side_by_side(tables: Sequence[NDArray[np.float32]]) -> NDArray[np.float32]:
    """Concatenated tables, zero-padded to a multiple of 4 columns."""
    width = sum(table.shape[1] for table in tables)
    padded = np.zeros((len(tables[0]), -width % 4), np.float32)
    return np.concatenate([*tables, padded], 1) if len(tables) > 1 or padded.size else tables[0]
