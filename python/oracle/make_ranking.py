"""Writes src/measures/fixtures/ranking.json: a toy log ranked by random scores, and RecBole's metrics of it.

Written from the definitions in RecBole's documentation (full sort, one target per user, history masked): Hit, NDCG and MRR from the 0/1
matrix of hits by place, ItemCoverage, GiniIndex and AveragePopularity from the matrix of recommended items. gAUC as
RecBole's GAUC, from the rank sum of each request's click (ties get the mean rank), weighted by the length of the request. Needs NumPy.
"""

import json
from collections import Counter
from pathlib import Path

import numpy as np

OUT = Path(__file__).parents[2] / "src/measures/fixtures/ranking.json"
USERS, ITEMS, KS = 40, 60, [1, 3, 10, 20]

rng = np.random.default_rng(7)
# A long tail: some items are in many histories, some in none.
weights = 1.0 / np.arange(1, ITEMS + 1)
weights /= weights.sum()
chances = weights[: ITEMS - 6] / weights[: ITEMS - 6].sum()
events = [rng.choice(ITEMS - 6, size=rng.integers(3, 12), p=chances).tolist() for _ in range(USERS)]
for user in range(0, USERS, 7):
    events[user][-1] = ITEMS - 1 - user // 7  # targets that never occur in training
# Popular items score higher; the last two digits make a user's scores distinct.
scores = 100 * (rng.permutation(USERS * ITEMS).reshape(USERS, ITEMS) + np.round(900 * weights * ITEMS)) + np.arange(ITEMS)
assert all(len(set(row)) == ITEMS for row in scores.tolist()), "scores of a user must differ: RecBole leaves ties to the sort"

training = [history[:-2] for history in events]
popularity = Counter(item for history in training for item in history)

visible = scores.copy()
for user, history in enumerate(events):
    target = history[-1]
    for item in set(history[:-1]) - {target}:
        visible[user, item] = -np.inf
recommended = np.argsort(-visible, axis=1, kind="stable")[:, : max(KS)]
hits = recommended == np.array([history[-1] for history in events])[:, None]

expected = {}
for k in KS:
    first = hits[:, :k]
    place = np.argmax(first, axis=1) + 1
    found = first.any(axis=1)
    counts = np.zeros(ITEMS)
    for item, times in Counter(recommended[:, :k].ravel().tolist()).items():
        counts[item] = times
    ascending = np.sort(counts)
    i = np.arange(1, ITEMS + 1)
    expected[k] = {
        "hit": float(found.mean()),
        "ndcg": float(np.where(found, 1 / np.log2(place + 1), 0).mean()),
        "mrr": float(np.where(found, 1 / place, 0).mean()),
        "itemcoverage": len(np.unique(recommended[:, :k])) / ITEMS,
        "giniindex": float(((2 * i - ITEMS - 1) * ascending).sum() / (ITEMS * ascending.sum())),
        "averagepopularity": float(np.mean([[popularity.get(item, 0) for item in row[:k]] for row in recommended.tolist()])),
    }

requests, weighted, impressions = [], 0.0, 0
for _ in range(25):
    shown = rng.integers(0, 6, size=rng.integers(1, 9)).astype(float)
    clicked = float(rng.integers(0, 6))
    pooled = np.sort(np.append(shown, clicked))
    rank = (np.searchsorted(pooled, clicked, "left") + 1 + np.searchsorted(pooled, clicked, "right")) / 2
    auc = (rank - 1) / len(shown)
    weighted += (1 + len(shown)) * auc
    impressions += 1 + len(shown)
    requests.append({"clicked": clicked, "shown": shown.tolist()})

fixture = {
    "items": ITEMS,
    "ks": KS,
    "events": events,
    "scores": scores.astype(int).tolist(),
    "expected": expected,
    "requests": requests,
    "gauc": weighted / impressions,
}
OUT.write_text(json.dumps(fixture, separators=(",", ":")) + "\n")
print({k: {name: round(value, 4) for name, value in row.items()} for k, row in expected.items()}, fixture["gauc"])
