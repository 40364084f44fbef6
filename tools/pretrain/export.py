"""Writes and reads a model folder in Hugging Face's layout.

    python3 export.py checkpoint.pt tokenizer.json public/models/wordnet-1m
"""

from __future__ import annotations

import argparse
import json
import shutil
from pathlib import Path

import torch
from bpe import SPECIAL_TOKENS, VOCABULARY
from model import Config, LlamaForCausalLM
from safetensors.torch import load_file, save_file

CONTEXT = 256
BOS = VOCABULARY - len(SPECIAL_TOKENS)


def write_json(path: Path, content: dict[str, object]) -> None:
    path.write_text(json.dumps(content, indent=1), encoding="utf-8")


def export_model(model: LlamaForCausalLM, config: Config, tokenizer: Path, out: Path) -> None:
    """model.safetensors (f32), config.json, generation_config.json, tokenizer.json, tokenizer_config.json."""
    out.mkdir(parents=True, exist_ok=True)
    ids = {"bos_token_id": BOS, "eos_token_id": BOS + 1, "pad_token_id": BOS + 2}
    tensors = {name: tensor.contiguous() for name, tensor in model.state_dict().items()}
    save_file(tensors, out / "model.safetensors", metadata={"format": "pt"})
    write_json(
        out / "config.json",
        {
            "architectures": ["LlamaForCausalLM"],
            "model_type": "llama",
            "hidden_size": config.hidden_size,
            "num_hidden_layers": config.layers,
            "num_attention_heads": config.heads,
            "num_key_value_heads": config.kv_heads,
            "head_dim": config.head_dim,
            "intermediate_size": config.intermediate_size,
            "vocab_size": config.vocab_size,
            "max_position_embeddings": CONTEXT,
            "rms_norm_eps": config.rms_norm_eps,
            "rope_theta": config.rope_theta,
            "hidden_act": "silu",
            "tie_word_embeddings": True,
            "attention_bias": False,
            "mlp_bias": False,
            **ids,
            "torch_dtype": "float32",
        },
    )
    write_json(out / "generation_config.json", {**ids, "do_sample": True, "temperature": 0.8, "top_p": 0.95})
    shutil.copyfile(tokenizer, out / "tokenizer.json")
    write_json(
        out / "tokenizer_config.json",
        {
            "tokenizer_class": "PreTrainedTokenizerFast",
            "bos_token": SPECIAL_TOKENS[0],
            "eos_token": SPECIAL_TOKENS[1],
            "pad_token": SPECIAL_TOKENS[2],
            "model_max_length": CONTEXT,
            "clean_up_tokenization_spaces": False,
            "add_bos_token": False,
        },
    )


def load_model(folder: Path) -> LlamaForCausalLM:
    """Reads a folder that `export_model` wrote; fails when a tensor is missing or has another shape."""
    settings = json.loads((folder / "config.json").read_text(encoding="utf-8"))
    config = Config(
        vocab_size=settings["vocab_size"],
        hidden_size=settings["hidden_size"],
        layers=settings["num_hidden_layers"],
        heads=settings["num_attention_heads"],
        kv_heads=settings["num_key_value_heads"],
        intermediate_size=settings["intermediate_size"],
        rms_norm_eps=settings["rms_norm_eps"],
        rope_theta=settings["rope_theta"],
    )
    model = LlamaForCausalLM(config)
    model.load_state_dict(load_file(folder / "model.safetensors"))
    return model


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("checkpoint", type=Path)
    parser.add_argument("tokenizer", type=Path)
    parser.add_argument("out", type=Path)
    arguments = parser.parse_args()
    config = Config()
    model = LlamaForCausalLM(config)
    model.load_state_dict(torch.load(arguments.checkpoint, weights_only=True))
    export_model(model, config, arguments.tokenizer, arguments.out)
    size = sum(path.stat().st_size for path in arguments.out.iterdir())
    print(f"{arguments.out}: {size / 1e6:.2f} MB")


if __name__ == "__main__":
    main()
