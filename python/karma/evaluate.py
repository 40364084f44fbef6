"""One evaluation of one arm over processes: ranking, sinks, collapse, drift and readings, as the record stores them."""

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from .beams import Answer, Beams, CodeTrie, lists_of
from .collapse import Plane, collapse_measures, encode_points
from .columns import Target
from .data import Prepared
from .drawn import drawn_picture
from .features import first_part
from .losses import text_loss
from .model import InterestModel
from .overlap import Overlap
from .plain import plain
from .pools import Pools, rank_in_pool
from .probes import Probes, choose_drift_texts, choose_probes
from .processes import Processes
from .random import fork_random
from .ranking import NO_ITEM, Kinds, Ranked, listed_items, rank_block, ranked_together, summarise, with_measures
from .sequence import Example, pack_texts
from .shards import Shards, expanded
from .sinks import (
    MEASURES,
    SINK_ROW,
    UserSinks,
    by_item,
    by_measure,
    correlations,
    encode_maps,
    measure,
    picture_table,
    without_sink_token,
)
from .spec import Arm
from .writing import Writing, prompts_of

BATCH = 64
BEAM_ROWS = 1 << 14
"""Padded rows of a pass that scores beams, about."""
ANSWERED_TOGETHER = 256
"""Examples whose beams are grown at the same time."""
TOP_ITEMS = 5
DRAWN_ITEMS, DRAWN_USERS = 400, 200


@dataclass
class Measurer:
    """Measures arms on the same histories and texts at every step."""

    data: Prepared
    processes: Processes
    shards: Shards
    pools: Pools | None
    probes: Probes = field(init=False)
    texts: dict[str, list[list[int]]] = field(init=False)
    """Texts whose NLL is measured, by its name in a record."""
    writing: Writing = field(init=False)
    base_nlls: dict[str, float] | None = None
    plane: Plane | None = None
    overlap: Overlap | None = None
    """JS@50 of the final targets."""
    drawn: NDArray[np.int64] = field(init=False)
    trie: CodeTrie | None = None
    """In the `semantic` interface."""

    def __post_init__(self) -> None:
        self.trie = None if self.data.codes is None else CodeTrie(self.data.codes)
        self.probes = choose_probes(self.data)
        recipe = self.data.recipe
        self.writing = Writing(prompts_of(recipe.evaluation.prompts, recipe.model_id), self.data.encode, self.data.decode)
        self.texts = {"lmNll": choose_drift_texts(self.data)}
        if self.data.domain:
            self.texts["domainNll"] = self.data.domain
        every = fork_random(self.data.recipe.seed, "projected items").shuffle(np.arange(self.data.log.items))
        self.drawn = np.sort(every[:DRAWN_ITEMS])

    @property
    def listed(self) -> int:
        """Length of lists of best items: no more than beams can find."""
        evaluation = self.data.recipe.evaluation
        listed = listed_items(evaluation.ks, self.data.log.items)
        return listed if self.trie is None else min(listed, evaluation.beam_width)

    # -- passes -------------------------------------------------------------

    @torch.no_grad()
    def interest(self, model: InterestModel, examples: Sequence[Example], sinks: UserSinks | None = None) -> Tensor:
        """h of this process's examples [examples, e]; `sinks`, if given, accumulates their attention. All processes call at once."""
        rows = []
        for begin in range(0, self._most(len(examples)), BATCH):
            own, some = model.local(examples[begin : begin + BATCH])
            if not some:
                continue
            packed = own.pack_requests(some)
            maps: list[list[Tensor]] | None = None if sinks is None else []
            hidden = own.decode(packed, own.item_rows(packed.dense_items), maps)
            at = torch.tensor([packed.prediction_rows[p] for p in packed.emb_predictions], device=model.device)
            rows.append(own.interest(hidden[at], [packed.prediction_items[p] for p in packed.emb_predictions]))
            if sinks is not None and maps is not None:
                measured = measure(maps[0], packed.lengths, packed.item_positions, sinks.threshold)
                sinks.add(without_sink_token(measured) if model.sink else measured)
        return torch.cat(rows) if rows else torch.empty(0, model.objective.embedding_size, device=model.device)

    def _most(self, examples: int) -> int:
        """The largest of the processes' numbers of examples, if reading them takes all processes."""
        return max(self.processes.gather(examples)) if self.shards.active else examples

    @torch.no_grad()
    def items(self, model: InterestModel) -> Tensor:
        """Item embeddings as they are ranked [items of this process, e], in blocks of the catalogue."""
        count = self.shards.end - self.shards.begin
        if count == 0:
            return torch.empty(0, model.objective.embedding_size, device=model.device)
        return torch.cat([model.item_embeddings(slice(at, min(count, at + 65536))) for at in range(0, count, 65536)])

    @torch.no_grad()
    def maps(self, model: InterestModel, examples: Sequence[Example]) -> tuple[NDArray[np.float32], list[list[int]]]:
        """Attention of histories of one length [histories, layers, heads, T, T], and the positions of their items; without a sink token.

        An item of several codes is one position.
        """
        layers: list[list[Tensor]] = []
        own, some = model.local(examples)
        packed = own.pack_requests(some)
        own.decode(packed, own.item_rows(packed.dense_items), layers)
        found, positions = torch.stack(layers[0], 1).float().cpu().numpy(), packed.item_positions
        if model.sink:
            kept = [row != SINK_ROW for row in range(found.shape[-1])]
            found, positions = found[..., kept, :][..., kept], [[row - 1 for row in rows] for rows in positions]
        if self.data.codes is None:
            return found, positions
        return by_item(found, len(positions[0]), len(self.data.codes.sizes)), [list(range(1, len(p) + 1)) for p in positions]

    @torch.no_grad()
    def answers(
        self, model: InterestModel, examples: Sequence[Example], interest: Tensor, masked: Sequence[Sequence[int]]
    ) -> list[Answer]:
        """What beams over codes answer this process's examples with, from their h [examples, e]. `masked`: items to leave out, by example."""
        found: list[Answer] = []
        for begin in range(0, len(examples), ANSWERED_TOGETHER):
            some = slice(begin, begin + ANSWERED_TOGETHER)
            found += self._answered(model, examples[some], interest[some], masked[some])
        return found

    def _answered(
        self, model: InterestModel, examples: Sequence[Example], interest: Tensor, masked: Sequence[Sequence[int]]
    ) -> list[Answer]:
        """The same of examples whose beams are scored together."""
        if self.trie is None:
            raise ValueError("items are no codes")
        width = self.data.recipe.evaluation.beam_width
        beams = [Beams(self.trie, width, hidden, one.target) for one, hidden in zip(examples, masked, strict=True)]
        for one, row in zip(beams, model.code_log_probabilities(interest).cpu().numpy(), strict=True):
            one.advance(row[None])
        # Windows count rows, those of other beams included, so where layers have some every beam gets a sequence of its own.
        beside = all(place.window is None for place in model.decoder.config.attention)
        for _ in range(1, len(self.trie.levels)):
            requests: list[tuple[int, list[list[int]]]] = []
            for at, one in enumerate(beams):
                requests += [(at, one.open())] if beside else [(at, [tokens]) for tokens in one.open()]
            scored: list[list[NDArray[np.float64]]] = [[] for _ in beams]
            for at, rows in self._scored(model, examples, requests):
                scored[at].append(rows)
            for one, parts in zip(beams, scored, strict=True):
                one.advance(np.concatenate(parts))
        return [one.finish() for one in beams]

    def _scored(
        self, model: InterestModel, examples: Sequence[Example], requests: Sequence[tuple[int, list[list[int]]]]
    ) -> Iterator[tuple[int, NDArray[np.float64]]]:
        """For each request, an example and lists of tokens: log p of every token after each list [lists, tokens]."""

        levels = 0 if self.trie is None else len(self.trie.levels)

        def rows(request: tuple[int, list[list[int]]]) -> int:
            at, branches = request
            return 4 + len(examples[at].query) + len(examples[at].history) * levels + sum(map(len, branches))

        begin = 0
        while begin < len(requests):
            some = requests[begin : begin + max(1, BEAM_ROWS // max(map(rows, requests[begin : begin + BATCH])))][:BATCH]
            begin += len(some)
            packed = model.pack_requests([examples[at] for at, _ in some], [branches for _, branches in some])
            found = model.code_log_probabilities(model.first_pass(packed).interest).cpu().numpy()
            for (at, branches), end in zip(some, packed.prediction_ends, strict=True):
                # The predictions of a sequence's branches are its last ones.
                yield at, found[end - len(branches) : end]

    @torch.no_grad()
    def nlls(self, model: InterestModel) -> dict[str, float]:
        """Nats per token of each set of texts under the adapted decoder."""
        config = model.decoder.config
        nothing = torch.empty(0, config.hidden, device=model.device)
        found = {}
        for name, texts in self.texts.items():
            packed = pack_texts(texts, config.vocabulary, config.bos_id)
            found[name] = float(text_loss(model.decoder, model.decode(packed, nothing), packed))
        return found

    def decoded(self, model: InterestModel, interest: Tensor) -> list[str]:
        """Text that the arm decodes from each embedding, greedily, from W_d·h alone."""
        return [self.data.decode(text) for text in self.decoded_tokens(model, interest)]

    @torch.no_grad()
    def decoded_tokens(self, model: InterestModel, interest: Tensor, most: int | None = None) -> list[list[int]]:
        """Its tokens: no more than item texts have, and than `most`."""
        longest = self.data.recipe.objective.max_text_tokens
        soft = torch.nn.functional.linear(interest, model.parameters["w_d"], model.parameters["b_d"])
        texts: list[list[int]] = [[] for _ in range(len(interest))]
        open_ = set(range(len(texts)))
        for _ in range(longest if most is None else min(most, longest)):
            # The last token of a packed text is predicted, never read, so any will do.
            packed = pack_texts([[*text, 0] for text in texts], model.decoder.config.vocabulary)
            hidden = model.decode(packed, soft)
            ends = torch.tensor(np.cumsum(packed.lengths) - 1, device=model.device)
            chosen = model.decoder.logits(hidden[ends]).argmax(-1).tolist()
            for index in list(open_):
                if chosen[index] == model.decoder.config.eos_id:
                    open_.discard(index)
                else:
                    texts[index].append(chosen[index])
            if not open_:
                break
        return texts

    # -- measures -----------------------------------------------------------

    def rank(
        self, model: InterestModel, targets: Sequence[Target]
    ) -> tuple[Ranked, NDArray[np.float32], NDArray[np.float32], dict[str, Any]]:
        """(ranking, h [targets, e], e [items of this process, e], `userSinks` of the record, or `values` of codes) of all processes' targets together."""
        recipe, processes = self.data.recipe, self.processes
        own = processes.own(targets)
        sinks = UserSinks(recipe.evaluation.sink_threshold)
        items = self.items(model)
        examples = [self.data.example_for(target) for target in own]
        if self.data.codes is not None:
            ranked, every, validity = self._ranked_by_codes(model, examples, items, self.data.masked(own))
            values = {"codeValidity": validity, "codeCollisions": self.data.codes.collisions}
            return ranked, every, items.float().cpu().numpy(), {"values": values}
        # Targets of one basket share their history, which is read once.
        different, inverse = without_repeats(examples)
        h = self.interest(model, different, sinks)[torch.tensor(inverse, dtype=torch.long, device=model.device)]
        ranked, every = self.ranked(h, items, targets, model.ranking_bias())
        whole = UserSinks(sinks.threshold)
        for part in processes.gather(sinks.repeated(inverse)):
            whole.tables += part.tables
            whole.sink_heads += part.sink_heads
        return ranked, every, items.float().cpu().numpy(), {"userSinks": whole.means()}

    def _ranked_by_codes(
        self, model: InterestModel, examples: Sequence[Example], items: Tensor, masked: Sequence[Sequence[int]]
    ) -> tuple[Ranked, NDArray[np.float32], float]:
        """(ranking, h [targets, e], share of the targets whose greedily decoded codes name an item) of all, from this process's own examples."""
        processes = self.processes
        h = self.interest(model, examples)
        self._check_finite(h, items)
        every = np.concatenate(processes.gather(h.float().cpu().numpy()))
        own = self.answers(model, examples, h, masked)
        parts = processes.gather((lists_of(own, self.listed), [(one.rank, one.valid) for one in own]))
        found = np.array([pair for _, pairs in parts for pair in pairs], np.float64)
        # Beams give no score to items that they do not find.
        requests: list[tuple[float, list[float]]] = [(math.nan, [])] * len(found)
        ranked = Ranked(found[:, 0], np.concatenate([lists for lists, _ in parts]), requests, np.empty(0))
        return ranked, every, float(found[:, 1].mean())

    def _check_finite(self, h: Tensor, items: Tensor) -> None:
        if not self.processes.all(bool(torch.isfinite(h).all() and torch.isfinite(items).all())):
            raise FloatingPointError("embeddings are not finite: the arm has diverged")

    @torch.no_grad()
    def ranked(
        self, h: Tensor, items: Tensor, targets: Sequence[Target], bias: NDArray[np.float64] | None = None
    ) -> tuple[Ranked, NDArray[np.float32]]:
        """(ranking of all processes' targets, h of all [targets, e]), from h of this process's own targets, and e [items of this process, e].

        `bias` [items]: added to their scores.
        """
        log, processes, shards = self.data.log, self.processes, self.shards
        self._check_finite(h, items)
        every = np.concatenate(processes.gather(h.float().cpu().numpy()))
        # Each process ranks its own targets, or all of them among its own items.
        scored: Sequence[Target] = processes.own(targets)
        if shards.active:
            scored, h = targets, torch.from_numpy(every).to(h)
        ranks: list[NDArray[np.float64]] = [np.empty(0)]
        lists: list[NDArray[np.uint32]] = [np.empty((0, self.listed), np.uint32)]
        requests: list[tuple[float, list[float]]] = []
        pool_ranks: list[float] = []
        rows, scored_items, inverse = shards.distinct(items)
        together = ranked_together(log.items)
        for begin in range(0, len(scored), together):
            block = scored[begin : begin + together]
            scores = expanded(h[begin : begin + together] @ rows.T, inverse)
            if bias is not None:
                scores += torch.from_numpy(bias if scored_items is None else bias[scored_items]).to(scores)
            wanted = [log.item_at(target) for target in block]
            found, top = rank_block(scores, wanted, self.data.masked(block), self.listed, processes, scored_items)
            ranks.append(found)
            lists.append(top)
            shown = [log.exposed_at(target) for target in block]
            pools = [] if self.pools is None else [plain(self.pools.of(target)) for target in block]
            named = np.unique([item for some in (wanted, *shown, *pools) for item in some])
            wide_e = shards.rows(items, plain(named)).double().cpu().numpy()
            added = np.zeros(len(named)) if bias is None else bias[named]
            wide_h = h[begin : begin + together].double().cpu().numpy()
            for row, item in enumerate(wanted):
                clicked, others = (np.searchsorted(named, some) for some in (item, shown[row]))
                requests.append(
                    (float(wide_h[row] @ wide_e[clicked] + added[clicked]), plain(wide_e[others] @ wide_h[row] + added[others]))
                )
                if pools:
                    # Summed row by row, not as a product: equal embeddings must tie exactly.
                    held = np.searchsorted(named, pools[row])
                    values = (wide_e[held] * wide_h[row]).sum(1) + added[held]
                    pool_ranks.append(rank_in_pool(np.array(pools[row]), values, item))
        mine = Ranked(np.concatenate(ranks), np.concatenate(lists), requests, np.array(pool_ranks))
        parts = [mine] if shards.active else processes.gather(mine)
        whole = Ranked(
            np.concatenate([part.ranks for part in parts]),
            np.concatenate([part.top for part in parts]),
            [request for part in parts for request in part.requests],
            np.concatenate([part.pool_ranks for part in parts]),
        )
        return whole, every

    def fixed(self, model: InterestModel, step: int) -> tuple[dict[str, Any], dict[str, Any], dict[str, float]]:
        """(attention snapshot, sinks over probes, NLLs of texts)."""
        threshold, probes = self.data.recipe.evaluation.sink_threshold, self.probes
        maps, positions = self.maps(model, probes.examples)
        layers = [torch.from_numpy(maps[:, layer]) for layer in range(maps.shape[1])]
        tables = measure(layers, [probes.length] * len(maps), positions, threshold).tables
        means = {name: tables[name].mean(0).tolist() for name in MEASURES}
        contents = [correlations(maps, positions, *self.maps(model, others)) for others in probes.permuted]
        found = [table for table in contents if table is not None]
        if found:
            means["contentCorrelation"] = np.mean(found, 0).tolist()
        log = self.data.log
        if log.has("visual"):
            present = log.column("visual_present").all().astype(bool)
            shown = [e.history[-len(p) :] for e, p in zip(probes.examples, positions, strict=True)]
            table = picture_table(maps, positions, [[bool(present[item]) for item in items] for items in shown])
            if table is not None:
                means["pictureAlpha"] = table.tolist()
        sinks = {"length": probes.length, "probes": len(maps), "threshold": threshold, **by_measure(means)}
        return encode_maps(maps, step), sinks, self.nlls(model)

    def cold(self, targets: Sequence[Target]) -> NDArray[np.uint8]:
        """1 if a target occurs in no training event."""
        return self.data.log.cold[[self.data.log.item_at(target) for target in targets]]

    def summarise(self, ranked: Ranked, targets: Sequence[Target]) -> dict[str, Any]:
        """What the record says of a ranking of these targets."""
        recipe, log = self.data.recipe, self.data.log
        groups = None if log.groups is None else np.array([log.groups[target] for target in targets], np.uint8)
        sizes = [] if self.pools is None else [len(self.pools.of(target)) for target in targets]
        return summarise(ranked, Kinds(self.cold(targets), groups), log.counts, sizes, recipe.evaluation.ks, recipe.seed)

    def evaluate(
        self, model: InterestModel, arm: Arm, step: int, seconds: float, population: str, targets: Sequence[Target], decode: bool
    ) -> tuple[dict[str, Any], dict[str, Any]]:
        """(evaluation, attention) of the record."""
        ranked, h, items, more = self.rank(model, targets)
        snapshot, sinks, nlls = self.fixed(model, step)
        if self.base_nlls is None:
            self.base_nlls = nlls
        drifts = {name.replace("Nll", "Drift"): nll - self.base_nlls[name] for name, nll in nlls.items()}
        of_h, spectrum_h = collapse_measures(h, "Interest")
        of_e, spectrum_e = collapse_measures(items, "Item", self.shards)
        values = {**more.pop("values", {}), **of_h, **of_e, **nlls, **drifts}
        measured = with_measures(self.summarise(ranked, targets), {"values": values})
        if population == "all" and self.overlap is not None:
            measured = with_measures(measured, self.overlap.measure(ranked.top))
        evaluation: dict[str, Any] = {
            "step": step,
            "seconds": seconds,
            "population": population,
            **measured,
            "cold": self.cold(targets).tolist(),
            "sinks": sinks,
            **more,
            "spectra": {"interest": spectrum_h, "item": spectrum_e},
            "readings": self.readings(model, arm, items, decode),
        }
        if self.data.log.groups is not None:
            evaluation["groups"] = [self.data.log.groups[target] for target in targets]
        owners = owners_of(targets)
        if owners is not None:
            evaluation["owners"] = owners
        written = self.writing.of(model)
        if written:
            evaluation["continuations"] = written
        if self.plane is not None and population == "sample":
            evaluation["projection"] = self._points(self.plane, h, items)
        return evaluation, snapshot

    def set_plane(self, items: NDArray[np.float32], sample: Sequence[Target]) -> dict[str, Any]:
        """Fixes the plane of every evaluation on the sample; the record's `projection`."""
        log = self.data.log
        self.plane = Plane.of(items, self.shards)
        titles, categories = log.texts("item_title"), log.texts("item_category")
        users = sample[:DRAWN_USERS]
        return {
            "items": {
                "title": [titles[i] for i in plain(self.drawn)],
                "category": [first_part(categories[i]) for i in plain(self.drawn)],
                "cold": log.cold[self.drawn].tolist(),
            },
            "users": {"target": [titles[log.item_at(t)] for t in users], "cold": self.cold(users).tolist()},
        }

    def _points(self, plane: Plane, h: NDArray[np.float32], items: NDArray[np.float32]) -> dict[str, Any]:
        of_items, item_share = plane.project(items, self.drawn, self.shards)
        of_users, user_share = plane.project(h, np.arange(min(DRAWN_USERS, len(h))))
        reach = float(max(np.abs(of_items).max(), np.abs(of_users).max()))
        points = {"items": encode_points(of_items, reach), "users": encode_points(of_users, reach)}
        return {"reach": reach, **points, "itemShare": item_share, "userShare": user_share}

    def readings(self, model: InterestModel, arm: Arm, items: NDArray[np.float32], decode: bool) -> list[dict[str, Any]]:
        """What the probes' embeddings retrieve, and the text decoded from them."""
        log = self.data.log
        interest = self.interest(model, self.probes.examples)
        spoken = self.decoded(model, interest) if decode and arm.lambda_rec > 0 else None
        titles, wanted = log.texts("item_title"), [log.item_at(target) for target in self.probes.targets]
        best = self._best(model, interest, items, wanted)
        draws = arm.lambda_img > 0 and arm.image_context == "interest"
        found = []
        for probe, item in enumerate(wanted):
            found.append(
                {
                    "probe": probe,
                    "target": titles[item],
                    "top": [{"title": titles[i], "score": score, "hit": i == item} for i, score in best[probe]],
                    "decoded": spoken[probe] if spoken else None,
                    **({"picture": drawn_picture(self.data, model.parameters, arm, interest[probe])} if draws else {}),
                }
            )
        return found

    def _best(
        self, model: InterestModel, interest: Tensor, items: NDArray[np.float32], wanted: Sequence[int]
    ) -> list[list[tuple[int, float]]]:
        """The best items of each probe with their scores: by embeddings, or those that beams find with log p of their codes."""
        masked, listed = self.data.masked(self.probes.targets), min(TOP_ITEMS, self.data.log.items)
        if self.trie is not None:
            found = self.answers(model, self.probes.examples, interest, masked)
            return [list(zip(plain(one.items[:listed]), plain(one.scores[:listed]), strict=True)) for one in found]
        wide = interest.double().cpu()
        scores = wide @ torch.from_numpy(items).double().T
        held = None if not self.shards.active else np.arange(self.shards.begin, self.shards.end)
        bias = model.ranking_bias()
        if bias is not None:
            scores += torch.from_numpy(bias if held is None else bias[held])
        _, best = rank_block(scores, wanted, masked, listed, self.processes, held)
        pairs = []
        for probe in range(len(wanted)):
            top = plain(best[probe][best[probe] != NO_ITEM])
            rows = self.shards.rows(torch.from_numpy(items), top).double()
            values = rows @ wide[probe] + (0 if bias is None else torch.from_numpy(bias[top]))
            pairs.append(list(zip(top, values.tolist(), strict=True)))
        return pairs


def owners_of(targets: Sequence[Target]) -> list[int] | None:
    """The user of each target, numbered in the order of their first targets; none if every user has one."""
    numbers: dict[int, int] = {}
    owners = [numbers.setdefault(target.user, len(numbers)) for target in targets]
    return owners if len(numbers) < len(owners) else None


def without_repeats(examples: Sequence[Example]) -> tuple[list[Example], list[int]]:
    """(examples that read different sequences, where each of the given ones is among them): whatever their targets are."""
    places: dict[tuple[tuple[int, ...], tuple[int, ...]], int] = {}
    different: list[Example] = []
    inverse = []
    for example in examples:
        key = tuple(example.history), tuple(example.query)
        if key not in places:
            places[key] = len(different)
            different.append(example)
        inverse.append(places[key])
    return different, inverse
