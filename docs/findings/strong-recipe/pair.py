import numpy as np, json, sys
from common import *
def pair(a, b, cl=None, label=''):
    out = []
    for k in (10, 50, 200):
        d = (a <= k).astype(float) - (b <= k)
        if cl is not None:
            g = np.array([d[cl == u].sum() for u in np.unique(cl)]); n = len(d); m = d.mean(); g = np.array([(d[cl == u] - m).sum() for u in np.unique(cl)]); se = np.sqrt((g**2).sum() * len(g) / (len(g) - 1)) / n
        else: m = d.mean(); se = d.std(ddof=1) / np.sqrt(len(d))
        out.append(f'{100*m:+.1f} [{100*(m-1.96*se):.1f}, {100*(m+1.96*se):.1f}]')
    print(label, out, flush=True)
ld = lambda n: np.load(LAB / f'ranks/{n}.npy')
if __name__ == '__main__':
    zb = {k: np.load(LAB / f'ranks-base-{k}.npz') for k in ('store', 'ml', 'retail')}; D = {k: Data(k) for k in ('ml', 'retail')}
    s0 = ld('store-d0-action-0')
    for t in sorted((LAB / 'ranks').glob('store-s1-*')) + [LAB / 'ranks/store-c7-action-0.npy', LAB / 'ranks/store-c5-action-0.npy', LAB / 'ranks/store-c6-action-0.npy']:
        a = np.load(t); pair(a, s0, label=t.stem + ' - start(d0)'); pair(a, zb['store']['item-knn 500/10|0|test'], label='   - item-kNN')
    a = ld('store-s1-action-0')
    for arm in ('karma', 'kl', 'random', 'shuffled'):
        try: pair(ld(f'store-s1-{arm}-0'), a, label=f'{arm} - action (store)')
        except FileNotFoundError: pass
    c6, s = ld('store-c6-action-0'), ld('store-s-rho.3-action-0'); pair(c6, s, label='c6 - its start')
    for sd in (0, 1, 2):
        try:
            a = ld(f'ml-m3-action-{sd}'); pair(a, ld('ml-m-start-action-0'), label=f'ml m3 seed {sd} - start'); pair(a, zb['ml']['ease 500 (0s)|12|test'], label='   - EASE 500@12')
        except FileNotFoundError: pass
    u = D['retail'].sets['test']['user']
    for sd in (0, 1):
        try:
            a = ld(f'retail-rt3-action-{sd}'); pair(a, ld('retail-rt-start-action-0'), u, f'retail rt3 seed {sd} - start'); pair(a, zb['retail']['tfidf {title}: {category}.|0|test'], u, '   - TF-IDF'); pair(a, zb['retail']['item-knn 100/0|12|test'], u, '   - item-kNN')
        except FileNotFoundError: pass
