"""What an experiment is: the fields of src/recipe/runSpec.ts and src/model/decoderConfig.ts that the mathematics depends on.

Names are snake_case here and camelCase in JSON; `to_json` and `from_json` translate.
"""

import re
from collections.abc import Mapping
from dataclasses import asdict, dataclass, fields, replace
from typing import TYPE_CHECKING, Any, Literal, TypeVar

if TYPE_CHECKING:
    from torch import Tensor

LAMBDA = "lambda_"
"""Prefix of an arm's fields that weigh terms."""
Value = TypeVar("Value", float, "Tensor")
PROJECTIONS = ("q_proj", "k_proj", "v_proj", "o_proj", "gate_proj", "up_proj", "down_proj")
INPUTS = ("w_in", "u", "b_in", "emb", "query", "item", "sink")
"""Parameters that enter below the first layer."""


@dataclass(frozen=True)
class Rope:
    """A table of rotations; `scaling` has the fields of decoderConfig.ts."""

    theta: float
    scaling: dict[str, Any] | None = None


@dataclass(frozen=True)
class LayerAttention:
    """Keys that a query of the layer sees, itself included (None: all before it), and its index into `ropes`."""

    window: int | None
    rope: int | None


@dataclass(frozen=True)
class DecoderConfig:
    """The shape of a decoder, resolved by `family.read_config`; fields are explained in decoderConfig.ts."""

    family: str
    architecture: str
    vocabulary: int
    hidden: int
    layers: int
    heads: int
    kv_heads: int
    head_size: int
    intermediate: int
    norm: Literal["rms", "layer"]
    norm_epsilon: float
    output_norms: bool
    head_norms: bool
    gated: bool
    activation: Literal["silu", "geluTanh"]
    biases: tuple[str, ...]
    positions: Literal["rope", "learned"]
    ropes: tuple[Rope, ...]
    attention: tuple[LayerAttention, ...]
    attention_scale: float
    embedding_scale: float
    max_positions: int
    tied_head: bool
    bos_id: int
    eos_id: int
    pad_id: int


@dataclass(frozen=True)
class Lora:
    """LoRA's rank, alpha (the scale is alpha / rank), adapted projections and lowest adapted layer."""

    rank: int = 8
    alpha: float = 16.0
    targets: tuple[str, ...] = PROJECTIONS
    first_layer: int = 0
    train_inputs: bool = True
    """Whether what enters below the first layer is trained too."""

    def trains(self, name: str) -> bool:
        """Whether that parameter is trained; the others keep their initial values."""
        return self.train_inputs or name not in INPUTS


@dataclass(frozen=True)
class Objective:
    """What is predicted from what, and with which loss."""

    item_interface: Literal["token", "text", "semantic"] = "token"
    code_levels: int = 3
    """Codes per item in the `semantic` interface, each a token of its own."""
    codebook_size: int = 32
    item_input: Literal["title+hidden", "title", "hidden", "id", "title+hidden+id"] = "title+hidden"
    item_output: Literal["content", "content+id", "id", "tied"] = "content"
    action_loss: str = "full"
    """A name in `losses.ACTION_LOSSES`."""
    similarity: Literal["cosine", "dot"] = "cosine"
    temperature: float = 0.07
    embedding_size: int = 64
    head_start: Literal["random", "identity"] = "random"
    """Identity: W_e and W_s are, and are not trained."""
    emb_token: Literal["learned", "last-item"] = "learned"
    interest_skip: Literal["none", "features"] = "none"
    skip_items: int = 5
    """Last items of those that enter whose features the skip averages; 0: all of the history, also earlier ones."""
    skip_last: float = 0.0
    """How many times the last one's are added to that mean."""
    popularity: float = 0.0
    """Weight of popularity in the scores."""
    candidates: Literal["all", "possible"] = "all"
    """Whether the full softmax leaves out cold items and those of the history."""
    positions: Literal["all", "baskets", "last"] = "all"
    lambda_exp: float = 0.0
    """Weight of L_exp in the action loss."""
    hide_emb_from_text: bool = False
    max_history: int = 16
    max_text_tokens: int = 20
    max_title_tokens: int = 6
    use_query: bool = True
    image_units: int = 128
    """Of each of the two hidden layers of g, which L_img trains."""

    def trains(self, name: str) -> bool:
        """Whether that parameter is trained under this start of the heads."""
        return self.head_start != "identity" or name not in ("w_e", "w_s")

    @property
    def leaves_out(self) -> bool:
        """Whether the softmax leaves out what cannot be right."""
        return self.action_loss == "full" and self.candidates == "possible"

    @property
    def reads_earlier(self) -> bool:
        """Whether something reads items of a history that do not enter the LLM."""
        return self.leaves_out or (self.interest_skip != "none" and self.skip_items == 0)


@dataclass(frozen=True)
class Training:
    """Steps, learning rate and AdamW."""

    steps: int = 400
    batch_size: int = 64
    crop: Literal["random", "whole"] = "random"
    text_share: float = 1.0
    learning_rate: float = 2e-3
    warmup_steps: int = 20
    decay: str = "linear"
    final_learning_rate_share: float = 0.1
    beta1: float = 0.9
    beta2: float = 0.999
    epsilon: float = 1e-8
    weight_decay: float = 0.01
    clip_norm: float = 1.0


@dataclass(frozen=True)
class Arm:
    """One arm of an experiment."""

    id: str
    label: str
    lambda_gen: float = 0.0
    lambda_rec: float = 0.0
    lambda_item: float = 0.0
    lambda_img: float = 0.0
    lambda_kl: float = 0.0
    lambda_replay: float = 0.0
    lambda_l2: float = 0.0
    lambda_ent: float = 0.0
    lambda_z: float = 0.0
    image_context: Literal["interest", "history"] = "interest"
    """c of L_img: h, or the mean of the hidden states at the history's items."""
    image_loss: Literal["flow", "mse"] = "flow"
    shuffle: Literal["none", "text", "picture", "text+picture", "target"] = "none"
    """What is another item's, as a control: y, v, both, or, permuted within the batch, what L_act predicts."""
    sink_token: bool = False
    """Whether a trainable vector enters after [BOS]."""
    updates: int = 1
    """Per step: the first on the batch that all arms have, the others on batches that follow the last step's."""
    # The arm's own values, which replace the recipe's; None if it has none.
    learning_rate: float | None = None
    warmup_steps: int | None = None
    beta2: float | None = None
    rank: int | None = None
    first_layer: int | None = None

    def weight(self, term: str) -> float:
        """λ of a term of the objective; 0 leaves it out."""
        return float(getattr(self, LAMBDA + term))

    @property
    def shuffles_text(self) -> bool:
        """Whether its texts are those of random items."""
        return self.shuffle in ("text", "text+picture")

    @property
    def shuffles_pictures(self) -> bool:
        """Whether its pictures are those of random items."""
        return self.shuffle in ("picture", "text+picture")

    @property
    def describes(self) -> bool:
        """Whether a term reads items drawn from the catalogue."""
        return self.lambda_item > 0 or self.lambda_kl > 0

    def objective(self, action: Value, terms: Mapping[str, Value]) -> Value:
        """L = L_act + λ_gen·L_gen + …, terms in the order of their fields."""
        total = action
        for term, loss in terms.items():
            total = total + self.weight(term) * loss
        return total

    def own_lora(self, lora: Lora) -> Lora:
        """The arm's LoRA."""
        rank, first = self.rank or lora.rank, lora.first_layer if self.first_layer is None else self.first_layer
        return replace(lora, rank=rank, first_layer=first)

    def own_training(self, training: Training) -> Training:
        """The arm's schedule over all its updates."""
        warmup = training.warmup_steps if self.warmup_steps is None else self.warmup_steps
        return replace(
            training,
            steps=training.steps * self.updates,
            learning_rate=self.learning_rate or training.learning_rate,
            warmup_steps=warmup * self.updates,
            beta2=training.beta2 if self.beta2 is None else self.beta2,
        )

    def batches(self, training: Training, step: int) -> list[int]:
        """The batches of the arm's step 0, 1, …; `training` is the recipe's."""
        further = training.steps + step * (self.updates - 1)
        return [step, *range(further, further + self.updates - 1)]


TERMS = tuple(field.name.removeprefix(LAMBDA) for field in fields(Arm) if field.name.startswith(LAMBDA))
"""The terms of the objective beside L_act, in the order of their fields."""

T = TypeVar("T", Lora, Objective, Training, Arm)


def to_json(value: DecoderConfig | Lora | Objective | Training | Arm) -> dict[str, Any]:
    """The dataclass as a JSON object with camelCase names."""
    present = {name: v for name, v in asdict(value).items() if v is not None or not isinstance(value, Arm)}
    return {re.sub(r"_([a-z])", lambda m: m.group(1).upper(), name): v for name, v in present.items()}


def from_json(kind: type[T], data: dict[str, Any]) -> T:
    """The inverse of `to_json`; lists become tuples, names that the dataclass lacks are an error."""
    snake = {re.sub(r"[A-Z]", lambda m: "_" + str(m.group(0)).lower(), name): v for name, v in data.items()}
    unknown = set(snake) - {f.name for f in fields(kind)}
    if unknown:
        raise ValueError(f"{kind.__name__} has no field {sorted(unknown)}")
    values: dict[str, Any] = {name: tuple(v) if isinstance(v, list) else v for name, v in snake.items()}
    return kind(**values)
