"""Frozen features of the catalogue (src/model/features.ts): hidden states of texts, embeddings of titles, and the log's own embeddings."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

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


@torch.no_grad()
def hidden_means(decoder: Decoder, tokens: Sequence[Sequence[int]]) -> NDArray[np.float32]:
    """Mean last hidden state of `[BOS] text`, 24 tokens at most, not standardised [texts, hidden]."""
    config = decoder.config
    means = np.zeros((len(tokens), config.hidden), np.float32)
    rows = [[config.bos_id, *text][:TEXT_TOKENS] for text in tokens]
    # Rows of similar length together: less padding.
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


def standardise(x: NDArray[np.float32]) -> NDArray[np.float32]:
    """(x − mean) / (population deviation + 1e-6) of each column over the rows, in float64."""
    result = np.empty(x.shape, np.float32)
    for begin in range(0, x.shape[1], 64):
        block = x[:, begin : begin + 64].astype(np.float64)
        result[:, begin : begin + 64] = (block - block.mean(0)) / (block.std(0) + 1e-6)
    return result


@dataclass(frozen=True)
class ImageTable:
    """v of every item, centred and of mean square 1 over the items that have one [items, d], and those items."""

    values: NDArray[np.float32]
    pictured: NDArray[np.int64]


def image_table(log: Log, kind: str) -> ImageTable:
    """What L_img reconstructs (src/experiment/imageTable.ts): the log's visual features, or those items' category, one-hot."""
    present = np.flatnonzero(log.column("visual_present").all()) if log.has("visual") else np.arange(log.items)
    if kind == "category":
        names = [category.split(">")[0].strip() for category in log.texts("item_category")]
        known = sorted({names[item] for item in plain(present) if names[item]}, key=lambda name: name.encode("utf-16-be"))
        if len(known) < 2:
            raise JobError("features.visual is category, but the items have no two categories. Set it to images.")
        place = {name: column for column, name in enumerate(known)}
        present = np.array([item for item in plain(present) if names[item]])
        raw: NDArray[np.float64] = np.zeros((log.items, len(known)))
        for item in plain(present):
            raw[item, place[names[item]]] = 1
    elif not log.has("visual"):
        raise JobError("Arms with λ_img need visual features of the items, but the log has none. Export the log with them.")
    else:
        raw = log.column("visual").all().astype(np.float64)
    own = raw[present]
    values = np.zeros(raw.shape, np.float32)
    centred = own - own.mean(0)
    values[present] = centred / np.sqrt(np.square(centred).mean())
    return ImageTable(values, present)


def visual_input(log: Log) -> NDArray[np.float32]:
    """The log's visual features as part of x: the mean of the others where an item has none [items, d]."""
    if not log.has("visual"):
        raise JobError(
            "features.source uses visual features from the log, but it has none. Set it to lm, or export the log with them."
        )
    values = log.column("visual").all().copy()
    present = log.column("visual_present").all().astype(bool)
    values[~present] = values[present].astype(np.float64).mean(0)
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
