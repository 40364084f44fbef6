"""Histories to training examples: the batches of src/log/sampling.ts, draw for draw."""

import math
from collections.abc import Collection, Sequence
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from .columns import Log, Target
from .errors import JobError
from .plain import plain
from .random import Random, fork_random, scattered

DRIFT_ITEMS = 64
LARGEST_SHUFFLE = 1 << 21
"""Users beyond which an epoch's order is a Feistel permutation, never held in memory. The engine, which opens no such log, uses
only Fisher-Yates."""


@dataclass(frozen=True)
class Drawn:
    """A target with what precedes it in time; `text_item` is the item whose text is y."""

    user: int
    history: list[int]
    earlier: list[int]
    target: int
    query: str
    exposed: list[int]
    text_item: int
    history_exposed: tuple[list[int], ...] = ()
    """Items shown with what the item before each item of the history predicts, if they were asked for; nothing reads those of the first one."""
    further: tuple["Drawn", ...] = ()
    """Items of its history as targets of examples of their own, which carry further texts."""
    predicted: list[int | None] | None = None
    """What each item of the history predicts where that is not the next one, None where it predicts nothing; of the last one, the target."""


def example_for(log: Log, target: Target, max_history: int, shown: bool = False) -> Drawn:
    """The example that predicts a target, as evaluation uses it; with `shown` also the items shown with those of the history."""
    end = log.history_end(target)
    begin = max(0, end - max_history)
    earlier, history = log.items_of(target.user, 0, begin), log.items_of(target.user, begin, end)
    item = log.item_at(target)
    of_history = tuple(log.exposed_at(Target(target.user, at)) for at in range(begin, end)) if shown else ()
    return Drawn(target.user, history, earlier, item, log.query_at(target), log.exposed_at(target), item, of_history)


def _drawn_place(items: Sequence[int], times: Sequence[float], first: int, known: Collection[int], random: Random) -> int:
    """The place of an item drawn from the whole basket that starts at `first`, without known items where it has others."""
    after = first + 1
    while after < len(items) and times[after] == times[first]:
        after += 1
    fresh = [place for place in range(first, after) if items[place] not in known]
    among = fresh or range(first, after)
    return among[random.integer(len(among)) if len(among) > 1 else 0]


def _before(log: Log, user: int, end: int) -> tuple[list[int], list[float]]:
    """The items and times of a user's first `end` events."""
    first = log.span(user)[0]
    return log.items_of(user, 0, end), plain(log.column("time").rows(first, first + end))


def basket_target(log: Log, target: Target, end: int, random: Random) -> Target:
    """What predicts the basket of an event, of which the first `end` of its user may be trained on, has as its target."""
    items, times = _before(log, target.user, end)
    first = log.history_end(target)
    return Target(target.user, _drawn_place(items, times, first, set(items[:first]), random))


def basket_example(log: Log, target: Target, end: int, max_history: int, random: Random, shown: bool = False) -> Drawn:
    """The example that predicts the basket of an event, of which the first `end` of its user may be trained on: src/log/sampling.ts."""
    user, (items, times) = target.user, _before(log, target.user, end)
    known: set[int] = set()
    following = log.history_end(target)
    begin = max(0, following - max_history)
    predicted: list[int | None] = []
    of_history = [log.exposed_at(Target(user, begin)) if shown else []]
    for place in range(following):
        known.add(items[place])
        if begin <= place < following - 1:
            inside = times[place + 1] == times[place]
            at = None if inside else _drawn_place(items, times, place + 1, known, random)
            predicted.append(None if at is None else items[at])
            of_history.append([] if at is None or not shown else log.exposed_at(Target(user, at)))
    example = example_for(log, Target(user, _drawn_place(items, times, following, known, random)), max_history)
    if shown:
        example = replace(example, history_exposed=tuple(of_history))
    return example if predicted == example.history[1:] else replace(example, predicted=[*predicted, example.target])


def trainable_users(log: Log) -> NDArray[np.int64]:
    """[users, 3]: user, first, end. Positions first … end − 1 can be targets: each has a history."""
    log = log.trained
    time = log.column("time")
    rows = []
    for user, end in log.training_users():
        begin, _ = log.span(user)
        times = time.rows(begin, begin + end)
        later = np.flatnonzero(times != times[0])
        if len(later) > 0:
            rows.append((user, int(later[0]), end))
    return np.array(rows, dtype=np.int64).reshape(-1, 3)


def spread_over(size: int, some: int) -> list[int]:
    """How many of `some` things go to each of `size` places, spread evenly."""
    return [(place + 1) * some // size - place * some // size for place in range(size)]


class BatchSampler:
    """Batches without replacement: an epoch is a permutation of the users, cut into whole batches.

    `baskets`: what is predicted is drawn from baskets. `texts`: per user; beyond 1 examples have further ones.
    `shown`: examples have the items shown with what each item of their history predicts, too.
    """

    def __init__(
        self,
        log: Log,
        seed: int,
        batch_size: int,
        max_history: int,
        crop: str,
        baskets: bool = False,
        texts: float = 1,
        shown: bool = False,
    ) -> None:
        self.log, self.seed, self.max_history, self.crop = log.trained, seed, max_history, crop
        self.baskets, self.texts, self.shown = baskets, texts, shown
        self.trainable = trainable_users(log)
        if len(self.trainable) == 0:
            raise JobError("No user has two training events at different times, so there is no step to learn from.")
        self.batch_size = min(batch_size, len(self.trainable))
        self.batches = len(self.trainable) // self.batch_size
        self._epoch = -1
        self._order: NDArray[np.int64] = np.empty(0, np.int64)

    def _picked(self, step: int) -> list[int]:
        epoch, first = step // self.batches, step % self.batches * self.batch_size
        size = len(self.trainable)
        if size > LARGEST_SHUFFLE:
            return [scattered(self.seed, f"order/{epoch}", size, first + k) for k in range(self.batch_size)]
        if epoch != self._epoch:
            self._order = fork_random(self.seed, "order", epoch).shuffle(np.arange(size))
            self._epoch = epoch
        return plain(self._order[first : first + self.batch_size])

    def _places_before(self, target: Target, first: int, length: int) -> NDArray[np.int64]:
        """Where the history of an event has items that others precede in time; of a basket the first, since its items have one history."""
        last = self.log.history_end(target)
        places = np.arange(max(first, last - length), last)
        if not self.baskets:
            return places
        begin = self.log.span(target.user)[0]
        times = self.log.column("time").rows(begin, begin + last)
        return places[times[places] != times[places - 1]]

    def batch(self, step: int, shuffled_text: bool = False) -> list[Drawn]:
        """The batch of step 0, 1, …: a function of (log, seed, step) alone. `shuffled_text` changes `text_item` and nothing else."""
        crop = fork_random(self.seed, "crop", step)
        text = fork_random(self.seed, "shuffled-text", step)
        places = fork_random(self.seed, "further texts", step)
        further_text = fork_random(self.seed, "shuffled further texts", step)
        picked = self._picked(step)
        # JavaScript rounds halves up.
        further = spread_over(len(picked), math.floor(max(0, self.texts - 1) * len(picked) + 0.5))

        def spoken(example: Drawn, random: Random) -> Drawn:
            if not shuffled_text or self.log.items < 2:
                return example
            other = random.integer(self.log.items - 1)
            return replace(example, text_item=other if other < example.target else other + 1)

        drawn = []
        for index, count in zip(picked, further, strict=True):
            user, first, end = plain(self.trainable[index])
            last = self.log.history_end(Target(user, end - 1)) if self.baskets else end - 1
            earliest = first if self.crop == "random" else max(first, min(last, self.max_history))
            target = Target(user, earliest + crop.integer(end - earliest))
            random = fork_random(self.seed, "baskets", step, user) if self.baskets else None
            if random is not None:
                example = basket_example(self.log, target, end, self.max_history, random, self.shown)
            else:
                example = example_for(self.log, target, self.max_history, self.shown)
            example = spoken(example, text)
            if count > 0:
                positions = places.shuffle(self._places_before(target, first, len(example.history)))
                targets = [Target(user, at) for at in plain(positions[:count])]
                if random is not None:
                    targets = [basket_target(self.log, one, end, random) for one in targets]
                more = tuple(spoken(example_for(self.log, one, self.max_history), further_text) for one in targets)
                example = replace(example, further=more)
            drawn.append(example)
        return drawn


def permuted_items(seed: int, step: int, items: Sequence[int]) -> list[int]:
    """The items in another order, in which no place has its own item where that is possible: src/log/permuted.ts."""
    random = fork_random(seed, "random targets", step)
    order = random.shuffle(np.arange(len(items)))
    permuted, others = [items[place] for place in plain(order)], len(items) - 1
    for place, item in enumerate(items):
        if permuted[place] != item or others == 0:
            continue
        start = random.integer(others)
        for ahead in range(others):
            other = (place + 1 + (start + ahead) % others) % len(items)
            if permuted[other] != item and items[other] != item:
                permuted[place], permuted[other] = permuted[other], item
                break
    return permuted


def drift_items(log: Log, seed: int) -> tuple[list[int], bool]:
    """The items whose texts measure LM drift (src/log/driftItems.ts): cold ones if there are enough, else any. And whether they are cold."""
    cold = plain(np.flatnonzero(log.cold))
    enough = len(cold) >= DRIFT_ITEMS
    items: list[int] = cold if enough else list(range(log.items))
    return list(fork_random(seed, "drift texts").shuffle(items)[:DRIFT_ITEMS]), enough


def described_items(
    seed: int, items: int, left_out: frozenset[int], step: int, count: int, shuffled_text: bool
) -> list[tuple[int, int]]:
    """(item, the item whose text it is to have) of a step's L_item and L_kl: src/log/describedItems.ts."""
    draws, texts = fork_random(seed, "described items", step), fork_random(seed, "shuffled descriptions", step)
    others = items - len(left_out) > 1
    drawn = []
    for _ in range(count):
        item = draws.integer(items)
        while item in left_out:
            item = draws.integer(items)
        text = item
        while shuffled_text and others and (text == item or text in left_out):
            text = texts.integer(items)
        drawn.append((item, text))
    return drawn


def replayed_texts(seed: int, step: int, count: int, texts: int) -> list[int]:
    """The texts of a step's L_replay: src/log/replayedTexts.ts."""
    random = fork_random(seed, "replayed texts", step)
    return [random.integer(texts) for _ in range(count)]


def image_items(seed: int, step: int, targets: Sequence[int], pictured: NDArray[np.int64], shuffled: bool) -> list[int | None]:
    """Whose picture L_img reconstructs for each target of a step, None if it has none: src/log/imageDraws.ts."""
    draws, places = fork_random(seed, "shuffled images", step), {item: place for place, item in enumerate(plain(pictured))}
    chosen: list[int | None] = []
    for target in targets:
        place = places.get(target)
        if place is not None and shuffled and len(pictured) > 1:
            other = draws.integer(len(pictured) - 1)
            place = other if other < place else other + 1
        chosen.append(None if place is None else int(pictured[place]))
    return chosen


def image_noise(seed: int, step: int, count: int, size: int) -> list[tuple[float, list[float]]]:
    """(τ, ε [size]) of each example of a step, those without a picture included."""
    draws = fork_random(seed, "image noise", step)
    return [(draws.uniform(), plain(draws.normals(size))) for _ in range(count)]


def sample_targets(targets: list[Target], n: int, seed: int) -> list[Target]:
    """A fixed sample of `n` targets in their given order; all of them when there are no more."""
    order = fork_random(seed, "evaluation-users").shuffle(np.arange(len(targets)))
    return [targets[index] for index in np.sort(order[:n])]


def permutation(size: int, seed: int, probe: int, which: int) -> list[int] | None:
    """An order of `size` items that is not their own (src/measures/sinks/contentTest.ts); None if there is none."""
    if size < 2:
        return None
    random = fork_random(seed, "content test", probe, which)
    own = list(range(size))
    order = list(own)
    random.shuffle(order)
    while order == own:
        random.shuffle(order)
    return order
