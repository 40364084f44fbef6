"""Probe histories and drift texts: the choices of src/experiment/prepare/probes.ts and driftTexts.ts, draw for draw."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

from .columns import Target
from .data import Prepared
from .random import fork_random
from .sampling import drift_items, permutation
from .sequence import Example
from .spec import Objective

PERMUTATIONS = 4


@dataclass(frozen=True)
class Probes:
    """Test histories of one length T, the same for every arm and step."""

    targets: list[Target]
    examples: list[Example]
    """Without query tokens, so that all have the same layout."""
    permuted: list[list[Example]]
    """The same histories with their items in seeded other orders."""
    described: list[dict[str, Any]]
    length: int


def prompt_rows(example: Example, objective: Objective, titles: Sequence[list[int]]) -> int:
    """Rows of `[BOS] items ([QUERY] query) [EMB]`."""
    rows = 2 + len(example.history) + (1 + len(example.query) if example.query else 0)
    return rows + (sum(len(titles[item]) for item in example.history) if objective.item_interface == "text" else 0)


def item_positions(example: Example, objective: Objective, titles: Sequence[list[int]]) -> list[int]:
    """Rows that are items: item tokens, or the separators after titles."""
    positions, row = [], 0
    for item in example.history:
        row += 1 + (len(titles[item]) if objective.item_interface == "text" else 0)
        positions.append(row)
    return positions


def choose_probes(data: Prepared) -> Probes:
    """The longest of the lengths that enough test histories have, else the most common one."""
    recipe, log = data.recipe, data.log
    objective, wanted = recipe.objective, recipe.evaluation.probes
    by_length: dict[int, list[Target]] = {}
    tests = log.targets("test")
    order = fork_random(recipe.seed, "probes").shuffle(list(range(len(tests))))
    for index in order:
        example = replace(data.example_for(tests[index]), query=[])
        by_length.setdefault(prompt_rows(example, objective, data.titles), []).append(tests[index])
    lengths = sorted(by_length, reverse=True)
    length = next((n for n in lengths if len(by_length[n]) >= wanted), max(lengths, key=lambda n: len(by_length[n])))
    targets = by_length[length][:wanted]
    examples = [replace(data.example_for(target), query=[]) for target in targets]
    permuted = []
    for which in range(PERMUTATIONS):
        others = []
        for probe, example in enumerate(examples):
            places = permutation(len(example.history), recipe.seed, probe, which)
            history = example.history if places is None else [example.history[place] for place in places]
            others.append(replace(example, history=history))
        permuted.append(others)
    return Probes(targets, examples, permuted, [_described(data, *pair) for pair in zip(targets, examples, strict=True)], length)


def _described(data: Prepared, target: Target, example: Example) -> dict[str, Any]:
    titles = data.log.texts("item_title")
    labels = ["[BOS]"]
    for item in example.history:
        if data.recipe.objective.item_interface == "text":
            labels += [data.decode([token]) for token in data.titles[item]]
        labels.append(titles[item])
    return {
        "user": data.log.texts("user_id")[target.user],
        "labels": [*labels, "[EMB]"],
        "itemPositions": item_positions(example, data.recipe.objective, data.titles),
        "target": titles[example.target],
    }


def choose_drift_texts(data: Prepared) -> list[list[int]]:
    """Texts of items that no arm is trained on, if there are enough; else of any items."""
    items, _ = drift_items(data.log, data.recipe.seed)
    return [data.texts[item] for item in items[: data.recipe.evaluation.texts]]
