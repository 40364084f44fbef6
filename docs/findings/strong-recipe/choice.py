"""Settings of the start, chosen on validation targets with a share of items held out of training. python choose.py LOG"""
from feats import *
from karma.axes import content_axes, _whitened, _unit
from karma.features import visual_features
name = sys.argv[1]; D = Data(name)
s = D.sets['validation']; T = D.sets['test']
print(name, 'items', D.n, 'val', len(s['item']), 'cold', s['cold'].mean().round(3), 'test', len(T['item']), 'cold', T['cold'].mean().round(3), flush=True)
share = T['cold'].mean()
rg = np.random.default_rng(7)
warm = np.flatnonzero(~D.cold_item)
# hold out items until that share of validation targets is cold
order = rg.permutation(warm); target = s['item']; held = np.zeros(D.n, bool)
cnt = np.bincount(target, minlength=D.n)
tot = 0
for i in order:
    if tot >= share * len(target): break
    held[i] = True; tot += cnt[i]
cold = held[target] | s['cold']
print('held items', held.sum(), 'cold share', cold.mean().round(3), flush=True)
R = D.binary(); R[:, held] = 0
users = np.maximum(R.sum(1), 1); n = R.sum(0)
counts = np.zeros(D.n)
for u, it in D.train: np.add.at(counts, it, 1)
counts[held] = 0
ix = rg.permutation(len(target))[:2000]
sv = {'item': target[ix], 'hist': [s['hist'][i] for i in ix]}; coldv = cold[ix]
# histories keep held items (they can be clicked before), as cold items appear in test histories
def H(last):
    M = np.zeros((len(ix), D.n), np.float32)
    for r, h in enumerate(sv['hist']):
        h = h[-last:] if last else h
        np.add.at(M[r], h, 1)
    return M
H0, H1 = H(0), H(1); Hm = H0 / np.maximum(H0.sum(1, keepdims=True), 1)
tpl = {'store': '{title}: {description}.'}.get(name, '{title}: {category}.' if name == 'ml' else '{title}: {description}.')
TPL = {'store': '{title}: {description}.', 'ml': '{title}: {category}.', 'retail': '{title}: {category}.'}[name]
def tfidf(k, template):
    X = torch.tensor(term_matrix(D.texts(template))).float()
    u, sg, v = torch.svd_lowrank(X, k, niter=4); return (u * sg).numpy().astype(np.float64)
blk = {'lm': std(lm(D, TPL))}
if name == 'store':
    blk['cat'] = category_matrix(D)
    blk['lmc'] = std(lm(D, '{title}: {category}. {description}.'))
blk['words'] = tfidf(384, '{title}: {category}. {description}.' if name == 'store' else TPL)
sets = {'store': [('lm', 'cat'), ('lm', 'words'), ('lmc',), ('lm', 'cat', 'words')], 'ml': [('lm',), ('lm', 'words')], 'retail': [('lm',), ('lm', 'words')]}[name]
def cfx(axes, a):
    rows = np.flatnonzero(n); M = (R[:, rows] / np.sqrt(users)[:, None]).T.astype(np.float64) / np.sqrt(n[rows])[:, None]
    f = np.zeros((D.n, axes)); f[rows] = _whitened(M, axes, a); f[:, 0] = 0; return f
res = []
logn = np.log1p(counts); pop = np.where(counts > 0, logn - logn[counts > 0].mean(), 0)
axes = int(sys.argv[2]) if len(sys.argv) > 2 else 256
CF = {a: _unit(cfx(axes, a)) for a in (0.0, .5, .8)}
for names in sets:
    for a in (.5, .8):
        C = _unit(content_axes([blk[q].astype(np.float32) for q in names], axes, a))
        for b in CF:
          for w in (0, .3, .6, 1.0, 1.67):
            if w == 0 and b != .5: continue
            Z = np.concatenate([C, w * CF[b]], 1).astype(np.float32); E = unit(Z).astype(np.float32)
            for rho in (0, .1, .3):
                q = unit(Hm @ Z + rho * (H1 @ Z)).astype(np.float32); S = q @ E.T
                for be in (0, .2, .5):
                    r = ranks_of(S + be * .07 * pop.astype(np.float32), sv)
                    v = hr(r, coldv); res.append(dict(x='+'.join(names), a=a, b=b, w=w, rho=rho, pop=be, hr=v, mean=round(sum(v[:3]) / 3, 2)))
    best = max((q for q in res if q['x'] == '+'.join(names)), key=lambda q: q['mean']); print(best, flush=True)
json.dump(res, open(f'choose-{name}-{axes}.json', 'w'))
for q in sorted(res, key=lambda q: -q['mean'])[:15]: print(q)
