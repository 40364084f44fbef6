"""What a decoder that no arm has trained reads out of h: src/experiment/evaluate/decodability.ts and imageDecodability.ts, draw for draw. Definitions: docs/metrics.md."""

import itertools
import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

import numpy as np
import torch
import torch.nn.functional as F
from numpy.typing import NDArray
from torch import Tensor, nn

from .columns import Target
from .data import Prepared
from .evaluate import Measurer
from .features import ImageTable, first_part
from .losses import velocity
from .model import InterestModel, image_shapes
from .optimiser import Optimiser
from .plain import plain
from .random import fork_random
from .ranking import bootstrap_mean, share_interval, split_id
from .sampling import sample_targets
from .sequence import Example, pack_texts
from .spec import Objective, Training
from .start import EmbeddingStatistics

MOST_PAIRS = 4096
HELD_OUT = 128
MOST_TARGETS = 512
DECODED_TOKENS = 12
PROBE_RATE = 0.03
LEAST_VARIANCE = 1e-12
SHARES = (0.0, 0.5, 1.0)
IMAGE_RATE = 3e-3
IMAGE_ROWS = 128
HELD_OUT_DRAWS = 8
OF_TEXTS = ("decodability", "decodedNll", "emptyNll")
OF_PICTURES = ("visualDecodability", "pictureError", "emptyPictureError")
"""What knowing h saves, and the losses with and without it, as measure IDs."""

Floats = NDArray[np.float64]
Parameters = dict[str, nn.Parameter]


@dataclass(frozen=True)
class Read:
    """Embeddings of training pairs, of held-out pairs, of targets and of probe histories [examples, e]."""

    pairs: NDArray[np.float32]
    held_out: NDArray[np.float32]
    targets: NDArray[np.float32]
    probes: NDArray[np.float32]


@dataclass(frozen=True)
class Standardisation:
    """Mean 0 and variance 1 in every dimension of what it was fitted to; a dimension without variance becomes 0."""

    mean: Floats
    scale: Floats

    @classmethod
    def of(cls, x: NDArray[np.float32]) -> "Standardisation":
        """Fitted to the rows of x."""
        wide = x.astype(np.float64)
        mean = wide.mean(0)
        variance = np.square(wide - mean).mean(0)
        still = variance <= LEAST_VARIANCE * (variance + np.square(mean))
        return cls(mean, np.where(still, 0.0, 1 / np.sqrt(np.where(still, 1.0, variance))))

    def z(self, x: NDArray[np.float32]) -> NDArray[np.float32]:
        """Rows of x on that scale."""
        return ((x - self.mean) * self.scale).astype(np.float32)


def keep_share(parameters: Parameters, name: str, error: Callable[[], float]) -> float:
    """Multiplies the matrix that reads z by the share with which held-out pairs are read best; returns it."""
    trained = parameters[name].detach().clone()
    best, least = 0.0, math.inf
    for share in SHARES:
        with torch.no_grad():
            parameters[name].copy_(share * trained)
        found = error()
        if found < least:
            best, least = share, found
    with torch.no_grad():
        parameters[name].copy_(best * trained)
    return best


def gains(
    given: Floats, empty: Floats, cold: NDArray[np.uint8], seed: int, names: tuple[str, str, str] = OF_TEXTS
) -> dict[str, Any]:
    """How much less is lost with h, and the losses with and without it, by measure ID.

    Over all targets, those that training has seen and those that it has not; of a split without targets nothing."""
    found = nothing_measured()
    for split, keep in (("all", np.ones(len(given), bool)), ("warm", cold == 0), ("cold", cold == 1)):
        with_, without = given[keep], empty[keep]
        if len(with_) == 0:
            continue
        gain = without - with_
        for name, each in zip(names, (gain, with_, without), strict=True):
            found["counts"][split_id(split, name)] = len(each)
            found["values"][split_id(split, name)] = float(each.mean())
        if (interval := bootstrap_mean(gain, seed)) is not None:
            found["intervals"][split_id(split, names[0])] = interval
    return found


def nothing_measured() -> dict[str, dict[str, Any]]:
    """Numbers of targets, values and intervals by measure ID, none so far."""
    return {"counts": {}, "values": {}, "intervals": {}}


def trained(parameters: Parameters, training: Training, loss: Callable[[int], Tensor]) -> None:
    """AdamW on the loss of every step."""
    optimiser = Optimiser(parameters, training)
    for step in range(training.steps):
        optimiser.step(optimiser.gradients(loss(step)))


class NearestText:
    """Finds the item whose text is most like a text, by the tokens that they share: rare ones weigh more."""

    def __init__(self, texts: Sequence[Sequence[int]]) -> None:
        self.items = len(texts)
        self.holders: dict[int, list[int]] = {}
        sets = [dict.fromkeys(text) for text in texts]
        for item, tokens in enumerate(sets):
            for token in tokens:
                self.holders.setdefault(token, []).append(item)
        self.weights = [self._sum(tokens) for tokens in sets]

    def find(self, text: Sequence[int]) -> int | None:
        """The first of the items with the largest Σ w over shared tokens / Σ w over either's; None if nothing with weight is shared."""
        tokens, shared = dict.fromkeys(text), dict[int, float]()
        for token in tokens:
            weight = self._weight(token)
            if weight > 0:
                for item in self.holders.get(token, ()):
                    shared[item] = shared.get(item, 0.0) + weight
        own = self._sum(tokens)
        likeness = {item: both / (own + self.weights[item] - both) for item, both in shared.items()}
        return min(likeness, key=lambda item: (-likeness[item], item)) if likeness else None

    def _weight(self, token: int) -> float:
        return math.log(self.items / len(self.holders.get(token, (0,))))

    def _sum(self, tokens: Mapping[int, None]) -> float:
        return sum(self._weight(token) for token in tokens)


def category_accuracy(found: Sequence[tuple[str, str | None, bool]], seed: int) -> dict[str, Any]:
    """Of (wanted path, read path, cold) the share of right ones by measure ID: by the first level, and by whole paths."""
    measured = nothing_measured()
    levels: dict[str, tuple[Callable[[str], bool], Callable[[str], str]]] = {
        "decodedCategory": (lambda path: first_part(path) != "", first_part),
        "decodedPath": (lambda path: ">" in path, lambda path: path),
    }
    for (id_, (counted, level)), split in itertools.product(levels.items(), ("all", "warm", "cold")):
        own = [
            read is not None and level(read) == level(wanted)
            for wanted, read, cold in found
            if counted(wanted) and (split == "all" or cold == (split == "cold"))
        ]
        if not own:
            continue
        name, right = split_id(split, id_), np.array(own, np.float64)
        measured["counts"][name] = len(right)
        measured["values"][name] = float(right.mean())
        if (interval := share_interval(right, seed)) is not None:
            measured["intervals"][name] = interval
    return measured


@dataclass
class ImageProbe:
    """The probe of pictures: g of L_img, trained from the same start on the same pairs and noise, whatever embeddings it reads."""

    images: ImageTable
    objective: Objective
    seed: int
    steps: int
    pairs: NDArray[np.int64]
    """Targets, as of `Read`."""
    held_out: NDArray[np.int64]
    targets: NDArray[np.int64]
    cold: NDArray[np.uint8]
    device: torch.device
    empty: Floats | None = None

    @property
    def possible(self) -> bool:
        """Whether there is anything to train on and to measure."""
        return len(self._places(self.pairs)) > 0 and len(self._places(self.targets)) > 0

    def measure(self, read: Read) -> dict[str, Any]:
        """The record's `fidelity.image`."""
        if self.empty is None:
            nothing = self._train(np.zeros_like(read.pairs))
            self.empty = self._errors(nothing, np.zeros_like(read.targets), self.targets, "targets")
        scale = Standardisation.of(read.pairs)
        parameters = self._train(scale.z(read.pairs))
        if len(self._places(self.held_out)) > 0:
            held_out = scale.z(read.held_out)
            keep_share(parameters, "img_h", lambda: float(self._errors(parameters, held_out, self.held_out, "held out").mean()))
        errors = self._errors(parameters, scale.z(read.targets), self.targets, "targets")
        return gains(errors, self.empty, self.cold[self._places(self.targets)], self.seed, OF_PICTURES)

    def _places(self, targets: NDArray[np.int64]) -> NDArray[np.int64]:
        return np.flatnonzero(np.isin(targets, self.images.pictured))

    def _start(self) -> Parameters:
        random, values = fork_random(self.seed, "picture probe"), Parameters()
        for name, shape in image_shapes(self.objective, self.images.values.shape[1]).items():
            start: NDArray[np.floating[Any]] = np.zeros(shape)
            if name in ("img_z", "img_h", "img_t", "img_2"):
                start = ((2 * random.uniforms(start.size) - 1) / math.sqrt(shape[-1])).reshape(shape)
            values[name] = nn.Parameter(torch.tensor(start, dtype=torch.float32, device=self.device))
        return values

    def _train(self, z: NDArray[np.float32]) -> Parameters:
        parameters, random = self._start(), fork_random(self.seed, "picture probe pairs")
        places, size = self._places(self.pairs), self.images.values.shape[1]

        def loss(_: int) -> Tensor:
            chosen = places[[random.integer(len(places)) for _ in range(IMAGE_ROWS)]]
            drawn = [(random.uniform(), random.normals(size)) for _ in range(IMAGE_ROWS)]
            return self._squares(parameters, z[chosen], self.images.values[self.pairs[chosen]], drawn).mean()

        trained(parameters, _settings(self.steps, IMAGE_RATE), loss)
        return parameters

    @torch.no_grad()
    def _errors(self, parameters: Parameters, z: NDArray[np.float32], targets: NDArray[np.int64], name: str) -> Floats:
        random, found = fork_random(self.seed, "picture probe noise", name), []
        size = self.images.values.shape[1]
        for place in plain(self._places(targets)):
            drawn = [((k + random.uniform()) / HELD_OUT_DRAWS, random.normals(size)) for k in range(HELD_OUT_DRAWS)]
            some = np.full(HELD_OUT_DRAWS, place)
            found.append(float(self._squares(parameters, z[some], self.images.values[targets[some]], drawn).double().mean()))
        return np.array(found)

    def _squares(
        self, parameters: Parameters, z: NDArray[np.float32], v: NDArray[np.float32], drawn: Sequence[tuple[float, Floats]]
    ) -> Tensor:
        def tensor(values: NDArray[Any]) -> Tensor:
            return torch.tensor(values, dtype=torch.float32, device=self.device)

        time, noise = np.array([[time] for time, _ in drawn]), np.stack([noise for _, noise in drawn])
        noised, goal = tensor((1 - time) * noise + time * v), tensor(v - noise)
        found = velocity(parameters, tensor(z), "img_h", noised, tensor(time))[:, : v.shape[1]]
        return F.mse_loss(found, goal, reduction="none")


@dataclass
class Fidelity:
    """Measures arms with probes that are trained on each alike."""

    measurer: Measurer
    finals: Sequence[Target]
    statistics: EmbeddingStatistics
    fresh: Callable[[], InterestModel]
    """An untrained model: the base model, with which every probe decoder reads."""
    batches: list[list[Example]] = field(init=False)
    held_out: list[Example] = field(init=False)
    targets: list[Example] = field(init=False)
    cold: NDArray[np.uint8] = field(init=False)
    nearest: NearestText = field(init=False)
    images: ImageProbe | None = None
    empty: Floats | None = None

    def __post_init__(self) -> None:
        recipe = self.data.recipe
        # In every arm the texts are those of the targets, even if the arm was trained on shuffled ones.
        plainly = replace(recipe.arms[0], shuffle="none", lambda_item=0.0, lambda_img=0.0, lambda_kl=0.0, lambda_replay=0.0)
        steps = recipe.evaluation.probe_steps

        def batch(step: int) -> list[Example]:
            return self.data.batch(recipe.first_unused_batch + step, plainly)

        size = self.data.sampler.batch_size
        count = max(1, min(steps, MOST_PAIRS // size))
        self.batches = [batch(step) for step in range(count)]
        held = min(count, math.ceil(HELD_OUT / size))
        self.held_out = [example for step in range(held) for example in batch(count + step)]
        targets = sample_targets(list(self.finals), MOST_TARGETS, recipe.seed)
        self.targets = [self.data.example_for(target) for target in targets]
        self.cold = self.measurer.cold(targets)
        self.nearest = NearestText(self.data.texts)
        if self.data.images is not None:
            probe = ImageProbe(
                self.data.images,
                recipe.objective,
                recipe.seed,
                steps,
                _targets(self.pairs),
                _targets(self.held_out),
                _targets(self.targets),
                self.cold,
                self.measurer.processes.device,
            )
            self.images = probe if probe.possible else None

    @property
    def data(self) -> Prepared:
        """The log, prepared."""
        return self.measurer.data

    @property
    def pairs(self) -> list[Example]:
        """What probes are trained on."""
        return [example for batch in self.batches for example in batch]

    def read(self, model: InterestModel) -> Read:
        """Embeddings of an arm."""
        return Read(*(self._interest(model, some) for some in (self.pairs, self.held_out, self.targets, self._probes)))

    def control(self, untrained: InterestModel) -> Read | None:
        """The targets' own embeddings in place of h; None if these do not start from the items' content."""
        if self.data.recipe.objective.item_output not in ("content", "content+id"):
            return None
        items, rows = self.measurer.items(untrained), self.measurer.shards.rows
        parts = (self.pairs, self.held_out, self.targets, self._probes)
        return Read(*(rows(items, plain(_targets(some))).float().cpu().numpy() for some in parts))

    def measure(self, read: Read) -> dict[str, Any]:
        """The record's `fidelity` of what was read."""
        recipe = self.data.recipe
        if self.empty is None:
            reader = self._train(np.zeros_like(read.pairs))
            self.empty = self._nll(reader, np.zeros_like(read.targets), self.targets)
        scale = Standardisation.of(read.pairs)
        reader = self._train(scale.z(read.pairs))
        held_out = scale.z(read.held_out)
        share = keep_share(_own(reader), "w_d", lambda: float(self._nll(reader, held_out, self.held_out).mean()))
        z = scale.z(read.targets)
        parts = [
            gains(self._nll(reader, z, self.targets), self.empty, self.cold, recipe.seed),
            self._categories(reader, z),
            *([self.images.measure(read)] if self.images else []),
        ]
        return {
            "steps": recipe.evaluation.probe_steps,
            "pairs": len(self.pairs),
            "shrinkage": share,
            **{part: dict(item for one in parts for item in one[part].items()) for part in nothing_measured()},
            "decoded": self.measurer.decoded(reader, self._tensor(scale.z(read.probes))),
        }

    @property
    def _probes(self) -> Sequence[Example]:
        return self.measurer.probes.examples

    def _interest(self, model: InterestModel, examples: Sequence[Example]) -> NDArray[np.float32]:
        own = self.measurer.interest(model, self.measurer.processes.own(examples)).float().cpu().numpy()
        return np.concatenate(self.measurer.processes.gather(own))

    def _tensor(self, z: NDArray[np.float32]) -> Tensor:
        return torch.from_numpy(z).to(self.measurer.processes.device)

    def _train(self, z: NDArray[np.float32]) -> InterestModel:
        """A base model whose w_d and b_d were trained to read every pair's text from its z alone."""
        base = self.fresh()
        config, e = base.decoder.config, self.data.recipe.objective.embedding_size
        own: Parameters = {
            "w_d": nn.Parameter(torch.zeros(config.hidden, e, device=base.device)),
            "b_d": nn.Parameter(torch.tensor(self.statistics.bos, dtype=torch.float32, device=base.device)),
        }
        frozen = {name: value.detach() for name, value in base.parameters.items()}
        reader = replace(base, parameters=frozen | own)
        rows = self._tensor(z).split([len(batch) for batch in self.batches])

        def loss(step: int) -> Tensor:
            index = step % len(self.batches)
            return reader.reconstruction_loss(rows[index], [example.text for example in self.batches[index]])

        settings = _settings(self.data.recipe.evaluation.probe_steps, PROBE_RATE * self.statistics.deviation)
        self.measurer.processes.passes.end()
        trained(own, settings, loss)
        return reader

    @torch.no_grad()
    def _nll(self, reader: InterestModel, z: NDArray[np.float32], examples: Sequence[Example]) -> Floats:
        """Nats per token of each text."""
        found = []
        for begin in range(0, len(examples), 64):
            packed = pack_texts([e.text for e in examples[begin : begin + 64]], reader.decoder.config.vocabulary)
            soft = F.linear(self._tensor(z[begin : begin + 64]), reader.parameters["w_d"], reader.parameters["b_d"])
            hidden = reader.decode(packed, soft)[torch.tensor(packed.text_rows, dtype=torch.long, device=reader.device)]
            tokens = torch.tensor(packed.text_tokens, dtype=torch.long, device=reader.device)
            nll = F.cross_entropy(reader.decoder.logits(hidden).float(), tokens, reduction="none").double().cpu()
            lengths = [len(e.text) for e in examples[begin : begin + 64]]
            found += [float(part.mean()) if len(part) else 0.0 for part in nll.split(lengths)]
        return np.array(found)

    def _categories(self, reader: InterestModel, z: NDArray[np.float32]) -> dict[str, Any]:
        names = self.data.log.texts("item_category")
        places = [place for place, example in enumerate(self.targets) if names[example.target]]
        if not places:
            return nothing_measured()
        texts = self.measurer.decoded_tokens(reader, self._tensor(z[places]), DECODED_TOKENS)
        found = []
        for place, text in zip(places, texts, strict=True):
            item = self.nearest.find(text)
            found.append((names[self.targets[place].target], None if item is None else names[item], bool(self.cold[place])))
        return category_accuracy(found, self.data.recipe.seed)


def _targets(examples: Sequence[Example]) -> NDArray[np.int64]:
    return np.array([example.target for example in examples], np.int64)


def _own(reader: InterestModel) -> Parameters:
    return {name: value for name, value in reader.parameters.items() if isinstance(value, nn.Parameter)}


def _settings(steps: int, rate: float) -> Training:
    """How every probe is trained, whatever the arms' recipe."""
    return Training(steps=steps, learning_rate=rate, warmup_steps=0, decay="linear")
