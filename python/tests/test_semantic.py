"""Arms with semantic IDs: beams against scoring every item, codes from a file, processes, and what does not go with them."""

import contextlib
import io
import shutil
import tempfile
import unittest
import unittest.mock
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import torch
from safetensors.torch import load_file

from karma.beams import Answer, Beams, CodeTrie
from karma.codes import ItemCodes, read_index
from karma.errors import JobError
from karma.evaluate import Measurer
from karma.model import InterestModel
from karma.sequence import Example, pack_histories, pack_predictions
from karma.train import main
from oracle.fixture_cases import CASES, case_batch, case_codes
from oracle.make_fixtures import build
from tests.forked import done, train_all
from tests.small_job import FEW, MODEL, run_of, write_job
from tests.test_trainer import counted, furthest

SEMANTIC = {"itemInterface": "semantic", "codeLevels": 3, "codebookSize": 4}


class TrieTest(unittest.TestCase):
    # Six items with two codes of three each; the last two share theirs.
    TRIE = CodeTrie(ItemCodes((3, 3), np.array([[0, 0], [0, 1], [1, 0], [1, 2], [2, 2], [2, 2]])))

    def found(self, width: int, target: int, masked: tuple[int, ...] = (), first: tuple[int, ...] = (-1, -2, -3)) -> Answer:
        """First codes with these log-probabilities, second ones with −1, −0.5, −4."""
        beams = Beams(self.TRIE, width, masked, target)
        self.assertEqual(beams.open(), [[]])
        beams.advance(np.array([[*first, -9.0, -9, -9]]))
        beams.advance(np.array([[-9, -9, -9, -1, -0.5, -4]] * len(beams.open())))
        return beams.finish()

    def test_items_are_listed_by_the_probability_of_their_tuple(self) -> None:
        answer = self.found(9, 5)
        self.assertEqual(answer.items.tolist(), [1, 0, 2, 3, 4, 5])
        self.assertEqual(answer.scores.tolist(), [-1.5, -2, -3, -6, -7, -7])
        self.assertEqual(answer.rank, 5.5)

    def test_a_target_that_no_beam_names_is_last(self) -> None:
        self.assertEqual(self.found(2, 4).rank, 6)
        self.assertEqual(self.found(2, 4).items.tolist(), [1, 0])
        self.assertEqual(self.found(2, 4, (0, 3)).rank, 4)

    def test_masked_items_take_no_beam_and_the_target_is_none(self) -> None:
        self.assertEqual(self.found(1, 2, (0, 1)).items.tolist(), [2])
        answer = self.found(9, 5, (4, 5))
        self.assertEqual((answer.items.tolist(), answer.rank), ([1, 0, 2, 3, 5], 5))

    def test_beams_of_equal_probability_are_ordered_by_their_codes(self) -> None:
        self.assertEqual(self.found(2, 0, first=(-2, -2, -2)).items.tolist(), [1, 0])

    def test_greedy_decoding_is_valid_only_where_it_names_an_item(self) -> None:
        self.assertTrue(self.found(1, 0).valid)
        # 1 is followed by 1, which no item has.
        self.assertFalse(self.found(1, 0, first=(-2, -1, -3)).valid)


class BeamsTest(unittest.TestCase):
    """Beams side by side in one sequence, against the sequence of each item alone, as a step trains on it."""

    def test_beams_find_what_scoring_every_item_finds(self) -> None:
        for case in CASES:
            # Of the last one, layers have windows.
            if case.name in ("odd-semantic-karma", "gpt2-semantic-gen", "odd-semantic-sink", "gemma3-semantic-karma"):
                for unpadded in (False, True):
                    self.compare(replace(build(case, padded=True), unpadded=unpadded), case_batch(case), case_codes(case))

    def compare(self, model: InterestModel, batch: list[Example], codes: ItemCodes | None) -> None:
        """All items of all requests, but those of their histories."""
        assert codes is not None
        measurer = object.__new__(Measurer)
        measurer.trie = CodeTrie(codes)
        measurer.data = unittest.mock.Mock()
        measurer.data.recipe.evaluation.beam_width = 200
        with torch.no_grad():
            packed = model.pack_requests(batch)
            answers = measurer.answers(model, batch, model.first_pass(packed).interest, [one.history for one in batch])
            for example, answer in zip(batch, answers, strict=True):
                items = [i for i in range(len(codes.codes)) if i not in example.history or i == example.target]
                self.assertEqual(sorted(answer.items.tolist()), items)
                for item, score in zip(answer.items.tolist(), answer.scores.tolist(), strict=True):
                    alone = pack_histories(
                        [replace(example, target=item)],
                        replace(model.objective, positions="last"),
                        model.decoder.config.vocabulary,
                        model.decoder.config.bos_id,
                        (),
                        False,
                        model.sink,
                        codes.tokens,
                    )
                    log_p = model.code_log_probabilities(model.first_pass(alone).interest)
                    self.assertAlmostEqual(score, float(log_p[range(len(codes.sizes)), alone.prediction_targets].sum()), places=9)

    def test_predictions_are_known_without_rows(self) -> None:
        for case in CASES:
            if "-semantic-" in case.name or "-baskets" in case.name:
                model, batch = build(case), case_batch(case)
                packed = model.pack(batch, with_text=True)
                light = pack_predictions(batch, model.objective, packed.vocabulary, model.codes)
                for name in ("prediction_targets", "emb_predictions", "prediction_ends"):
                    self.assertEqual(getattr(light, name), getattr(packed, name), case.name)


class IndexTest(unittest.TestCase):
    LINES = ("i0\t<a_1> <b_0>", "i1\t<a_0> <b_12>")

    def test_levels_are_as_large_as_their_largest_number(self) -> None:
        codes = read_index(self.LINES).of(["i1", "i0"])
        self.assertEqual((codes.sizes, codes.tokens, codes.collisions), ((2, 13), [[0, 14], [1, 2]], 0.0))

    def test_a_line_that_does_not_fit_is_named(self) -> None:
        for line, words in (
            ("i2", "'i2' is not an item"),
            ("i2\t<a_1> b_0", "is not an item"),
            ("i1\t<a_1> <b_0>", "item i1 is there twice"),
            ("i2\t<a_1>", "item i2 has other levels than <a_…> <b_…>"),
            ("i2\t<b_1> <a_0>", "item i2 has other levels"),
        ):
            with self.assertRaisesRegex(ValueError, words):
                read_index([*self.LINES, line])

    def test_an_index_of_another_log_is_told(self) -> None:
        with self.assertRaisesRegex(JobError, "lack 1 of the log's items, i2 among them"):
            read_index(self.LINES).of(["i0", "i1", "i2"])
        with self.assertRaisesRegex(JobError, "name 1 items that the log lacks, i1 among them"):
            read_index(self.LINES).of(["i0"])


@unittest.skipUnless(MODEL.exists(), "needs public/models/wordnet-1m")
class SemanticJobTest(unittest.TestCase):
    def setUp(self) -> None:
        self.folder = Path(tempfile.mkdtemp(prefix="karma-"))
        self.addCleanup(shutil.rmtree, self.folder)

    def job(self, objective: dict[str, Any], **changes: dict[str, Any]) -> Path:
        """A recipe of the arm KARMA alone."""
        few = FEW | {"beamWidth": 12} | changes.pop("evaluation", {})
        training = {"steps": 4, "batchSize": 7} | changes.pop("training", {})
        return write_job(self.folder, {"objective": SEMANTIC | objective, "evaluation": few, "training": training}, **changes)

    def test_two_processes_and_pieces_of_batches_give_the_same_run(self) -> None:
        recipe = self.job({}, training={"accumulate": 2})
        common = [str(recipe), "--threads", "1", "--device", "cpu", "--out"]
        code, printed = done(train_all, [(n, [*common, str(self.folder / str(n))], None) for n in (1, 2)])
        self.assertEqual(code, 0, printed)
        one, two = (run_of(self.folder / str(n)) for n in (1, 2))
        self.assertLess(furthest(one, two), 1e-5)
        for a, b in zip(one["arms"][0]["evaluations"], two["arms"][0]["evaluations"], strict=True):
            for name in ("ranks", "targets", "intervals"):
                self.assertEqual(a[name], b[name])
            self.assertEqual(counted(a), counted(b))
            self.assertNotIn("userSinks", a)
            self.assertNotIn("gauc", a["values"])
            self.assertNotIn("overlapTargets", a)
        heads = load_file(self.folder / "2" / "arms" / "karma" / "adapter" / "karma_heads.safetensors")
        self.assertEqual((tuple(heads["z"].shape), heads["u"].shape[0]), ((12, heads["w_o"].shape[0]), 12))

    def test_codes_from_a_file_are_taken(self) -> None:
        lines = [f"i{item}\t<a_{item % 3}> <b_{item % 5}> <c_{item % 7}>" for item in range(40)]
        recipe = self.job({"codeIndex": lines}, training={"steps": 1}, evaluation={"beamWidth": 60})
        with contextlib.redirect_stdout(io.StringIO()):
            self.assertEqual(main([str(recipe), "--threads", "1"]), 0)
        last = run_of(self.folder / "run")["arms"][0]["evaluations"][-1]
        self.assertEqual(last["values"]["codeCollisions"], 0)
        # Lists of 50 of 40 items would be the same whatever the model.
        self.assertNotIn("overlapTargets", last)
        heads = load_file(self.folder / "run" / "arms" / "karma" / "adapter" / "karma_heads.safetensors")
        self.assertEqual(heads["z"].shape[0], 3 + 5 + 7)

    def test_what_does_not_go_with_codes_is_told(self) -> None:
        def said(*words: str, options: tuple[str, ...] = ()) -> None:
            errors = io.StringIO()
            with contextlib.redirect_stderr(errors), contextlib.redirect_stdout(io.StringIO()):
                code = main([str(recipe), "--threads", "1", *options])
            self.assertEqual(code, 2)
            for word in words:
                self.assertIn(word, errors.getvalue())

        recipe = self.job({})
        said("--shard-items: with semantic IDs", "Leave the option out", options=("--shard-items",))
        recipe = self.job({"codeIndex": ["i0\t<a_1>"]})
        said("lack 39 of the log's items, i1 among them")
        for objective, words in (
            ({"actionLoss": "infonce"}, "with semantic IDs objective.actionLoss must be full, not infonce"),
            ({"embToken": "last-item"}, "objective.embToken must be learned"),
            ({"codeIndex": ["i0"]}, "objective.codeIndex: 'i0' is not an item"),
        ):
            recipe = self.job(objective)
            said(words)


if __name__ == "__main__":
    unittest.main()
