"""Models cut over processes: when, which parts, that passes are made together, and that the numbers are those of whole models."""

import importlib.util
import json
import shutil
import tempfile
import unittest
import unittest.mock
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import torch
from torch import nn

from karma.errors import JobError
from karma.family import read_config
from karma.fsdp import blocks_of, lacking
from karma.loading import load_model, parameter_count
from karma.memory import Memory, is_cut, needed
from karma.processes import Passes, Processes, join
from karma.recipe import read_recipe
from karma.spec import Lora
from karma.storage import read_tensors
from karma.threads import bind
from tests.forked import done, fork, train_all
from tests.small_job import FEW, HERE, MODEL, run_of, write_job
from tests.test_trainer import furthest

CPU = torch.device("cpu")
LLM = all(importlib.util.find_spec(name) for name in ("transformers", "peft"))
TWO = Processes(0, 2, CPU, "gloo")
GB = 10**9


def in_two(test: Callable[[Processes], None]) -> None:
    """Makes a test in two processes; AssertionError with what they print if it fails in one."""
    code, printed = done(both, test)
    if code != 0:
        raise AssertionError(printed)


def both(test: Callable[[Processes], None]) -> int:
    """A test in two processes; the larger exit code."""
    return fork(2, lambda: made(test))


def made(test: Callable[[Processes], None]) -> int:
    """A test in one of its processes; the exit code."""
    bind(1)
    test(join("cpu"))
    return 0


def passes_are_made_together(processes: Processes) -> None:
    """Processes have different numbers of passes, each of which needs both."""
    made: list[str] = []

    def work(name: str) -> None:
        both = torch.ones(1)
        torch.distributed.all_reduce(both)
        assert both == 2
        made.append(name)

    def own(passes: int, training: bool = False) -> None:
        for _ in range(passes):
            processes.passes.begin(training)
            work("own")

    processes.passes.join(lambda: work("idle"))
    own(3 if processes.first else 1)
    assert processes.gather(processes.rank) == [0, 1]
    assert made == (["own"] * 3 if processes.first else ["own", "idle", "idle"]), made
    own(0 if processes.first else 2)
    assert processes.sum(torch.tensor(2.0)) == 4
    own(2, training=True)
    processes.wait()
    assert made[3:] == (["idle"] * 2 if processes.first else ["own"] * 2) + ["own"] * 2, made
    try:
        own(1, training=processes.first)
        raise AssertionError("one process trained alone")
    except RuntimeError as error:
        assert "1 of 2 processes train" in str(error), error


def a_cut_decoder_has_the_numbers_of_a_whole_one(processes: Processes) -> None:
    """Hidden states, gradients of LoRA and of what enters, with and without recomputing; a process holds half of the blocks."""
    whole, cut = (
        load_model(MODEL, "m", "transformers", torch.float32, CPU, lambda config, own, of=of: of).decoder  # type: ignore[misc]
        for of in (None, processes)
    )
    names = dict(whole.lm.named_parameters())
    for name, parameter in cut.lm.named_parameters():
        kept = "embed" in name or "lm_head" in name
        local = parameter.numel() if kept else parameter.to_local().numel()
        rows = len(names[name])
        assert kept or local * rows == names[name].numel() * (rows // 2 + (rows % 2 and processes.first)), name
    lora = Lora(rank=4, alpha=8, targets=("q_proj", "down_proj"))
    x = torch.randn(2, 7, whole.config.hidden, generator=torch.manual_seed(0))
    found = []
    for decoder in (whole, cut):
        matrices = decoder.adapt(lora)
        draw = torch.manual_seed(1)
        for matrix in matrices.values():
            with torch.no_grad():
                matrix.copy_(0.1 * torch.randn(matrix.shape, generator=draw))
        for recompute in (False, True):
            blocks = blocks_of(decoder.lm.base_model, decoder.config.layers)
            # transformers recomputes what is in a block, inside the block's own hooks.
            inner, calls = [next(block.children()) for block in blocks], [0]
            hooks = [module.register_forward_pre_hook(lambda *_, n=calls: n.__setitem__(0, n[0] + 1)) for module in inner]
            rows = x.clone().requires_grad_()
            maps: list[torch.Tensor] = []
            with torch.no_grad():
                decoder.hidden(x, lora, attention=maps)
                base = decoder.hidden(x, None)
            assert calls[0] == 2 * len(blocks)
            # Two passes before one backward pass, as in a step with texts.
            hidden = decoder.hidden(rows, lora, recompute=recompute)
            again = decoder.hidden(hidden, lora, recompute=recompute)
            gradients = torch.autograd.grad(again.square().sum(), [rows, *matrices.values()])
            assert calls[0] == (6 if recompute else 4) * len(blocks), calls
            untouched = decoder.hidden(rows, None, recompute=recompute)
            gradients += torch.autograd.grad(untouched.square().sum(), [rows])
            found.append([hidden, again, base, *maps, *gradients])
            for hook in hooks:
                hook.remove()
    for other in found[1:]:
        for a, b in zip(found[0], other, strict=True):
            torch.testing.assert_close(a, b, rtol=1e-5, atol=1e-6)


class DecisionTest(unittest.TestCase):
    def test_a_model_is_cut_where_it_does_not_fit(self) -> None:
        memory = Memory(model=14 * GB, trained=GB, tables=2 * GB, step=3 * GB)
        can = unittest.mock.patch("karma.memory.lacking", lambda device: None)
        with can:
            self.assertFalse(is_cut("auto", TWO, False, memory, 20 * GB))
            self.assertTrue(is_cut("auto", TWO, False, memory, 19 * GB))
            self.assertFalse(is_cut("off", TWO, False, memory, GB))
            self.assertTrue(is_cut("on", TWO, False, memory, 100 * GB))
            with self.assertRaisesRegex(
                JobError, r"needs about 20\.0 GB \(model 14\.0, .*and has 19\.0 GB, and this job has one"
            ):
                is_cut("auto", replace(TWO, world=1), False, memory, 19 * GB)
            with self.assertRaisesRegex(JobError, "--shard-model on: our own decoder keeps the model whole"):
                is_cut("on", TWO, True, memory, 100 * GB)

    @unittest.skipUnless(MODEL.exists(), "needs public/models/wordnet-1m")
    def test_memory_is_that_of_model_moments_items_and_step(self) -> None:
        config = read_config(json.loads((MODEL / "config.json").read_text(encoding="utf-8")))
        recipe = read_recipe(HERE / "recipe.json")
        one = needed(config, recipe, 1000, torch.float32, 1)
        self.assertEqual(one.model, 4 * parameter_count(config))
        self.assertEqual(one.tables, 1000 * 2 * config.hidden * 4)
        self.assertEqual(one.total, one.model + one.trained + one.tables + one.step)
        half = needed(config, recipe, 1000, torch.bfloat16, 2)
        self.assertEqual((2 * half.model, half.trained), (one.model, one.trained))
        self.assertLess(2 * half.step, one.step + 1)
        self.assertLess(needed(config, replace(recipe, recompute=True), 1000, torch.float32, 1).step, one.step)
        self.assertLess(needed(config, replace(recipe, accumulate=3), 1000, torch.float32, 1).step, one.step / 2)

    def test_a_pytorch_that_cannot_is_told_with_its_version(self) -> None:
        with unittest.mock.patch("karma.fsdp.fully_shard", lambda: lambda module, mesh=None: None):
            self.assertRegex(lacking(torch.device("cuda")) or "", f"newer PyTorch than {torch.__version__.split('+')[0]}")
        with unittest.mock.patch.object(torch.cpu, "Stream", object), self.assertRaisesRegex(JobError, "newer PyTorch than"):
            is_cut("on", TWO, False, Memory(1, 1, 1, 1), GB)

    def test_blocks_are_the_list_that_has_one_for_each_layer(self) -> None:
        trunk = nn.Module()
        trunk.norm = nn.LayerNorm(3)
        trunk.layers = nn.ModuleList(nn.Linear(3, 3) for _ in range(4))
        self.assertEqual(blocks_of(trunk, 4), list(trunk.layers))
        with self.assertRaisesRegex(JobError, "has no list of 5 blocks"):
            blocks_of(trunk, 5)


class TogetherTest(unittest.TestCase):
    def test_a_process_without_passes_joins_those_of_the_others(self) -> None:
        in_two(passes_are_made_together)

    def test_a_model_that_is_whole_announces_nothing(self) -> None:
        passes = Passes()
        passes.begin(True)
        passes.end()
        self.assertFalse(passes.active)


@unittest.skipUnless(MODEL.exists() and LLM, "needs public/models/wordnet-1m, transformers and peft")
class CutTest(unittest.TestCase):
    def setUp(self) -> None:
        # Told and not passed over: these tests need more than the trainer does.
        reason = lacking(CPU)
        if reason is not None:
            self.skipTest(reason)

    def test_a_cut_decoder_has_the_numbers_of_a_whole_one(self) -> None:
        in_two(a_cut_decoder_has_the_numbers_of_a_whole_one)

    def test_a_job_has_the_numbers_of_a_whole_model_and_goes_on_from_its_checkpoint(self) -> None:
        self.compare({}, {"lambdaItem": 0.3, "lambdaKl": 0.1})

    def test_so_has_a_job_with_semantic_ids_whose_processes_have_different_numbers_of_beams(self) -> None:
        # A weight whose gradient is nearly 0 is moved by AdamW all the same, and rounding decides how far.
        self.compare({"itemInterface": "semantic", "codeLevels": 3, "codebookSize": 4}, {}, nearly=1e-4)

    def compare(self, objective: dict[str, Any], karma: dict[str, Any], nearly: float = 1e-5) -> None:
        """Trains with a whole model and with one that is cut over two processes, which are then continued from a checkpoint.

        `nearly`: how far the weights may be apart.
        """
        folder = Path(tempfile.mkdtemp(prefix="karma-"))
        self.addCleanup(shutil.rmtree, folder)
        # Two of seven users have a text, none of the first process's.
        training = {"steps": 4, "batchSize": 7, "textShare": 0.3, "accumulate": 2, "checkpoint": True}
        changes: dict[str, dict[str, Any]] = {
            "objective": objective,
            "training": training,
            "evaluation": FEW | {"probeSteps": 4, "beamWidth": 12},
        }
        recipe = write_job(folder, changes, karma=karma)
        common = [str(recipe), "--threads", "1", "--device", "cpu", "--decoder", "transformers"]
        cut = [*common, "--shard-model", "on", "--out", str(folder / "cut")]
        jobs = [
            (1, [*common, "--out", str(folder / "whole")], None),
            (2, [*cut, "--checkpoint-steps", "3"], None),
            (2, cut, str(folder / "cut" / "arms" / "karma" / "arm.json")),
        ]
        code, printed = done(train_all, jobs)
        self.assertEqual(code, 0, printed)
        self.assertIn("continues after step 3", printed)
        whole, found = run_of(folder / "whole"), run_of(folder / "cut")
        self.assertIn("the model cut over them (FSDP2)", found["adapter"]["description"])
        self.assertLess(furthest(whole, found), 1e-5)
        for a, b in zip(whole["arms"][0]["evaluations"], found["arms"][0]["evaluations"], strict=True):
            self.assertEqual(a["ranks"], b["ranks"])
            self.assertAlmostEqual(a["values"]["lmNll"], b["values"]["lmNll"], places=4)
        adapters = [folder / name / "arms" / "karma" / "adapter" for name in ("whole", "cut")]
        for file in ("adapter_model.safetensors", "karma_heads.safetensors"):
            a, b = (read_tensors(adapter / file, torch.float32) for adapter in adapters)
            for name, value in a.items():
                torch.testing.assert_close(b[name], value, rtol=1e-4, atol=nearly)


if __name__ == "__main__":
    unittest.main()
