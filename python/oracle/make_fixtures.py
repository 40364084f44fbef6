"""Writes reference/fixtures: small cases with everything that an engine must reproduce. `--check` tests them instead.

Computed in float64 from float32 values, sequence by sequence without padding, and stored as float32.
"""

import argparse
import json
from dataclasses import asdict
from pathlib import Path

import numpy as np
import torch
from torch import Tensor

from karma.codes import residual_codes
from karma.model import InterestModel, Losses
from karma.optimiser import Optimiser
from karma.spec import Objective, to_json
from karma.storage import write_tensors
from karma.surgery import Surgery, edits_of, first_half
from karma.threads import bind
from oracle.fixture_cases import (
    ARMS,
    CASES,
    Case,
    case_batch,
    case_codes,
    case_counts,
    case_parameters,
    model_titles,
)
from oracle.tiny_models import MODELS, base_outputs, decoder_of, model_tensors, prompt_of

FIXTURES = Path(__file__).parent.parent / "fixtures"
GGUF = "gguf"
"""The folder of make_gguf.py."""


def build(case: Case, dtype: torch.dtype = torch.float64, padded: bool = False) -> InterestModel:
    """The model of a case with its first parameters."""
    features = model_tensors(case.model)[1]
    return InterestModel(
        decoder_of(case.model, dtype),
        features["features.hidden"].to(dtype),
        features["features.title"].to(dtype),
        model_titles(MODELS[case.model]),
        case.lora,
        case.objective_spec,
        {
            name: value.to(dtype).requires_grad_(case.lora.trains(name) and case.objective_spec.trains(name))
            for name, value in case_parameters(case).items()
        },
        padded,
        sink=ARMS[case.arm].sink_token,
        counts=case_counts(case, case_batch(case)),
        codes=None if (codes := case_codes(case)) is None else codes.tokens,
    )


def run(case: Case, dtype: torch.dtype = torch.float64, padded: bool = False) -> tuple[dict, dict[str, Tensor]]:
    """Two steps on the case's batch: (JSON, tensors)."""
    model, batch, arm = build(case, dtype, padded), case_batch(case), ARMS[case.arm]
    tensors = {f"param.{name}": value.detach().clone() for name, value in model.parameters.items()}
    with torch.no_grad():
        maps: list[list[Tensor]] = []
        first = model.first_pass(model.pack(batch, arm.lambda_gen > 0), maps)
        length = first.packed.lengths[0]
        tensors |= {
            "out.hidden": first.hidden,
            "out.interest": first.interest,
            "out.items": model.item_embeddings().clone(),
            "out.attention": torch.stack([layer[0, :, :length, :length] for layer in maps[0]]),
        }
    optimiser = Optimiser(model.parameters, arm.own_training(case.training_spec))
    losses, norms, rates = [], [], []
    for step in (1, 2):
        loss = model.losses(batch, arm)
        norms.append(optimiser.gradients(loss.total))
        losses.append(as_numbers(loss))
        if step == 1:
            tensors |= {f"grad.{name}": value.grad.clone() for name, value in model.parameters.items()}
        rates.append(optimiser.step(norms[-1]))
        if case.keep_after:
            tensors |= {f"after{step}.{name}": value.detach().clone() for name, value in model.parameters.items()}
    tiny = MODELS[case.model]
    spec = {"lora": case.lora, "objective": case.objective_spec, "training": case.training_spec, "arm": arm}
    description = {
        "model": case.model,
        "spec": {name: to_json(value) for name, value in spec.items()},
        "items": tiny.items,
        "titles": model_titles(tiny),
        **({} if (codes := case_codes(case)) is None else {"codes": codes.codes.tolist()}),
        **({"counts": case_counts(case, batch).tolist()} if reads_counts(case.objective_spec) else {}),
        "batch": [example_json(asdict(example)) for example in batch],
        "losses": losses[0],
        "gradNorm": norms[0],
        "losses2": losses[1],
        "gradNorm2": norms[1],
        "learningRates": rates,
    }
    return description, tensors


SURGERIES = {
    "damped": Surgery(sinks=0.0),
    "halved": Surgery(sinks=0.5),
    "unnormalised": Surgery(sinks=0.25, renormalised=False),
    "cut": Surgery(heads=((0, 1), (1, 0)), blocked=(2,)),
}
SURGERY_CASES = ("even-token-action", "odd-text-rec", "qwen3-token-karma", "gemma3-token-karma", "gpt2-text-karma")
SURGERY_THRESHOLD = 0.15


@torch.no_grad()
def operated(case: Case) -> dict[str, Tensor]:
    """`<surgery>.edits` of the first example's prompt, its `attention` and its `interest` after each operation."""
    model, batch = build(case), case_batch(case)
    packed = model.pack_requests(batch[:1])
    maps: list[list[Tensor]] = []
    model.first_pass(packed, maps)
    before = torch.stack([layer[0] for layer in maps[0]])
    tensors = {}
    for name, surgery in SURGERIES.items():
        edits = edits_of(surgery, before, first_half(packed.item_positions[0]), SURGERY_THRESHOLD)
        after: list[list[Tensor]] = []
        result = model.first_pass(packed, after, [edits])
        tensors |= {
            f"{name}.edits": edits,
            f"{name}.attention": torch.stack([layer[0] for layer in after[0]]),
            f"{name}.interest": result.interest[-1:],
        }
    return tensors


def write_surgeries(folder: Path) -> None:
    """What models compute that are operated on, one file a case."""
    folder.mkdir(parents=True, exist_ok=True)
    for name in SURGERY_CASES:
        write_tensors(folder / f"{name}.safetensors", operated(next(case for case in CASES if case.name == name)))


def example_json(example: dict) -> dict:
    """An example without what it lacks."""
    further = [example_json(one) for one in example["further"]]
    kept = {
        key: value for key, value in example.items() if value is not None and (key not in ("earlier", "history_exposed") or value)
    }
    kept = {"historyExposed" if key == "history_exposed" else key: value for key, value in kept.items()}
    return {**kept, "further": further} if further else {key: value for key, value in kept.items() if key != "further"}


def reads_counts(objective: Objective) -> bool:
    """Whether the loss depends on the items' numbers of training events."""
    return objective.popularity > 0 or objective.leaves_out


def as_numbers(losses: Losses) -> dict[str, float]:
    numbers = {"total": losses.total, "action": losses.action, **losses.terms}
    return {name: float(value) for name, value in numbers.items()}


def write() -> None:
    """Writes every file, and removes those of an older set, except for those of make_gguf.py."""
    for old in FIXTURES.glob("**/*.*"):
        if old.parent.name != GGUF:
            old.unlink()
    for name in MODELS:
        write_model(FIXTURES / "models" / name, name)
        write_probe(FIXTURES / "models" / name, name)
    write_codes(FIXTURES / "codes")
    write_surgeries(FIXTURES / "surgery")
    for case in CASES:
        description, tensors = run(case)
        write_tensors(FIXTURES / f"{case.name}.safetensors", tensors)
        (FIXTURES / f"{case.name}.json").write_text(json.dumps(description) + "\n", encoding="utf-8")
    size = sum(path.stat().st_size for path in FIXTURES.glob("**/*.*"))
    print(f"{len(CASES)} cases, {size / 1e6:.2f} MB")


def write_model(folder: Path, name: str) -> None:
    """A model as a Hugging Face folder; base.json and base.safetensors hold the resolved config, a prompt, the outputs and the features."""
    tensors, features = model_tensors(name)
    folder.mkdir(parents=True, exist_ok=True)
    write_json(folder / "config.json", MODELS[name].json)
    write_tensors(folder / "model.safetensors", tensors)
    write_json(folder / "base.json", {"config": to_json(MODELS[name].config), "prompt": prompt_of(name)})
    write_tensors(folder / "base.safetensors", base_outputs(name) | features)


def write_probe(folder: Path, name: str) -> None:
    """A probe decoder's loss and gradient in probe.json and probe.safetensors: the base model reads texts from W·z + b alone."""
    decoder, vocabulary = decoder_of(name, torch.float64), MODELS[name].config.vocabulary
    generator = torch.Generator().manual_seed(11)
    texts = [torch.randint(vocabulary, (length,), generator=generator).tolist() for length in (4, 1, 6)]

    def draw_floats(*shape: int) -> Tensor:
        return torch.randn(shape, generator=generator).to(torch.float64)

    z, w, b = draw_floats(len(texts), 12), draw_floats(decoder.config.hidden, 12), draw_floats(decoder.config.hidden)
    w.requires_grad_()
    b.requires_grad_()
    means = []
    for row, text in zip(z, texts, strict=True):
        rows = torch.cat([(w @ row + b)[None], decoder.vocabulary[text[:-1]]])
        log_shares = decoder.logits(decoder.hidden(rows[None])[0]).log_softmax(-1)
        means.append(-log_shares[torch.arange(len(text)), text].mean())
    nll = torch.stack(means)
    nll.mean().backward()
    write_json(folder / "probe.json", {"texts": texts})
    values = {"z": z, "w": w, "b": b, "nll": nll, "grad.w": w.grad, "grad.b": b.grad}
    write_tensors(folder / "probe.safetensors", {key: value.detach() for key, value in values.items()})


def write_codes(folder: Path) -> None:
    """codes.json: residual k-means of drawn features, some of them alike, so that items share codes and clusters run out of points."""
    folder.mkdir(parents=True, exist_ok=True)
    cases = []
    for seed, items, width, levels, size in ((1, 60, 6, 3, 4), (2, 40, 3, 2, 8), (3, 9, 5, 4, 16), (4, 300, 20, 3, 32)):
        random = np.random.RandomState(seed)
        features = random.standard_normal((items, width)).astype(np.float32)
        features[items // 2 : items // 2 + 5] = features[0]
        objective = Objective(item_interface="semantic", code_levels=levels, codebook_size=size)
        codes = residual_codes(features, (size,) * levels, seed).codes
        cases.append({"seed": seed, "spec": to_json(objective), "features": features.tolist(), "codes": codes.tolist()})
    (folder / "codes.json").write_text(json.dumps(cases) + "\n", encoding="utf-8")


def write_json(path: Path, value: dict) -> None:
    path.write_text(json.dumps(value, indent=2) + "\n", encoding="utf-8")


def check(case: Case) -> tuple[float, float]:
    """Prints how well a case is conditioned; raises when a gradient disagrees with finite differences, or padding changes a tensor.

    `diff`: largest relative error of a directional derivative in each parameter against central differences.
    `padded`: largest error of the same run on padded sequences, and `f32` in float32, relative to the largest entry of each tensor.
    `small`: share of non-zero gradient entries below 1e-6 after clipping. `zero`: parameters without any gradient.

    Returns `diff` and `padded`.
    """
    description, tensors = run(case)
    single, padded = run(case, torch.float32)[1], run(case, padded=True)[1]
    clip = case.training_spec.clip_norm
    factor = min(1.0, clip / (description["gradNorm"] + 1e-6)) if clip > 0 else 1.0
    gradients = {name.removeprefix("grad."): value for name, value in tensors.items() if name.startswith("grad.")}
    flat = torch.cat([value.flatten() for value in gradients.values()])
    small = ((flat != 0) & (flat.abs() * factor < 1e-6)).sum().item() / (flat != 0).sum().item()
    zero = [name for name, value in gradients.items() if not value.any()]
    worst = max((relative(single[name], value), name) for name, value in tensors.items())
    apart = max(relative(padded[name], value) for name, value in tensors.items())
    difference = finite_difference_error(case, gradients)
    print(
        f"{case.name:28} norm {description['gradNorm']:6.2f}  diff {difference:.1e}  padded {apart:.1e}"
        f"  f32 {worst[0]:.1e} {worst[1]:24} small {small:.4f}  zero {zero}"
    )
    if difference > 1e-5 or apart > 1e-6:
        raise SystemExit(f"{case.name}: gradients or padding are wrong")
    return difference, apart


def relative(value: Tensor, expected: Tensor) -> float:
    return float((value.double() - expected).abs().max() / expected.abs().max().clamp_min(1e-30))


def finite_difference_error(case: Case, gradients: dict[str, Tensor], step: float = 1e-3) -> float:
    """Largest error over parameters of the derivative along a random unit vector, to which every entry of the parameter's gradient
    adds, against 4th-order differences; relative to the derivative, or to 1e-2·‖gradient‖ where that is more."""
    model, batch, arm = build(case), case_batch(case), ARMS[case.arm]
    generator = torch.Generator().manual_seed(0)
    worst = 0.0
    with torch.no_grad():
        for name, value in model.parameters.items():
            if not value.requires_grad:
                continue
            start = value.clone()
            direction = torch.randn(value.shape, generator=generator, dtype=value.dtype)
            direction /= direction.norm()
            total = 0.0
            for offset, weight in ((-2, 1), (-1, -8), (1, 8), (2, -1)):
                value.copy_(start + offset * step * direction)
                total += weight * model.losses(batch, arm).total.item() / (12 * step)
            value.copy_(start)
            expected = (gradients[name] * direction).sum().item()
            scale = max(abs(expected), 1e-2 * gradients[name].norm().item(), 1e-6)
            worst = max(worst, abs(total - expected) / scale)
    return worst


if __name__ == "__main__":
    bind(1)
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--check", action="store_true", help="check gradients and conditioning, write nothing")
    if parser.parse_args().check:
        for item in CASES:
            check(item)
    else:
        write()
