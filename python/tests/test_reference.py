"""The oracle against itself, its fixtures and arithmetic by hand."""

import math
import unittest
from dataclasses import replace
from pathlib import Path

import torch

from karma.attention import barcode_index, importance, item_entropy, sink_rate, sink_tables
from karma.losses import Candidates, action_loss, candidates_of
from karma.optimiser import learning_rate
from karma.sequence import Example
from karma.spec import Objective, Training, from_json, to_json
from karma.storage import read_tensors
from karma.threads import bind
from karma.tokenizer import Tokenizer
from oracle.fixture_cases import ARMS, CASES, Case, case_batch
from oracle.make_fixtures import FIXTURES, build, finite_difference_error, relative, run

MODEL = Path(__file__).parents[2] / "public" / "models" / "wordnet-1m"
bind(1)


def case(name: str) -> Case:
    return next(c for c in CASES if c.name == name)


class DecoderTest(unittest.TestCase):
    def test_padded_batch_equals_single_sequences(self) -> None:
        for one in CASES:
            batch, arm = case_batch(one), ARMS[one.arm]
            single, padded = build(one), build(one, padded=True)
            a = single.first_pass(single.pack(batch, arm.lambda_gen > 0))
            b = padded.first_pass(padded.pack(batch, arm.lambda_gen > 0))
            torch.testing.assert_close(a.hidden, b.hidden, rtol=0, atol=1e-12)
            torch.testing.assert_close(single.losses(batch, arm).total, padded.losses(batch, arm).total)

    def test_attention_weights_path_equals_the_fused_one(self) -> None:
        one = case("even-token-karma-hide")
        model = build(one)
        packed = model.pack(case_batch(one), True)
        torch.testing.assert_close(model.first_pass(packed, []).hidden, model.first_pass(packed).hidden)

    def test_later_rows_do_not_change_earlier_ones(self) -> None:
        model = build(case("even-token-action"))
        x = torch.randn(1, 9, 24, dtype=torch.float64, generator=torch.Generator().manual_seed(1))
        whole = model.decoder.hidden(x, model.adapter)
        torch.testing.assert_close(model.decoder.hidden(x[:, :5], model.adapter), whole[:, :5])

    def test_text_does_not_leak_into_the_interest(self) -> None:
        for name in ("even-text-gen", "odd-token-karma", "even-token-karma-hide"):
            model, batch = build(case(name)), case_batch(case(name))
            other = [replace(e, text=[(t + 7) % 50 for t in e.text]) for e in batch]
            first, second = (model.first_pass(model.pack(b, True)) for b in (batch, other))
            without = model.first_pass(model.pack(batch, False))
            torch.testing.assert_close(first.interest, second.interest, rtol=0, atol=0)
            torch.testing.assert_close(first.interest, without.interest)
            self.assertFalse(torch.equal(first.hidden, second.hidden))

    def test_hidden_emb_gets_no_attention_from_text(self) -> None:
        model, batch = build(case("even-token-karma-hide")), case_batch(case("even-token-karma-hide"))
        maps: list[list[torch.Tensor]] = []
        packed = model.pack(batch, True)
        model.first_pass(packed, maps)
        for sequence, (emb, *_), layers in zip(packed.lengths, packed.hidden_keys, maps, strict=True):
            for layer in layers:
                self.assertGreater(sequence, emb + 1)
                self.assertEqual(layer[0, :, emb + 1 :, emb].abs().max().item(), 0)
                self.assertGreater(layer[0, :, emb, emb].min().item(), 0)
                torch.testing.assert_close(layer.sum(-1), torch.ones_like(layer.sum(-1)))


class LossTest(unittest.TestCase):
    def test_candidates_follow_the_definition(self) -> None:
        one = case("odd-token-gen")
        model, batch = build(one), case_batch(one)
        packed = model.pack(batch, False)
        found = candidates_of(packed, one.objective_spec, 29)
        self.assertEqual(found.items, list(dict.fromkeys(packed.prediction_targets)))
        self.assertEqual([found.items[column] for column in found.target_columns], packed.prediction_targets)
        self.assertIsNone(found.visible)

    def test_pairs_with_what_was_shown_follow_the_definition(self) -> None:
        lists = ((9,), (5, 8), (6, 2, 2))
        one = Example((4, 5, 6), 7, (), (), (8, 8, 7, 4), history_exposed=lists)
        self.assertEqual(one.exposed_at("all"), [[8], [2], [8, 4]])
        self.assertEqual(one.exposed_at("last"), [[8, 4]])
        self.assertEqual(replace(one, history_exposed=()).exposed_at("all"), [[], [], [8, 4]])
        # Compared with what is predicted in place of the target.
        self.assertEqual(replace(one, predicted=(8, 6, 4)).exposed_at("all"), [[5], [2], [8, 7]])

    def test_pairwise_by_hand(self) -> None:
        scores = torch.tensor([[1.0, 3.0, 2.0], [0.0, -1.0, 5.0]])
        visible = torch.tensor([[True, True, True], [True, True, False]])
        loss = action_loss(scores, Candidates([4, 5, 6], [0, 1], visible), "pairwise")
        expected = sum(math.log1p(math.exp(d)) for d in (2, 1, 1)) / 3
        self.assertAlmostEqual(loss.item(), expected, places=6)

    def test_softmax_leaves_invisible_candidates_out(self) -> None:
        scores = torch.tensor([[1.0, 3.0, 9.0]])
        loss = action_loss(scores, Candidates([4, 5, 6], [0], torch.tensor([[True, True, False]])), "infonce")
        self.assertAlmostEqual(loss.item(), math.log1p(math.exp(2)), places=6)

    def test_gradients_agree_with_finite_differences(self) -> None:
        for name in ("odd-token-karma", "odd-text-karma-exposed"):
            tensors = run(case(name))[1]
            gradients = {n.removeprefix("grad."): t for n, t in tensors.items() if n.startswith("grad.")}
            self.assertLess(finite_difference_error(case(name), gradients), 1e-5)


class OptimiserTest(unittest.TestCase):
    def test_learning_rate(self) -> None:
        training = Training(steps=101, learning_rate=1.0, warmup_steps=4, final_learning_rate_share=0.1)
        for step, rate in ((0, 0.25), (1, 0.5 * (1 - 0.009)), (3, 1 - 0.027), (50, 0.55), (100, 0.1)):
            self.assertAlmostEqual(learning_rate(training, step), rate)
        self.assertEqual(learning_rate(Training(steps=1, warmup_steps=0), 0), 2e-3)

    def test_a_step_by_hand(self) -> None:
        one = case("odd-token-action-pairwise")
        _, tensors = run(one)
        training, norm = one.training_spec, 0.0
        for name, tensor in tensors.items():
            norm += tensor.square().sum().item() if name.startswith("grad.") else 0.0
        factor = min(1.0, training.clip_norm / (math.sqrt(norm) + 1e-6))
        for name, decay in (("w_o", training.weight_decay), ("emb", 0.0), ("w_d", training.weight_decay)):
            g, p = tensors[f"grad.{name}"] * factor, tensors[f"param.{name}"]
            rate = learning_rate(training, 0)
            expected = p * (1 - rate * decay) - rate * g / (g.abs() + training.epsilon)
            torch.testing.assert_close(tensors[f"after1.{name}"], expected)


class AttentionTest(unittest.TestCase):
    def test_uniform_attention(self) -> None:
        for length, alpha in ((16, 0.211), (32, 0.127), (64, 0.074)):
            uniform = torch.ones(length, length, dtype=torch.float64).tril()
            uniform /= uniform.sum(1, keepdim=True)
            self.assertAlmostEqual(importance(uniform)[0].item(), alpha, places=3)
            self.assertAlmostEqual(barcode_index(uniform, range(1, length - 1)), 1.0)
            self.assertAlmostEqual(item_entropy(uniform, length - 1, range(1, length - 1)), 1.0)

    def test_a_stripe_is_a_sink(self) -> None:
        stripe = torch.eye(6, dtype=torch.float64)
        stripe[2:] = 0
        stripe[2:, 2] = 1
        diagonal = torch.eye(6, dtype=torch.float64)
        maps = torch.stack([stripe, diagonal])
        self.assertEqual(importance(maps)[0].tolist(), [1 / 6, 1 / 5, 1, 0, 0, 0])
        self.assertEqual(sink_rate(maps, 2, 0.3), 0.5)
        self.assertEqual(barcode_index(stripe, [1, 2, 3, 4]), 1.0)
        self.assertEqual(item_entropy(stripe, 5, [1, 2, 3, 4]), 0.0)
        tables = sink_tables([maps[None], maps[None]], [[1, 2, 3, 4], [3, 4]], [5, 5], 0.3)
        # The diagonal map's last item is seen only by itself and [EMB], so its α is 1/2.
        self.assertEqual(tables.item_sink_rate.tolist(), [[0.5, 1.0]])
        self.assertEqual(tables.first_alpha.tolist(), [[1 / 6, 1 / 6]])

    def test_barcode_of_two_different_rows(self) -> None:
        map_ = torch.zeros(4, 4, dtype=torch.float64)
        map_[2], map_[3] = torch.tensor([0, 0.6, 0.2, 0]), torch.tensor([0, 0.1, 0.3, 0])
        self.assertAlmostEqual(barcode_index(map_, [1, 2, 3, 3]), 2 * (0.5**2 + 0.5**2) / (2 * (0.75**2 + 0.25**2)))


class FilesTest(unittest.TestCase):
    def test_fixtures_are_up_to_date(self) -> None:
        for one in CASES:
            stored = read_tensors(FIXTURES / f"{one.name}.safetensors", torch.float64)
            computed = run(one)[1]
            self.assertEqual(stored.keys(), computed.keys())
            for name, tensor in computed.items():
                self.assertLess(relative(stored[name], tensor), 1e-6, f"{one.name} {name}")

    def test_spec_goes_through_json(self) -> None:
        objective = Objective(item_input="title", hide_emb_from_text=True)
        self.assertEqual(from_json(Objective, to_json(objective)), objective)
        with self.assertRaises(ValueError):
            from_json(Training, {"stepps": 1})

    @unittest.skipUnless(MODEL.exists(), "needs public/models/wordnet-1m")
    def test_tokenizer(self) -> None:
        tokenizer = Tokenizer(MODEL / "tokenizer.json")
        words = {token: text for text, token in tokenizer._ids.items()}
        text = " red wine: a café\n(2 litres)."
        spelled = "".join(words[token] for token in tokenizer.encode(text))
        self.assertEqual(bytes(tokenizer._bytes.index(c) for c in spelled).decode(), text)
        self.assertLess(len(tokenizer.encode(text)), len(text) / 1.5)


if __name__ == "__main__":
    unittest.main()
