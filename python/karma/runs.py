"""Runs in a notebook: `open_run` gives a run file as tables of pandas, `compare` the page's paired statistics over several.

Needs pandas and NumPy alone.
"""

import base64
import gzip
import json
import os
import re
from collections.abc import Iterable, Sequence
from functools import cached_property
from math import exp, lgamma, log, sqrt
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

Floats = np.ndarray[Any, np.dtype[np.float64]]

VERSION = 2
#: In the order of their bits in an evaluation's `groups`.
GROUPS = ("one-hop", "multi-hop", "head", "tail", "short-history", "medium-history", "long-history")
_OF_RANKS = re.compile(rf"(?:(?P<split>warm|cold|{'|'.join(GROUPS)})-)?(?P<pool>pool-)?(?P<name>hr|ndcg|mrr)(?:@(?P<k>\d+))?")
_SCORES = {"hr": np.ones_like, "ndcg": lambda rank: 1 / np.log2(1 + rank), "mrr": lambda rank: 1 / rank}


class RunError(Exception):
    """A file that is no run, or runs that do not fit together. The message says which, and what to do."""


class Run:
    """One experiment. `record` is the whole file, as docs/runs.md describes it."""

    def __init__(self, record: dict[str, Any], path: str) -> None:
        self.record = record
        self.path = path
        self.seed: int = record["spec"]["seed"]
        self.arms: list[str] = [arm["id"] for arm in record["arms"]]

    def __repr__(self) -> str:
        name = self.record["spec"].get("name") or self.path
        return f"<Run {name!r}, seed {self.seed}: {', '.join(self.arms)}>"

    @cached_property
    def steps(self) -> pd.DataFrame:
        """A row per arm and training step: losses in nats, `gradNorm`, `learningRate`, `seconds`."""
        columns = [{**arm["steps"], "arm": [arm["id"]] * len(arm["steps"]["step"])} for arm in self.record["arms"]]
        names = ["arm", *columns[0]][: len(columns[0])]
        return pd.DataFrame({name: [value for arm in columns for value in arm[name]] for name in names})

    @cached_property
    def evaluations(self) -> pd.DataFrame:
        """A row per arm and evaluation, a column per measure, by the IDs of docs/metrics.md."""
        rows = [
            {"arm": arm["id"], "step": one["step"], "population": one["population"], **_values(one)}
            for arm in self.record["arms"]
            for one in arm["evaluations"]
        ]
        return pd.DataFrame(rows)

    @cached_property
    def ranks(self) -> pd.DataFrame:
        """A row per arm, evaluation and target: its `rank`, its `user` (a number), whether it is `cold`."""
        tables = [_ranks(arm["id"], one) for arm in self.record["arms"] for one in arm["evaluations"] if one["ranks"]]
        columns = ["arm", "step", "population", "target", "user", "cold", "rank"]
        return pd.concat(tables, ignore_index=True) if tables else pd.DataFrame(columns=columns)

    def attention(self, arm: str, step: int | None = None) -> np.ndarray[Any, np.dtype[np.float32]]:
        """Attention of an arm, [probe history, layer, head, query, key], NaN where masked; of the last step that has any."""
        stored = next((one["attention"] for one in self.record["arms"] if one["id"] == arm), None)
        if stored is None:
            raise RunError(f"There is no arm {arm}; the run has {', '.join(self.arms)}.")
        of = [one for one in stored if one["data"] and step in (None, one["step"])]
        if not of:
            having = ", ".join(str(one["step"]) for one in stored if one["data"])
            raise RunError(f"{arm} has no attention at step {step}; it has: {having or 'none'}.")
        one = of[-1]
        length = one["length"]
        data = np.frombuffer(base64.b64decode(one["data"]), np.uint8)
        maps = data.reshape(one["probes"], one["layers"], one["heads"], length, length).astype(np.float32) / 255
        maps[..., np.triu(np.ones((length, length), bool), 1)] = np.nan
        return maps


def open_run(path: str | os.PathLike[str]) -> Run:
    """Opens a run file, run.json or .json.gz. Raises RunError for any other file."""
    data = Path(path).read_bytes()
    try:
        record = json.loads(gzip.decompress(data) if data[:2] == b"\x1f\x8b" else data)
    except (ValueError, EOFError, gzip.BadGzipFile) as error:
        raise RunError(f"{path} is no run file: {error}") from error
    if not isinstance(record, dict) or record.get("format") != "karma-run":
        raise RunError(f"{path} is no run file: it lacks the format karma-run.")
    if record["version"] != VERSION:
        raise RunError(
            f"{path} has version {record['version']} and this package reads {VERSION}: open it in the page and export it again."
        )
    return Run(record, str(path))


def compare(runs: Iterable[Run], baseline: str | None = None, measures: Sequence[str] | None = None) -> pd.DataFrame:
    """Every arm against the baseline over runs that differ in their seed, by the rules of docs/metrics.md.

    A row per measure and arm: `n` seeds, mean `difference` in the measure's own unit, its 95 % interval `low` to `high`,
    `p`, and `adjusted` by Holm over the arms of a measure. Where all seeds rank the same targets, users count as drawn at
    random, too (`over_users`). The baseline is the first arm unless named; measures are all that the runs have.
    """
    of = list(runs)
    if not of:
        raise RunError("There are no runs to compare.")
    seeds = {run.seed: run for run in of}
    if len(seeds) < len(of):
        raise RunError("Two of the runs have the same seed.")
    for run in of:
        if _recipe(run) != _recipe(of[0]):
            raise RunError(f"{run.path} has a different recipe from {of[0].path}.")
    finals = {run.seed: _finals(run) for run in of}
    arms = of[0].arms
    control = arms[0] if baseline is None else baseline
    if control not in arms:
        raise RunError(f"There is no arm {control}; the runs have {', '.join(arms)}.")
    others = [arm for arm in arms if arm != control]
    sampled = any(_is_sample(run, finals[run.seed][control]) for run in of)
    known = list(dict.fromkeys(name for final in finals.values() for one in final.values() for name in _values(one)))
    rows: list[dict[str, Any]] = []
    for measure in known if measures is None else measures:
        pairs = [[(final[arm], final[control]) for final in finals.values()] for arm in others]
        found = [_difference(pair, measure, by_user=not sampled) for pair in pairs]
        adjusted = _holm([1.0 if one is None or one["p"] is None else one["p"] for one in found])
        for arm, one, corrected in zip(others, found, adjusted, strict=True):
            if one is not None:
                rows.append({"measure": measure, "arm": arm, **one, "adjusted": None if one["p"] is None else corrected})
    table = pd.DataFrame(rows, columns=["measure", "arm", "n", "difference", "low", "high", "over_users", "p", "adjusted"])
    return table.astype(dict.fromkeys(("difference", "low", "high", "p", "adjusted"), float))


def _values(evaluation: dict[str, Any]) -> dict[str, float]:
    sinks = {**evaluation["sinks"]["means"], **evaluation.get("userSinks", {}).get("means", {})}
    read = evaluation.get("fidelity", {}).get("values", {})
    return {**evaluation["values"], **sinks, **read}


def _ranks(arm: str, evaluation: dict[str, Any]) -> pd.DataFrame:
    targets = len(evaluation["ranks"])
    table = pd.DataFrame(
        {"arm": arm, "step": evaluation["step"], "population": evaluation["population"], "target": range(targets)}
    )
    table["user"] = evaluation.get("owners", range(targets))
    table["cold"] = np.asarray(evaluation["cold"], bool)
    table["rank"] = np.asarray(evaluation["ranks"], float)
    if evaluation.get("pool", {}).get("ranks"):
        table["pool_rank"] = evaluation["pool"]["ranks"]
    return table


def _recipe(run: Run) -> str:
    record = run.record
    return json.dumps(
        [{**record["spec"], "seed": 0, "name": ""}, record["data"]["hash"], record["model"]["hash"]], sort_keys=True
    )


def _finals(run: Run) -> dict[str, dict[str, Any]]:
    finals = {arm["id"]: arm["evaluations"][-1] for arm in run.record["arms"] if arm["evaluations"]}
    if not run.record["complete"] or len(finals) < len(run.arms) or any(one["population"] != "all" for one in finals.values()):
        raise RunError(f"{run.path} is not a finished run.")
    return finals


def _is_sample(run: Run, final: dict[str, Any]) -> bool:
    evaluation = run.record["spec"]["evaluation"]
    given = evaluation.get("protocol") == "pre-ranking" and evaluation.get("poolFrom") == "given"
    targets = run.record["data"].get("targets")
    return targets is not None and not given and final["targets"]["all"] < targets


def _difference(pairs: list[tuple[dict[str, Any], dict[str, Any]]], measure: str, by_user: bool) -> dict[str, Any] | None:
    both = [(_values(own), _values(other)) for own, other in pairs]
    by_seed = [own[measure] - other[measure] for own, other in both if measure in own and measure in other]
    table = _by_user([own for own, _ in pairs], [other for _, other in pairs], measure) if by_user else None
    if table is not None and len(by_seed) in (0, len(table[0])):
        differences, users = table
    elif by_seed:
        differences, users = np.array(by_seed), None
    else:
        return None
    estimate = _over_seeds(differences) if users is None else _crossed(users)
    low, high, p = (None, None, None) if estimate is None else _interval(*estimate)
    over_users = users is not None and estimate is not None
    return {
        "n": len(differences),
        "difference": float(differences.mean()),
        "low": low,
        "high": high,
        "over_users": over_users,
        "p": p,
    }


def _by_user(own: list[dict[str, Any]], other: list[dict[str, Any]], measure: str) -> tuple[Floats, Floats] | None:
    """Differences by seed, and by seed and user; None where users are not known one by one."""
    parts = _OF_RANKS.fullmatch(measure)
    if parts is None or (parts["k"] is None and measure != "mrr"):
        return None
    first = own[0]
    wanted = _targets(first, parts["split"])
    same = all(one.get(name, []) == first.get(name, []) for one in own for name in ("cold", "owners", "groups"))
    scores = [[_scores(one, parts) for one in side] for side in (own, other)]
    if wanted is None or not wanted.any() or not same or any(len(row) != len(wanted) for side in scores for row in side):
        return None
    rows = (np.array(scores[0]) - np.array(scores[1]))[:, wanted]
    by_seed = rows.mean(axis=1)
    if "owners" not in first:
        return by_seed, rows
    _, place, sizes = np.unique(np.asarray(first["owners"])[wanted], return_inverse=True, return_counts=True)
    sums = np.array([np.bincount(place, row, len(sizes)) for row in rows])
    centre = by_seed.mean()
    return by_seed, centre + (sums - centre * sizes) * len(sizes) / wanted.sum()


def _targets(evaluation: dict[str, Any], split: str | None) -> np.ndarray[Any, np.dtype[np.bool_]] | None:
    cold = np.asarray(evaluation["cold"], bool)
    if split is None:
        return np.ones_like(cold)
    if split in ("warm", "cold"):
        return cold == (split == "cold")
    if "groups" not in evaluation:
        return None
    return (np.asarray(evaluation["groups"], int) >> GROUPS.index(split) & 1).astype(bool)


def _scores(evaluation: dict[str, Any], parts: re.Match[str]) -> Floats:
    ranks = evaluation.get("pool", {}).get("ranks", []) if parts["pool"] else evaluation["ranks"]
    rank = np.asarray(ranks, float)
    most = np.inf if parts["k"] is None else int(parts["k"])
    return np.where(rank <= most, _SCORES[parts["name"]](rank), 0.0)


def _over_seeds(values: Floats) -> tuple[float, float, float] | None:
    """Mean, standard error and degrees of freedom; None without spread."""
    if len(values) < 2:
        return None
    deviation = values.std(ddof=1)
    if deviation < 1e-9 * abs(values.mean()) or deviation == 0:
        return None
    return float(values.mean()), float(deviation / sqrt(len(values))), len(values) - 1


def _crossed(table: Floats) -> tuple[float, float, float] | None:
    """The same over seeds and users, both drawn from many, with Satterthwaite's degrees of freedom."""
    seeds, users = table.shape
    if seeds < 2 or users < 2:
        return None
    of_seeds, of_users, centre = table.mean(axis=1), table.mean(axis=0), table.mean()
    free = seeds - 1, users - 1
    by_seed = users * ((of_seeds - centre) ** 2).sum() / free[0]
    by_user = seeds * ((of_users - centre) ** 2).sum() / free[1]
    rest = ((table - of_seeds[:, None] - of_users + centre) ** 2).sum() / (free[0] * free[1])
    variance = max(by_seed, by_user, by_seed + by_user - rest)
    error = sqrt(variance / (seeds * users))
    if error < 1e-12:
        return None
    spread = by_seed**2 / free[0] + by_user**2 / free[1] + rest**2 / (free[0] * free[1])
    return float(centre), error, max(float(free[0]), float(variance**2 / spread))


def _interval(mean: float, error: float, df: float) -> tuple[float, float, float]:
    half = _student_quantile(0.025, df) * error
    return mean - half, mean + half, min(1.0, 2 * _student_tail(abs(mean) / error, df))


def _holm(values: list[float]) -> list[float]:
    adjusted = [0.0] * len(values)
    running = 0.0
    for place, index in enumerate(sorted(range(len(values)), key=values.__getitem__)):
        running = max(running, min(1.0, (len(values) - place) * values[index]))
        adjusted[index] = running
    return adjusted


def _student_quantile(tail: float, df: float) -> float:
    """t with P(T > t) = tail, by bisection."""
    low, high = 0.0, 1.0
    while _student_tail(high, df) > tail:
        high *= 2
    while low < (middle := (low + high) / 2) < high:
        low, high = (middle, high) if _student_tail(middle, df) > tail else (low, middle)
    return high


def _student_tail(t: float, df: float) -> float:
    """P(T > t), t ≥ 0: I_x(df/2, 1/2)/2 with x = df/(df + t²)."""
    return _beta(df / (df + t * t), t * t / (df + t * t), df / 2, 0.5) / 2


def _beta(x: float, y: float, a: float, b: float) -> float:
    """Regularised incomplete beta I_x(a, b), y = 1 − x."""
    if x <= 0 or y <= 0:
        return 0.0 if x <= 0 else 1.0
    front = exp(lgamma(a + b) - lgamma(a) - lgamma(b) + a * log(x) + b * log(y))
    return front * _fraction(x, a, b) / a if x < (a + 1) / (a + b + 2) else 1 - front * _fraction(y, b, a) / b


def _fraction(x: float, a: float, b: float) -> float:
    """Its continued fraction, by the modified Lentz method."""
    c, d = 1.0, 1 / (1 - (a + b) * x / (a + 1) or 1e-300)
    fraction = d
    for m in range(1, 10_000):
        for term in (
            m * (b - m) * x / ((a + 2 * m - 1) * (a + 2 * m)),
            -(a + m) * (a + b + m) * x / ((a + 2 * m) * (a + 2 * m + 1)),
        ):
            d = 1 / (1 + term * d or 1e-300)
            c = 1 + term / c or 1e-300
            fraction *= d * c
        if abs(d * c - 1) < 1e-15:
            break
    return fraction
