import sys; from common import *
name = sys.argv[1]; D = Data(name); out = {}
TPL = {'store': ['{title}: {description}.', '{title}, {category}: {description}.'], 'ml': ['{title}: {category}.', '{title}'], 'retail': ['{title}: {category}.']}[name]
print(name, 'users', D.log.users, 'items', D.n, 'train users', len(D.train), 'train events', sum(len(t) for _, t in D.train), 'cold items', int(D.cold_item.sum()), {k: (len(v['item']), int(v['cold'].sum()), len(set(v['user'].tolist()))) for k, v in D.sets.items()}, 'hist len mean/median/max', np.mean([len(h) for h in D.sets['test']['hist']]), np.median([len(h) for h in D.sets['test']['hist']]), max(len(h) for h in D.sets['test']['hist']), flush=True)
print(D.texts(TPL[0])[:2], D.category[:3])
V, T = D.sets['validation'], D.sets['test']
RANKS = {}
def show(label, B, last, distinct=False, shares=('validation', 'test')):
    res = {}
    for sh in shares:
        s = D.sets[sh]; r = rank_blocks(D.H(sh, last, distinct), B, s); res[sh] = hr(r, s['cold']); RANKS[f'{label}|{last}|{sh}'] = r.astype(np.float32)
    print(json.dumps({'log': name, 'baseline': label, 'last': last, **res}), flush=True)
    return res
pop = np.asarray(D.log.counts, float); 
for sh in ('validation', 'test'):
    s = D.sets[sh]; r = np.concatenate([ranks_of(np.tile(pop, (min(500, len(s['item']) - b), 1)), {'item': s['item'][b:b+500], 'hist': s['hist'][b:b+500]}) for b in range(0, len(s['item']), 500)]); print(json.dumps({'log': name, 'baseline': 'popularity', sh: hr(r, s['cold'])}), flush=True); RANKS['popularity|0|' + sh] = r
for tpl in TPL:
    tx = D.texts(tpl)
    for kind in ('tfidf', 'bm25'):
        X = term_matrix(tx, kind); S = X @ X.T
        for last in (5, 12, 0) if kind == 'tfidf' else (12, 0): show(f'{kind} {tpl}', S, last)
if name == 'store' or name == 'ml':
    X = unit(category_matrix(D)); S = X @ X.T
    for last in (5, 12, 0): show('category-path cosine', S, last)
R = D.binary(); t0 = time.time()
for k, sh in ((100, 0), (500, 10)):
    B = item_knn(R, k, sh)
    for last in (12, 0): show(f'item-knn {k}/{sh}', B, last, True)
for lam in ((200, 1000) if name == 'store' else (50, 100, 200, 500, 1000)):
    t0 = time.time(); B = ease(R, lam); dt = time.time() - t0
    for last in (12, 0): show(f'ease {lam} ({dt:.0f}s)', B, last, True)
np.savez_compressed(LAB / f'ranks-base-{name}.npz', **RANKS)
