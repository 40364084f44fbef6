"""The sample store: its two CSV files, leave-last-out, and the frozen features of its items."""

import csv
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import torch
from torch import Tensor

from .decoder import Decoder
from .sequence import padding
from .tokenizer import Tokenizer

TITLE_TOKENS = 6
TEXT_TOKENS = 24


@dataclass(frozen=True)
class Event:
    """One interaction; items are catalogue indices."""

    item: int
    query: str
    exposed: tuple[int, ...]


@dataclass(frozen=True)
class Store:
    """`users` hold their events in time order; those with fewer than 3 events are left out."""

    titles: list[str]
    texts: list[str]
    """y of every item, `{title}: {description}.`"""
    users: list[list[Event]]


def read_store(folder: Path, most_users: int | None = None) -> Store:
    """Reads items.csv and interactions.csv; keeps the first `most_users` users in order of appearance."""
    with open(folder / "items.csv", encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    index = {row["item_id"]: i for i, row in enumerate(rows)}
    texts = [f"{r['title']}: {r['description']}".removesuffix(": ").removesuffix(".") + "." for r in rows]
    timed: dict[str, list[tuple[float, Event]]] = {}
    seen = set()
    with open(folder / "interactions.csv", encoding="utf-8", newline="") as file:
        for row in csv.DictReader(file):
            key = (row["user_id"], row["item_id"], row["timestamp"])
            if key in seen:
                continue
            seen.add(key)
            event = Event(index[row["item_id"]], row["query"].strip(), tuple(index[i] for i in row["exposed"].split()))
            timed.setdefault(row["user_id"], []).append((float(row["timestamp"]), event))
    users = [[event for _, event in sorted(events, key=lambda pair: pair[0])] for events in timed.values()]
    users = [events for events in users if len(events) >= 3]
    return Store([row["title"] for row in rows], texts, users[:most_users])


def training_items(store: Store) -> list[int]:
    """How often each item occurs in training events (all but a user's last two)."""
    counts = [0] * len(store.titles)
    for events in store.users:
        for event in events[:-2]:
            counts[event.item] += 1
    return counts


def hidden_features(decoder: Decoder, tokenizer: Tokenizer, texts: Sequence[str]) -> Tensor:
    """Mean last hidden state of `[BOS] text`, standardised over the catalogue [items, hidden]."""
    tokens = [[decoder.config.bos_id, *tokenizer.encode(text)][:TEXT_TOKENS] for text in texts]
    rows = []
    for start in range(0, len(tokens), 256):
        chunk = tokens[start : start + 256]
        lengths = [len(row) for row in chunk]
        padded, place = padding(lengths)
        flat = torch.tensor([token for row in chunk for token in row])
        hidden = decoder.hidden(decoder.vocabulary[flat[padded]]).flatten(0, 1)[place]
        rows += [part.mean(0) for part in hidden.split(lengths)]
    features = torch.stack(rows)
    return (features - features.mean(0)) / (features.std(0, correction=0) + 1e-6)


def title_features(decoder: Decoder, tokenizer: Tokenizer, titles: Sequence[str]) -> Tensor:
    """Mean embedding of the first 6 tokens of " " + title, scaled to the mean norm of the embedding table [items, hidden]."""
    vocabulary = decoder.vocabulary
    tokens = [tokenizer.encode(" " + title)[:TITLE_TOKENS] for title in titles]
    rows = torch.stack([vocabulary[torch.tensor(t, dtype=torch.long)].sum(0) for t in tokens])
    norm = rows.norm(dim=1, keepdim=True)
    return torch.where(norm > 0, rows * vocabulary.norm(dim=1).mean() / norm.clamp_min(1e-30), rows)
