"""recipe.json: what the page and the command line write (src/recipe/runSpec.ts), as far as a trainer needs it."""

import json
import math
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from .codes import CodeIndex, read_index
from .errors import JobError
from .spec import PROJECTIONS, Arm, Lora, Objective, Training, from_json

SPEC_VERSIONS = (1, 2)
"""Version 1 had other defaults; both are exported with all their fields."""
# Fields that do not affect the numbers, an engine's memory, what is read separately (the adapter that arms start from, the items' codes), and how
# recipes of version 1 fitted heads, which is refused.
PASSED_OVER = {
    "training": ("checkpoint", "accumulate", "cacheMegabytes"),
    "lora": ("start",),
    "objective": ("codeIndex",),
    "arms": ("headStart",),
}
# Fields of earlier versions, which nothing reads any more.
EARLIER = {
    "objective": (
        *("useExposures", "logQ", "imageFrequencies"),
        *("headStartFrom", "headStartUsers", "headStartSteps", "headStartRows", "headStartRate"),
    )
}


@dataclass(frozen=True)
class Evaluation:
    """How often and on whom arms are measured; fields as in runSpec.ts."""

    evaluations: int
    spacing: str
    """`even`, or `early`: closer at first."""
    sample_users: int | None
    final_users: int | None
    watch: str
    ks: tuple[int, ...]
    mask_history: bool
    beam_width: int
    """Beams that items are found by where they are codes."""
    pools: bool
    """Targets are ranked inside candidate pools, too, and only those that have one."""
    probes: int
    sink_threshold: float
    texts: int
    """Texts that LM drift, and that domain drift, is measured on at most."""
    probe_steps: int
    prompts: str
    domain_texts: tuple[str, ...]
    """Texts of the model's domain, which no arm trains on."""
    baseline_trials: int
    sasrec_steps: int
    """Of the trained baseline, at most and at each rate."""


@dataclass(frozen=True)
class Recipe:
    """One experiment. `spec` is the complete recipe as written, for the record."""

    spec: dict[str, Any]
    seed: int
    model_id: str
    revision: str
    item_template: str
    history_template: str
    query_template: str
    feature_source: str
    visual: str
    """What visual features are: `images`, `category` or `category-path`."""
    axes: int
    """Principal axes of the features; 0: all columns, each standardised."""
    collaborative: float
    """Length of collaborative factors, where the other features have 1."""
    arms: tuple[Arm, ...]
    lora: Lora
    start: str | None
    """Name of the adapter that all arms start from."""
    objective: Objective
    code_index: CodeIndex | None
    """Codes of the items from a file; None where they are computed, or where items are no codes."""
    training: Training
    recompute: bool
    accumulate: int
    evaluation: Evaluation

    @property
    def semantic(self) -> bool:
        """Whether items enter and are predicted as codes."""
        return self.objective.item_interface == "semantic"

    @property
    def code_sizes(self) -> tuple[int, ...]:
        """Codes at each level of a semantic ID."""
        objective = self.objective
        return self.code_index.sizes if self.code_index else (objective.codebook_size,) * objective.code_levels

    def free_rows(self, items: int) -> int:
        """Rows of free embeddings for that many items: one each, or one for each token of codes."""
        return sum(self.code_sizes) if self.semantic else items

    @property
    def widest_lora(self) -> Lora:
        """A LoRA that contains those of all arms: the largest rank, from the lowest layer on. Start values are drawn for it."""
        all_ = [arm.own_lora(self.lora) for arm in self.arms]
        return replace(self.lora, rank=max(one.rank for one in all_), first_layer=min(one.first_layer for one in all_))

    @property
    def replays(self) -> bool:
        """Whether an arm has L_replay."""
        return any(arm.lambda_replay > 0 for arm in self.arms)

    @property
    def first_unused_batch(self) -> int:
        """The first batch that no arm was trained on."""
        return self.training.steps * max(arm.updates for arm in self.arms)

    @property
    def has_sink(self) -> bool:
        """Whether an arm has a sink token, whose start value is then drawn for all."""
        return any(arm.sink_token for arm in self.arms)


def read_recipe(path: Path) -> Recipe:
    """A recipe file, or a plain spec. JobError says which field does not fit."""
    if not path.exists():
        raise JobError(f"{path} is missing. Name the recipe.json of an exported job.")
    try:
        data = json.loads(path.read_text(encoding="utf-8"))
    except ValueError as error:
        raise JobError(f"{path} is not JSON ({error}). Export the job again.") from error
    if data.get("format") == "karma-recipe" and data.get("version") != 1:
        raise JobError(
            f"{path} is a recipe of version {data.get('version')}; this package reads version 1. Use the package of its job."
        )
    return recipe_of(data.get("spec", data), str(path))


def recipe_of(spec: dict[str, Any], where: str = "the recipe") -> Recipe:
    """A parsed spec, all defaults written out."""
    if spec.get("version") not in SPEC_VERSIONS:
        raise JobError(
            f"{where} is of version {spec.get('version')}; this package reads versions {SPEC_VERSIONS[0]} and {SPEC_VERSIONS[-1]}. Use the package of its job."
        )
    try:
        for name, dropped in EARLIER.items():
            spec = {**spec, name: {k: v for k, v in spec[name].items() if k not in dropped}}
        usual = spec["objective"].get("headStart", "random")
        starts = {usual, *(arm.get("headStart", usual) for arm in spec["arms"])}
        if "fitted" in starts or len(starts) > 1:
            raise JobError(
                f"{where}: objective.headStart: heads are no longer fitted before the first step, since that made rankings worse. Set it to identity (the "
                "features themselves), or to random, for all arms, and export the job again."
            )
        return _recipe_of(spec)
    except KeyError as error:
        raise JobError(
            f"{where} lacks the field {error.args[0]}. Recipes are exported with all their defaults: export it again."
        ) from error
    except (ValueError, TypeError) as error:
        raise JobError(f"{where}: {error}. It was written by another version; use the package of its job.") from error


def _recipe_of(spec: dict[str, Any]) -> Recipe:
    def part(kind: type[Any], name: str, value: dict[str, Any]) -> Any:
        return from_json(kind, {k: v for k, v in value.items() if k not in PASSED_OVER.get(name, ())})

    def arm_of(value: dict[str, Any]) -> Arm:
        # Recipes had two switches before they had `shuffle`.
        earlier = {"text": "shuffledText", "picture": "shuffledImages"}
        shuffled = "+".join(word for word, name in earlier.items() if value.get(name)) or "none"
        own = {k: v for k, v in value.items() if k not in earlier.values()}
        arm: Arm = part(Arm, "arms", {"shuffle": shuffled, **own})
        return arm

    evaluation, data = spec["evaluation"], spec["data"]
    whole = {"auto": None}
    arms = tuple(arm_of(arm) for arm in spec["arms"])
    recipe = Recipe(
        spec=spec,
        seed=spec["seed"],
        model_id=spec["model"]["id"],
        revision=spec["model"]["revision"],
        item_template=data["itemTemplate"],
        history_template=data["historyTemplate"],
        query_template=data["queryTemplate"],
        feature_source=spec["features"]["source"],
        visual=spec["features"].get("visual", "images"),
        axes=spec["features"].get("axes", 0),
        collaborative=spec["features"].get("collaborative", 0.0),
        arms=arms,
        lora=part(Lora, "lora", spec["lora"]),
        start=spec["lora"].get("start"),
        objective=part(Objective, "objective", spec["objective"]),
        code_index=None,
        training=part(Training, "training", spec["training"]),
        recompute=bool(spec["training"]["checkpoint"]),
        accumulate=spec["training"]["accumulate"],
        evaluation=Evaluation(
            evaluations=evaluation["evaluations"],
            spacing=_spacing(evaluation.get("spacing", "even")),
            sample_users=whole.get(evaluation["sampleUsers"], evaluation["sampleUsers"]),
            final_users=whole.get(evaluation["finalUsers"], evaluation["finalUsers"]),
            watch=evaluation["watch"],
            ks=tuple(evaluation["ks"]),
            mask_history=evaluation["maskHistory"],
            beam_width=evaluation.get("beamWidth", 20),
            pools=evaluation["protocol"] == "pre-ranking",
            probes=evaluation["probes"],
            sink_threshold=evaluation["sinkThreshold"],
            texts=evaluation["texts"],
            probe_steps=evaluation["probeSteps"],
            prompts=evaluation.get("prompts", ""),
            domain_texts=tuple(evaluation.get("domainTexts", [])),
            baseline_trials=evaluation.get("baselineTrials", 1),
            sasrec_steps=evaluation["sasrecSteps"],
        ),
    )
    if recipe.semantic and any(arm.shuffle == "target" for arm in arms):
        raise ValueError("with semantic IDs no arm can have random targets")
    if recipe.objective.action_loss == "pairwise" and any(arm.lambda_z > 0 for arm in arms):
        raise ValueError("lambdaZ must be 0 with the pairwise loss, which has no softmax to normalise")
    if not set(recipe.lora.targets) <= set(PROJECTIONS):
        raise ValueError(f"lora.targets {recipe.lora.targets}")
    if recipe.objective.item_interface == "text" and recipe.objective.emb_token != "learned":
        raise ValueError("objective.embToken must be learned where items enter as their titles")
    return _with_codes(recipe, spec["objective"].get("codeIndex", [])) if recipe.semantic else recipe


def _with_codes(recipe: Recipe, index: list[str]) -> Recipe:
    """The recipe of arms with semantic IDs. Codes have free embeddings, whatever is chosen for items."""
    objective = recipe.objective
    wanted = {
        "objective.actionLoss": (objective.action_loss, "full"),
        "objective.embToken": (objective.emb_token, "learned"),
        "objective.interestSkip": (objective.interest_skip, "none"),
        "objective.positions": (objective.positions, "last" if objective.positions == "last" else "all"),
        "lora.start": (recipe.start, None),
        "evaluation.protocol": (recipe.spec["evaluation"]["protocol"], "recall"),
        "objective.lambdaExp": (objective.lambda_exp, 0),
        **{f"lambdaItem of {arm.id}": (arm.lambda_item, 0) for arm in recipe.arms},
    }
    for field, (found, must) in wanted.items():
        if found != must:
            raise ValueError(f"with semantic IDs {field} must be {must}, not {found}")
    return replace(
        recipe, objective=replace(objective, item_input="id", item_output="id"), code_index=read_index(index) if index else None
    )


def _spacing(name: str) -> str:
    if name not in ("even", "early"):
        raise ValueError(f"evaluation.spacing must be even or early, not {name}")
    return name


def evaluation_steps(recipe: Recipe) -> set[int]:
    """Steps after which the sample is evaluated, spaced as the recipe says, the last step included."""
    steps = recipe.training.steps
    wanted = min(recipe.evaluation.evaluations, steps)
    early = recipe.evaluation.spacing == "early"
    at: list[int] = []
    for k in range(1, wanted + 1):
        step = steps * math.sqrt(k**3 / wanted**3) if early else k * steps / wanted
        # Math.round, which rounds halves up. Steps that are rounded to the same one move apart.
        at.append(max(at[-1] + 1 if at else 1, math.floor(step + 0.5)))
    return set(at)
