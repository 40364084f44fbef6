"""Baselines without gradient descent (src/measures/ranking/baselines.ts)."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray

from .columns import Log, Target
from .content import has_categories, of_categories, of_texts
from .ease import Ease, ease_left_out
from .features import unit_rows
from .model import InterestModel
from .neighbours import ItemNeighbours
from .plain import plain
from .pools import Pools, rank_in_pool
from .ranking import Ranked, rank_block, ranked_together
from .recipe import Recipe
from .shards import Shards, columns_of

NAMES = ("popularity", "itemKnn", "lastItem", "zeroShot", "tfidf", "ease", "category", "start")
ZERO_SHOT_ITEMS = 5
TUNED: dict[str, tuple[dict[str, float], ...]] = {
    "itemKnn": tuple(
        {"neighbours": neighbours, "shrink": shrink}
        for neighbours, shrink in (
            *((100, 0), (20, 0), (100, 10), (500, 0), (20, 10), (500, 10)),
            *((100, 100), (20, 100), (500, 100)),
        )
    ),
    "ease": tuple({"lambda": float(penalty)} for penalty in (250, 100, 500, 50, 1000, 25, 2000, 10, 5000)),
    "popularity": tuple({"share": 2.0**-i} for i in range(9)),
}
"""Settings in the order in which they are tried, the usual ones first (src/measures/ranking/baselineSettings.ts)."""
TUNING_TARGETS, TUNING_K = 2000, 10

Scorer = Callable[[Sequence[int]], NDArray[np.float64]]


def starts_alone(recipe: Recipe) -> bool:
    """Whether arms start at a ranking that needs no LLM: W_o is 0, W_e and W_s are the identity."""
    objective = recipe.objective
    return (
        objective.head_start == "identity"
        and objective.interest_skip != "none"
        and objective.item_output == "content"
        and recipe.start is None
    )


@torch.no_grad()
def start_scores(model: InterestModel) -> Scorer:
    """Scores h·e with popularity of an arm before its first step, in float64, for a whole history."""
    wide = replace(
        model,
        hidden_features=model.hidden_features.double(),
        parameters={name: value.detach().double() for name, value in model.parameters.items()},
    )
    e, bias = wide.item_embeddings().cpu().numpy(), model.ranking_bias()
    objective = model.objective
    read = min(objective.skip_items, objective.max_history)
    nothing = torch.zeros(1, model.decoder.config.hidden, dtype=torch.float64, device=model.device)

    def scores(history: Sequence[int]) -> NDArray[np.float64]:
        with torch.no_grad():
            h = wide.interest(nothing, [history[-read:]])[0].cpu().numpy()
        found: NDArray[np.float64] = e @ h + (0 if bias is None else bias)
        return found

    return scores


@dataclass(frozen=True)
class Baselines:
    """What baselines look at."""

    log: Log
    features: torch.Tensor
    """[items of this process, features], standardised."""
    shards: Shards
    max_history: int
    mask_history: bool
    listed: int
    pools: Pools | None
    """Candidate sets in which targets are ranked, too."""
    item_template: str
    start: InterestModel | None = None
    """What arms start from, if their ranking needs no LLM (`starts_alone`)."""

    def names(self) -> tuple[str, ...]:
        """The baselines that the log has: EASE is left out where its matrix is too large, the category where items have none."""
        left_out = {"ease"} if ease_left_out(self.log) else set()
        left_out |= {"start"} if self.start is None else set()
        return tuple(name for name in NAMES if name not in left_out and (name != "category" or has_categories(self.log)))

    def tune(self, name: str, targets: Sequence[Target], trials: int) -> dict[str, Any]:
        """The settings tried on validation targets, and the index of the best, the earlier one in a tie."""
        listing_none = replace(self, listed=1, pools=None)
        tried: list[dict[str, Any]] = []
        for setting in TUNED[name][:trials]:
            ranks = listing_none.rank(name, targets, setting).ranks
            tried.append({"setting": setting, "hr": float((ranks <= TUNING_K).mean())})
        chosen = max(range(len(tried)), key=lambda index: (tried[index]["hr"], -index))
        return {"targets": len(targets), "k": TUNING_K, "tried": tried, "chosen": chosen}

    def rank(self, name: str, targets: Sequence[Target], setting: Mapping[str, float] | None = None) -> Ranked:
        """How a baseline ranks the targets; `setting`: the usual one if None."""
        log = self.log
        own = {} if name not in TUNED else TUNED[name][0] if setting is None else setting
        score = self._scorer(name, own)
        features = self.features.float()
        different, items, inverse = self.shards.distinct(features)
        unit, scored = unit_rows(different).double().cpu().numpy(), np.arange(log.items) if items is None else items
        window = min(self.max_history, 1 if name == "lastItem" else ZERO_SHOT_ITEMS)
        counts = log.recent_counts(own["share"])[scored] if name == "popularity" else None
        ranks, lists, requests = [], [], []
        pool_ranks: list[float] = []
        together = ranked_together(log.items)
        for begin in range(0, len(targets), together):
            block = targets[begin : begin + together]
            histories = [log.history_of(target) for target in block]
            if counts is not None:
                scores = np.tile(counts.astype(np.float64), (len(block), 1))
            elif score is not None:
                scores = np.stack([score(history)[scored] for history in histories])
            else:
                read = [history[-window:] for history in histories]
                table = self.shards.rows(features, [item for some in read for item in some]).double().cpu().numpy()
                ends = np.cumsum([len(some) for some in read])
                queries = np.stack([table[end - len(some) : end].sum(0) for end, some in zip(plain(ends), read, strict=True)])
                scores = queries @ unit.T
                scores = scores if inverse is None else scores[:, inverse]
            wanted = [log.item_at(target) for target in block]
            shown = [log.exposed_at(target) for target in block]
            pools = [[] if self.pools is None else plain(self.pools.of(target)) for target in block]
            for row, (item, others, pool) in enumerate(zip(wanted, shown, pools, strict=True)):
                values = self._values(scores[row], [item, *others, *pool], items)
                requests.append((float(values[0]), plain(values[1 : 1 + len(others)])))
                if self.pools is not None:
                    pool_ranks.append(rank_in_pool(np.array(pool), values[1 + len(others) :], item))
            masked = histories if self.mask_history else [[] for _ in block]
            found, top = rank_block(torch.from_numpy(scores), wanted, masked, self.listed, self.shards.processes, items)
            ranks.append(found)
            lists.append(top)
        return Ranked(np.concatenate(ranks), np.concatenate(lists), requests, np.array(pool_ranks))

    def _scorer(self, name: str, own: Mapping[str, float]) -> Scorer | None:
        """Scores of all items for a whole history, of the baselines that have them."""
        log = self.log
        if name == "itemKnn":
            neighbours = ItemNeighbours(log, int(own["neighbours"]), own["shrink"])
            return lambda history: neighbours.scores(history[-self.max_history :], log.items)
        if name == "ease":
            return Ease(log, own["lambda"]).scores
        if name == "start" and self.start is not None:
            return start_scores(self.start)
        if name == "tfidf":
            return of_texts(log, self.item_template).scores
        return of_categories(log).scores if name == "category" else None

    def _values(self, scores: NDArray[np.float64], wanted: Sequence[int], items: NDArray[np.int64] | None) -> NDArray[np.float64]:
        """The scores of these items, from the processes that have them; `items`: those that `scores` are of."""
        if items is None:
            return scores[list(wanted)]
        found = np.zeros(len(wanted))
        mine = np.isin(wanted, items)
        found[mine] = scores[columns_of(items, wanted)]
        return self.shards.sum(found)
