"""Compares the trainer's draws with the engine's, bit for bit.

    python3 -m oracle.check_streams JOB

JOB is an exported job with `streams.json`, which the engine wrote: batches of some steps for some arms, start parameters, probe
histories, drift texts, evaluated targets, and the items' codes if it has some. Prints what was compared as one JSON object; exits with 1 if anything differs.
"""

import json
import sys
from dataclasses import asdict
from pathlib import Path
from typing import Any

import numpy as np
import torch

from karma.columns import Log
from karma.data import catalogue_features, item_codes, prepare
from karma.loading import load_model
from karma.probes import choose_drift_texts, choose_probes
from karma.recipe import read_recipe
from karma.sampling import sample_targets
from karma.spec import Arm
from karma.start import embedding_statistics, start_parameters
from karma.texts import open_tokenizer
from karma.threads import bind
from oracle.make_fixtures import example_json


def near(found: dict[str, Any] | None, wanted: dict[str, Any] | None) -> bool:
    """Whether two pictures with their noise agree: sines are the C library's here and V8's there, and sums are rounded."""
    if found is None or wanted is None:
        return found is wanted
    a, b = (np.array([one["time"], *one["v"], *one["noise"]]) for one in (found, wanted))
    return a.shape == b.shape and bool((np.abs(a - b) <= 1e-6 * np.maximum(1, np.abs(b))).all())


def main(job: Path) -> int:
    """Returns the exit code."""
    expected = json.loads((job / "streams.json").read_text(encoding="utf-8"))
    recipe, log = read_recipe(job / "recipe.json"), Log(job / "log")
    model = load_model(job / "model", recipe.model_id, "own", torch.float32, torch.device("cpu"))
    data = prepare(log, recipe, model.config, *open_tokenizer(job / "model"))
    different: list[str] = []

    def same(what: str, found: object, wanted: object) -> None:
        if json.loads(json.dumps(found)) != wanted:
            different.append(what)

    arms = {arm.id: arm for arm in recipe.arms}
    for batch in expected["batches"]:
        arm: Arm = arms[batch["arm"]]
        found = [example_json(asdict(one)) for one in data.batch(batch["step"], arm)]
        what = f"batch of step {batch['step']}, {arm.id}"
        images = [(one.pop("image", None), other.pop("image", None)) for one, other in zip(found, batch["examples"], strict=True)]
        if not all(near(*pair) for pair in images):
            different.append(f"pictures of {what}")
        same(what, found, batch["examples"])
    probes = choose_probes(data)
    same("probes", probes.described, expected["probes"])
    same("permuted probes", [[e.history for e in others] for others in probes.permuted], expected["permuted"])
    same("drift texts", choose_drift_texts(data), expected["driftTexts"])
    sample = sample_targets(log.targets("test"), expected["sampled"]["users"], recipe.seed)
    same("evaluated targets", [[t.user, t.position] for t in sample], expected["sampled"]["targets"])
    if recipe.semantic:
        cache = job / "cache"
        codes = item_codes(data, catalogue_features(data, model.decoder, model.hash, cache)[0], model.hash, cache)
        same("codes", [codes.sizes, codes.codes.tolist()], expected["codes"])
    statistics = embedding_statistics(model.decoder.weights["embedding"], model.config)
    start = start_parameters(
        model.config,
        recipe.widest_lora,
        recipe.objective,
        expected["features"],
        recipe.free_rows(log.items),
        recipe.seed,
        statistics,
        data.image_size,
        recipe.has_sink,
    )
    steps = 0.0
    for name, wanted in expected["start"].items():
        a, b = start[name].numpy().ravel(), np.array(wanted, np.float32)
        # Logarithm, sine and cosine are the C library's here and V8's there.
        steps = max(steps, float((np.abs(a - b) / np.spacing(np.maximum(np.abs(a), np.abs(b)) + np.float32(1e-30))).max()))
    if steps > 1 or start.keys() != expected["start"].keys():
        different.append(f"start parameters: {steps} units in the last place")
    print(json.dumps({"batches": len(expected["batches"]), "parameters": len(start), "units": steps, "different": different}))
    return 1 if different else 0


if __name__ == "__main__":
    bind(1)
    sys.exit(main(Path(sys.argv[1])))
