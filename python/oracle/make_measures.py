"""Writes src/measures/fixtures/measures.json: sink rates, the content test, collapse measures and projections by numpy.

Needs only NumPy: `python3 python/oracle/make_measures.py`. Sink rates follow the order of operations of the code that Gu et al. published with
arXiv 2410.10781 (`compute_attention_sink`): attention divided by the number of rows that see a key, in float32, summed over rows, compared
with the threshold, averaged over samples, layers and heads.
"""

import json
from pathlib import Path

import numpy as np

OUT = Path(__file__).parents[2] / "src/measures/fixtures/measures.json"
rng = np.random.default_rng(0)


def attention(samples, layers, heads, length, sharpness, stripe=None):
    """Causal softmax over random logits, [samples, layers, heads, T, T]; every second head puts weight on one key from every row."""
    logits = sharpness * rng.normal(size=(samples, layers, heads, length, length))
    if stripe is not None:
        logits[:, :, ::2, :, stripe] += 6
    logits[..., np.triu(np.ones((length, length), bool), 1)] = -np.inf
    weights = np.exp(logits - logits.max(-1, keepdims=True))
    return (weights / weights.sum(-1, keepdims=True)).round(5).astype(np.float32)


def written(values):
    """Float32 numbers that were rounded, without the digits that widening adds."""
    return [float(str(x)) for x in values.ravel()]


def importance(maps):
    seen_by = np.arange(maps.shape[-1], 0, -1, dtype=np.float32)
    return (maps / seen_by).sum(-2)


def sinks(maps, threshold):
    alpha = importance(maps)
    # All positions but the first and the last are items; H1 is the first half of them, rounded up.
    items = list(range(1, maps.shape[-1] - 1))
    largest = {"firstHalf": alpha[..., items[: (len(items) + 1) // 2]].max(-1), "allItems": alpha[..., items].max(-1)}
    return {
        "shape": dict(zip(["probes", "layers", "heads", "length"], maps.shape[:4])),
        "attention": written(maps),
        "threshold": threshold,
        "alpha": written(alpha),
        "rates": (alpha > threshold).mean((0, 1, 2)).tolist(),
        "items": items,
        "itemSinks": [
            {"epsilon": epsilon, **{of: (alphas > epsilon).mean(0).tolist() for of, alphas in largest.items()}}
            for epsilon in (0.15, 0.2, 0.25)
        ],
    }


def correlation(a, b, places_a, places_b):
    lower = np.tril_indices(len(places_a))
    x, y = a[np.ix_(places_a, places_a)][lower], b[np.ix_(places_b, places_b)][lower]
    return np.corrcoef(x.astype(float), y.astype(float))[0, 1]


def content():
    """Three probes of two heads, one of them a stripe, against the same with random rows again and items elsewhere."""
    original, permuted = attention(3, 1, 2, 9, 1.5, stripe=2), attention(3, 1, 2, 9, 1.5, stripe=2)
    places = [[1, 2, 3, 4, 5, 6, 7], [2, 4, 7], [1, 2, 6]]
    moved = [[1, 2, 3, 4, 5, 6, 7], [2, 5, 7], [1, 2, 4]]
    table = [
        float(np.mean([correlation(original[p, 0, h], permuted[p, 0, h], places[p], moved[p]) for p in range(3)]))
        for h in range(2)
    ]
    return {
        "shape": dict(zip(["probes", "layers", "heads", "length"], original.shape[:4])),
        "original": {"attention": written(original), "itemPositions": places},
        "permuted": {"attention": written(permuted), "itemPositions": moved},
        "table": [table],
    }


def collapse(rows):
    """Singular values of the centred rows by SVD; the rest from its definition, pair by pair."""
    rows = rows.round(4).astype(np.float32)
    x = rows.astype(float)
    sigma = np.linalg.svd(x - x.mean(0), compute_uv=False)[: min(x.shape)]
    p = sigma / sigma.sum() + 1e-7
    unit = x / np.linalg.norm(x, axis=1, keepdims=True)
    off = ~np.eye(len(x), dtype=bool)
    square = ((unit[:, None] - unit[None]) ** 2).sum(-1)
    return {
        "size": rows.shape[1],
        "embeddings": written(rows),
        "rankMe": float(np.exp(-(p * np.log(p)).sum())),
        "participationRatio": float((sigma**2).sum() ** 2 / (sigma**4).sum()),
        "uniformity": float(np.log(np.exp(-2 * square)[off].mean())),
        "meanCosine": float((unit @ unit.T)[off].mean()),
        "singularValues": (sigma / sigma[0]).tolist(),
    }


def projection(rows, later):
    """Coordinates of later rows in the plane of the first rows' two principal components, and the share of their variance in it."""
    rows, later = rows.round(4).astype(np.float32), later.round(4).astype(np.float32)
    x, y = rows.astype(float), later.astype(float)
    axes = np.linalg.svd(x - x.mean(0), full_matrices=False)[2][:2]
    axes *= np.sign(axes[range(2), np.abs(axes).argmax(1)])[:, None]
    away = y - y.mean(0)
    return {
        "size": rows.shape[1],
        "embeddings": written(rows),
        "later": written(later),
        "points": ((y - x.mean(0)) @ axes.T).tolist(),
        "share": float(((away @ axes.T) ** 2).sum() / (away**2).sum()),
    }


def correlated(rows, size, decay, shift=0.0):
    """Gaussian rows whose standard deviations fall by `decay` from one direction to the next, randomly rotated."""
    turn = np.linalg.qr(rng.normal(size=(size, size)))[0]
    return (rng.normal(size=(rows, size)) * decay ** np.arange(size)) @ turn + shift


def nearest_text():
    """Items whose token sets are most like a query's, by weighted Jaccard as matrices over a vocabulary; -1 where nothing with weight is shared."""
    items, vocabulary = 30, 40
    # Token 0 is in every text, so it has no weight; 39 is in none.
    has = rng.random((items, vocabulary)) < np.linspace(0.6, 0.02, vocabulary)
    has[:, 0], has[:, 39] = True, False
    queries = rng.random((25, vocabulary)) < 0.12
    queries[:3] = False
    queries[1, 0] = queries[2, 39] = True
    weight = np.log(items / np.maximum(has.sum(0), 1))
    both = (queries[:, None] & has[None]) @ weight
    likeness = both / np.maximum((queries[:, None] | has[None]) @ weight, 1e-12)
    nearest = np.where(both.max(1) > 0, likeness.argmax(1), -1)
    return {
        "texts": [np.flatnonzero(row).tolist() for row in has],
        "queries": [np.flatnonzero(row).tolist() for row in queries],
        "nearest": nearest.tolist(),
    }


fixture = {
    "sinks": [
        sinks(attention(2, 2, 4, 10, 1.0), 0.3),
        sinks(attention(2, 2, 4, 10, 1.0, stripe=0), 0.3),
        sinks(attention(1, 3, 2, 12, 3.0, stripe=5), 0.2),
    ],
    "content": content(),
    "collapse": [
        collapse(correlated(60, 8, 1.0)),
        collapse(correlated(60, 12, 0.6, shift=0.3)),
        collapse(correlated(9, 16, 0.8)),
        collapse(correlated(40, 6, 0.01, shift=2.0)),
    ],
    "projection": projection(correlated(50, 8, 0.7, shift=0.2), correlated(20, 8, 0.9)),
    "nearestText": nearest_text(),
}
OUT.write_text(json.dumps(fixture) + "\n")
