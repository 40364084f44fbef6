"""A model's folder: our own decoder, or transformers with peft, and its entry in the record."""

import hashlib
import json
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import torch

from .decoder import Decoder
from .errors import JobError
from .family import block_shapes, outer_shapes, read_config, read_weights
from .pretrained import PretrainedDecoder
from .processes import Processes
from .spec import DecoderConfig
from .storage import read_tensors

OWN_PARAMETERS = 50_000_000
"""Models up to this size are run by our own decoder unless the user says otherwise; larger ones by transformers."""


@dataclass(frozen=True)
class LoadedModel:
    """A frozen model. `decoder` is a Decoder or a PretrainedDecoder, which share one interface."""

    config: DecoderConfig
    decoder: Decoder
    folder: Path
    hash: str
    summary: dict[str, Any]


def parameter_count(config: DecoderConfig) -> int:
    """Numbers of the frozen model; a tied head counts once."""

    def size(shape: tuple[int, ...]) -> int:
        return int(torch.Size(shape).numel())

    return sum(map(size, outer_shapes(config).values())) + config.layers * sum(map(size, block_shapes(config).values()))


def find_model(job: Path, named: Path | None, model_id: str, revision: str) -> Path:
    """The folder that was named, else the job's `model`, else the hub's cache. JobError if there is none."""
    folder = named or job / "model"
    if folder.exists():
        if not (folder / "config.json").exists():
            raise JobError(f"{folder} has no config.json: name the folder of a Hugging Face model.")
        return folder
    if named is not None:
        raise JobError(f"{named} does not exist.")
    if model_id.startswith("local:"):
        raise JobError(
            f"{model_id.removeprefix('local:')} was opened from disk and is not in {folder}. Name its folder with --model; "
            "npm run experiment -- --export-job writes it into the job, from a GGUF file, too."
        )
    try:
        from huggingface_hub import snapshot_download

        patterns = ["*.json", "*.safetensors", "*.model"]
        return Path(snapshot_download(model_id, revision=revision, allow_patterns=patterns))
    except Exception as error:
        raise JobError(
            f"{model_id} is not in {job / 'model'} and could not be downloaded ({error}). Name its folder with --model."
        ) from error


def checkpoint_files(folder: Path) -> list[Path]:
    """The safetensors files of a model, shards in their order."""
    index = folder / "model.safetensors.index.json"
    if not index.exists():
        return [folder / "model.safetensors"]
    names = sorted(set(json.loads(index.read_text(encoding="utf-8"))["weight_map"].values()))
    return [folder / name for name in names]


def hash_of(files: list[Path]) -> str:
    """SHA-256 of the file; of the shards' names and hashes if there are several."""
    hashes = []
    for path in files:
        if not path.exists():
            raise JobError(f"{path} is missing; the model's weights must be safetensors.")
        with open(path, "rb") as file:
            hashes.append(hashlib.file_digest(file, "sha256").hexdigest())
    if len(hashes) == 1:
        return hashes[0]
    return hashlib.sha256("\n".join(f"{p.name} {h}" for p, h in zip(files, hashes, strict=True)).encode()).hexdigest()


def load_model(
    folder: Path,
    model_id: str,
    which: str,
    dtype: torch.dtype,
    device: torch.device,
    over: Callable[[DecoderConfig, bool], Processes | None] = lambda config, own: None,
) -> LoadedModel:
    """`which`: own, transformers, or auto by the model's size.

    `over`: asked with what the model is, and whether our own decoder runs it, for the processes that it is cut over; None if it is whole on each.
    """
    data = json.loads((folder / "config.json").read_text(encoding="utf-8"))
    try:
        config = read_config(data)
    except (ValueError, KeyError) as error:
        raise JobError(f"{folder / 'config.json'}: {error}. The families are those of docs/models.md.") from error
    files = checkpoint_files(folder)
    own = which == "own" or (which == "auto" and parameter_count(config) <= OWN_PARAMETERS)
    cut = over(config, own)
    decoder: Any = _own(config, files, dtype, device) if own else PretrainedDecoder(config, folder, dtype, device, cut)
    digest = hash_of(files)
    summary = {
        "id": model_id,
        "hash": digest,
        "architecture": config.architecture,
        "parameters": parameter_count(config),
        "layers": config.layers,
        "heads": config.heads,
        "kvHeads": config.kv_heads,
        "hidden": config.hidden,
        "vocabulary": config.vocabulary,
        "bytes": sum(path.stat().st_size for path in files),
        **start_token(folder, config.bos_id),
    }
    return LoadedModel(config, decoder, folder, digest, summary)


def start_token(folder: Path, bos_id: int) -> dict[str, Any]:
    """The record's `startToken`: how tokenizer.json writes [BOS], and whether the chat template opens turns with it; empty if it does not say."""
    path = folder / "tokenizer.json"
    if not path.exists():
        return {}
    data = json.loads(path.read_text(encoding="utf-8"))
    added = {token["id"]: token["content"] for token in data.get("added_tokens", [])}
    vocabulary = data.get("model", {}).get("vocab", {})
    pieces = {} if isinstance(vocabulary, list) else {number: piece for piece, number in vocabulary.items()}
    text = added.get(bos_id, pieces.get(bos_id))
    if text is None:
        return {}
    settings = folder / "tokenizer_config.json"
    template = json.loads(settings.read_text(encoding="utf-8")).get("chat_template") if settings.exists() else None
    return {"startToken": {"text": text, "opensTurns": isinstance(template, str) and text in template}}


def _own(config: DecoderConfig, files: list[Path], dtype: torch.dtype, device: torch.device) -> Decoder:
    tensors: dict[str, torch.Tensor] = {}
    for path in files:
        tensors |= read_tensors(path, dtype, device)
    return Decoder(config, read_weights(config, tensors))
