"""Trains the byte-level BPE tokenizer, writes tokenizer.json, and encodes the corpus.

    python3 bpe.py corpus.txt tokenizer.json tokens.npy
"""

from __future__ import annotations

import argparse
import collections
import heapq
import json
import re
from pathlib import Path

import numpy as np

VOCABULARY = 4096
SPECIAL_TOKENS = ["<|bos|>", "<|eos|>", "<|pad|>", "<|item|>", "<|interest|>", "<|rec|>", "<|query|>", "<|next|>"]
"""The last ids of the vocabulary, in this order. Pretraining sees the first two only."""
# A word with the space before it, a single digit, or a run of symbols. tokenizer.json has the same pattern.
PATTERN = r" ?[A-Za-z]+| ?[0-9]| ?[^\sA-Za-z0-9]+|\n|\s+"

Pair = tuple[int, int]


def replace_pair(word: list[int], pair: Pair, merged: int) -> list[int]:
    """Every occurrence of `pair` in `word`, left to right, becomes `merged`."""
    result: list[int] = []
    i = 0
    while i < len(word):
        if i + 1 < len(word) and (word[i], word[i + 1]) == pair:
            result.append(merged)
            i += 2
        else:
            result.append(word[i])
            i += 1
    return result


def train(counts: collections.Counter[str], merges_wanted: int) -> tuple[list[Pair], dict[str, list[int]]]:
    """Merges the most frequent pair again and again; of equally frequent pairs the one with the lower ids.

    Returns the merges in order (merge k makes id 256 + k) and every word in its final pieces.
    """
    words = [list(word.encode()) for word in counts]
    frequency = list(counts.values())
    pair_counts: collections.Counter[Pair] = collections.Counter()
    words_with: dict[Pair, set[int]] = collections.defaultdict(set)
    for index, word in enumerate(words):
        for pair in zip(word, word[1:]):
            pair_counts[pair] += frequency[index]
            words_with[pair].add(index)
    # The heap may hold outdated counts, which are detected and corrected when they come up.
    heap = [(-count, pair) for pair, count in pair_counts.items()]
    heapq.heapify(heap)
    merges: list[Pair] = []
    while len(merges) < merges_wanted:
        count, pair = heapq.heappop(heap)
        if pair_counts[pair] != -count:
            if pair_counts[pair] > 0:
                heapq.heappush(heap, (-pair_counts[pair], pair))
            continue
        merged = 256 + len(merges)
        merges.append(pair)
        changed: set[Pair] = set()
        for index in words_with[pair]:
            before = words[index]
            after = replace_pair(before, pair, merged)
            for old in zip(before, before[1:]):
                pair_counts[old] -= frequency[index]
                changed.add(old)
            for new in zip(after, after[1:]):
                pair_counts[new] += frequency[index]
                words_with[new].add(index)
                changed.add(new)
            words[index] = after
        pair_counts[pair] = 0
        for touched in changed:
            if pair_counts[touched] > 0:
                heapq.heappush(heap, (-pair_counts[touched], touched))
    return merges, dict(zip(counts, words))


def byte_alphabet() -> list[str]:
    """GPT-2's printable stand-in for each byte, which tokenizer.json is written in."""
    printable = [*range(33, 127), *range(161, 173), *range(174, 256)]
    alphabet = {byte: chr(byte) for byte in printable}
    for byte in range(256):
        if byte not in alphabet:
            alphabet[byte] = chr(256 + len(alphabet) - len(printable))
    return [alphabet[byte] for byte in range(256)]


def tokenizer_json(merges: list[Pair]) -> dict[str, object]:
    """The tokenizer in the format of Hugging Face's `tokenizers`."""
    pieces = byte_alphabet()
    merge_pieces: list[list[str]] = []
    for first, second in merges:
        merge_pieces.append([pieces[first], pieces[second]])
        pieces.append(pieces[first] + pieces[second])
    vocabulary = {piece: index for index, piece in enumerate([*pieces, *SPECIAL_TOKENS])}
    assert len(vocabulary) == VOCABULARY, "two merges make the same piece"
    added = [
        {
            "id": vocabulary[token],
            "content": token,
            "single_word": False,
            "lstrip": False,
            "rstrip": False,
            "normalized": False,
            "special": True,
        }
        for token in SPECIAL_TOKENS
    ]
    split = {"type": "Split", "pattern": {"Regex": PATTERN}, "behavior": "Isolated", "invert": False}
    to_bytes = {"type": "ByteLevel", "add_prefix_space": False, "trim_offsets": True, "use_regex": False}
    return {
        "version": "1.0",
        "truncation": None,
        "padding": None,
        "added_tokens": added,
        "normalizer": None,
        "pre_tokenizer": {"type": "Sequence", "pretokenizers": [split, to_bytes]},
        "post_processor": None,
        "decoder": {"type": "ByteLevel", "add_prefix_space": True, "trim_offsets": True, "use_regex": True},
        "model": {
            "type": "BPE",
            "dropout": None,
            "unk_token": None,
            "continuing_subword_prefix": None,
            "end_of_word_suffix": None,
            "fuse_unk": False,
            "byte_fallback": False,
            "ignore_merges": False,
            "vocab": vocabulary,
            "merges": merge_pieces,
        },
    }


def encode_corpus(text: str, pieces: dict[str, list[int]]) -> np.ndarray:
    """Ids of all lines, uint16 [tokens], each line between <|bos|> and <|eos|>."""
    bos = VOCABULARY - len(SPECIAL_TOKENS)
    word = re.compile(PATTERN)
    ids: list[int] = []
    for line in text.split("\n"):
        ids.append(bos)
        for match in word.findall(line):
            ids.extend(pieces[match])
        ids.append(bos + 1)
    return np.array(ids, np.uint16)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("corpus", type=Path)
    parser.add_argument("tokenizer", type=Path, help="tokenizer.json to write")
    parser.add_argument("tokens", type=Path, help="tokens.npy to write")
    arguments = parser.parse_args()
    text = arguments.corpus.read_text(encoding="utf-8")
    counts = collections.Counter(re.findall(PATTERN, text))
    merges, pieces = train(counts, VOCABULARY - 256 - len(SPECIAL_TOKENS))
    with open(arguments.tokenizer, "w", encoding="utf-8", newline="\n") as file:
        json.dump(tokenizer_json(merges), file, ensure_ascii=False, separators=(",", ":"))
    ids = encode_corpus(text, pieces)
    np.save(arguments.tokens, ids)
    print(f"tokenizer: {len(counts):,} different words, {len(merges):,} merges")
    print(f"tokens: {len(ids):,}, {len(text) / len(ids):.2f} characters each")


if __name__ == "__main__":
    main()
