"""Ways of computing the same numbers: packed rows, recomputed blocks, several pieces of a batch, bf16."""

import shutil
import tempfile
import unittest
import unittest.mock
from dataclasses import replace
from pathlib import Path

import torch
from torch import Tensor, nn

from karma.model import InterestModel
from karma.optimiser import Optimiser
from karma.processes import Processes
from karma.step import Part, Stepper, parts_of
from karma.train import main
from oracle.fixture_cases import ARMS, CASES, Case, case_batch
from oracle.make_fixtures import build
from tests.small_job import FEW, MODEL, run_of, write_job
from tests.test_trainer import furthest

NAMES = ("odd-token-karma", "gemma3-text-karma", "even-token-karma-hide", "odd-text-rec-further")
ONE = Processes(0, 1, torch.device("cpu"), "")


def case(name: str) -> Case:
    """A case of the fixtures."""
    return next(one for one in CASES if one.name == name)


def gradients(one: Case, model: InterestModel, pieces: int = 1, autocast: bool = False) -> tuple[list[float], dict[str, Tensor]]:
    """Losses and gradients of the case's batch."""
    trained = {name: nn.Parameter(value.detach(), requires_grad=value.requires_grad) for name, value in model.parameters.items()}
    model = replace(model, parameters=trained)
    optimiser = Optimiser(model.parameters, one.training_spec)
    losses, _ = Stepper(Part(model, ARMS[one.arm], autocast), optimiser, ONE, pieces).gradients(case_batch(one))
    return losses, {name: value.grad.clone() for name, value in model.parameters.items() if value.grad is not None}


class PartsTest(unittest.TestCase):
    def test_parts_of_a_batch_have_about_as_many_rows(self) -> None:
        one = case("odd-token-karma")
        model, example = build(one), case_batch(one)[0]

        def starts(world: int, *histories: int, arm: str = "action") -> list[int]:
            batch = [replace(example, history=[0] * items, text=[1] * (10 if items == 8 else 0)) for items in histories]
            return parts_of(model, ARMS[arm], batch, world)

        self.assertEqual(starts(2, 1, 1, 1, 8), [0, 3, 4])
        self.assertEqual(starts(2, 8, 1, 1, 1), [0, 1, 4])
        self.assertEqual(starts(3, 1, 1, 1, 1, 1, 1), [0, 2, 4, 6])
        # Both passes read the text of the last one.
        self.assertEqual(starts(2, 4, 4, 4, 4, 4, 8), [0, 3, 6])
        self.assertEqual(starts(2, 4, 4, 4, 4, 4, 8, arm="karma"), [0, 5, 6])
        # Each has one example, however long others are.
        self.assertEqual(starts(3, 8, 1, 1), [0, 1, 2, 3])
        self.assertEqual(starts(3, 1, 1, 8), [0, 1, 2, 3])
        self.assertEqual(starts(1, 3, 3), [0, 2])


class SameNumbersTest(unittest.TestCase):
    def test_packed_rows_recomputed_blocks_and_pieces_change_nothing(self) -> None:
        for name in NAMES:
            one = case(name)
            losses, expected = gradients(one, build(one))
            packed = replace(build(one), padded=False, unpadded=True)
            ways = {"packed": (packed, 1), "recomputed": (replace(packed, recompute=True), 1), "pieces": (packed, 3)}
            for way, (model, pieces) in ways.items():
                found, other = gradients(one, model, pieces)
                torch.testing.assert_close(torch.tensor(found), torch.tensor(losses), rtol=1e-10, atol=1e-12, msg=f"{name} {way}")
                for parameter, value in expected.items():
                    torch.testing.assert_close(other[parameter], value, rtol=1e-8, atol=1e-10, msg=f"{name} {way} {parameter}")

    def test_packed_rows_are_read_by_no_padding(self) -> None:
        one = case("odd-token-karma")
        model = replace(build(one), unpadded=True)
        rows = model.pack(case_batch(one), True)
        self.assertGreater(len(set(rows.lengths)), 1)
        seen: list[int] = []
        linear = torch.nn.functional.linear
        with unittest.mock.patch("karma.decoder.F.linear", lambda x, *w: seen.append(x.shape[:-1].numel()) or linear(x, *w)):
            model.first_pass(rows)
        self.assertEqual(set(seen), {rows.rows, len(rows.dense_items), len(rows.prediction_rows)})
        self.assertLess(rows.rows, len(rows.lengths) * max(rows.lengths))

    def test_bf16_keeps_trained_numbers_and_losses_in_f32(self) -> None:
        for name in ("odd-token-karma", "gemma3-token-karma"):
            one = case(name)
            losses, expected = gradients(one, build(one, torch.float32))
            model = replace(build(one, torch.float32), decoder=build(one, torch.bfloat16).decoder, unpadded=True)
            found, other = gradients(one, model, autocast=True)
            self.assertNotEqual(found, losses)
            torch.testing.assert_close(torch.tensor(found), torch.tensor(losses), rtol=0.02, atol=0.01)
            self.assertEqual({value.dtype for value in other.values()}, {torch.float32})
            exact, rough = (torch.cat([values[key].flatten() for key in sorted(values)]) for values in (expected, other))
            self.assertGreater(float(torch.cosine_similarity(exact, rough, 0)), 0.95, name)


@unittest.skipUnless(MODEL.exists(), "needs public/models/wordnet-1m")
class JobTest(unittest.TestCase):
    def test_a_job_in_bf16_ends_near_one_in_f32(self) -> None:
        folder = Path(tempfile.mkdtemp(prefix="karma-"))
        self.addCleanup(shutil.rmtree, folder)
        recipe = write_job(folder, {"training": {"steps": 4, "checkpoint": True}, "evaluation": FEW}, karma={})
        for dtype in ("f32", "bf16"):
            self.assertEqual(
                main([str(recipe), "--threads", "1", "--device", "cpu", "--dtype", dtype, "--out", str(folder / dtype)]), 0
            )
        plain, rough = (run_of(folder / dtype) for dtype in ("f32", "bf16"))
        self.assertTrue(rough["complete"])
        self.assertGreater(furthest(plain, rough), 1e-6)
        self.assertLess(abs(plain["arms"][0]["steps"]["total"][-1] / rough["arms"][0]["steps"]["total"][-1] - 1), 0.02)


if __name__ == "__main__":
    unittest.main()
