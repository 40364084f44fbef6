"""The trainer as a person runs it: to the end, killed and started again, over processes, and with bad input."""

import contextlib
import hashlib
import io
import json
import os
import shutil
import signal
import tempfile
import time
import unittest
import unittest.mock
from multiprocessing.context import ForkServerProcess
from pathlib import Path
from typing import Any

import numpy as np
import torch

from karma.columns import Log
from karma.errors import JobError
from karma.loading import load_model, start_token
from karma.output import Output
from karma.processes import join
from karma.recipe import read_recipe
from karma.sinks import MEASURES
from karma.spec import TERMS
from karma.train import main
from karma.trainer import Options, Trainer
from tests.forked import begin, done, train_all
from tests.small_job import FEW, MODEL, run_of, train, write_job

SHORT: dict[str, dict[str, Any]] = {"training": {"steps": 1}, "evaluation": FEW}
"""Of a recipe, where training matters little."""
LOSSES = ("total", "action", *TERMS, "gradNorm")


def losses(run: dict[str, Any]) -> list[list[float]]:
    """Losses and norms of all arms."""
    return [[v for v in arm["steps"][name] if v is not None] for arm in run["arms"] for name in LOSSES]


def furthest(a: dict[str, Any], b: dict[str, Any]) -> float:
    """Largest relative difference of losses and norms; of those near zero the absolute one, over 1e-4."""
    return max(
        abs(x - y) / max(abs(x), 1e-4) for p, q in zip(losses(a), losses(b), strict=True) for x, y in zip(p, q, strict=True)
    )


def counted(evaluation: dict[str, Any]) -> dict[str, float]:
    """Values that are counts of hits and lists, or means over ranks, which no rounding changes."""
    return {name: value for name, value in evaluation["values"].items() if "@" in name or "mrr" in name or "code" in name}


def kill(child: ForkServerProcess) -> None:
    """Kills a process and those that it has forked."""
    os.killpg(child.pid or 0, signal.SIGKILL)
    child.join()


def hash_of(folder: Path) -> str:
    """An adapter's, as src/experiment/train/startAdapter.ts names it."""
    digest = hashlib.sha256()
    for name in sorted(("adapter_config.json", "adapter_model.safetensors", "karma_heads.safetensors")):
        data = (folder / name).read_bytes()
        digest.update(f"{name} {len(data)}\n".encode() + data)
    return digest.hexdigest()


@unittest.skipUnless(MODEL.exists(), "needs public/models/wordnet-1m")
class TrainerTest(unittest.TestCase):
    """Each test has a folder of its own."""

    def setUp(self) -> None:
        self.folder = Path(tempfile.mkdtemp(prefix="karma-"))
        self.recipe = write_job(self.folder)

    def tearDown(self) -> None:
        shutil.rmtree(self.folder)

    def complain(self, *words: str, processes: int = 1) -> None:
        """Training must end with one line that has these words, and one process with 2."""
        ended = train(self.recipe, processes=processes)
        self.said(ended.stderr, *words)
        if processes == 1:
            self.assertEqual(ended.returncode, 2)

    def complain_here(self, *words: str, options: tuple[str, ...] = ()) -> None:
        """The same without a process of its own, which would import PyTorch once more."""
        errors = io.StringIO()
        with contextlib.redirect_stderr(errors):
            code = main([str(self.recipe), "--threads", "1", *options])
        self.said(errors.getvalue(), *words)
        self.assertEqual(code, 2)

    def said(self, errors: str, *words: str) -> None:
        """There must be one line of the trainer's, and it has these words."""
        lines = [line for line in errors.splitlines() if line.startswith("karma.train: ")]
        self.assertEqual(len(lines), 1, errors)
        for word in words:
            self.assertIn(word, lines[0])

    def test_killed_at_any_moment_it_goes_on_to_the_same_numbers(self) -> None:
        changes = {"training": {"steps": 4}, "evaluation": FEW | {"evaluations": 2, "sasrecSteps": 6, "baselineTrials": 2}}
        self.recipe = write_job(self.folder, changes)
        self.assertEqual(main([str(self.recipe), "--threads", "1", "--out", str(self.folder / "whole")]), 0)
        expected = run_of(self.folder / "whole")
        self.assertTrue(expected["complete"])
        out = self.folder / "killed"
        kills = 0

        def kept(step: str) -> set[Path]:
            return {path for folder in ("sasrec", "arms/*") for path in out.glob(f"{folder}/step-{step}")}

        while True:
            arguments = [str(self.recipe), "--threads", "1", "--out", str(out), "--checkpoint-steps", "1"]
            child = begin(train_all, [(2, arguments, None)])
            # The first three are killed once they have a checkpoint of the trained baseline, then of a new arm.
            before = kept("*")
            while child.is_alive() and (kills == 3 or not kept("?") - before):
                time.sleep(0.01)
            if not child.is_alive():
                break
            kill(child)
            kills += 1
        self.assertEqual(child.exitcode, 0)
        self.assertEqual(kills, 3)
        run = run_of(out)
        self.assertTrue(run["complete"])
        self.assertLess(furthest(expected, run), 1e-5)
        baseline, trained = (one["baselines"]["sasrec"] for one in (expected, run))
        for same in ("steps", "learningRate", "parameters", "tuning"):
            self.assertEqual(trained[same], baseline[same])
        self.assertEqual(len(trained["tuning"]["tried"]), 2)
        self.assertAlmostEqual(trained["all"]["values"]["mrr"], baseline["all"]["values"]["mrr"], places=5)
        self.assertEqual([arm["steps"]["step"] for arm in run["arms"]], [list(range(1, 5))] * 2)
        evaluated = [[(e["step"], e["population"]) for e in arm["evaluations"]] for arm in run["arms"]]
        self.assertEqual(evaluated, [[(0, "sample"), (2, "sample"), (4, "sample"), (4, "all")]] * 2)

    def test_domain_drift_is_measured_on_the_texts_that_came_with_the_job(self) -> None:
        self.recipe = write_job(self.folder, SHORT)
        name = json.loads(self.recipe.read_text(encoding="utf-8"))["spec"]["model"]["id"]
        texts = self.folder / "domain.json"

        def drifts(content: str) -> list[float | None]:
            texts.write_text(content, encoding="utf-8")
            shutil.rmtree(self.folder / "run", ignore_errors=True)
            self.assertEqual(main([str(self.recipe), "--threads", "1"]), 0)
            return [arm["evaluations"][-1]["values"].get("domainDrift") for arm in run_of(self.folder / "run")["arms"]]

        found = drifts(json.dumps({"model": name, "texts": ["harp: a stringed instrument", "oak: a tree with acorns"]}))
        self.assertTrue(all(drift for drift in found), found)
        self.assertEqual(drifts(json.dumps({"model": "another", "texts": ["harp"]})), [None, None])
        shutil.rmtree(self.folder / "run")
        for damaged in ("{", "[]", json.dumps({"model": name, "texts": [1]})):
            texts.write_text(damaged, encoding="utf-8")
            self.complain_here("domain.json", "Export the job again")

    def test_the_record_says_what_starts_a_sequence(self) -> None:
        bos = json.loads((MODEL / "config.json").read_text(encoding="utf-8"))["bos_token_id"]
        self.assertEqual(start_token(MODEL, bos), {"startToken": {"text": "<|bos|>", "opensTurns": False}})
        model = self.folder / "chats"
        model.mkdir()
        shutil.copy(MODEL / "tokenizer.json", model)
        self.assertEqual(start_token(model, bos), {"startToken": {"text": "<|bos|>", "opensTurns": False}})
        (model / "tokenizer_config.json").write_text(json.dumps({"chat_template": "{{ '<|bos|>' + role }}"}), encoding="utf-8")
        self.assertEqual(start_token(model, bos), {"startToken": {"text": "<|bos|>", "opensTurns": True}})
        self.assertEqual(start_token(self.folder / "none", bos), {})
        trained = read_recipe(self.recipe)
        loaded = load_model(MODEL, trained.model_id, "auto", torch.float32, torch.device("cpu"), lambda *_: None)
        self.assertEqual(loaded.summary["startToken"]["text"], "<|bos|>")

    def test_targets_that_share_their_history_read_it_once(self) -> None:
        recipe = read_recipe(self.recipe)
        processes = join("cpu")
        model = load_model(MODEL, recipe.model_id, "auto", torch.float32, processes.device, lambda *_: None)
        options = Options(quiet=True)
        trainer = Trainer(recipe, Log(self.folder / "log"), model, None, processes, options, self.folder / "cache")
        measurer, arm = trainer.measurer, trainer.interest_model()
        one, other = trainer.finals[:2]
        with unittest.mock.patch.object(measurer, "interest", wraps=measurer.interest) as reading:
            ranked, h, _, together = measurer.rank(arm, [one, other, one])
        self.assertEqual(len(reading.call_args.args[1]), 2)
        alone = [measurer.rank(arm, [target]) for target in (one, other, one)]
        self.assertEqual(ranked.ranks.tolist(), [single.ranks[0] for single, *_ in alone])
        self.assertLess(np.abs(h - np.concatenate([single for _, single, *_ in alone])).max(), 1e-5)
        sinks = [single["userSinks"] for *_, single in alone]
        self.assertEqual(together["userSinks"]["users"], 3)
        for name in MEASURES:
            mean = np.mean([some["tables"][name] for some in sinks], 0)
            self.assertLess(np.abs(np.array(together["userSinks"]["tables"][name]) - mean).max(), 1e-5, name)

    def test_a_checkpoint_of_another_number_of_processes_is_refused_unless_asked_for(self) -> None:
        self.recipe = write_job(self.folder, {"training": {"steps": 6}, "evaluation": FEW}, karma={})
        arguments = [str(self.recipe), "--threads", "1"]
        child = begin(train_all, [(1, [*arguments, "--checkpoint-steps", "1"], None)])
        while not list(self.folder.glob("run/arms/*/step-?")):
            self.assertTrue(child.is_alive())
            time.sleep(0.01)
        kill(child)
        self.complain("was written by 1 processes, and this job has 2", processes=2)
        code, printed = done(train_all, [(2, [*arguments, "--any-world"], None)])
        self.assertEqual(code, 0, printed)
        self.assertTrue(run_of(self.folder / "run")["complete"])

    def test_a_cell_keeps_the_hash_of_what_its_grid_predicts(self) -> None:
        write_job(self.folder, SHORT, karma={"id": "karma"})
        spec = json.loads(self.recipe.read_text(encoding="utf-8"))["spec"]
        grid = {"name": "Predicted", "predictionsHash": "ab" * 32}
        cells = [{"id": "one", "keys": ["k"], "grid": grid, "spec": spec}, {"id": "two", "keys": ["k"], "spec": spec}]
        (self.folder / "cells.json").write_text(json.dumps(cells), encoding="utf-8")
        for cell in ("0", "1"):
            self.assertEqual(main([str(self.recipe), "--threads", "1", "--cell", cell]), 0)
        runs = [json.loads((self.folder / "runs" / f"{name}.run.json").read_text(encoding="utf-8")) for name in ("one", "two")]
        self.assertEqual([run.get("grid") for run in runs], [grid, None])
        # Tables over seeds and users are made from files alone: every model has a rank for each test target.
        ranked = [one["all"]["ranks"] for one in runs[0]["baselines"].values()]
        ranked += [arm["evaluations"][-1]["ranks"] for arm in runs[0]["arms"]]
        self.assertEqual({len(ranks) for ranks in ranked}, {FEW["finalUsers"]})
        self.assertGreater(len(ranked), 5)
        # A run that was begun with other predictions is not continued.
        (self.folder / "runs" / "one.run.json").unlink()
        cells[0]["grid"] = {**grid, "predictionsHash": "cd" * 32}
        (self.folder / "cells.json").write_text(json.dumps(cells), encoding="utf-8")
        self.complain_here("predictions differ", options=("--cell", "0"))

    def test_bad_input_is_told_and_nothing_is_overwritten(self) -> None:
        log = self.folder / "log"
        data = json.loads(self.recipe.read_text(encoding="utf-8"))
        kept = log / "item-00001.npy"
        bytes_ = kept.read_bytes()
        kept.write_bytes(bytes_[:-1] + b"\x01")
        self.complain("item-00001.npy", "is not the file that was exported")
        kept.unlink()
        self.complain_here("item-00001.npy", "is missing")
        kept.write_bytes(bytes_)
        self.recipe.write_text(json.dumps(data | {"version": 9}), encoding="utf-8")
        self.complain_here("is a recipe of version 9")
        self.recipe.write_text(json.dumps(data | {"spec": data["spec"] | {"objective": {"depth": 3}}}), encoding="utf-8")
        self.complain_here("recipe.json", "Objective has no field ['depth']")
        self.recipe.write_text(json.dumps(data), encoding="utf-8")
        self.complain_here("PyTorch finds no GPU here", options=("--device", "cuda"))
        self.complain_here("cells.json is missing", options=("--cell", "0"))
        out = self.folder / "run"
        out.mkdir()
        (out / "job.json").write_text(json.dumps({"job": "another", "facts": {"log": "other"}}), encoding="utf-8")
        self.complain_here("holds another job", "Nothing was overwritten")
        self.assertEqual(sorted(path.name for path in out.iterdir()), [".lock", "job.json"])

    def test_arms_start_from_the_adapter_that_the_recipe_names_and_from_no_other(self) -> None:
        short = {"training": {"steps": 2}, "evaluation": FEW}
        first = write_job(self.folder / "first", short, karma={"id": "karma"})
        self.assertEqual(main([str(first), "--threads", "1"]), 0)
        before, adapter = run_of(self.folder / "first" / "run"), self.folder / "first" / "run" / "arms" / "karma" / "adapter"

        def job(changes: dict[str, Any]) -> None:
            changes = {**short, "lora": {"start": f"karma@{hash_of(adapter)[:8]}"} | changes}
            self.recipe = write_job(self.folder, changes, karma={"id": "karma"})

        job({})
        self.complain_here("lora.start names the adapter karma@", "--start")
        shutil.copytree(adapter, self.folder / "start")
        job({"rank": 4})
        self.complain_here("The adapter has rank", "the recipe says 4")
        # A job that never began has no claim to its folder.
        job({})
        self.assertEqual(main([str(self.recipe), "--threads", "1"]), 0)
        run = run_of(self.folder / "run")
        self.assertEqual(run["start"], {"name": f"karma@{hash_of(adapter)[:8]}", "hash": hash_of(adapter), "heads": True})
        self.assertIn("userSinks", run["base"])
        # On the test users of the final evaluation.
        self.assertEqual(run["base"]["testSinks"]["users"], run["arms"][0]["evaluations"][-1]["userSinks"]["users"])
        self.assertEqual(run["base"]["testSinks"], before["base"]["testSinks"])
        self.assertNotEqual(run["base"]["testSinks"], run["arms"][0]["evaluations"][-1]["userSinks"])
        # Where the first run's arm ended, the second's starts; both base models are the same.
        ends, starts = before["arms"][0]["evaluations"][1], run["arms"][0]["evaluations"][0]
        self.assertEqual(ends["ranks"], starts["ranks"])
        self.assertAlmostEqual(ends["values"]["lmNll"], starts["values"]["lmNll"], places=6)
        self.assertAlmostEqual(before["base"]["values"]["lmNll"], run["base"]["values"]["lmNll"], places=6)

        def refused(*words: str) -> None:
            out = Path(tempfile.mkdtemp(dir=self.folder))
            self.complain_here(*words, options=("--out", str(out)))
            self.assertEqual([file.name for file in out.iterdir()], [".lock"])

        job({"firstLayer": 1})
        refused("does not fit the recipe: it has")
        job({})
        (self.folder / "start" / "karma_heads.safetensors").unlink()
        refused("is not the adapter karma@")

    def test_several_gpus_without_nccl_are_told(self) -> None:
        there = unittest.mock.patch.multiple(torch.cuda, is_available=lambda: True, set_device=lambda place: None)
        two = unittest.mock.patch.dict(os.environ, {"RANK": "0", "WORLD_SIZE": "2"})
        lacking = unittest.mock.patch.object(torch.distributed, "is_nccl_available", lambda: False)
        with there, two, lacking:
            self.complain_here("Several GPUs need NCCL", "--device cpu", options=("--device", "cuda"))
        self.assertFalse((self.folder / "run").exists())

    def test_what_needs_the_whole_catalogue_is_not_cut_over_processes(self) -> None:
        self.recipe = write_job(self.folder, {"features": {"source": "lm+visual", "visual": "category"}})
        self.complain_here("visual features are read whole", options=("--shard-items",))

    def test_heads_are_not_fitted_any_more(self) -> None:
        self.recipe = write_job(self.folder, {"objective": {"headStart": "fitted"}})
        self.complain_here("Set it to identity")

    def test_two_jobs_never_share_a_folder(self) -> None:
        held = Output(self.folder / "run", {"recipe": "another"})
        code, printed = done(train_all, [(1, [str(self.recipe), "--threads", "1"], None)])
        self.said(printed, "is in use by another job", f"process {os.getpid()}")
        self.assertEqual(code, 2)
        self.assertEqual(held.folder, self.folder / "run")


@unittest.skipUnless(MODEL.exists(), "needs public/models/wordnet-1m")
class ColumnsTest(unittest.TestCase):
    def test_shards_read_like_one_file(self) -> None:
        with tempfile.TemporaryDirectory() as folder:
            small, large = Path(folder) / "small", Path(folder) / "large"
            write_job(small, shard_rows=7)
            write_job(large, shard_rows=100_000)
            a, b = Log(small / "log"), Log(large / "log")
            self.assertGreater(len(a.column("item").parts), 10)
            self.assertEqual(a.column("item").all().tolist(), b.column("item").all().tolist())
            self.assertEqual(list(a.texts("item_title")), list(b.texts("item_title")))
            self.assertEqual([a.history_of(t) for t in a.targets("test")], [b.history_of(t) for t in b.targets("test")])
            self.assertEqual(a.counts.tolist(), b.counts.tolist())

    def test_a_folder_without_columns_is_told(self) -> None:
        with tempfile.TemporaryDirectory() as folder, self.assertRaisesRegex(JobError, "columns.json is missing"):
            Log(Path(folder))


if __name__ == "__main__":
    unittest.main()
