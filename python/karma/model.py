"""The interest model: LoRA decoder, item rows, interest and item embeddings, and the loss of one batch."""

import math
from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
import torch
import torch.nn.functional as F
from numpy.typing import NDArray
from torch import Tensor

from .decoder import Decoder, LoraWeights
from .family import ROLE_OF, block_shapes
from .losses import (
    ACTION_LOSSES,
    Candidates,
    action_loss,
    candidates_of,
    concentration,
    divergence,
    exposed_pairs,
    image_loss,
    popularity_bias,
    squared_normaliser,
    text_loss,
    weight_distance,
)
from .parallel_softmax import parallel_softmax_loss
from .plain import plain
from .sequence import (
    LEARNED,
    Example,
    Packed,
    further_of,
    moved,
    named_items,
    pack_histories,
    pack_predictions,
    pack_texts,
    padding,
    texts_of,
)
from .shards import FREE, Integers, Shards
from .spec import TERMS, Arm, DecoderConfig, Lora, Objective

FREQUENCIES = 8
"""Fourier features of τ that g reads: a sine and a cosine of each."""


def parameter_shapes(
    config: DecoderConfig,
    lora: Lora,
    objective: Objective,
    feature_size: int,
    rows: int,
    image_size: int = 0,
    sink: bool = False,
) -> dict[str, tuple[int, ...]]:
    """Name and shape of every parameter outside the frozen decoder.

    `rows`: of free embeddings, one for each item or, in the `semantic` interface, for each token of codes. `image_size`: numbers of v, 0 if no arm
    has L_img. `sink`: whether an arm has a sink token.
    """
    hidden, block, embedding_size = config.hidden, block_shapes(config), objective.embedding_size
    shapes: dict[str, tuple[int, ...]] = {}
    for layer in range(lora.first_layer, config.layers):
        for name in lora.targets:
            if ROLE_OF[name] not in block:
                continue
            outputs, inputs = block[ROLE_OF[name]]
            shapes[f"lora.{layer}.{name}.A"] = (lora.rank, inputs)
            shapes[f"lora.{layer}.{name}.B"] = (outputs, lora.rank)
    semantic = objective.item_interface == "semantic"
    free: dict[str, tuple[int, ...]] = {}
    if semantic or objective.item_output in ("content+id", "id"):
        free["z"] = (rows, embedding_size)
    if semantic or (objective.item_interface == "token" and objective.item_input in ("id", "title+hidden+id")):
        free["u"] = (rows, hidden)
    if objective.interest_skip != "none":
        free["w_s"] = (embedding_size, feature_size)
    if image_size > 0:
        free |= image_shapes(objective, image_size, hidden)
    return (
        shapes
        | free
        | {
            "w_in": (hidden, feature_size),
            "w_o": (embedding_size, hidden),
            "w_e": (embedding_size, feature_size),
            "w_d": (hidden, embedding_size),
            "b_in": (hidden,),
            "b_d": (hidden,),
            "emb": (hidden,),
            "query": (hidden,),
            "item": (hidden,),
            "log_scale": (1,),
        }
        | ({"sink": (hidden,)} if sink else {})
    )


def image_shapes(objective: Objective, size: int, hidden: int | None = None) -> dict[str, tuple[int, ...]]:
    """The parameters of g: `size` numbers of v, in rows of a multiple of 4, as the engine stores them.

    `hidden`: of the hidden states that img_m reads; without it there is no such matrix.
    """
    units, width = objective.image_units, size + -size % 4
    return {
        "img_z": (units, width),
        "img_h": (units, objective.embedding_size),
        **({} if hidden is None else {"img_m": (units, hidden)}),
        "img_t": (units, 2 * FREQUENCIES),
        "img_2": (units, units),
        "img_3": (width, units),
        "img_b1": (units,),
        "img_b2": (units,),
        "img_b3": (width,),
    }


@dataclass(frozen=True)
class Pass:
    """Output of the first pass of a batch. R packed rows, P prediction rows."""

    packed: Packed
    hidden: Tensor
    """[R, hidden]"""
    interest: Tensor
    """[P, e] interest embeddings."""
    further: Tensor
    """[further texts, e] theirs, of which only L_rec reads anything."""
    maps: list[list[Tensor]] | None = None
    """Attention as `InterestModel.decode` gives it, if an arm's loss reads it."""


@dataclass(frozen=True)
class Losses:
    """L_act and the arm's terms by their names in `TERMS` (0 where it has none), and their weighted sum, each a scalar."""

    total: Tensor
    action: Tensor
    terms: dict[str, Tensor]


@dataclass(frozen=True)
class InterestModel:
    """One arm. Frozen: decoder, feature tables [items, feature], title tokens. Trained: those of `parameters` that require gradients."""

    decoder: Decoder
    hidden_features: Tensor
    title_features: Tensor
    titles: Sequence[Sequence[int]]
    lora: Lora
    objective: Objective
    parameters: dict[str, Tensor]
    padded: bool = True
    """Decode a batch as one padded tensor; otherwise sequence by sequence. The numbers are the same."""
    unpadded: bool = False
    """Decode a batch as one run of rows that is padded only in attention. The numbers are the same."""
    recompute: bool = False
    """Activation checkpointing: blocks are recomputed for their backward pass."""
    sink: bool = False
    """Whether histories have a sink token."""
    counts: NDArray[np.int64] | None = None
    """[items] training events of each item, if the objective reads them."""
    shards: Shards | None = None
    """Who has which rows of the features, and of z and u; None: they are all here."""
    together: bool = False
    """Whether the decoder is cut over processes, so that all parts of a batch need the same passes."""
    items: Integers | None = None
    """The items whose rows these are, of a model that `local` made."""
    codes: Sequence[Sequence[int]] | None = None
    """[items] the tokens of each item's codes, in the `semantic` interface."""

    def local(self, examples: Sequence[Example]) -> "tuple[InterestModel, Sequence[Example]]":
        """A model of only the items that examples name on any process, and the examples with the items' places in it.

        Where tables are cut over processes, all call at once; otherwise these are the model and the examples themselves.
        """
        shards = self.shards
        if shards is None or not shards.active:
            return self, examples
        items = shards.union(named_items(examples))
        free = {name: shards.take(self.parameters[name], items) for name in FREE if name in self.parameters}
        for name, rows in free.items():
            rows.requires_grad_(self.parameters[name].requires_grad)
        place: dict[int, int] = {item: at for at, item in enumerate(plain(items))}
        model = replace(
            self,
            hidden_features=shards.take(self.hidden_features, items),
            title_features=shards.take(self.title_features, items),
            titles=[self.titles[item] for item in place] if self.titles else self.titles,
            parameters=self.parameters | free,
            counts=None if self.counts is None else self.counts[items],
            shards=None,
            items=items,
        )
        return model, [moved(example, place) for example in examples]

    def catalogue_items(self, items: Sequence[int]) -> Sequence[int]:
        """Items of this model by their numbers in the catalogue."""
        return items if self.items is None else plain(self.items[list(items)])

    def collect(self, local: "InterestModel", scale: float = 1) -> None:
        """Adds the gradients of all processes' local models, over `scale`, to the rows of z and u."""
        if self.shards is None or local.items is None:
            return
        processes, mine = self.shards.processes, self.shards.own(local.items)
        for name in FREE:
            if name in self.parameters and self.parameters[name].requires_grad:
                rows, shard = local.parameters[name], self.parameters[name]
                gradient = torch.zeros_like(rows) if rows.grad is None else rows.grad / scale
                processes.sum(gradient)
                # A softmax over the catalogue has set those of its own rows.
                shard.grad = torch.zeros_like(shard) if shard.grad is None else shard.grad / scale
                at = torch.from_numpy(local.items[mine] - self.shards.begin).to(shard.device)
                shard.grad[at] += gradient[torch.from_numpy(mine).to(shard.device)]

    @property
    def device(self) -> torch.device:
        """Where the parameters are."""
        return self.parameters["w_o"].device

    @property
    def adapter(self) -> LoraWeights:
        """LoRA's part of the parameters."""
        return LoraWeights(self.parameters, self.lora.alpha / self.lora.rank)

    def item_rows(self, items: Sequence[int]) -> Tensor:
        """Input rows of items in the `token` interface, or of codes in the `semantic` one [len(items), hidden]."""
        index = torch.tensor(items, dtype=torch.long, device=self.device)
        if self.codes is not None or self.objective.item_input == "id":
            return self.parameters["u"][index]
        features = self.title_features if self.objective.item_input == "title" else self.hidden_features
        rows = F.linear(features[index], self.parameters["w_in"], self.parameters["b_in"])
        if self.objective.item_input == "title+hidden+id":
            rows = rows + self.parameters["u"][index]
        return rows + self.title_features[index] if self.objective.item_input.startswith("title+hidden") else rows

    def decode(
        self,
        packed: Packed,
        dense: Tensor,
        attention: list[list[Tensor]] | None = None,
        base: bool = False,
        edits: Sequence[Tensor] | None = None,
    ) -> Tensor:
        """Hidden states [R, hidden] of packed rows; dense [D, hidden] are the dense rows.

        attention, if given, receives per padded batch (or per sequence) the list of layers' [batch, heads, T, T]. base: without LoRA.
        edits: of each sequence, as `surgery` has them; only without padding.
        """
        device, lora = self.device, None if base else self.adapter
        absent = torch.zeros_like(self.parameters["emb"])
        learned = torch.stack([self.parameters.get(name, absent) for name in LEARNED])
        table = torch.cat([learned, dense.to(learned.dtype)])
        source = torch.tensor(packed.source, device=device)
        own = source - self.decoder.config.vocabulary
        x = self.decoder.embed(source.clamp(max=self.decoder.config.vocabulary - 1)).to(table.dtype)
        x = torch.where((own < 0)[:, None], x, table[own.clamp(min=0)])
        if packed.emb_rows:
            at = torch.tensor(packed.emb_rows, device=device)
            x = x.index_add(0, at, self.parameters["emb"].to(x.dtype).expand(len(at), -1))
        keys = torch.tensor(packed.hiding, device=device) if packed.hidden_keys else None
        if edits is None and (self.padded or self.unpadded):
            padded, place = (at.to(device) for at in padding(packed.lengths))
            maps: list[Tensor] | None = [] if attention is not None else None
            if self.unpadded:
                hidden = self.decoder.hidden(x, lora, keys, maps, (padded, place), self.recompute)
            else:
                hidden = self.decoder.hidden(x[padded], lora, keys, maps, recompute=self.recompute)
                hidden = hidden.flatten(0, 1).index_select(0, place)
            if attention is not None and maps is not None:
                attention.append(maps)
            return hidden.to(table.dtype)
        outputs = []
        for index, rows in enumerate(x.split(packed.lengths)):
            maps = [] if attention is not None else None
            key = None if keys is None else keys[index : index + 1]
            edit = None if edits is None else edits[index]
            outputs.append(self.decoder.hidden(rows[None], lora, key, maps, edits=edit)[0])
            if attention is not None and maps is not None:
                attention.append(maps)
        return torch.cat(outputs).to(table.dtype)

    def pack(self, batch: Sequence[Example], with_text: bool, with_further: bool = False) -> Packed:
        """The rows of the first pass of a step; y is among them when `with_text`, the examples of further texts when `with_further`."""
        config = self.decoder.config
        return pack_histories(
            batch,
            self.objective,
            config.vocabulary,
            config.bos_id,
            self.titles,
            with_text,
            self.sink,
            self.codes,
            with_further=with_further,
        )

    def pack_requests(self, batch: Sequence[Example], branches: Sequence[Sequence[Sequence[int]]] | None = None) -> Packed:
        """The rows of requests, which end at [EMB] and predict nothing before it; `branches` as `pack_histories` has them."""
        config, objective = self.decoder.config, replace(self.objective, positions="last")
        return pack_histories(
            batch, objective, config.vocabulary, config.bos_id, self.titles, False, self.sink, self.codes, False, branches
        )

    def pack_predictions(self, batch: Sequence[Example]) -> Packed:
        """What predicts what in the first pass of a step, as `pack` has it, without any rows."""
        return pack_predictions(batch, self.objective, self.decoder.config.vocabulary, self.codes)

    def first_pass(
        self, packed: Packed, attention: list[list[Tensor]] | None = None, edits: Sequence[Tensor] | None = None
    ) -> Pass:
        """Histories to interest embeddings; `attention` and `edits` as in `decode`."""
        hidden = self.decode(packed, self.item_rows(packed.dense_items), attention, edits=edits)
        rows = hidden[torch.tensor(packed.prediction_rows + packed.further_rows, device=self.device)]
        interest = self.interest(rows, packed.prediction_items + packed.further_items)
        predictions = len(packed.prediction_rows)
        return Pass(packed, hidden, interest[:predictions], interest[predictions:], attention)

    def interest(self, hidden: Tensor, seen: Sequence[Sequence[int]]) -> Tensor:
        """Hidden states [P, hidden], and the last items that each has seen, to interest embeddings [P, e]."""
        h = F.linear(hidden, self.parameters["w_o"])
        if self.objective.interest_skip != "none":
            x = self.mean_features(seen)
            h = h + (x if self._heads_are_features else F.linear(x, self.parameters["w_s"]))
        return self._comparable(h)

    @property
    def _heads_are_features(self) -> bool:
        """Whether W_e and W_s are the identity, square, which need not be multiplied by."""
        return self.objective.head_start == "identity" and self.hidden_features.shape[1] == self.objective.embedding_size

    def mean_features(self, items: Sequence[Sequence[int]]) -> Tensor:
        """The mean feature row of each list of items, and the last one's again as often as the objective says [lists, features]."""
        again, rows = self.objective.skip_last, []
        for some in items:
            x = self.hidden_features[torch.tensor(some, device=self.device)]
            rows.append(x.mean(0) + again * x[-1])
        return torch.stack(rows)

    def ranking_bias(self) -> NDArray[np.float64] | None:
        """[items] what popularity adds to h·e where items are ranked; None if nothing."""
        bias = popularity_bias(self.objective, self.counts)
        if bias is None or self.objective.similarity != "cosine":
            return bias
        return bias / math.exp(float(self.parameters["log_scale"].detach()))

    def item_embeddings(self, items: Tensor | slice = slice(None)) -> Tensor:
        """e_i of the whole catalogue [items, e], or of some items of it; of codes, the sum of their rows of z."""
        if self.codes is not None:
            tokens = self.codes[items] if isinstance(items, slice) else [self.codes[item] for item in items.tolist()]
            return self._comparable(self.parameters["z"][torch.tensor(tokens, device=self.device)].sum(1))
        if self.objective.item_output in ("id", "tied"):
            return self._comparable(self.parameters["z" if self.objective.item_output == "id" else "u"][items])
        x = self.hidden_features[items]
        content = x if self._heads_are_features else F.linear(x, self.parameters["w_e"])
        return self._comparable(content + self.parameters["z"][items] if self.objective.item_output == "content+id" else content)

    def scored_embeddings(self, candidates: Sequence[int] | None = None) -> Tensor:
        """What L_act compares h with: item embeddings, or those of all tokens of codes [C, e]. `candidates`: of these items; None for all."""
        if self.codes is not None:
            return self._comparable(self.parameters["z"])
        return self.item_embeddings(slice(None) if candidates is None else torch.tensor(candidates, device=self.device))

    def scores(self, interest: Tensor, items: Tensor) -> Tensor:
        """[P, e] and [C, e] to [P, C]."""
        # Losses and ranks are computed in f32 or better, whatever the precision of the decoder.
        with torch.autocast(interest.device.type, enabled=False):
            queries = self._queries(interest)
            return queries @ items.to(queries.dtype).T

    def _queries(self, interest: Tensor) -> Tensor:
        """What an item embedding's dot product with is its score [P, e]."""
        queries = interest.to(torch.promote_types(interest.dtype, torch.float32))
        # Here and not among the scores, which are many more numbers.
        return queries * self.parameters["log_scale"].exp() if self.objective.similarity == "cosine" else queries

    @torch.no_grad()
    def code_log_probabilities(self, interest: Tensor) -> Tensor:
        """log p of every token of codes after interest embeddings [P, e], in float64 [P, tokens]."""
        with torch.autocast(interest.device.type, enabled=False):
            return (self._queries(interest).double() @ self.scored_embeddings().double().T).log_softmax(-1)

    @property
    def is_parallel(self) -> bool:
        """Whether L_act is a softmax over a catalogue that is cut over processes."""
        return self.shards is not None and self.shards.active and ACTION_LOSSES[self.objective.action_loss].whole

    def parallel_action_loss(self, interest: Tensor, targets: Sequence[int]) -> Tensor:
        """L_act summed over this process's predictions, from interest embeddings [P, e]; see `parallel_softmax_loss`."""
        shards = self.shards
        if shards is None:
            raise ValueError("the catalogue is not cut over processes")
        with torch.autocast(interest.device.type, enabled=False):
            queries, items = self._queries(interest), self.item_embeddings()
            wanted = torch.tensor(targets, device=self.device)
            return parallel_softmax_loss(queries, wanted, items.to(queries.dtype), shards.begin, shards.processes)

    def candidates(self, packed: Packed) -> Candidates:
        """What a batch is scored against."""
        scored = len(self.hidden_features if self.codes is None else self.parameters["z"])
        return candidates_of(packed, self.objective, scored, self.counts)

    def losses(self, batch: Sequence[Example], arm: Arm) -> Losses:
        """The loss of one batch under one arm."""
        first = self.pass_of(batch, arm)
        action = self.action_of(first) + self.objective.lambda_exp * self.exposure_loss(first)
        terms = self.terms_of(first, batch, arm)
        return Losses(arm.objective(action, terms), action, terms)

    def pass_of(self, batch: Sequence[Example], arm: Arm) -> Pass:
        """The first pass of a batch as the losses of an arm read it."""
        packed = self.pack(batch, with_text=arm.lambda_gen > 0, with_further=arm.lambda_gen > 0 or arm.lambda_rec > 0)
        return self.first_pass(packed, [] if arm.lambda_ent > 0 else None)

    def action_of(self, first: Pass, candidates: Candidates | None = None) -> Tensor:
        """L_act without L_exp, given the first pass. `candidates`: of a larger batch that this one is a part of."""
        candidates = candidates or self.candidates(first.packed)
        return action_loss(self.scored(first, candidates), candidates, self.objective.action_loss)

    def exposure_loss(self, first: Pass) -> Tensor:
        """L_exp: mean over pairs of softplus(score of an item shown with the target − the target's); 0 without pairs or weight."""
        pairs = exposed_pairs(first.packed) if self.objective.lambda_exp > 0 else []
        if not pairs:
            return first.interest.sum() * 0
        rows, items, targets = (torch.tensor(column, device=self.device) for column in zip(*pairs, strict=True))
        with torch.autocast(first.interest.device.type, enabled=False):
            queries = self._queries(first.interest)[rows]
            apart = self.item_embeddings(items) - self.item_embeddings(targets)
            scores = (queries * apart.to(queries.dtype)).sum(-1)
        bias = popularity_bias(self.objective, self.counts)
        if bias is not None:
            both = torch.as_tensor(bias, dtype=scores.dtype, device=scores.device)
            scores = scores + both[items] - both[targets]
        return F.softplus(scores).mean()

    def scored(self, first: Pass, candidates: Candidates) -> Tensor:
        """What L_act compares [P, C]."""
        whole = ACTION_LOSSES[self.objective.action_loss].whole
        return self.scores(first.interest, self.scored_embeddings(None if whole else candidates.items))

    def terms_of(
        self, first: Pass, batch: Sequence[Example], arm: Arm, candidates: Candidates | None = None
    ) -> dict[str, Tensor]:
        """The terms of the objective beside L_act, given the first pass; `candidates` as in `action_of`."""
        packed = first.packed
        kind = torch.promote_types(first.interest.dtype, torch.float32)
        terms = dict.fromkeys(TERMS, torch.zeros((), dtype=kind, device=self.device))
        if arm.lambda_gen > 0 and packed.text_rows:
            terms["gen"] = text_loss(self.decoder, first.hidden, packed)
        if arm.lambda_rec > 0 and (places := texts_of(batch)):
            rows = torch.tensor([packed.emb_predictions[place] for place in places], device=self.device)
            texts = [batch[place].text for place in places] + [one.text for one in further_of(batch)]
            terms["rec"] = self.reconstruction_loss(torch.cat([first.interest[rows], first.further]), texts)
        elif arm.lambda_rec > 0 and self.together:
            # A part without texts takes part in the pass of those that have some.
            terms["rec"] = 0 * self.reconstruction_loss(first.interest[:1], [[self.decoder.config.eos_id]])
        if arm.lambda_item > 0:
            described = [e.described for e in batch if e.described is not None]
            items = torch.tensor([one.item for one in described], device=self.device)
            terms["item"] = self.reconstruction_loss(self.item_embeddings(items), [one.text for one in described])
        if arm.lambda_img > 0:
            places = [place for place, example in enumerate(batch) if example.image is not None]
            if places:
                context = self.image_context(first, places, arm.image_context)
                images = [image for example in batch if (image := example.image) is not None]
                terms["img"] = image_loss(self.parameters, images, context, arm)
        if arm.lambda_kl > 0:
            terms["kl"] = self.divergence_loss([e.described.text for e in batch if e.described is not None])
        if arm.lambda_replay > 0:
            terms["replay"] = self.rehearsal_loss([e.replayed for e in batch if e.replayed is not None])
        if arm.lambda_l2 > 0:
            terms["l2"] = weight_distance(self.parameters, self.adapter.scale)
        if arm.lambda_ent > 0:
            terms["ent"] = concentration(
                first.maps, packed, self.decoder.config, 0 if self.lora.train_inputs else self.lora.first_layer
            )
        if arm.lambda_z > 0:
            candidates = candidates or self.candidates(packed)
            terms["z"] = squared_normaliser(self.scored(first, candidates), candidates)
        return terms

    def rehearsal_loss(self, texts: Sequence[Sequence[int]]) -> Tensor:
        """L_replay: the next-token loss on texts alone."""
        config = self.decoder.config
        packed = pack_texts(texts, config.vocabulary, config.bos_id)
        return text_loss(self.decoder, self.decode(packed, torch.empty(0, config.hidden, device=self.device)), packed)

    def divergence_loss(self, texts: Sequence[Sequence[int]]) -> Tensor:
        """L_kl: how far next-token distributions on texts alone are from the base model's."""
        config = self.decoder.config
        packed = pack_texts(texts, config.vocabulary, config.bos_id)
        nothing = torch.empty(0, config.hidden, device=self.device)
        with torch.no_grad():
            base = self.decode(packed, nothing, base=True)
        return divergence(self.decoder, base, self.decode(packed, nothing), packed)

    def image_context(self, first: Pass, places: Sequence[int], kind: str) -> Tensor:
        """c of L_img for the examples at these places [places, e or hidden]."""
        if kind == "interest":
            rows = [first.packed.emb_predictions[place] for place in places]
            return first.interest[torch.tensor(rows, device=self.device)]
        sequences = first.hidden.split(first.packed.lengths)
        positions = first.packed.item_positions
        means = [sequences[place][torch.tensor(positions[place], device=self.device)].mean(0) for place in places]
        return torch.stack(means)

    def reconstruction_loss(self, embeddings: Tensor, texts: Sequence[Sequence[int]]) -> Tensor:
        """L_rec and L_item: an embedding [S, e] is the only context of each text."""
        soft = F.linear(embeddings, self.parameters["w_d"], self.parameters["b_d"])
        second = pack_texts(texts, self.decoder.config.vocabulary)
        return text_loss(self.decoder, self.decode(second, soft), second)

    def _comparable(self, x: Tensor) -> Tensor:
        return F.normalize(x, dim=-1, eps=1e-12) if self.objective.similarity == "cosine" else x
