"""PyTorch in the benchmark: reads requests as lines of JSON, answers in kind. Inputs are those of the other libraries, from a file that torch.ts writes.

python3 peer.py cpu|cuda THREADS
"""

import json
import math
import resource
import sys
import time

import torch
from torch import Tensor
from torch.nn import functional as F

DEVICE = torch.device(sys.argv[1])
torch.set_num_threads(int(sys.argv[2]))


def read_inputs(file: str) -> tuple[dict, dict[str, Tensor]]:
    """The case, and its float32 arrays by name."""
    with open(f"{file}.json", encoding="utf8") as head:
        case = json.load(head)
    values = torch.from_file(f"{file}.f32", size=case["floats"], dtype=torch.float32)
    arrays = {}
    for name, (begin, *shape) in case["arrays"].items():
        arrays[name] = values[begin : begin + math.prod(shape)].view(shape).clone().to(DEVICE)
    return case, arrays


class Product:
    def __init__(self, case: dict, arrays: dict[str, Tensor]) -> None:
        self.a, self.b, self.times = arrays["a"], arrays["b"], case["times"]

    def run(self) -> None:
        for _ in range(self.times):
            self.c = self.a @ self.b

    def outcome(self) -> tuple[float, float]:
        c = self.c.flatten().double()
        weights = 1 + (torch.arange(len(c), device=DEVICE) % 97).double() / 97
        return (weights * c.abs()).sum().item(), c.square().sum().sqrt().item()


class Step:
    """A training step of docs/method.md: Llama with LoRA, every loss of an arm, clipping, AdamW."""

    def __init__(self, case: dict, arrays: dict[str, Tensor]) -> None:
        self.case = case
        self.weights = {name: value for name, value in arrays.items() if name not in case["trained"]}
        self.trained = {name: arrays[name].requires_grad_() for name in case["trained"]}
        decayed = [value for name, value in self.trained.items() if name in case["decayed"]]
        others = [value for name, value in self.trained.items() if name not in case["decayed"]]
        training = case["training"]
        self.optimiser = torch.optim.AdamW(
            [{"params": decayed, "weight_decay": training["weightDecay"]}, {"params": others, "weight_decay": 0}],
            lr=training["learningRate"],
            betas=(training["beta1"], training["beta2"]),
            eps=training["epsilon"],
        )
        self.indices = {name: torch.tensor(case[name], device=DEVICE) for name in ("items", "targets", "tokens")}
        self.last = math.nan, math.nan

    def linear(self, x: Tensor, layer: int, projection: str) -> Tensor:
        lora = f"lora.{layer}.{projection}"
        low = F.linear(F.linear(x, self.trained[f"{lora}.A"]), self.trained[f"{lora}.B"])
        return F.linear(x, self.weights[f"{layer}.{projection}"]) + self.case["loraScale"] * low

    def norm(self, x: Tensor, gain: str) -> Tensor:
        return F.rms_norm(x, x.shape[-1:], self.weights[gain], self.case["normEpsilon"])

    def rotated(self, x: Tensor) -> Tensor:
        """x [sequences, heads, length, head size]"""
        length, half = x.shape[2], x.shape[3] // 2
        cos, sin = self.weights["cos"][:length], self.weights["sin"][:length]
        return x * cos + torch.cat([-x[..., half:], x[..., :half]], -1) * sin

    def decoder(self, x: Tensor) -> Tensor:
        """Rows [sequences, length, hidden] to hidden states after the final norm."""
        sequences, length, _ = x.shape
        size = self.case["headSize"]
        for layer in range(self.case["layers"]):
            normed = self.norm(x, f"{layer}.input_norm")
            q, k, v = (
                self.linear(normed, layer, f"{one}_proj").view(sequences, length, -1, size).transpose(1, 2) for one in "qkv"
            )
            attended = F.scaled_dot_product_attention(self.rotated(q), self.rotated(k), v, is_causal=True, enable_gqa=True)
            x = x + self.linear(attended.transpose(1, 2).flatten(2), layer, "o_proj")
            middle = self.norm(x, f"{layer}.post_norm")
            inner = F.silu(self.linear(middle, layer, "gate_proj")) * self.linear(middle, layer, "up_proj")
            x = x + self.linear(inner, layer, "down_proj")
        return self.norm(x, "final_norm")

    def objective(self) -> Tensor:
        case, weights, trained = self.case, self.weights, self.trained
        users, history, text = case["users"], case["history"], case["text"]
        embedding, hidden_features = weights["embedding"], weights["hidden_features"]
        items, tokens = self.indices["items"], self.indices["tokens"].view(users, text)
        item_tokens = weights["title_features"][items] + F.linear(
            hidden_features[items], trained["w_in"], trained["b_in"].flatten()
        )
        text_input = embedding[tokens[:, :-1]]
        row = torch.ones(users, 1, 1, device=DEVICE)
        parts = [row * embedding[case["bosId"]], item_tokens.view(users, history, -1), row * trained["emb"].flatten()]
        if case["lambdaGen"] > 0:
            parts.append(text_input)
        states = self.decoder(torch.cat(parts, 1))
        # Item rows but the last one, then [EMB].
        predicting = torch.cat([states[:, 1:history], states[:, history + 1 : history + 2]], 1)
        h = F.normalize(F.linear(predicting, trained["w_o"]), dim=-1)
        e = F.normalize(F.linear(hidden_features, trained["w_e"]), dim=-1)
        scores = h.flatten(0, 1) @ e.T * trained["log_scale"].exp().flatten()
        loss = F.cross_entropy(scores, self.indices["targets"])

        def text_loss(rows: Tensor) -> Tensor:
            return F.cross_entropy(F.linear(rows.flatten(0, 1), embedding), tokens.flatten())

        if case["lambdaGen"] > 0:
            loss = loss + case["lambdaGen"] * text_loss(states[:, history + 1 : history + 1 + text])
        if case["lambdaRec"] > 0:
            soft = F.linear(h[:, -1:], trained["w_d"], trained["b_d"].flatten())
            loss = loss + case["lambdaRec"] * text_loss(self.decoder(torch.cat([soft, text_input], 1)))
        return loss

    def run(self) -> None:
        self.optimiser.zero_grad()
        loss = self.objective()
        loss.backward()
        norm = torch.nn.utils.clip_grad_norm_(list(self.trained.values()), self.case["training"]["clipNorm"])
        self.optimiser.step()
        self.last = loss.item(), norm.item()

    def outcome(self) -> tuple[float, float]:
        return self.last


def peak_bytes() -> int | None:
    """Of the card's memory; a process on the processor has no count of its tensors."""
    return torch.cuda.max_memory_allocated() if DEVICE.type == "cuda" else None


def answer(request: dict, work: Product | Step | None) -> tuple[dict, Product | Step | None]:
    if request["type"] == "prepare":
        case, arrays = read_inputs(request["file"])
        return {"type": "prepared"}, (Product if case["kind"] == "matmul" else Step)(case, arrays)
    if work is None:
        raise ValueError("nothing is prepared")
    if request["type"] == "outcome":
        loss, norm = work.outcome()
        return {"type": "outcome", "outcome": {"loss": loss, "gradNorm": norm}}, work
    begin, used = time.perf_counter(), resource.getrusage(resource.RUSAGE_SELF)
    work.run()
    if DEVICE.type == "cuda":
        torch.cuda.synchronize()
    ms = 1000 * (time.perf_counter() - begin)
    spent = resource.getrusage(resource.RUSAGE_SELF)
    cpu = 1000 * (spent.ru_utime + spent.ru_stime - used.ru_utime - used.ru_stime)
    return {"type": "ran", "ms": ms, "cpuMs": cpu, "peakBytes": peak_bytes()}, work


def main() -> None:
    work: Product | Step | None = None
    print(json.dumps({"type": "ready", "version": torch.__version__}), flush=True)
    for line in sys.stdin:
        try:
            reply, work = answer(json.loads(line), work)
        except Exception as error:  # every failure is an answer
            reply = {"type": "failed", "message": f"{type(error).__name__}: {error}"}
        print(json.dumps(reply), flush=True)


main()
