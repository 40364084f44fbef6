"""What Python makes of a model: the other side of `npm run verify:llm` (src/verify).

    python3 -m oracle.verify_llm FOLDER

Reads FOLDER/questions.json and writes answers.safetensors and answers.json beside it. Each part of the questions is answered on its own; a part
that cannot be answered is named under `problems` with the reason. Models are folders inside FOLDER, or absolute paths.
"""

import contextlib
import gc
import json
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import torch
from safetensors.torch import load_file, save_file
from torch import Tensor

from karma.decoder import Decoder
from karma.family import read_config, read_weights
from karma.loading import checkpoint_files, load_model
from karma.model import InterestModel, parameter_shapes
from karma.pretrained import PretrainedDecoder
from karma.recipe import recipe_of
from karma.sequence import Example
from karma.threads import bind

BLOCK = 32
STORED = (("q", "k", "v"), ("o",), ("gate", "up"), ("down",))
"""Projections that the engine stores as one matrix, whose blocks may span them."""
Answer = dict[str, Any]


class Verifier:
    """One folder of questions."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.questions: dict[str, Any] = json.loads((folder / "questions.json").read_text(encoding="utf-8"))
        self.tensors: dict[str, Tensor] = {}

    def answers(self) -> dict[str, Any]:
        """Answers by part, and the problems of those that have none."""
        parts: dict[str, Callable[[Any], Answer]] = {
            "tokens": self.tokens,
            "logits": self.logits,
            "greedy": self.greedy,
            "perplexity": self.perplexity,
            "gradients": self.gradients,
            "gguf": self.gguf,
        }
        found: dict[str, Any] = {}
        problems: dict[str, str] = {}
        for name, question in self.questions.items():
            with noting(problems, name):
                found[name] = parts[name](question)
        return {**found, "problems": problems}

    def tokens(self, question: dict[str, Any]) -> Answer:
        """IDs of each text, without those that a template adds, and the texts of these IDs, without special tokens."""
        from tokenizers import Tokenizer

        tokenizer = Tokenizer.from_file(str(self.folder / question["tokenizer"]))
        ids = [tokenizer.encode(text, add_special_tokens=False).ids for text in question["texts"]]
        return {"ids": ids, "texts": [tokenizer.decode(one, skip_special_tokens=True) for one in ids]}

    def logits(self, question: dict[str, Any]) -> Answer:
        """`logits.<name>.<prompt>` [ids, vocabulary] of each model, or of a model with a PEFT adapter."""
        problems: dict[str, str] = {}
        for name, place in question["models"].items():
            with noting(problems, name), opened(self.folder / place["model"]) as lm:
                model = lm
                if "adapter" in place:
                    from peft import PeftModel

                    model = PeftModel.from_pretrained(lm, self.folder / place["adapter"])
                for at, ids in enumerate(question["prompts"]):
                    with torch.no_grad():
                        self.tensors[f"logits.{name}.{at}"] = model(torch.tensor([ids])).logits[0].float().contiguous()
        return {"problems": problems}

    def greedy(self, question: dict[str, Any]) -> Answer:
        """What transformers generates after each prompt, end token left out."""
        generated = []
        with opened(self.folder / question["model"]) as lm:
            for ids in question["prompts"]:
                row = lm.generate(
                    torch.tensor([ids]),
                    attention_mask=torch.ones(1, len(ids), dtype=torch.long),
                    do_sample=False,
                    repetition_penalty=1.0,
                    max_new_tokens=question["tokens"],
                    eos_token_id=question["ends"],
                    pad_token_id=question["ends"][0],
                )[0, len(ids) :].tolist()
                generated.append([token for token in row if token not in question["ends"]])
        return {"ids": generated}

    def perplexity(self, question: dict[str, Any]) -> Answer:
        """Mean NLL per token of each text after its first: by the reference with weights rounded to each precision, and by transformers."""
        folder, texts = self.folder / question["model"], question["texts"]
        own = {precision: mean_nll(rounded_decoder(folder, precision), texts) for precision in question["precisions"]}
        problems: dict[str, str] = {}
        theirs = None
        with noting(problems, "transformers"), opened(folder) as lm:
            theirs = mean_nll(lambda ids: lm(torch.tensor([ids])).logits[0], texts)
        return {"own": own, "transformers": theirs, "problems": problems}

    def gradients(self, question: dict[str, Any]) -> Answer:
        """Losses and `grad.<way>.<parameter>` of one batch: by the reference in float64, and by transformers with PEFT."""
        file = load_file(self.folder / question["parameters"])
        recipe = recipe_of(question["spec"])
        arm = recipe.arms[0]
        batch = [Example(**example) for example in question["batch"]]
        losses: dict[str, dict[str, float]] = {}
        problems: dict[str, str] = {}
        for way, dtype in (("own", torch.float64), ("transformers", torch.float32)):
            with noting(problems, way):
                loaded = load_model(self.folder / question["model"], "model", way, dtype, torch.device("cpu"))
                features = {name: file[f"features.{name}"].to(dtype) for name in ("hidden", "title")}
                width, items = features["hidden"].shape[1], len(features["hidden"])
                shapes = parameter_shapes(loaded.config, recipe.lora, recipe.objective, width, items)
                start = {name: file[f"param.{name}"].reshape(shape).to(dtype) for name, shape in shapes.items()}
                parameters: dict[str, Tensor] = {}
                if isinstance(loaded.decoder, PretrainedDecoder):
                    for name, matrix in loaded.decoder.adapt(recipe.lora).items():
                        with torch.no_grad():
                            matrix.copy_(start.pop(name))
                        parameters[name] = matrix
                parameters |= {name: value.requires_grad_() for name, value in start.items()}
                model = InterestModel(
                    loaded.decoder,
                    features["hidden"],
                    features["title"],
                    question["titles"],
                    recipe.lora,
                    recipe.objective,
                    parameters,
                )
                loss = model.losses(batch, arm)
                loss.total.backward()
                numbers = {"total": loss.total, "action": loss.action, **loss.terms}
                losses[way] = {name: float(value) for name, value in numbers.items()}
                for name, value in parameters.items():
                    if value.grad is not None:
                        self.tensors[f"grad.{way}.{name}"] = value.grad.float().contiguous()
            gc.collect()
        return {"losses": losses, "problems": problems}

    def gguf(self, question: dict[str, Any]) -> Answer:
        """The largest difference of any tensor between the folder made from a GGUF file and transformers' own reading of the file."""
        import gguf  # noqa: F401
        import transformers

        file = Path(question["file"])
        theirs = transformers.AutoModelForCausalLM.from_pretrained(file.parent, gguf_file=file.name, dtype=torch.float32)
        expected = theirs.state_dict()
        ours = load_file(self.folder / question["model"] / "model.safetensors")
        difference = max(
            float((value - expected[name]).abs().max() / expected[name].abs().max().clamp_min(1e-30))
            for name, value in ours.items()
        )
        return {"difference": difference, "tensors": len(ours)}


@contextlib.contextmanager
def noting(problems: dict[str, str], name: str) -> Iterator[None]:
    """An error inside becomes the problem of that name."""
    try:
        yield
    except Exception as error:
        problems[name] = f"{type(error).__name__}: {error}".splitlines()[0]


@contextlib.contextmanager
def opened(folder: Path) -> Iterator[Any]:
    """A causal LM of transformers in float32, freed afterwards."""
    import transformers

    transformers.logging.set_verbosity_error()
    transformers.logging.disable_progress_bar()
    architecture = json.loads((folder / "config.json").read_text(encoding="utf-8"))["architectures"][0]
    kind = getattr(transformers, architecture)
    # By the architecture's own class: config.json need not name a model_type.
    lm = kind.from_pretrained(folder, config=kind.config_class.from_pretrained(folder), dtype=torch.float32)
    lm.eval()
    try:
        yield lm
    finally:
        del lm
        gc.collect()


def mean_nll(logits: Callable[[list[int]], Tensor], texts: list[list[int]]) -> float:
    """Over all tokens but the first of each text; `logits` of ids are [ids, vocabulary]."""
    total, count = 0.0, 0
    for ids in texts:
        with torch.no_grad():
            shares = logits(ids)[:-1].double().log_softmax(-1)
        total -= float(shares[torch.arange(len(ids) - 1), ids[1:]].sum())
        count += len(ids) - 1
    return total / count


def rounded_decoder(folder: Path, precision: str) -> Callable[[list[int]], Tensor]:
    """The reference's logits with embedding, head and projections rounded to the blocks of `q8_0`, `q4_1` or `q4_0`; `f32`: as stored."""
    config = read_config(json.loads((folder / "config.json").read_text(encoding="utf-8")))
    tensors: dict[str, Tensor] = {}
    for path in checkpoint_files(folder):
        tensors |= {name: value.float() for name, value in load_file(path).items()}
    weights = dict(read_weights(config, tensors))
    layers = [[f"{layer}.{role}" for role in group] for layer in range(config.layers) for group in STORED]
    for group in [["embedding"], ["head"], *layers]:
        parts = [role for role in group if role in weights]
        if parts and precision != "f32":
            whole = rounded(torch.cat([weights[role].flatten() for role in parts]), precision)
            for role, numbers in zip(parts, whole.split([weights[role].numel() for role in parts])):
                weights[role] = numbers.view(weights[role].shape)
    decoder = Decoder(config, weights)
    return lambda ids: decoder.logits(decoder.hidden(decoder.embed(torch.tensor(ids))[None])[0])


def rounded(weights: Tensor, precision: str) -> Tensor:
    """Blocks of 32 consecutive numbers, quantised as ggml's reference does and read back."""
    missing = -len(weights) % BLOCK
    first = weights[len(weights) // BLOCK * BLOCK] if missing else weights[0]
    blocks = torch.cat([weights, first.expand(missing)]).view(-1, BLOCK)
    least, most = blocks.amin(1, keepdim=True), blocks.amax(1, keepdim=True)
    largest = blocks.gather(1, blocks.abs().argmax(1, keepdim=True))
    d = {"q8_0": largest.abs() / 127, "q4_1": (most - least) / 15, "q4_0": largest / -8}[precision]
    inverse = torch.where(d == 0, torch.zeros_like(d), 1 / d)
    scale = d.half().float()
    if precision == "q8_0":
        shares = blocks * inverse
        read = shares.sign() * (shares.abs().double() + 0.5).floor().float() * scale
    elif precision == "q4_1":
        read = ((blocks - least) * inverse + 0.5).trunc().clamp(0, 15) * scale + least.half().float()
    else:
        read = ((blocks.double() * inverse.double() + 8.5).trunc().clamp(0, 15).float() - 8) * scale
    return read.flatten()[: len(weights)]


def main(folder: Path) -> int:
    """Answers the questions of one folder."""
    verifier = Verifier(folder)
    answers = verifier.answers()
    save_file(verifier.tensors, folder / "answers.safetensors")
    (folder / "answers.json").write_text(json.dumps(answers), encoding="utf-8")
    return 0


if __name__ == "__main__":
    bind(1)
    sys.exit(main(Path(sys.argv[1])))
