"""The cases that make up the fixtures. Everything is drawn from fixed seeds."""

from dataclasses import dataclass, field, replace
from typing import Any

import numpy as np
from numpy.typing import NDArray
from torch import Tensor

from karma.codes import ItemCodes
from karma.data import with_random_targets
from karma.model import parameter_shapes
from karma.sequence import Described, Example, Image
from karma.spec import Arm, DecoderConfig, Lora, Objective, Training
from oracle.tiny_models import MODELS, TinyModel, draw

IMAGE_SIZE = 7
"""Numbers of v: not a multiple of 4, so that the engine's zeros at the end matter."""
TARGETS_SUBSET = ("q_proj", "v_proj", "down_proj")
ARMS = {
    "action": Arm("action", "Action"),
    "random": Arm("random", "Action with random targets", shuffle="target"),
    "gen": Arm("gen", "Action + generation", lambda_gen=0.7),
    "rec": Arm("rec", "Action + reconstruction", lambda_rec=0.4),
    "karma": Arm("karma", "KARMA", lambda_gen=0.7, lambda_rec=0.4),
    "item": Arm("item", "Action + item reconstruction", lambda_item=0.6),
    "img": Arm("img", "Action + picture", lambda_img=0.8),
    "imgmean": Arm("imgmean", "Action + picture from the history", lambda_img=0.8, image_context="history"),
    "imgmse": Arm("imgmse", "Action + picture by regression", lambda_img=0.8, image_loss="mse"),
    "imgmeanmse": Arm(
        "imgmeanmse", "Picture from the history by regression", lambda_img=0.8, image_context="history", image_loss="mse"
    ),
    "imgtext": Arm("imgtext", "Texts and picture", lambda_gen=0.7, lambda_rec=0.4, lambda_img=0.8),
    "imgall": Arm(
        "imgall", "Every term", lambda_gen=0.7, lambda_rec=0.4, lambda_item=0.6, lambda_img=0.8, image_context="history"
    ),
    "kl": Arm("kl", "Action + KL to the base model", lambda_kl=0.9),
    "replay": Arm("replay", "Action + replay", lambda_replay=0.9),
    "replayed": Arm("replayed", "Texts, replay and KL", lambda_gen=0.7, lambda_rec=0.4, lambda_kl=0.9, lambda_replay=0.6),
    "l2": Arm("l2", "Action + distance of the weights", lambda_l2=0.5),
    "ent": Arm("ent", "Action + attention entropy", lambda_ent=1.5),
    "z": Arm("z", "Action + z-loss", lambda_z=0.05, beta2=0.95),
    "textsz": Arm("textsz", "Texts and z-loss", lambda_gen=0.7, lambda_rec=0.4, lambda_z=0.05),
    "sink": Arm("sink", "Action with a sink token", sink_token=True),
    "cures": Arm(
        "cures",
        "Texts and every plain cure",
        lambda_gen=0.7,
        lambda_rec=0.4,
        lambda_item=0.6,
        lambda_kl=0.9,
        lambda_l2=0.5,
        lambda_ent=1.5,
        sink_token=True,
    ),
    "every": Arm("every", "Every term", lambda_gen=0.7, lambda_rec=0.4, lambda_item=0.6),
}


FAMILY_SEEDS = {
    "llama3": (200, 207),
    "qwen2": (213, 217),
    "qwen3": (220, 227),
    "gemma3": (234, 238),
    "gpt2": (243, 249),
    "smollm3": (251, 257),
}
"""Seeds of each family's case in the `token` and in the `text` interface."""


@dataclass(frozen=True)
class Case:
    """One fixture; its name is `<model>-<interface>-<arm>[-variant]`."""

    model: str
    interface: str
    arm: str
    variant: str = ""
    objective: dict = field(default_factory=dict)
    lora_changes: dict = field(default_factory=dict)
    training: dict = field(default_factory=dict)
    seed: int = 0
    """Chosen so that no gradient entry is so small that float32 rounding flips AdamW's step."""
    examples: int = 4
    history: tuple[int, ...] = (3, 1, 7, 5, 2)
    """Lengths of the histories; the first is short, since its attention maps are stored."""
    textless: tuple[int, ...] = ()
    """Places of the examples whose texts no loss reads."""
    further: tuple[int, ...] = ()
    """Further texts of each example."""
    keep_after: bool = True
    """Whether parameters after the steps are stored; losses and norms of the second step depend on them anyway."""

    @property
    def name(self) -> str:
        return "-".join(part for part in (self.model, self.interface, self.arm, self.variant) if part)

    @property
    def lora(self) -> Lora:
        return replace(MODELS[self.model].lora, **self.lora_changes)

    @property
    def objective_spec(self) -> Objective:
        base = Objective(
            item_interface=self.interface,
            embedding_size=12,
            temperature=0.2,
            max_history=7,
            max_text_tokens=6,
            max_title_tokens=4,
        )
        return replace(base, **self.objective)

    @property
    def training_spec(self) -> Training:
        base = Training(steps=10, batch_size=self.examples, learning_rate=0.01, warmup_steps=3, weight_decay=0.05)
        return replace(base, **self.training)


def small(model: str, interface: str, arm: str, variant: str, loss: str, seed: int, changes: dict, **more: Any) -> Case:
    """A case of four short histories, whose parameters after the steps are not stored. `changes`: of the objective."""
    history = (3, 1, 7, 5) if interface == "token" else (2, 1, 4, 3)
    case = Case(model, interface, arm, variant, {"action_loss": loss, **changes}, seed=seed, history=history, keep_after=False)
    return replace(case, **more)


CASES = [
    Case("even", "token", "action", seed=6, objective={"action_loss": "full"}),
    Case("odd", "token", "gen", seed=12, objective={"action_loss": "infonce"}),
    Case("even", "token", "rec", "title", seed=22, objective={"action_loss": "pairwise", "item_input": "title"}, examples=5),
    Case("odd", "token", "karma", seed=35, objective={"action_loss": "full"}, examples=5),
    Case("odd", "text", "action", seed=45, objective={"action_loss": "infonce"}, history=(2, 1, 7, 4)),
    Case("even", "text", "gen", seed=54, objective={"action_loss": "full"}, examples=3, history=(2, 5, 1)),
    Case("odd", "text", "rec", seed=64, objective={"action_loss": "pairwise"}, history=(2, 1, 6, 3)),
    Case("even", "text", "karma", seed=77, objective={"action_loss": "full"}, examples=3, history=(2, 1, 4)),
    Case("odd", "token", "action", "pairwise", seed=87, objective={"action_loss": "pairwise"}, training={"warmup_steps": 0}),
    Case("even", "token", "karma", "dot", seed=93, objective={"action_loss": "infonce", "similarity": "dot"}),
    Case(
        "odd",
        "text",
        "karma",
        "last",
        seed=107,
        objective={"action_loss": "infonce", "positions": "last"},
        history=(2, 1, 5, 3),
    ),
    Case("even", "token", "karma", "hide", seed=111, objective={"action_loss": "pairwise", "hide_emb_from_text": True}),
    Case(
        "odd",
        "token",
        "rec",
        "hidden",
        seed=121,
        objective={"action_loss": "full", "item_input": "hidden"},
        training={"clip_norm": 0.0},
    ),
    Case(
        "even",
        "text",
        "karma",
        "subset",
        seed=137,
        objective={"action_loss": "pairwise"},
        lora_changes={"targets": TARGETS_SUBSET},
        history=(1, 2, 3, 4),
    ),
    Case(
        "odd",
        "token",
        "karma",
        "nopairs",
        seed=144,
        objective={"action_loss": "pairwise", "positions": "last"},
        lora_changes={"targets": TARGETS_SUBSET},
        examples=1,
        history=(4,),
    ),
    Case(
        "even",
        "text",
        "karma",
        "upper",
        seed=151,
        objective={"action_loss": "infonce"},
        lora_changes={"first_layer": 1, "train_inputs": False},
        examples=3,
        history=(2, 1, 4),
    ),
    Case(
        "odd", "token", "action", "cosine", seed=163, objective={"action_loss": "full"}, training={"decay": "cosine"}, examples=3
    ),
    Case("odd", "token", "gen", "upper", seed=161, objective={"action_loss": "full"}, lora_changes={"first_layer": 1}),
    # Free item embeddings, with every arm, action loss, interface and kind of output.
    *(
        small(model, interface, arm, output.replace("+", "-"), loss, seed, {"item_output": output, **changes})
        for model, interface, arm, loss, output, seed, changes in (
            ("even", "token", "action", "full", "id", 251, {}),
            ("odd", "token", "action", "infonce", "content+id", 261, {}),
            ("odd", "token", "gen", "full", "content+id", 271, {}),
            ("odd", "token", "karma", "pairwise", "id", 281, {"similarity": "dot"}),
            ("even", "text", "rec", "infonce", "id", 291, {}),
            ("odd", "text", "karma", "full", "content+id", 301, {"similarity": "dot"}),
        )
    ),
    # Free embeddings at the input; histories hold some items twice.
    *(
        Case(
            model,
            "token",
            arm,
            ("tied" if output == "tied" else given.replace("+", "-")) + "-in",
            seed=seed,
            objective={"action_loss": loss, "item_input": given, "item_output": output, **changes},
            lora_changes=lora,
            keep_after=False,
        )
        for model, arm, loss, given, output, seed, changes, lora in (
            ("even", "karma", "full", "id", "id", 311, {}, {}),
            ("odd", "action", "pairwise", "id", "content", 321, {}, {}),
            ("odd", "rec", "infonce", "title+hidden+id", "content+id", 331, {}, {}),
            ("even", "gen", "full", "id", "content", 341, {}, {"first_layer": 1, "train_inputs": False}),
            ("even", "action", "full", "id", "tied", 351, {"embedding_size": 24}, {}),
            ("even", "rec", "infonce", "id", "tied", 361, {"embedding_size": 24, "similarity": "dot"}, {}),
        )
    ),
    # The last item's token at [EMB], with every kind of item token.
    *(
        small(model, "token", arm, "last-item" + variant, loss, seed, {"item_input": given, "emb_token": "last-item", **changes})
        for model, arm, loss, given, variant, seed, changes in (
            ("even", "karma", "full", "title+hidden", "", 371, {}),
            ("odd", "gen", "infonce", "hidden", "-hidden", 381, {"hide_emb_from_text": True}),
            ("odd", "action", "full", "title+hidden+id", "-id", 391, {"positions": "last"}),
        )
    ),
    # Items that were shown, with every loss, interface and similarity, at all positions and at [EMB] alone.
    *(
        small(model, interface, arm, "exposed" + variant, loss, seed, changes)
        for model, interface, arm, variant, loss, seed, changes in (
            ("even", "token", "action", "", "full", 941, {"lambda_exp": 0.8, "popularity": 0.4, "candidates": "possible"}),
            ("odd", "text", "karma", "", "pairwise", 951, {"lambda_exp": 1.0, "similarity": "dot", "item_output": "content+id"}),
            ("odd", "token", "rec", "-last", "infonce", 961, {"lambda_exp": 0.5, "positions": "last"}),
            ("even", "token", "random", "", "full", 971, {"lambda_exp": 0.7, "item_output": "id"}),
        )
    ),
    # Targets permuted within the batch; the text and the picture are the target's own.
    *(
        small(model, interface, arm, variant, loss, seed, changes)
        for model, interface, arm, variant, loss, seed, changes in (
            ("even", "token", "random", "", "full", 831, {}),
            ("odd", "text", "random", "", "pairwise", 841, {"similarity": "dot"}),
            ("odd", "token", "random", "last", "infonce", 851, {"positions": "last", "emb_token": "last-item"}),
        )
    ),
    # Rows inside a basket predict nothing, the others an item of the next basket.
    *(
        small(model, interface, arm, "baskets", loss, seed, {"positions": "baskets", **changes}, further=further)
        for model, interface, arm, loss, seed, further, changes in (
            ("even", "token", "karma", "full", 893, (), {"candidates": "possible", "interest_skip": "features", "skip_items": 2}),
            ("even", "token", "every", "full", 986, (2, 0, 3, 1), {"lambda_exp": 0.8}),
            ("odd", "text", "random", "infonce", 902, (), {"lambda_exp": 0.6}),
            ("odd", "token", "rec", "pairwise", 911, (), {"emb_token": "last-item"}),
        )
    ),
    # Texts of only some of the users, so that whole micro-batches have none.
    *(
        small(model, interface, arm, "share" + variant, loss, seed, changes, textless=textless)
        for model, interface, arm, variant, loss, seed, textless, changes in (
            ("even", "token", "karma", "", "full", 571, (0, 2, 3), {}),
            ("odd", "text", "karma", "-hide", "pairwise", 581, (1, 3), {"hide_emb_from_text": True}),
            ("odd", "token", "every", "", "infonce", 591, (0, 1), {"emb_token": "last-item"}),
        )
    ),
    # Texts of items inside the histories, of some users more than of others.
    *(
        small(model, interface, arm, "further" + variant, loss, seed, changes, further=further)
        for model, interface, arm, variant, loss, seed, further, changes in (
            ("even", "token", "karma", "", "full", 901, (2, 0, 3, 1), {"interest_skip": "features", "skip_items": 2}),
            ("odd", "text", "rec", "", "pairwise", 911, (1, 0, 0, 2), {"similarity": "dot"}),
            ("odd", "token", "cures", "", "infonce", 921, (0, 0, 5, 0), {"hide_emb_from_text": True, "emb_token": "last-item"}),
            ("even", "semantic", "karma", "", "full", 931, (1, 0, 2, 0), {"code_levels": 3, "codebook_size": 4}),
        )
    ),
    # Texts read from item embeddings of every kind; an item is drawn twice.
    *(
        small(*row)
        for row in (
            ("even", "token", "item", "", "full", 401, {}),
            ("odd", "text", "item", "", "pairwise", 412, {"similarity": "dot", "item_output": "content+id"}),
            ("odd", "token", "every", "content-id", "infonce", 421, {"item_output": "content+id"}),
            ("even", "text", "every", "", "full", 431, {"hide_emb_from_text": True}),
            ("even", "token", "item", "tied", "full", 441, {"item_input": "id", "item_output": "tied", "embedding_size": 24}),
            ("odd", "token", "every", "id", "pairwise", 451, {"item_output": "id", "similarity": "dot"}),
        )
    ),
    # Pictures drawn from h and from the history, by flow matching and by regression; some targets have none.
    *(
        small(
            model,
            interface,
            arm,
            variant,
            loss,
            seed,
            {"image_units": 12, **changes},
            keep_after=arm == "imgtext",
        )
        for model, interface, arm, variant, loss, seed, changes in (
            ("even", "token", "img", "", "full", 491, {}),
            ("odd", "text", "img", "dot", "pairwise", 501, {"similarity": "dot"}),
            ("odd", "token", "imgmean", "", "infonce", 511, {}),
            ("even", "text", "imgmean", "", "full", 521, {}),
            ("even", "token", "imgmse", "", "full", 531, {"positions": "last"}),
            ("odd", "text", "imgmeanmse", "", "full", 541, {}),
            ("even", "token", "imgtext", "", "full", 551, {"interest_skip": "features"}),
            ("odd", "token", "imgall", "", "pairwise", 561, {"item_output": "content+id", "hide_emb_from_text": True}),
        )
    ),
    # The plain cures: KL to the base model, distance of the weights, attention entropy, a sink token.
    *(
        small(*row, lora_changes=lora)
        for *row, lora in (
            ("even", "token", "kl", "", "full", 601, {}, {}),
            ("odd", "text", "kl", "upper", "pairwise", 611, {}, {"first_layer": 1, "train_inputs": False}),
            ("gemma3", "token", "kl", "", "infonce", 621, {}, {}),
            ("even", "token", "replay", "", "full", 861, {}, {}),
            ("odd", "text", "replay", "upper", "pairwise", 871, {}, {"first_layer": 1, "train_inputs": False}),
            ("odd", "token", "replayed", "", "infonce", 881, {}, {}),
            ("even", "token", "l2", "", "full", 631, {}, {}),
            ("odd", "text", "l2", "subset", "full", 641, {}, {"targets": TARGETS_SUBSET}),
            ("even", "token", "ent", "", "full", 651, {}, {}),
            ("odd", "text", "ent", "upper", "full", 661, {}, {"first_layer": 1, "train_inputs": False}),
            ("gemma3", "token", "ent", "", "full", 671, {}, {}),
            ("odd", "token", "sink", "", "full", 681, {}, {}),
            ("even", "text", "sink", "", "infonce", 691, {}, {}),
            ("odd", "token", "cures", "", "full", 701, {"emb_token": "last-item", "hide_emb_from_text": True}, {}),
            ("even", "text", "cures", "", "pairwise", 711, {}, {}),
        )
    ),
    # The z-loss with every softmax, and β₂ of an arm's own.
    *(
        small(*row)
        for row in (
            ("even", "token", "z", "", "full", 981, {"popularity": 0.5, "candidates": "possible"}),
            ("odd", "text", "z", "", "infonce", 991, {"similarity": "dot", "item_output": "content+id", "lambda_exp": 0.5}),
            ("odd", "token", "textsz", "", "infonce", 1001, {}),
        )
    ),
    # Semantic IDs: the codes of the target stand between [EMB] and y.
    *(
        small(
            model,
            "semantic",
            arm,
            variant,
            "full",
            seed,
            {"code_levels": 3, "codebook_size": 4, **changes},
            history=(2, 1, 4, 3),
            lora_changes=lora,
        )
        for model, arm, variant, seed, changes, lora in (
            ("even", "action", "", 721, {}, {}),
            ("odd", "karma", "", 731, {}, {}),
            ("even", "karma", "hide", 741, {"hide_emb_from_text": True, "similarity": "dot", "code_levels": 4}, {}),
            ("odd", "rec", "last", 751, {"positions": "last", "code_levels": 2, "codebook_size": 5}, {}),
            ("odd", "gen", "upper", 761, {}, {"first_layer": 1, "train_inputs": False}),
            ("gpt2", "gen", "", 771, {}, {}),
            ("gemma3", "karma", "", 781, {}, {}),
            ("even", "ent", "", 791, {}, {}),
            ("odd", "sink", "", 801, {"code_levels": 1, "codebook_size": 9}, {}),
            ("even", "kl", "", 811, {}, {}),
            ("even", "replay", "", 891, {}, {}),
            ("odd", "imgmean", "", 821, {}, {}),
        )
    ),
    # A skip into h, with histories longer than it looks back.
    *(
        small(
            model,
            interface,
            arm,
            "skip" + variant,
            loss,
            seed,
            {"interest_skip": "features", **changes},
            history=(3, 1, 7, 6) if interface == "token" else (2, 1, 7, 3),
        )
        for model, interface, arm, variant, loss, seed, changes in (
            ("even", "token", "every", "", "full", 461, {"emb_token": "last-item"}),
            ("odd", "text", "action", "", "pairwise", 471, {"similarity": "dot"}),
            ("odd", "text", "rec", "-id", "infonce", 481, {"item_output": "id", "positions": "last"}),
        )
    ),
    # The features themselves as heads: popularity, the last item again and all earlier ones in the skip, a softmax over what can be right.
    *(
        small(model, interface, arm, "start" + variant, loss, seed, {"interest_skip": "features", "skip_last": 0.4, **changes})
        for model, interface, arm, variant, loss, seed, changes in (
            (
                *("even", "token", "karma", "", "full", 851),
                {
                    "head_start": "identity",
                    "skip_items": 0,
                    "popularity": 0.5,
                    "candidates": "possible",
                    "emb_token": "last-item",
                },
            ),
            (
                *("odd", "text", "item", "", "full", 863),
                {
                    "head_start": "identity",
                    "skip_items": 7,
                    "candidates": "possible",
                    "embedding_size": 32,
                    "similarity": "dot",
                    "lambda_exp": 0.3,
                },
            ),
            ("odd", "token", "rec", "-exposed", "infonce", 871, {"skip_items": 2, "popularity": 0.7, "lambda_exp": 0.6}),
            ("even", "text", "action", "-last", "pairwise", 881, {"skip_items": 0, "popularity": 0.3, "positions": "last"}),
        )
    ),
    # Every family, with histories longer than the windows of its layers.
    *(
        Case(
            model,
            interface,
            "karma",
            seed=seed,
            objective={"action_loss": loss, "hide_emb_from_text": interface == "token"},
            lora_changes={"rank": 2, "alpha": 3.0},
            examples=3,
            history=(4, 1, 7) if interface == "token" else (2, 1, 4),
            keep_after=False,
        )
        for model, seeds in FAMILY_SEEDS.items()
        for interface, loss, seed in zip(("token", "text"), ("full", "infonce"), seeds, strict=True)
    ),
]


def model_titles(model: TinyModel) -> list[list[int]]:
    """1 to 4 ordinary tokens for every item."""
    random = np.random.RandomState(model.seed + 1)
    return [_words(random, model.config, random.randint(1, 5)) for _ in range(model.items)]


def case_counts(case: Case, batch: list[Example]) -> NDArray[np.int64]:
    """Training events of each item; a third of those that are no targets have none."""
    random = np.random.RandomState(6000 + case.seed)
    counts = random.geometric(0.2, MODELS[case.model].items)
    targets = [item for example in batch for item in (*example.history[1:], example.target, *example.wanted) if item is not None]
    cold = random.uniform(size=len(counts)) < 1 / 3
    cold[targets] = False
    return np.where(cold, 0, counts)


def case_codes(case: Case) -> ItemCodes | None:
    """Drawn codes of every item in the `semantic` interface; the last two items share theirs."""
    objective = case.objective_spec
    if objective.item_interface != "semantic":
        return None
    model = MODELS[case.model]
    random = np.random.RandomState(5000 + case.seed)
    sizes = (objective.codebook_size,) * objective.code_levels
    codes = np.stack([random.randint(0, objective.codebook_size, objective.code_levels) for _ in range(model.items)])
    codes[-1] = codes[-2]
    return ItemCodes(sizes, codes)


def case_parameters(case: Case) -> dict[str, Tensor]:
    """Parameters off their start values, B included, so that every gradient is informative."""
    model, random = MODELS[case.model], np.random.RandomState(1000 + case.seed)
    parameters = {}
    image_size = IMAGE_SIZE if ARMS[case.arm].lambda_img > 0 else 0
    codes = case_codes(case)
    rows = model.items if codes is None else sum(codes.sizes)
    shapes = parameter_shapes(
        model.config, case.lora, case.objective_spec, model.config.hidden, rows, image_size, ARMS[case.arm].sink_token
    )
    for name, shape in shapes.items():
        if name == "log_scale":
            parameters[name] = draw(random, shape, 0.1, float(np.log(1 / case.objective_spec.temperature)))
        elif name.startswith("b_"):
            parameters[name] = draw(random, shape, 0.2)
        elif len(shape) == 1:
            parameters[name] = draw(random, shape, 0.5)
        else:
            gain = {"w_in": 0.3, "w_d": 0.5}.get(name, 1.0 if name.endswith(".A") else 0.6 if name.endswith(".B") else 0.8)
            parameters[name] = draw(random, shape, gain / shape[1] ** 0.5)
    return parameters


def case_batch(case: Case) -> list[Example]:
    """Queries in every second example, exposures in the others and the last; targets, histories and exposures overlap."""
    model, random = MODELS[case.model], np.random.RandomState(2000 + case.seed)
    config, batch = model.config, []
    for index in range(case.examples):
        history = [int(i) for i in random.randint(0, model.items, case.history[index])]
        if len(history) > 4:
            history[3] = history[0]
        target = int(random.randint(model.items))
        if index == 2:
            target = batch[0].target
        query = _words(random, config, 1 + index % 3) if index % 2 == 1 else []
        text = [*_words(random, config, 1 + (index * 2 + case.seed) % 5), config.eos_id]
        exposed: list[int] = []
        if case.examples > 1 and (index % 2 == 0 or index == case.examples - 1):
            exposed = [int(i) for i in random.randint(0, model.items, 3)]
            exposed += [exposed[0], target, batch[0].target if batch else (target + 1) % model.items]
        earlier = _earlier(case, index) if case.objective_spec.reads_earlier else ()
        one = Example(history, target, query, [] if index in case.textless else text, exposed, earlier=earlier)
        batch.append(replace(one, history_exposed=_shown(case, history, index)) if case.objective_spec.lambda_exp > 0 else one)
    for index, count in enumerate(case.further):
        batch[index] = replace(batch[index], further=_further(case, batch[index], index, count))
    if case.objective_spec.positions == "baskets":
        batch = _in_baskets(case, batch)
    if ARMS[case.arm].shuffle == "target":
        batch = with_random_targets(batch, case.seed, case.objective_spec.positions, step=0)
    if ARMS[case.arm].lambda_img > 0:
        batch = _picturing(case, batch)
    if ARMS[case.arm].lambda_replay > 0:
        batch = _rehearsing(case, batch)
    return _describing(case, batch) if ARMS[case.arm].describes else batch


def _shown(case: Case, history: list[int], index: int) -> list[list[int]]:
    """Items shown with every second item of a history: others, one of them twice, the item itself and the one before it."""
    random = np.random.RandomState(9000 + 10 * case.seed + index)
    items = MODELS[case.model].items
    lists = [[int(i) for i in random.randint(0, items, 2 + at % 3)] for at in range(len(history))]
    return [[*some, some[0], history[at], history[at - 1]] if at % 2 == 1 else [] for at, some in enumerate(lists)]


def _earlier(case: Case, index: int) -> list[int]:
    """Items before the history of every second example."""
    random = np.random.RandomState(7000 + 10 * case.seed + index)
    return [int(i) for i in random.randint(0, MODELS[case.model].items, 1 + 2 * index)] if index % 2 == 0 else []


def _further(case: Case, example: Example, index: int, count: int) -> list[Example]:
    """Items of the history as targets, each after the items before it, every second one with a query."""
    config, random = MODELS[case.model].config, np.random.RandomState(8000 + 10 * case.seed + index)
    places = [int(at) for at in 1 + random.permutation(len(example.history) - 1)[:count]]
    return [
        Example(
            example.history[:at],
            example.history[at],
            _words(random, config, 2) if number % 2 == 0 else [],
            [*_words(random, config, 1 + (at + case.seed) % 5), config.eos_id],
            [],
        )
        for number, at in enumerate(places)
    ]


def _in_baskets(case: Case, batch: list[Example]) -> list[Example]:
    """Every second item of a history, or so, in one basket with the item after it; another item of that basket is predicted otherwise."""
    random = np.random.RandomState(8000 + case.seed)

    def drawn(example: Example) -> list[int | None]:
        inside = [bool(random.randint(2)) for _ in example.history[1:]]
        return [None if one else int(random.randint(MODELS[case.model].items)) for one in inside]

    return [replace(example, predicted=[*drawn(example), example.target]) for example in batch]


def _picturing(case: Case, batch: list[Example]) -> list[Example]:
    """Every example but the second with a picture."""
    random = np.random.RandomState(4000 + case.seed)

    def numbers(count: int) -> list[float]:
        return [float(x) for x in random.standard_normal(count).astype(np.float32)]

    images = [Image(numbers(IMAGE_SIZE), float(np.float32(random.uniform())), numbers(IMAGE_SIZE)) for _ in batch]
    pairs = enumerate(zip(batch, images, strict=True))
    return [one if place == 1 else replace(one, image=image) for place, (one, image) in pairs]


def _rehearsing(case: Case, batch: list[Example]) -> list[Example]:
    """Every example with a text of the model's domain."""
    model, random = MODELS[case.model], np.random.RandomState(6000 + case.seed)
    texts = [[*_words(random, model.config, int(random.randint(1, 6))), model.config.eos_id] for _ in batch]
    return [replace(one, replayed=text) for one, text in zip(batch, texts, strict=True)]


def _describing(case: Case, batch: list[Example]) -> list[Example]:
    """Every example with an item: a target, others, and one twice."""
    model, random = MODELS[case.model], np.random.RandomState(3000 + case.seed)
    items = [batch[0].target, *(int(i) for i in random.randint(0, model.items, len(batch) - 2))]
    items.append(items[1])
    texts = [[*_words(random, model.config, int(random.randint(1, 6))), model.config.eos_id] for _ in items]
    return [replace(one, described=Described(item, text)) for one, item, text in zip(batch, items, texts, strict=True)]


def _words(random: np.random.RandomState, config: DecoderConfig, count: int) -> list[int]:
    special = {config.bos_id, config.eos_id, config.pad_id}
    ordinary = [token for token in range(config.vocabulary) if token not in special]
    return [int(random.choice(ordinary)) for _ in range(count)]
