"""Writes src/statistics/fixtures/statistics.json: paired tests, their power, corrections and effect sizes by scipy and by the textbook formula.

Needs Debian's python3-scipy: `/usr/bin/python3 python/oracle/make_statistics.py`. The tests read the committed file and need no scipy.
"""

import json
from pathlib import Path

import numpy as np
from scipy import integrate, stats

OUT = Path(__file__).parents[2] / "src/statistics/fixtures/statistics.json"


def pair(treatment, control):
    treatment, control = np.asarray(treatment, float), np.asarray(control, float)
    t = stats.ttest_rel(treatment, control)
    interval = t.confidence_interval(0.95)
    case = {
        "treatment": treatment.tolist(),
        "control": control.tolist(),
        "t": t.statistic,
        "df": int(t.df),
        "p": t.pvalue,
        "interval": [interval.low, interval.high],
    }
    if len(treatment) <= 12:
        exact = stats.permutation_test(
            (treatment, control), lambda x, y: np.mean(x - y), permutation_type="samples", n_resamples=np.inf
        )
        case["randomisation"] = exact.pvalue
    return case


def holm(p):
    """Holm (1979): step down over the sorted values."""
    order = np.argsort(p)
    adjusted = np.empty(len(p))
    running = 0.0
    for rank, index in enumerate(order):
        running = max(running, min(1.0, (len(p) - rank) * p[index]))
        adjusted[index] = running
    return adjusted.tolist()


def effect(differences):
    """Hedges' g of paired differences and its large-sample interval (Hedges & Olkin 1985)."""
    d = np.asarray(differences, float)
    n, df = len(d), len(d) - 1
    g = (1 - 3 / (4 * df - 1)) * d.mean() / d.std(ddof=1)
    half = stats.norm.ppf(0.975) * np.sqrt(1 / n + g * g / (2 * n))
    return {"differences": d.tolist(), "g": g, "interval": [g - half, g + half]}


def power(n, ratio, alpha):
    """Power of the two-sided paired t-test for a mean of `ratio` standard deviations: over the chi distribution of the spread, by quadrature."""
    df, shift = n - 1, ratio * np.sqrt(n)
    critical = stats.t.ppf(1 - alpha / 2, df)

    def found(root):
        scaled = critical * root / np.sqrt(df)
        return (stats.norm.sf(scaled - shift) + stats.norm.cdf(-scaled - shift)) * stats.chi.pdf(root, df)

    value, _ = integrate.quad(found, 0, np.sqrt(df) + 40, epsabs=1e-13, epsrel=1e-12, limit=500, points=[np.sqrt(df)])
    return {"n": n, "ratio": ratio, "alpha": alpha, "power": value}


rng = np.random.default_rng(0)
seeds = [0.127, 0.131, 0.124, 0.129, 0.126]
cases = [
    pair(seeds, [0.116, 0.118, 0.115, 0.119, 0.113]),
    pair(seeds, [0.128, 0.125, 0.127, 0.130, 0.122]),
    pair([1.0, 2.0], [0.5, 2.5]),
    pair(rng.normal(size=12).round(3), rng.normal(size=12).round(3)),
    pair(rng.binomial(1, 0.3, 40), rng.binomial(1, 0.25, 40)),
]
p_values = [[0.01, 0.04, 0.03, 0.005], [0.5], [0.9, 0.9, 0.02], [0.2, 0.001, 0.2, 0.013, 0.049]]
effects = [effect(np.subtract(c["treatment"], c["control"])) for c in cases if len(c["treatment"]) > 2]
powers = [power(n, ratio, alpha) for n in (2, 3, 5, 10, 40) for ratio in (0.0, 0.2, 1.0, 2.5) for alpha in (0.05, 0.05 / 7)]
OUT.parent.mkdir(exist_ok=True)
facts = {
    "paired": cases,
    "holm": [{"p": p, "adjusted": holm(p)} for p in p_values],
    "effects": effects,
    "powers": powers,
}
OUT.write_text(json.dumps(facts, indent=1) + "\n")
