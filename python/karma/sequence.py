"""From training examples to packed rows: `[BOS] items ([QUERY] query) [EMB] | y`, concatenated sequences."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace

import torch
from torch import Tensor

from .spec import Objective

LEARNED = ("emb", "query", "item", "sink")
"""The trainable vectors, in the order of their positions in the row table (see `Packed.source`); sink exists only if an arm has it."""


@dataclass(frozen=True)
class Described:
    """An item of the catalogue and its text, EOS last."""

    item: int
    text: Sequence[int]


@dataclass(frozen=True)
class Image:
    """What L_img reconstructs, and the noise that it starts from: v [d], τ and ε [d]."""

    v: Sequence[float]
    time: float
    noise: Sequence[float]


@dataclass(frozen=True)
class Example:
    """One training example with its texts tokenised; `text` is y with EOS last, empty if no loss reads it in this step."""

    history: Sequence[int]
    target: int
    query: Sequence[int]
    text: Sequence[int]
    exposed: Sequence[int]
    """Items shown with the target and not clicked."""
    described: Described | None = None
    """Drawn for arms with L_item or L_kl; it is independent of the rest."""
    replayed: Sequence[int] | None = None
    """A text of the model's domain, EOS last, in arms with L_replay."""
    image: Image | None = None
    """Of the target, in arms with L_img; None if it has none."""
    earlier: Sequence[int] = ()
    """Items before those of the history, where something reads them: the skip into h, or what the softmax leaves out."""
    history_exposed: Sequence[Sequence[int]] = ()
    """Of each item of the history, where L_exp reads it, those shown with what the item before it predicts; that of the first one is not read."""
    further: Sequence["Example"] = ()
    """Items of the history as targets of examples of their own, which carry texts and nothing else."""
    predicted: Sequence[int | None] | None = None
    """What L_act is to predict after each item of the history, in place of the item that follows, None where nothing: of the next basket, or at random."""

    @property
    def wanted(self) -> Sequence[int | None]:
        """The item that L_act predicts after each item of the history, None where nothing; the last one is that of [EMB]."""
        return [*self.history[1:], self.target] if self.predicted is None else self.predicted

    @property
    def answer(self) -> int:
        """What [EMB] is to predict."""
        last = self.wanted[-1]
        return self.target if last is None else last

    def exposed_at(self, positions: str) -> list[list[int]]:
        """Of each prediction the distinct items that were shown with what it is to name, without the target itself."""
        before = [*self.history_exposed, *[()] * len(self.history)][1 : len(self.history)] if positions != "last" else []
        shown, wanted = [*before, self.exposed], [*self.wanted[-1 - len(before) : -1], self.answer]
        return [
            [item for item in dict.fromkeys(items) if item != of]
            for items, of in zip(shown, wanted, strict=True)
            if of is not None
        ]


def named_items(batch: Sequence[Example]) -> list[int]:
    """Every item that the examples name, repetitions included."""
    return [
        item
        for example in batch
        for item in (
            *example.earlier,
            *example.history,
            example.target,
            *(item for item in example.predicted or () if item is not None),
            *example.exposed,
            *(item for items in example.history_exposed for item in items),
            *([example.described.item] if example.described else ()),
            *named_items(example.further),
        )
    ]


def moved(example: Example, place: Mapping[int, int]) -> Example:
    """The example with its items under other numbers."""
    described = example.described
    return replace(
        example,
        history=[place[item] for item in example.history],
        earlier=[place[item] for item in example.earlier],
        target=place[example.target],
        exposed=[place[item] for item in example.exposed],
        history_exposed=[[place[item] for item in items] for items in example.history_exposed],
        described=None if described is None else replace(described, item=place[described.item]),
        predicted=None if example.predicted is None else [None if item is None else place[item] for item in example.predicted],
        further=[moved(one, place) for one in example.further],
    )


@dataclass
class Packed:
    """Sequences one after the other. R rows in all, S sequences, P prediction rows, M rows that predict a token.

    `source` [R] indexes the row table: vocabulary, then emb, query, item, sink, then the dense rows.
    """

    vocabulary: int
    skip_items: int = 0
    """Items that the skip into h reads of those that enter; 0: all of the history."""
    before: int = 0
    """Items of the current history that do not enter."""
    lengths: list[int] = field(default_factory=list)
    source: list[int] = field(default_factory=list)
    hidden_keys: list[tuple[int, ...]] = field(default_factory=list)
    """[S] of blocks of rows at a sequence's end, counted from its first row: the first row that may be hidden, the position of each block's first row,
    then where each block begins. A block's rows attend to no row from the first one up to their block; empty when nothing is hidden."""
    dense_items: list[int] = field(default_factory=list)
    """Items of the dense rows; in the `semantic` interface tokens of codes, as the targets of predictions are."""
    emb_rows: list[int] = field(default_factory=list)
    """Dense rows, by their number among all R, to which the trainable vector emb is added."""
    prediction_rows: list[int] = field(default_factory=list)
    prediction_targets: list[int] = field(default_factory=list)
    prediction_items: list[list[int]] = field(default_factory=list)
    """[P] the last items that each prediction row has seen, as many as the skip into h reads."""
    prediction_seen: list[Sequence[int]] = field(default_factory=list)
    """[P] all of them."""
    prediction_exposed: list[list[int]] = field(default_factory=list)
    """[P] items that L_exp compares with each prediction's target; empty in the `semantic` interface."""
    emb_predictions: list[int] = field(default_factory=list)
    """[S] the prediction of each [EMB]: of the target, or of its first code."""
    prediction_ends: list[int] = field(default_factory=list)
    """[S] the prediction after the last of each sequence."""
    further_rows: list[int] = field(default_factory=list)
    """The [EMB]s of further texts, whose sequences follow those of the S examples; and the last items that each has seen."""
    further_items: list[list[int]] = field(default_factory=list)
    item_positions: list[list[int]] = field(default_factory=list)
    """[S] item rows, counted from the sequence's first; of an item of several codes, the last."""
    text_rows: list[int] = field(default_factory=list)
    text_tokens: list[int] = field(default_factory=list)
    text_weights: list[float] = field(default_factory=list)
    """[M] 1 / (texts · tokens of the text)."""

    @property
    def rows(self) -> int:
        """R, so far."""
        return len(self.source)

    @property
    def hiding(self) -> list[list[int]]:
        """`hidden_keys` of equal length: blocks that begin at row 0 hide nothing [S][2 + blocks]."""
        most = max(map(len, self.hidden_keys))
        return [[*keys, *[0] * (most - len(keys))] for keys in self.hidden_keys]

    def token(self, token: int) -> int:
        """Adds a row of the vocabulary embedding; returns its number."""
        self.source.append(token)
        return self.rows - 1

    def learned(self, name: str) -> int:
        """Adds a trainable vector."""
        return self.token(self.vocabulary + LEARNED.index(name))

    def dense(self, index: int) -> int:
        """Adds dense row `index`."""
        return self.token(self.vocabulary + len(LEARNED) + index)

    def item(self, item: int) -> int:
        """Adds the dense row of an item, or of a code."""
        self.dense_items.append(item)
        return self.dense(len(self.dense_items) - 1)

    def codes(self, tokens: Sequence[int], item: Sequence[int], seen: Sequence[int] | None) -> int:
        """Adds rows of an item's first codes, which predict the codes after them if `seen` is given; returns the last."""
        row = -1
        for level, token in enumerate(tokens):
            row = self.item(token)
            if seen is not None and level + 1 < len(item):
                self.predict(row, item[level + 1], seen)
        return row

    def skipped(self, seen: Sequence[int]) -> list[int]:
        """Those of the items that a row has seen that the skip into h reads."""
        return list(seen[self.before :][-self.skip_items :] if self.skip_items > 0 else seen)

    def predict(self, row: int, item: int, seen: Sequence[int]) -> int:
        """`row`, which has seen those items, predicts `item`; returns the number of the prediction."""
        self.prediction_items.append(self.skipped(seen))
        self.prediction_seen.append(seen)
        self.prediction_rows.append(row)
        self.prediction_targets.append(item)
        return len(self.prediction_rows) - 1

    def text(self, row: int, tokens: Sequence[int], texts: int) -> None:
        """`row` predicts tokens[0]; all tokens but the last become rows that predict their successors."""
        for k, token in enumerate(tokens):
            self.text_rows.append(row)
            self.text_tokens.append(token)
            self.text_weights.append(1 / (texts * len(tokens)))
            if k + 1 < len(tokens):
                row = self.token(token)

    def end(self) -> None:
        """Closes a sequence."""
        self.lengths.append(self.rows - sum(self.lengths))
        self.prediction_ends.append(len(self.prediction_targets))


def texts_of(batch: Sequence[Example]) -> list[int]:
    """The places of the examples that have a text."""
    return [place for place, example in enumerate(batch) if example.text]


def further_of(batch: Sequence[Example]) -> list[Example]:
    """The examples of further texts."""
    return [one for example in batch for one in example.further]


def text_count(batch: Sequence[Example]) -> int:
    """Texts that L_gen and L_rec are means over."""
    return len(texts_of(batch)) + len(further_of(batch))


def pack_histories(
    batch: Sequence[Example],
    objective: Objective,
    vocabulary: int,
    bos_id: int,
    titles: Sequence[Sequence[int]],
    with_text: bool,
    sink: bool = False,
    codes: Sequence[Sequence[int]] | None = None,
    with_target: bool = True,
    branches: Sequence[Sequence[Sequence[int]]] | None = None,
    with_further: bool = False,
) -> Packed:
    """The first pass. `titles` [items] are title tokens, already cut; y rows exist when `with_text`, a row of the sink token if `sink`.

    `codes` [items], in the `semantic` interface: the tokens of each item's codes. `with_target`: the target's codes follow [EMB], as in training.
    `branches`: for each example lists of tokens after [EMB] in place of target and y, side by side: each sees the history and itself, and its last row
    predicts. `with_further`: sequences of further texts follow, of which nothing else is read.
    """
    packed = Packed(vocabulary, objective.skip_items)
    further = further_of(batch) if with_further else []
    texts = len(texts_of(batch)) + len(further)

    def first(item: int) -> int:
        return item if codes is None else codes[item][0]

    for place, example in enumerate([*batch, *further]):
        acts = place < len(batch)
        every = acts and objective.positions != "last"
        whole = [*example.earlier, *example.history]
        packed.before = before = len(example.earlier)
        start = packed.token(bos_id)
        if sink:
            packed.learned("sink")
        positions, wanted = [], example.wanted
        for k, item in enumerate(example.history):
            if codes is not None:
                # No row predicts the first item, so its codes are no targets either.
                row = packed.codes(codes[item], codes[item], whole[: before + k] if every and k > 0 else None)
            elif objective.item_interface == "token":
                row = packed.item(item)
            else:
                for token in titles[item]:
                    packed.token(token)
                row = packed.learned("item")
            positions.append(row - start)
            named = wanted[k] if every and k + 1 < len(example.history) else None
            if named is not None:
                packed.predict(row, first(named), whole[: before + k + 1])
        if example.query:
            packed.learned("query")
            for token in example.query:
                packed.token(token)
        if objective.emb_token == "last-item":
            emb = packed.item(example.history[-1])
            packed.emb_rows.append(emb)
        else:
            emb = packed.learned("emb")
        if acts and codes is None:
            packed.prediction_exposed += example.exposed_at(objective.positions)
        if acts:
            packed.emb_predictions.append(packed.predict(emb, first(example.answer), whole))
        else:
            packed.further_rows.append(emb)
            packed.further_items.append(packed.skipped(whole))
        if codes is not None and with_target and acts:
            target = codes[example.answer]
            packed.codes(target[:-1], target, whole)
        if branches is not None:
            blocks = []
            for tokens in branches[place]:
                blocks.append(packed.rows - start)
                packed.predict(packed.codes(tokens, tokens, None), 0, whole)
            packed.hidden_keys.append((emb + 1 - start, emb + 1 - start, *blocks))
        if with_text:
            if objective.hide_emb_from_text or codes is not None:
                # y is generated from the history: it neither reads the target's codes nor stands after them.
                first_hidden = emb if objective.hide_emb_from_text else emb + 1
                packed.hidden_keys.append((first_hidden - start, emb + 1 - start, packed.rows - start))
            packed.text(emb, example.text, texts)
        packed.item_positions.append(positions)
        packed.end()
    return packed


def pack_predictions(
    batch: Sequence[Example], objective: Objective, vocabulary: int, codes: Sequence[Sequence[int]] | None = None
) -> Packed:
    """What `pack_histories` says of the predictions of a step, their targets and those of [EMB], without any rows."""
    packed = Packed(vocabulary)
    for example in batch:
        if codes is None:
            packed.prediction_exposed += example.exposed_at(objective.positions)
        whole, before = [*example.earlier, *example.history], len(example.earlier)
        for k, item in enumerate(example.wanted[:-1] if objective.positions != "last" else (), start=before + 1):
            if item is None:
                continue
            packed.prediction_targets += [item] if codes is None else codes[item]
            packed.prediction_seen.append(whole[:k])
        packed.emb_predictions.append(len(packed.prediction_targets))
        packed.prediction_targets += [example.answer] if codes is None else codes[example.answer]
        packed.prediction_seen.append(whole)
        packed.prediction_ends.append(len(packed.prediction_targets))
    return packed


def pack_texts(texts: Sequence[Sequence[int]], vocabulary: int, first: int | None = None) -> Packed:
    """`first, w_1 … w_{L−1}` of every text; `first` is a token or, when None, dense row i of text i (the soft token)."""
    packed = Packed(vocabulary)
    for index, tokens in enumerate(texts):
        row = packed.dense(index) if first is None else packed.token(first)
        packed.text(row, tokens, len(texts))
        packed.end()
    return packed


def padding(lengths: Sequence[int]) -> tuple[Tensor, Tensor]:
    """Between packed and right-padded rows.

    Returns `padded` [S, T], the packed row at each position (row 0 if there is none), and `packed` [R], the position of each row in
    the flattened padded batch.
    """
    size = torch.tensor(lengths)
    at = torch.arange(int(size.max()))
    real = at[None, :] < size[:, None]
    padded = torch.where(real, (size.cumsum(0) - size)[:, None] + at, 0)
    return padded, real.flatten().nonzero()[:, 0]
