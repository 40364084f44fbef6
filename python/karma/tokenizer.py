"""A reader of byte-level BPE `tokenizer.json` files, limited to what wordnet-1m needs: no normaliser, one splitting pattern."""

import json
import re
from collections.abc import Sequence
from functools import cache
from itertools import pairwise
from pathlib import Path


def byte_characters() -> list[str]:
    """The character that byte-level BPE writes for each byte (GPT-2's table)."""
    printable = [*range(33, 127), *range(161, 173), *range(174, 256)]
    others = [byte for byte in range(256) if byte not in printable]
    table = {byte: chr(byte) for byte in printable} | {byte: chr(256 + i) for i, byte in enumerate(others)}
    return [table[byte] for byte in range(256)]


class Tokenizer:
    """Text to token ids, without special tokens."""

    def __init__(self, path: Path) -> None:
        data = json.loads(path.read_text(encoding="utf-8"))
        model = data["model"]
        split, _ = data["pre_tokenizer"]["pretokenizers"]
        if model["type"] != "BPE" or data["normalizer"] is not None or split["type"] != "Split":
            raise ValueError(f"{path} is not a plain byte-level BPE tokenizer")
        self._pattern = re.compile(split["pattern"]["Regex"])
        self._ids: dict[str, int] = model["vocab"]
        self._words = {token: text for text, token in self._ids.items()}
        self._words |= {entry["id"]: entry["content"] for entry in data.get("added_tokens", [])}
        pairs = (pair if isinstance(pair, list) else pair.split(" ") for pair in model["merges"])
        self._ranks = {tuple(pair): rank for rank, pair in enumerate(pairs)}
        self._bytes = byte_characters()
        self._word = cache(self._encode_word)

    def encode(self, text: str) -> list[int]:
        """Token ids of the text."""
        return [token for word in self._pattern.findall(text) for token in self._word(word)]

    def _encode_word(self, word: str) -> list[int]:
        parts = [self._bytes[byte] for byte in word.encode()]
        while len(parts) > 1:
            best = min(pairwise(parts), key=lambda pair: self._ranks.get(pair, len(self._ranks)))
            if best not in self._ranks:
                break
            merged: list[str] = []
            for part in parts:
                # A part that was just merged is longer than best[0], so it does not start a second merge.
                if merged and (merged[-1], part) == best:
                    merged[-1] += part
                else:
                    merged.append(part)
            parts = merged
        return [self._ids[part] for part in parts]

    def decode(self, tokens: Sequence[int]) -> str:
        """The text of token ids; bytes that are not UTF-8 become U+FFFD."""
        byte_of = {character: byte for byte, character in enumerate(self._bytes)}
        spelled = "".join(self._words[token] for token in tokens)
        return b"".join(bytes([byte_of[c]]) if c in byte_of else c.encode() for c in spelled).decode(errors="replace")
