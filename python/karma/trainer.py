"""Trains the arms of a recipe, one after the other, and fills a run record as the engine does."""

import json
import math
import time
from collections.abc import Callable, Mapping, Sequence
from copy import copy
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from functools import partial
from pathlib import Path
from typing import Any

import torch
from torch import nn

from . import sasrec
from .adapters import write_adapter
from .baselines import TUNED, TUNING_TARGETS, Baselines, starts_alone
from .checkpoint import NOTHING, load, save
from .columns import Log, Target
from .data import Prepared, catalogue_features, domain_texts, item_codes, prepare
from .ease import ease_left_out
from .errors import JobError
from .evaluate import Measurer
from .fidelity import Fidelity
from .loading import LoadedModel
from .model import InterestModel, parameter_shapes
from .optimiser import Optimiser
from .output import Output, write_json
from .overlap import Overlap
from .pools import Pools
from .pretrained import PretrainedDecoder
from .processes import Processes, adapter_info
from .ranking import OVERLAP_K, Ranked, with_measures
from .recipe import Recipe, evaluation_steps
from .sampling import sample_targets
from .sasrec import ids_alone, trained_numbers
from .sequence import Example
from .shards import FREE, Shards
from .spec import TERMS, Arm
from .start import EmbeddingStatistics, embedding_statistics, of_arm, start_parameters
from .starting import StartAdapter, open_start
from .step import Part, Stepper
from .texts import open_tokenizer

AUTO_SAMPLE = 512
"""Users that curves follow if the recipe leaves it to the speed of the machine."""
COLUMNS = ("step", "seconds", "examples", "total", "action", *TERMS, "gradNorm", "learningRate")


@dataclass(frozen=True)
class Options:
    """Command-line settings in addition to the recipe."""

    checkpoint_seconds: float = 300.0
    checkpoint_steps: int = 0
    any_world: bool = False
    unpadded: bool = True
    autocast: bool = False
    shard_items: bool = False
    quiet: bool = False
    start: Path = Path("start")
    """Folder of the adapter that the recipe names."""
    domain: Path = Path("domain.json")
    """Texts of a model's domain, if there are some."""
    app_version: str = "0.1.0"
    grid: dict[str, Any] | None = None
    """The grid whose cells the run fills, and the hash of what was predicted of it."""


class Diverged(JobError):
    """A loss stopped being a number."""


@dataclass(frozen=True)
class Kept:
    """What checkpoints have beside a training's own state: the steps of those before it, and the best parameters of all."""

    before: int
    best: Mapping[str, torch.Tensor]


class Trainer:
    """One recipe on one log with one model."""

    def __init__(
        self,
        recipe: Recipe,
        log: Log,
        model: LoadedModel,
        output: Output | None,
        processes: Processes,
        options: Options,
        cache: Path,
    ) -> None:
        self.recipe, self.log, self.model, self.output, self.options = recipe, log, model, output, options
        self.processes = processes
        if recipe.training.batch_size < processes.world:
            raise JobError(
                f"{processes.world} processes share {recipe.training.batch_size} users per step: start fewer, or raise training.batchSize."
            )
        self.shards = Shards(processes, log.items, options.shard_items)
        if self.shards.active and (recipe.objective.popularity > 0 or recipe.objective.leaves_out):
            raise JobError(
                "objective.popularity and objective.candidates are not defined where the catalogue is cut over processes. "
                "Leave out --shard-items."
            )
        if options.shard_items:
            check_sharded(recipe)
        encode, decode = open_tokenizer(model.folder)
        self.say("Tokenising item texts")
        texts = domain_texts(options.domain, recipe.model_id)
        self.data: Prepared = prepare(log, recipe, model.config, encode, decode, options.shard_items, texts)
        self.say("Item features")
        own = range(self.shards.begin, self.shards.end)
        if not processes.first:
            processes.wait()
        self.features, self.title_features = catalogue_features(self.data, model.decoder, model.hash, cache, own)
        if processes.first:
            processes.wait()
        if recipe.semantic:
            self.say("Codes of the items")
            codes = item_codes(self.data, self.features, model.hash, cache) if processes.first else None
            self.data = replace(self.data, codes=processes.agree(codes))
        self.statistics: EmbeddingStatistics = embedding_statistics(model.decoder.weights["embedding"], model.config)
        pools = Pools(log, recipe.spec["evaluation"], recipe.objective.max_history) if recipe.evaluation.pools else None
        self.finals, self.sample = self._targets(pools)
        self.measurer = Measurer(self.data, processes, self.shards, pools)
        self.record: dict[str, Any] = {}
        self.fidelity: Fidelity | None = None
        self.start = None if recipe.start is None else self._open_start(options.start, recipe.start)

    def say(self, line: str) -> None:
        """Prints a message, once for all processes."""
        if self.processes.first and not self.options.quiet:
            print(line, flush=True)

    def _targets(self, pools: Pools | None) -> tuple[list[Target], list[Target]]:
        """(final test targets, the watched sample), as src/experiment chooses them."""
        recipe, log, evaluation = self.recipe, self.log, self.recipe.evaluation

        def ranked(share: str) -> list[Target]:
            targets = log.targets(share)
            if pools is None:
                return targets
            found = [target for target in targets if pools.has(target)]
            if not found:
                raise JobError(
                    f"No candidate set of the log belongs to a {share} target (evaluation.poolFrom). "
                    "Export the job again from a log that was opened with its file of candidates."
                )
            return found

        tests = ranked("test")
        affordable = max(1000, math.floor(1e10 / (log.items * self.features.shape[1])))
        trained = recipe.training.steps * recipe.training.batch_size
        most = min(len(tests), affordable, max(300, 2 * trained))
        finals = sample_targets(tests, evaluation.final_users or most, recipe.seed)
        watched = finals if evaluation.watch == "test" else ranked("validation")
        return finals, sample_targets(watched, evaluation.sample_users or AUTO_SAMPLE, recipe.seed)

    @property
    def dtype(self) -> torch.dtype:
        """Of what is trained."""
        return torch.float64 if self.features.dtype == torch.float64 else torch.float32

    def _open_start(self, folder: Path, name: str) -> StartAdapter:
        recipe, config, own = self.recipe, self.model.config, range(self.shards.begin, self.shards.end)
        lora = recipe.widest_lora
        features, size = self.features.shape[1], self.data.image_size
        shapes = parameter_shapes(config, lora, recipe.objective, features, len(own), size, recipe.has_sink)
        return open_start(folder, name, self.model, lora, shapes, own)

    def interest_model(self, arm: Arm | None = None) -> InterestModel:
        """A model with an arm's initial parameters; on a transformers model LoRA is peft's own.

        Without an arm it is for evaluation only: the base model.
        """
        recipe, model, device = self.recipe, self.model, self.processes.device
        objective = recipe.objective
        lora = recipe.widest_lora if arm is None else arm.own_lora(recipe.lora)
        drawn = start_parameters(
            model.config,
            recipe.widest_lora,
            objective,
            self.features.shape[1],
            recipe.free_rows(self.log.items),
            recipe.seed,
            self.statistics,
            self.data.image_size,
            recipe.has_sink,
            range(self.shards.begin, self.shards.end) if self.shards.active else None,
        )
        if self.start is not None and arm is not None:
            drawn |= self.start.values
        start = of_arm(drawn, lora)
        parameters: dict[str, torch.Tensor] = {}
        if isinstance(model.decoder, PretrainedDecoder):
            for name, matrix in model.decoder.adapt(lora).items():
                with torch.no_grad():
                    matrix.copy_(start.pop(name))
                parameters[name] = matrix
        for name, value in start.items():
            parameters[name] = nn.Parameter(
                value.to(device, self.dtype, copy=True), requires_grad=lora.trains(name) and objective.trains(name)
            )
        return InterestModel(
            model.decoder,
            self.features,
            self.title_features,
            self.data.titles,
            lora,
            objective,
            parameters,
            unpadded=self.options.unpadded,
            recompute=recipe.recompute,
            sink=arm is not None and arm.sink_token,
            counts=self.log.counts,
            shards=self.shards,
            together=self.processes.passes.active,
            codes=None if self.data.codes is None else self.data.codes.tokens,
        )

    # -- the run ------------------------------------------------------------

    def run(self) -> dict[str, Any]:
        """Trains what is not finished, and returns the record."""
        recipe = self.recipe
        untrained = self.interest_model()
        snapshot, sinks, nlls = self.measurer.fixed(untrained, 0)
        self.measurer.base_nlls = nlls
        written = self.measurer.writing.of(untrained)
        items = self.measurer.items(untrained)
        watched = self.measurer.rank(untrained, self.sample)[3].get("userSinks") if self.start else None
        # Before the first arm, since a transformers model has one adapter at a time.
        tested = self.measurer.rank(untrained, self.finals)[3].get("userSinks")
        fidelity = self._fidelity(untrained)
        if self.start:
            # The plane is the arms'. A transformers model has one adapter at a time: nothing reads `untrained` after this.
            items = self.measurer.items(self.interest_model(recipe.arms[0]))
        self.say("Baselines")
        # Of a smaller catalogue every list holds all items, and shorter lists are another measure.
        if self.log.items > OVERLAP_K and self.measurer.listed >= OVERLAP_K:
            self.measurer.overlap = Overlap.of(self.data, self.finals, self.features, self.shards)
        self.record = {
            "format": "karma-run",
            "version": 2,
            "createdAt": datetime.now(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z"),
            "appVersion": self.options.app_version,
            "adapter": adapter_info(self.processes),
            "spec": {**recipe.spec, "model": {**recipe.spec["model"], "precision": "f32"}},
            "data": self.log.manifest["summary"],
            "model": self.model.summary,
            "certificate": None,
            "uncertified": "Trained by PyTorch, whose decoder is compared with the engine's by their tests.",
            "probes": self.measurer.probes.described,
            "baselines": self._baselines(),
            **({"easeLeftOut": left_out} if (left_out := ease_left_out(self.log)) else {}),
            **(
                {"pools": pools.stored(self.finals, self.sample, recipe.evaluation.watch)}
                if (pools := self.measurer.pools) is not None
                else {}
            ),
            "base": {
                "sinks": sinks,
                "attention": snapshot,
                "values": nlls | {name.replace("Nll", "Drift"): 0.0 for name in nlls},
                **({"continuations": written} if written else {}),
                **({"userSinks": watched} if watched else {}),
                **({"testSinks": tested} if tested else {}),
                **fidelity,
            },
            **({"start": self.start.recorded} if self.start else {}),
            "projection": self.measurer.set_plane(items.float().cpu().numpy(), self.sample),
            **({"grid": self.options.grid} if self.options.grid else {}),
            "arms": [],
            "complete": False,
        }
        # What holds for one arm before its first step holds for all with the same sequences.
        starts: dict[bool, tuple[dict[str, Any], dict[str, Any]]] = {}
        for arm in recipe.arms:
            kind = arm.sink_token
            if kind not in starts:
                starts[kind] = self.measurer.evaluate(self.interest_model(arm), arm, 0, 0.0, "sample", self.sample, decode=False)
            self.record["arms"].append(self._arm(arm, starts[kind]))
            self._write()
        self.record["complete"] = True
        self._write()
        return self.record

    def _fidelity(self, untrained: InterestModel) -> dict[str, Any]:
        """What the probe decoder reads from the targets' own embeddings and from an untrained arm's."""
        recipe = self.recipe
        if recipe.evaluation.probe_steps == 0:
            return {}
        self.say("Probe decoder on the untrained model")
        self.fidelity = Fidelity(self.measurer, self.finals, self.statistics, self.interest_model)
        control, read = self.fidelity.control(untrained), self.fidelity.read(untrained)
        return {
            **({"control": self.fidelity.measure(control)} if control else {}),
            "fidelity": self.fidelity.measure(read),
        }

    def _write(self) -> None:
        if self.output is not None and self.processes.first:
            write_json(self.output.folder / "run.json", self.record)

    def _baselines(self) -> dict[str, Any]:
        recipe = self.recipe
        baselines = Baselines(
            self.log,
            self.features,
            self.shards,
            recipe.objective.max_history,
            recipe.evaluation.mask_history,
            self.measurer.listed,
            self.measurer.pools,
            recipe.item_template,
            self.interest_model() if starts_alone(recipe) and not self.shards.active else None,
        )
        names = baselines.names()
        trials = recipe.evaluation.baseline_trials
        most = min(TUNING_TARGETS, len(self.finals))
        validation = sample_targets(self.log.targets("validation"), most, recipe.seed) if trials > 1 else []
        # Ranked by idle processes, one at a time, and sent to all; or by all together, each among its own items.
        own = list(names) if self.shards.active else self.processes.own(names)
        found: dict[str, Any] = {}
        for name in own:
            tuning = None if name not in TUNED or not validation else baselines.tune(name, validation, trials)
            setting = None if tuning is None else tuning["tried"][tuning["chosen"]]["setting"]
            judged = self._judged(partial(baselines.rank, name, setting=setting))
            found[name] = judged if tuning is None else {"tuning": tuning} | judged
        trained = self._sasrec()
        untrained = {name: value for part in self.processes.gather(found) for name, value in part.items()}
        return untrained | ({} if trained is None else {sasrec.NAME: trained})

    def _judged(self, rank: Callable[[Sequence[Target]], Ranked]) -> dict[str, Any]:
        """A baseline's entry of the record, from how it ranks targets."""
        found: dict[str, Any] = {}
        for population, targets in (("sample", self.sample), ("all", self.finals)):
            ranked = rank(targets)
            found[population] = self.measurer.summarise(ranked, targets)
            if population == "all" and self.measurer.overlap is not None:
                found[population] = with_measures(found[population], self.measurer.overlap.measure(ranked.top))
        return found

    def _sasrec(self) -> dict[str, Any] | None:
        """The trained baseline's entry: read where it was finished, else trained from the last checkpoint; None if the recipe has none."""
        steps, trials = self.recipe.evaluation.sasrec_steps, self.recipe.evaluation.baseline_trials
        if steps == 0:
            return None
        folder = None if self.output is None else self.output.folder / sasrec.NAME
        done = None if folder is None else folder / "baseline.json"
        if self.processes.agree(done is not None and done.exists()) and done is not None:
            return json.loads(done.read_text(encoding="utf-8"))
        data = replace(self.data, recipe=sasrec.sasrec_recipe(self.recipe))
        model = sasrec.sasrec_model(data, self.shards, self.processes.device, self.dtype)
        start, best = sasrec.copied(model), sasrec.copied(model)
        judged = sample_targets(self.log.targets("validation"), min(sasrec.TARGETS, len(self.finals)), self.recipe.seed)
        # Without validation targets it takes all steps at the first rate.
        rates, evaluated = (sasrec.RATES[:trials], sasrec.evaluated_after(steps)) if judged else (sasrec.RATES[:1], [steps])
        measurer = copy(self.measurer)
        measurer.pools = None

        def ranked(measurer: Measurer, targets: Sequence[Target]) -> Ranked:
            own = ids_alone([data.example_for(target) for target in self.processes.own(targets)])
            return measurer.ranked(measurer.interest(model, own), measurer.items(model), targets)[0]

        def evaluate(step: int, seconds: float) -> None:
            if step not in evaluated:
                return
            hits = float((ranked(measurer, judged).ranks <= sasrec.K).mean()) if judged else 0.0
            before = [one["hr"] for one in state["tried"] if one["setting"]["step"] > 0] + [hr for _, hr in state["seen"]]
            if all(hits > other for other in before):
                sasrec.put(model.parameters, best)
            state["seen"].append([step, hits])

        def of_rate(rate: float) -> Optimiser:
            return Optimiser(model.parameters, replace(data.recipe.training, learning_rate=rate), self.shards)

        fresh: dict[str, Any] = {"tried": [], "seconds": 0.0, "seen": [], "steps": {name: [] for name in COLUMNS}}
        optimiser = of_rate(rates[0])
        state = self._resumed(sasrec.ARM, optimiser, folder, best) or fresh
        optimiser.steps -= steps * len(state["tried"])
        diverged: Diverged | None = None
        while len(state["tried"]) < len(rates):
            rate = rates[len(state["tried"])]
            optimiser.training = replace(optimiser.training, learning_rate=rate)
            stepper = Stepper(Part(model, sasrec.ARM), optimiser, self.processes, self.recipe.accumulate)
            try:
                self._train(
                    stepper,
                    lambda step: ids_alone(data.batch(step, sasrec.ARM)),
                    state,
                    folder,
                    evaluate,
                    lambda: sasrec.is_over([hr for _, hr in state["seen"]]),
                    Kept(steps * len(state["tried"]), best),
                )
            except Diverged as error:
                diverged = error
            step, hits = state["seen"][sasrec.best_of([hr for _, hr in state["seen"]])] if state["seen"] else (0, 0.0)
            self.say(f"{sasrec.ARM.label}: rate {rate}: HR@{sasrec.K} {hits:.4f} after step {step} of at most {steps}")
            state["tried"].append({"setting": {"learningRate": rate, "step": step}, "hr": hits})
            state["seconds"] += (state["steps"]["seconds"] or [0.0])[-1]
            state["seen"], state["steps"] = [], {name: [] for name in COLUMNS}
            sasrec.put(start, model.parameters)
            optimiser = of_rate(rate)
        chosen = sasrec.chosen_of(state["tried"])
        setting = state["tried"][chosen]["setting"]
        if setting["step"] == 0:
            raise diverged or Diverged(
                f"{sasrec.ARM.label}: the loss stopped being a number at every learning rate that was tried."
            )
        sasrec.put(best, model.parameters)
        tuning = {"targets": len(judged), "k": sasrec.K, "tried": state["tried"], "chosen": chosen}
        found = {
            **self._judged(partial(ranked, self.measurer)),
            "steps": setting["step"],
            "learningRate": setting["learningRate"],
            "seconds": state["seconds"],
            "parameters": trained_numbers(model, self.shards),
            **({"tuning": tuning} if judged else {}),
        }
        if done is not None and self.processes.first:
            done.parent.mkdir(parents=True, exist_ok=True)
            write_json(done, found)
        self.processes.wait()
        return found

    def _resumed(
        self, arm: Arm, optimiser: Optimiser, folder: Path | None, best: Mapping[str, torch.Tensor] = NOTHING
    ) -> dict[str, Any] | None:
        """The state in the last checkpoint, which the optimiser then has, too, and `best` the parameters kept beside; None without one."""
        notes = None if folder is None else load(folder, optimiser, self.processes, self.options.any_world, best)
        if notes is None:
            return None
        self.say(f"{arm.label}: continues after step {optimiser.steps}")
        state: dict[str, Any] = notes["state"]
        return state

    def _arm(self, arm: Arm, start: tuple[dict[str, Any], dict[str, Any]]) -> dict[str, Any]:
        """One arm's part of the record: read where it was finished, else trained from the last checkpoint."""
        folder = None if self.output is None else self.output.folder / "arms" / arm.id
        done = None if folder is None else folder / "arm.json"
        if self.processes.agree(done is not None and done.exists()) and done is not None:
            self.say(f"{arm.label}: finished before")
            return json.loads(done.read_text(encoding="utf-8"))
        model = self.interest_model(arm)
        optimiser = Optimiser(model.parameters, arm.own_training(self.recipe.training), self.shards)
        state: dict[str, Any] = {
            "id": arm.id,
            "steps": {name: [] for name in COLUMNS},
            "evaluations": [start[0]],
            "attention": [start[1]],
        }
        state = self._resumed(arm, optimiser, folder) or state
        evaluate_at = evaluation_steps(self.recipe)

        def evaluate(step: int, seconds: float) -> None:
            if step in evaluate_at:
                evaluation, snapshot = self.measurer.evaluate(model, arm, step, seconds, "sample", self.sample, decode=False)
                state["evaluations"].append(evaluation)
                if state["attention"][-1]["step"] != step:
                    state["attention"].append(snapshot)

        stepper = Stepper(Part(model, arm, self.options.autocast), optimiser, self.processes, self.recipe.accumulate)
        self._train(stepper, lambda step: self.data.batch(step, arm), state, folder, evaluate)
        seconds = state["steps"]["seconds"][-1]
        evaluation, _ = self.measurer.evaluate(model, arm, self.recipe.training.steps, seconds, "all", self.finals, decode=True)
        state["evaluations"].append(evaluation)
        read = self.fidelity and self.fidelity.read(model)
        # The first process needs all rows of free embeddings.
        whole = {name: self.shards.whole(model.parameters[name]) for name in FREE if name in model.parameters}
        if folder is not None and self.processes.first:
            spec = self.recipe.spec["model"]
            folder.mkdir(parents=True, exist_ok=True)
            adapter = folder / "adapter"
            write_adapter(
                adapter,
                {**model.parameters, **{name: rows for name, rows in whole.items() if rows is not None}},
                self.model.config,
                arm.own_lora(self.recipe.lora),
                arm,
                optimiser.steps,
                spec["id"],
                spec["revision"],
                self.model.hash,
            )
        if self.fidelity and read:
            self.say(f"Probe decoder on {arm.label}")
            evaluation["fidelity"] = self.fidelity.measure(read)
        if folder is not None and self.processes.first:
            write_json(folder / "arm.json", state)
        self.processes.wait()
        return state

    def _train(
        self,
        stepper: Stepper,
        batch_of: Callable[[int], list[Example]],
        state: dict[str, Any],
        folder: Path | None,
        after: Callable[[int, float], None] = lambda step, seconds: None,
        is_over: Callable[[], bool] = lambda: False,
        kept: Kept | None = None,
    ) -> None:
        """Trains to the last step, or until it is over, with checkpoints in `folder`; `after` gets each step's number and the seconds of all so far."""
        options, optimiser, arm = self.options, stepper.optimiser, stepper.part.arm
        steps, columns = optimiser.training.steps // arm.updates, state["steps"]
        saved = said = time.monotonic()
        seconds = columns["seconds"][-1] if columns["seconds"] else 0.0
        of_recipe = replace(optimiser.training, steps=steps)
        while optimiser.steps < optimiser.training.steps and not is_over():
            began = time.monotonic()
            step, examples, reports = optimiser.steps // arm.updates, 0, []
            for number in arm.batches(of_recipe, step):
                batch = batch_of(number)
                examples += len(batch)
                reports.append(stepper.step(batch))
            step += 1
            seconds += time.monotonic() - began
            if not all(_is_finite(report[name]) for report in reports for name in ("total", "gradNorm")):
                raise Diverged(f"{arm.label}: the loss stopped being a number at step {step}. Lower training.learningRate.")
            # Those of the batch that all arms have.
            report, total = reports[0], reports[0]["total"]
            row = {**report, "step": step, "seconds": seconds, "examples": step * examples}
            for name in COLUMNS:
                columns[name].append(row[name])
            after(step, seconds)
            now = time.monotonic()
            if now - said > 10 or step == steps:
                said = now
                left = (steps - step) * seconds / max(1, step)
                self.say(f"{arm.label}: step {step} of {steps}, loss {total:.4f}, {left:.0f} s left")
            due = now - saved > options.checkpoint_seconds or (
                options.checkpoint_steps > 0 and step % options.checkpoint_steps == 0
            )
            if folder is not None and self.processes.agree(due):
                kept = kept or Kept(0, NOTHING)
                save(folder, kept.before + optimiser.steps, optimiser, {"state": state}, self.processes, kept.best)
                saved = time.monotonic()


def _is_finite(value: float | None) -> bool:
    return value is not None and math.isfinite(value)


def check_sharded(recipe: Recipe) -> None:
    """JobError for what needs the whole catalogue on every process, or has no rows of items that could be cut."""
    if recipe.semantic:
        raise JobError(
            "--shard-items: with semantic IDs free embeddings have a row for each code, not for each item, and codes are computed from the features of "
            "all items. Leave the option out."
        )
    if any(arm.lambda_z > 0 for arm in recipe.arms):
        raise JobError("--shard-items: L_z needs the scores of all items. Train arms without lambdaZ, or leave the option out.")
    if any(arm.lambda_img > 0 for arm in recipe.arms) or "visual" in recipe.feature_source:
        raise JobError("--shard-items: visual features are read whole. Train arms without them, or leave the option out.")


def only(recipe: Recipe, ids: Sequence[str]) -> Recipe:
    """The recipe with some of its arms."""
    arms = tuple(arm for arm in recipe.arms if arm.id in ids)
    if len(arms) != len(ids):
        raise JobError(
            f"The recipe's arms are {', '.join(arm.id for arm in recipe.arms)}; not all of {', '.join(ids)} are among them."
        )
    return replace(recipe, arms=arms, spec={**recipe.spec, "arms": [a for a in recipe.spec["arms"] if a["id"] in ids]})
