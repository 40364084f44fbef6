"""Shared: logs, targets, masks, ranks, texts, baselines. Every baseline is H·B with H [targets, items] and B [items, items]."""
import sys, os, re, math, json, time
from pathlib import Path
os.environ.setdefault('OPENBLAS_NUM_THREADS', '1'); os.environ.setdefault('OMP_NUM_THREADS', '1'); os.environ.setdefault('MKL_NUM_THREADS', '1')
sys.path.insert(0, str(Path(__file__).resolve().parents[3] / 'python'))
import numpy as np, torch
torch.set_num_threads(1)
from karma.columns import Log, Target
from karma.texts import render, item_texts
LAB = Path(os.environ.get('STUDY', '.'))  # exported jobs job-store, job-ml, job-retail; results are appended here

class Data:
    def __init__(self, name):
        self.name = name; self.log = log = Log(LAB / f'job-{name}/log'); self.n = log.items
        self.cold_item = np.asarray(log.cold).astype(bool)
        self.sets = {}
        for share in ('validation', 'test'):
            T = log.targets(share)
            self.sets[share] = dict(targets=T, hist=[log.history_of(t) for t in T], item=np.array([log.item_at(t) for t in T]),
                                    user=np.array([t.user for t in T]), query=[log.query_at(t) for t in T])
            self.sets[share]['cold'] = self.cold_item[self.sets[share]['item']]
        self.train = [(u, log.items_of(u, 0, e)) for u, e in log.training_users()]
        self.title = list(log.texts('item_title')); self.category = list(log.texts('item_category')) if log.has('item_category_start') else [''] * self.n
    def texts(self, template): return list(item_texts(self.log, template))
    def binary(self):
        R = np.zeros((len(self.train), self.n), np.float32)
        for r, (u, it) in enumerate(self.train): R[r, it] = 1
        return R
    def H(self, share, last=0, distinct=False):
        s = self.sets[share]; H = np.zeros((len(s['item']), self.n), np.float32)
        for r, h in enumerate(s['hist']):
            h = h[-last:] if last else h
            if distinct: H[r, h] = 1
            else: np.add.at(H[r], h, 1)
        return H

def ranks_of(scores, s, mask=True):
    """average ranks; history masked, the target never"""
    scores = np.array(scores, copy=True); t = s['item']; own = scores[np.arange(len(t)), t].copy()
    if mask:
        for r, h in enumerate(s['hist']): scores[r, h] = -np.inf
    scores[np.arange(len(t)), t] = own
    return (scores > own[:, None]).sum(1) + 1 + ((scores == own[:, None]).sum(1) - 1) / 2

def rank_blocks(H, B, s, grid=2.0**26):
    out = []
    for b in range(0, len(H), 500):
        sc = H[b:b + 500].astype(np.float64) @ B
        if grid: sc = np.floor(sc * grid + .5) / grid
        out.append(ranks_of(sc, {'item': s['item'][b:b + 500], 'hist': s['hist'][b:b + 500]}))
    return np.concatenate(out)

def hr(r, cold=None, ks=(10, 50, 200)):
    d = [round(100 * float((r <= k).mean()), 1) for k in ks]
    if cold is not None and cold.any(): d += [round(100 * float((r[cold] <= k).mean()), 1) for k in (10, 50)]
    return d

TOKEN = re.compile(r'[^\W_]+', re.UNICODE)
def words(text): return TOKEN.findall(text.lower())

def term_matrix(texts, kind='tfidf', k1=1.2, b=.75, sublinear=False):
    docs = [words(t) for t in texts]; vocab = {w: i for i, w in enumerate(sorted({w for d in docs for w in d}))}
    n = len(docs); tf = np.zeros((n, len(vocab)), np.float32)
    for r, d in enumerate(docs):
        for w in d: tf[r, vocab[w]] += 1
    df = (tf > 0).sum(0); L = tf.sum(1, keepdims=True)
    if kind == 'tfidf':
        X = tf * (np.log((1 + n) / (1 + df)) + 1)
    else:
        X = np.log(1 + (n - df + .5) / (df + .5)) * tf * (k1 + 1) / (tf + k1 * (1 - b + b * L / L.mean()))
    norm = np.sqrt((X.astype(np.float64)**2).sum(1, keepdims=True)); X = X / np.where(norm > 0, norm, 1)
    return X.astype(np.float64)

def category_matrix(data):
    from karma.features import levels_of
    lv = [c.split('|') if data.name == 'ml' else levels_of(c, 'category-path') for c in data.category]
    names = {v: i for i, v in enumerate(sorted({x for l in lv for x in l}))}
    X = np.zeros((data.n, len(names)))
    for i, l in enumerate(lv): X[i, [names[x] for x in l]] = 1
    return X

def unit(X):
    n = np.sqrt((X**2).sum(1, keepdims=True)); return X / np.where(n > 0, n, 1)

def item_knn(R, k=100, shrink=0.):
    C = (R.T @ R).astype(np.float64); d = C.diagonal().copy(); np.fill_diagonal(C, 0)
    S = np.floor(C / np.maximum(np.sqrt(d[:, None] * d[None]) + shrink, 1e-9) * 2.0**44 + .5) / 2.0**44
    B = np.zeros_like(S); n = len(S)
    for i in range(n):
        o = np.lexsort((np.arange(n), -S[i]))[:k]; B[i, o] = S[i, o]
    return B

def ease(R, lam):
    G = (R.T @ R).astype(np.float64); i = np.diag_indices(len(G)); G[i] += lam
    P = np.linalg.inv(G); B = P / -P.diagonal()[None]; B[i] = 0
    return B
