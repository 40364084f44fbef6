"""Trainer with switches. One JSON line per cell."""
import argparse; from feats import *
import torch.nn.functional as F
from karma.decoder import LoraWeights
from karma.model import parameter_shapes
from karma.random import fork_random
from karma.sinks import measure
from karma.sequence import pack_texts
from karma.losses import text_loss, divergence
from karma.sampling import drift_items
from karma.family import block_shapes, ROLE_OF
p = argparse.ArgumentParser()
def A_(n, d, **k): p.add_argument('--' + n, default=d, type=k.pop('type', type(d)), **k)
A_('log', 'store'); A_('tag', ''); A_('seeds', '0'); A_('arms', 'action')
A_('x', 'lm,cat'); A_('tpl', ''); A_('shrink', .1); A_('e', 128); A_('hist', 12); A_('skip', 5)   # skip: 0 none, n last n, -1 whole history
A_('start', 'pca'); A_('fit', 300); A_('fitrate', 5e-3); A_('epochs', 1.0); A_('bs', 16); A_('lr', 4e-3); A_('hlr', 0.0); A_('warm', 20); A_('decay', 'linear'); A_('final', .1)
A_('frozen', 0); A_('ema', 0.0); A_('wd', .01); A_('beta2', .999); A_('rank', 8)
A_('prior', ''); A_('z', ''); A_('zdrop', .3); A_('zlr', 0.0); A_('cf', ''); A_('tau', .07)
A_('lam', .3); A_('lamkl', .3); A_('evals', 0); A_('test', 1); A_('measure', 1); A_('patience', 0); A_('smooth', 0.0); A_('multi', 0); A_('save', 0); A_('query', 1); A_('recall', 0); A_('drop', 0.0); A_('pca', 0); A_('maskhist', 0); A_('cfk', 0); A_('cfp', 1.0); A_('cfw', .6); A_('cfdrop', 0.0); A_('loo', 0); A_('warmonly', 0); A_('rho', 0.0); A_('pop0', 0.0); A_('fix', ''); A_('b0', 1.0); A_('pow', .8); A_('pop', 0); A_('headdrop', 0.0); A_('basket', 0)
A = p.parse_args()
D = Data(A.log); N = D.n; M, enc = model(); dec = M.decoder; cfg = dec.config; Hd = cfg.hidden
PRE = None
TPL = A.tpl or {'store': '{title}: {description}.'}.get(A.log, '{title}: {category}.')
YT = {'store': '{title}: {description}.'}.get(A.log, '{title}: {category}.')
ytok = [[*enc(t)[:15], cfg.eos_id] for t in D.texts(YT)]
TI = title_features(dec, enc, D.title)
def blocks(spec):
    out = []
    for b in spec.split(','):
        k, _, w = b.partition('*'); w = float(w or 0)
        if k == 'lm': X = std(lm(D, TPL))
        elif k == 'lmw': X = whiten(lm(D, TPL), A.shrink)
        elif k == 'cat': X = std(category_matrix(D))
        elif k == 'catraw': X = category_matrix(D)
        elif k == 'tfidf': X = term_matrix(D.texts(TPL)); torch.manual_seed(0); u, s, v = torch.svd_lowrank(torch.tensor(X), 384, niter=4); X = (u * s).numpy()
        elif k == 'tfidfcat': X = term_matrix(D.texts('{title}, {category}: {description}.')); torch.manual_seed(0); u, s, v = torch.svd_lowrank(torch.tensor(X), 384, niter=4); X = (u * s).numpy()
        elif k.startswith('cf'): X = cf_factors(int(k[2:]))
        out.append(scaled(X) * w * math.sqrt(1371) if w else X)
    return np.concatenate(out, 1)
def cf_factors(k, lam=None):
    """item factors of the training matrix by SVD of the column-normalised user-item matrix, scaled by the root of the singular values"""
    R = D.binary(); d = np.sqrt(np.maximum(R.sum(0), 1)); Rn = R / d[None] / np.sqrt(np.maximum(R.sum(1, keepdims=True), 1)); torch.manual_seed(0)
    u, s, v = torch.svd_lowrank(torch.tensor(Rn), k, niter=6); return unit((v * s.sqrt()).numpy().astype(np.float64))
def reduced(X):
    X = X - X.mean(0); l, V = np.linalg.eigh(X.T @ X / len(X)); k = min(A.pca, len(l)); l, V = l[::-1][:k], V[:, ::-1][:, :k]; Z = X @ V * np.maximum(l, 1e-9 * l[0]) ** (-A.pow / 2); return Z / np.sqrt((Z**2).mean())
if A.pca: A.x = ','.join(b if '*' in b else b + '*1' for b in A.x.split(','))
XX = blocks(A.x); X = torch.tensor(reduced(XX) if A.pca else XX, dtype=torch.float32); NF = X.shape[1]
CN = torch.tensor(np.asarray(D.log.counts, float)).float(); LM = float(np.log1p(np.asarray(D.log.counts, float))[~D.cold_item].mean())
if A.cfk:
    R_ = D.binary(); Rn_ = R_ / np.sqrt(np.maximum(R_.sum(1, keepdims=True), 1)) / np.maximum(R_.sum(0), 1)[None]**.5; torch.manual_seed(0)
    if N < 2000: u_, s_, v_ = np.linalg.svd(Rn_, full_matrices=False); F_ = v_[:A.cfk].T * s_[:A.cfk]**A.cfp
    else: u_, s_, v_ = torch.svd_lowrank(torch.tensor(Rn_), A.cfk, niter=4); F_ = (v_ * s_**A.cfp).numpy()
    F_[:, 0] = 0; NC = NF; X = torch.cat([torch.tensor(unit(X.double().numpy())), A.cfw * torch.tensor(unit(F_.astype(np.float64)))], 1).float() * 16; NF = X.shape[1]
LC = np.log1p(np.asarray(D.log.counts, float)); LC = torch.tensor(np.where(D.cold_item, 0, LC - LC[~D.cold_item].mean())).float()
def prior_of(name):
    pth = LAB / f'cache/prior-{D.name}-{name}.npy'
    if not pth.exists():
        if name == 'cat': B = unit(category_matrix(D)); B = B @ B.T
        elif name.startswith('ease'): B = ease(D.binary(), float(name[4:]))
        elif name.startswith('knn'): B = item_knn(D.binary(), *map(int, name[3:].split('-')))
        elif name == 'tfidf': B = term_matrix(D.texts(YT)); B = B @ B.T
        elif name == 'tfidfcat': B = term_matrix(D.texts('{title}, {category}: {description}.')); B = B @ B.T
        np.save(pth, B.astype(np.float32))
    return torch.tensor(np.load(pth))
PR = []   # (B, window, mean?)
for s in filter(None, A.prior.split(',')):
    nm, _, w = s.partition('@'); PR.append((prior_of(nm), int(w or 0), nm))
def prior_rows(h_list):
    """[rows, N] per prior, each divided by sqrt of the history length"""
    return [torch.stack([B[torch.tensor(h[-w:] if w else h)].sum(0) / math.sqrt(len(h[-w:] if w else h)) for h in h_list]) for B, w, _ in PR]
def loo_rows(lam, w, tr, wholes):
    """EASE scores without the user's own row, by the rank-one change of the inverse"""
    key = f'P{lam}'
    if key not in _m:
        pth = LAB / f'cache/easeP-{D.name}-{lam}.npy'
        if not pth.exists(): R = D.binary(); G = (R.T @ R).astype(np.float64); G[np.diag_indices(N)] += lam; np.save(pth, np.linalg.inv(G).astype(np.float32))
        _m[key] = torch.tensor(np.load(pth))
    Pm = _m[key]; r = torch.tensor(sorted(set(tr[1]))); wv = Pm[:, r].sum(1); den = 1 - float(wv[r].sum()); need = sorted({i for h in wholes for i in (h[-w:] if w else h)}); at = {i: q for q, i in enumerate(need)}; nt = torch.tensor(need)
    dg = Pm.diagonal() + wv * wv / den; B = -(Pm[nt] + wv[nt][:, None] * wv[None] / den) / dg[None]; B[torch.arange(len(need)), nt] = 0
    Hm = torch.zeros(len(wholes), len(need))
    for q, h in enumerate(wholes):
        h = list(dict.fromkeys(h[-w:] if w else h)); Hm[q, [at[i] for i in h]] = 1 / math.sqrt(len(h))
    return Hm @ B
# ---- sequences
class Seq: pass
def make_rows(users_items):
    """list of (history window, target, query tokens, whole history before the window)"""
VOC = cfg.vocabulary
def pack(batch, par, texts=None):
    """batch: dicts hist (window), target, query, before (items before the window). Returns padded x and rows"""
    src, items, pred, tgt, seen, embs, ipos, dense = [], [], [], [], [], [], [], []
    for b in batch:
        s = [cfg.bos_id]; pos = []
        for k, it in enumerate(b['hist']):
            dense.append(it); s.append(-len(dense)); pos.append(len(s) - 1)
        if b['query'] and A.query: s += [VOC]; s += b['query']
        dense.append(b['hist'][-1]); s.append(('E', len(dense)))
        src.append(s); ipos.append(pos)
    di = torch.tensor(dense); rows = F.linear(X[di], par['w_in'], par['b_in']) + TI[di]
    T = max(len(s) for s in src) ; return src, rows, T, ipos
if A.e == 0: A.e = NF
class Model:
    def __init__(s, seed):
        g = torch.Generator().manual_seed(seed * 7919 + 13); P = {}
        for l in range(cfg.layers):
            for n in ('q_proj', 'k_proj', 'v_proj', 'o_proj', 'gate_proj', 'up_proj', 'down_proj'):
                o, i = block_shapes(cfg)[ROLE_OF[n]]; P[f'lora.{l}.{n}.A'] = torch.randn(A.rank, i, generator=g) / math.sqrt(i); P[f'lora.{l}.{n}.B'] = torch.zeros(o, A.rank)
        P['w_in'] = torch.zeros(Hd, NF); P['b_in'] = torch.zeros(Hd); P['emb'] = torch.zeros(Hd); P['query'] = dec.vocabulary.mean(0).clone()
        l, Vv = torch.linalg.eigh((X - X.mean(0)).T.double() @ (X - X.mean(0)).double()); W = Vv[:, -A.e:].flip(1).T.float()
        if A.e >= NF or A.cfk: W = torch.eye(max(A.e, NF))[:A.e, :NF]
        if A.start == 'white': W = W / (l[-A.e:].flip(0).float()[:W.shape[0], None] / N + .1 * float(l.mean()) / N).sqrt()
        P['w_e'] = W; P['w_o'] = torch.zeros(A.e, Hd)
        if A.skip: P['w_s'] = W.clone()
        else: P['w_o'] = None
        P['log_scale'] = torch.full((1,), math.log(1 / A.tau)); sd = dec.vocabulary.std()
        P['w_d'] = (2 * torch.rand(Hd, A.e, generator=g) - 1) / math.sqrt(A.e) * 2 * sd; P['b_d'] = dec.vocabulary[cfg.bos_id].clone()
        if A.z:
            k = int(A.z[3:] or 64) if A.z.startswith('svd') else A.e
            z = torch.zeros(N, A.e)
            if A.z.startswith('svd'): f = torch.tensor(cf_factors(k)).float(); z[:, :k] = f
            P['z'] = z; P['zs'] = z.clone()
            if A.z.startswith('svd'):   # own dimensions for the residual: content keeps its axes
                for n in ('w_e', 'w_s'): P[n] = torch.cat([P[n][:A.e - k].new_zeros(k, NF), P[n][:A.e - k]]); 
                sc_ = float((X @ P['w_e'].T).norm(dim=1).mean()); P['z'] *= sc_ * .7; P['zs'] *= sc_ * .7
        if PR: P['prior'] = torch.full((len(PR),), A.b0)
        if A.pop: P['pop'] = torch.full((1,), A.pop0)
        if A.rho: P['rho'] = torch.full((1,), A.rho)
        s.warm_item = torch.tensor(~D.cold_item).float()[:, None]; s.P = P
        if P['w_o'] is None:
            P['w_o'] = torch.zeros(A.e, Hd); s.ridge = True
        else: s.ridge = False
        for n, q in P.items(): q.requires_grad_(n not in A.fix.split(','))
        s.lora = LoraWeights(P, 16 / 8)
    def decode(s, batch, maps=None, texts=None, base=False):
        src, rows, T, ipos = pack(batch, s.P)
        E = s.P['emb']; Qv = s.P['query']
        if texts is not None: T = max(len(a) + len(t) - 1 for a, t in zip(src, texts))
        tab = torch.cat([dec.vocabulary, Qv[None], rows, rows + E])   # emb rows: last item + emb
        n0 = VOC + 1; nr = len(rows); idx = torch.zeros(len(src), T, dtype=torch.long); ends = []
        for r, q in enumerate(src):
            v = [(n0 - t - 1 if t < 0 else t) if not isinstance(t, tuple) else n0 + nr + t[1] - 1 for t in q]
            ends.append(len(v) - 1)
            if texts is not None: v += texts[r][:-1]
            idx[r, :len(v)] = torch.tensor(v)
        hid = dec.hidden(tab[idx], None if base else s.lora, None, maps)
        return hid, ends, ipos
    def embs(s, drop=None):
        s.X = X
        if A.cfdrop and drop is not None: s.X = X.clone(); s.X[torch.rand(N, generator=drop) < A.cfdrop, NC:] = 0
        e = s.X if 'w_e' in A.fix and A.e >= NF else s.X @ s.P['w_e'].T; k = (s.X if 'w_s' in A.fix and A.e >= NF else s.X @ s.P['w_s'].T) if A.skip and (drop is None or A.z or 'w_s' in A.fix) else None
        if A.z:
            m = s.warm_item if drop is None else s.warm_item * (torch.rand(N, 1, generator=drop) >= A.zdrop)
            e = e + m * s.P['z']; k = None if k is None else k + m * s.P['zs']
        return F.normalize(e, dim=-1), k
    def scores(s, hid, seen, e, k):
        h = s.interest(hid, seen, k); sc = s.P['log_scale'].exp() * (h @ e.T)
        return sc, h
    def interest(s, hid, seen, k):
        h = F.linear(hid, s.P['w_o'])
        if A.skip:
            L = [len(t) for t in seen]; flat = torch.tensor([i for t in seen for i in t]); own = torch.repeat_interleave(torch.arange(len(L)), torch.tensor(L))
            if k is None: uq, inv = flat.unique(return_inverse=True); kk = s.X[uq] @ s.P['w_s'].T; kk = kk + (s.warm_item * s.P['zs'])[uq] if A.z else kk; rows = kk[inv]
            else: rows = k[flat]
            h = h + torch.zeros(len(L), A.e).index_add(0, own, rows) / torch.tensor(L, dtype=torch.float32)[:, None]
            if A.rho: h = h + s.P['rho'] * rows[torch.tensor(L).cumsum(0) - 1]
        return F.normalize(h, dim=-1)
    def add_prior(s, sc, whole, users=None):
        if A.loo and users is not None:
            u, ln = np.unique(users, return_counts=True); bounds = [0] + [i for i in range(1, len(users)) if users[i] != users[i - 1]] + [len(users)]
            for i, (B, w, nm) in enumerate(PR):
                if nm.startswith('ease'): sc = sc + s.P['log_scale'].exp() * s.P['prior'][i] * torch.cat([loo_rows(float(nm[4:]), w, TR[users[a]], whole[a:b]) for a, b in zip(bounds, bounds[1:])])
            if A.pop:
                pl = []
                for a, b in zip(bounds, bounds[1:]):
                    r = torch.tensor(sorted(set(TR[users[a]][1]))); v = LC.clone(); v[r] = torch.log1p((CN[r] - 1).clamp(min=0)) - LM; pl.append(v.expand(b - a, -1))
                sc = sc + s.P['pop'] * torch.cat(pl)
            return sc
        if A.pop: sc = sc + s.P['pop'] * LC
        for i, r in enumerate(prior_rows(whole)): sc = sc + s.P['log_scale'].exp() * s.P['prior'][i] * r
        return sc
win = A.skip if A.skip > 0 else 0
def cut(h): return h[-win:] if win else h
def qtok(q): return enc(' ' + q)[:12] if q else []
# training users: project's crop 'whole'
times = D.log.column('time').all(); starts = D.log.starts
TR = []
for u, it in D.train:
    t = times[int(starts[u]):int(starts[u]) + len(it)]; later = np.flatnonzero(t != t[0])
    if len(later): TR.append((u, it, int(later[0]), t, [D.log.query_at(Target(u, q)) if A.log == 'store' else '' for q in range(len(it))]))
def example(tr, pos):
    u, it, first, t, qs = tr; end = pos
    while end > 0 and t[end - 1] == t[pos]: end -= 1
    a = max(0, end - A.hist); return dict(hist=it[a:end], target=it[pos], query=qtok(qs[pos]), before=it[:a], t=t[a:end], basket=[i for i, q in zip(it, t) if q == t[pos]])
def draw(order, rng): # one example of each user
    out = []
    for i in order:
        tr = TR[i]; end = len(tr[1]); e0 = max(tr[2], min(end - 1, A.hist)); out.append(example(tr, int(rng.integers(e0, end))))
    return out
def targets_of(b):
    """(row index in sequence or 'emb', target, whole history seen)"""
    w = b['before'] + b['hist']; n0 = len(b['before'])
    if A.basket:
        t = list(b['t']); out = []
        for k in range(len(t) - 1):
            if t[k] != t[k + 1]: out += [(k, g, w[:n0 + k + 1]) for g in [i for i, q in zip(b['hist'], t) if q == t[k + 1]]]
        return out + [(-1, g, w) for g in b['basket']]
    return [(k, b['hist'][k + 1], w[:n0 + k + 1]) for k in range(len(b['hist']) - 1)] + [(-1, b['target'], w)]
def evalset(share, most=None, seed=0):
    s = D.sets[share]; ids = range(len(s['item']))
    if most and most < len(s['item']): ids = np.sort(np.random.default_rng(seed).permutation(len(s['item']))[:most])
    return [dict(hist=s['hist'][i][-A.hist:], whole=s['hist'][i], target=int(s['item'][i]), query=qtok(s['query'][i]), cold=bool(s['cold'][i]), user=int(s['user'][i])) for i in ids]
@torch.no_grad()
def evaluate(m, ev):
    e, k = m.embs(); out = []
    for b0 in range(0, len(ev), 200):
        c = ev[b0:b0 + 200]; hid, ends, _ = m.decode(c); h = hid[torch.arange(len(c)), torch.tensor(ends)]
        sc, _ = m.scores(h, [cut(x['whole']) for x in c], e, k); sc = m.add_prior(sc, [x['whole'] for x in c])
        out.append(ranks_of(sc.numpy(), {'item': np.array([x['target'] for x in c]), 'hist': [x['whole'] for x in c]}))
    return np.concatenate(out)
di, _ = drift_items(D.log, 0); drift_tok = [ytok[i] for i in di]; dom = json.load(open(LAB / 'job-store/domain.json'))['texts'][:64]; dom_tok = [[*enc(t)[:15], cfg.eos_id] for t in dom]
held = set(di)
@torch.no_grad()
def nll(m, tt, base=False):
    pk = pack_texts(tt, VOC, cfg.bos_id)
    idx, place = __import__('karma.sequence', fromlist=['padding']).padding(pk.lengths); x = dec.vocabulary[torch.tensor(pk.source)][idx]
    h = dec.hidden(x, None if base else m.lora).flatten(0, 1)[place]; return float(text_loss(dec, h, pk))
@torch.no_grad()
def sinks(m, ev, base=False):
    t = []
    for b0 in range(0, min(300, len(ev)), 100):
        maps = []; hid, ends, ipos = m.decode(ev[b0:b0 + 100], maps, base=base); r = measure(maps, [q + 1 for q in ends], ipos, .3); t.append(r.tables)
    c = lambda n: np.concatenate([q[n] for q in t])
    return {'half': round(float(c('firstHalfSinkRate').mean()), 3), 'halfLayers': [round(float(v), 3) for v in c('firstHalfSinkRate').mean((0, 2))], 'entropy': round(float(c('embEntropy').mean()), 3), 'first': round(float(c('firstAlpha').mean()), 3)}
def lr_at(step, steps):
    w = min(1, (step + 1) / max(1, A.warm)); q = step / max(1, steps - 1); f = (1 - math.cos(math.pi * q)) / 2 if A.decay == 'cosine' else q
    return w * (1 - (1 - A.final) * f)
COLD = torch.tensor(D.cold_item)
HEADS = ('w_o', 'w_e', 'w_s', 'log_scale', 'prior', 'pop', 'rho', 'z', 'zs')
def rows_of(batch):
    t = [targets_of(b) for b in batch]; return t
def act_loss(m, hid, ends, ipos, tl, e, k, users):
    R = torch.tensor([r for r, t in enumerate(tl) for _ in t]); C = torch.tensor([ends[r] if q < 0 else ipos[r][q] for r, t in enumerate(tl) for q, _, _ in t])
    whole = [w for t in tl for _, _, w in t]; y = torch.tensor([g for t in tl for _, g, _ in t])
    if RND is not None: y = y[torch.tensor(RND.permutation(len(y)))]
    h0 = hid[R, C]; h0 = F.dropout(h0, A.headdrop) if A.headdrop else h0
    sc, h = m.scores(h0, [cut(w) for w in whole], e, k); sc = m.add_prior(sc, whole, [u for u, t in zip(users, tl) for _ in t])
    if A.maskhist:
        rr = torch.tensor([q for q, w in enumerate(whole) for _ in w]); cc = torch.tensor([i for w in whole for i in w]); mk = torch.zeros(sc.shape, dtype=torch.bool); mk[rr, cc] = True; mk[torch.arange(len(y)), y] = False; sc = sc.masked_fill(mk, float('-inf'))
    if A.warmonly: sc = sc.masked_fill(COLD, float('-inf'))
    return sc, y, h, whole
def loss_of(sc, y, tl=None, multi=None):
    if multi is not None: lp = sc.log_softmax(-1); return -torch.stack([lp[r, torch.tensor(t)].mean() for r, t in enumerate(multi)]).mean()
    return F.cross_entropy(sc, y, label_smoothing=A.smooth)
def multi_targets(batch):
    """all items of the same time as each target (from the training events), target's own basket"""
    out = []
    for b in batch: out += b['multi']
    return out
def run(arm, seed):
    global RND; RND = np.random.default_rng(seed + 7) if arm == 'random' else None
    t00 = time.time(); m = Model(seed); P = m.P; rng = np.random.default_rng(seed); gdrop = torch.Generator().manual_seed(seed + 5)
    V = evalset('validation', 1500 if A.log != 'retail' else 2000); res = {'tag': A.tag, 'arm': arm, 'seed': seed}; cv = np.array([x['cold'] for x in V])
    r = evaluate(m, V); res['start'] = hr(r)
    # heads on cached base hidden states
    key = f'{seed}'
    if A.fit or m.ridge:
        with torch.no_grad():
            hs, ys, ws = [], [], []
            fe = [example(tr, len(tr[1]) - 1) for tr in TR]
            for b0 in range(0, len(fe), 200):
                c = fe[b0:b0 + 200]; hid, ends, ipos = m.decode(c)
                for r_, b in enumerate(c):
                    for q, g, w in targets_of(b): hs.append(hid[r_, ends[r_] if q < 0 else ipos[r_][q]]); ys.append(g); ws.append(w)
            hs = torch.stack(hs); ys = torch.tensor(ys)
            if m.ridge:
                e0 = F.normalize(X @ P['w_e'].T, dim=-1)[ys].double(); h2 = hs.double(); W = torch.linalg.solve(h2.T @ h2 + 1e-2 * len(h2) * h2.square().mean() * torch.eye(Hd).double(), h2.T @ e0).T.float(); P['w_o'].copy_(W / W.norm(dim=1).mean())
        hp = [P[n] for n in HEADS if n in P]; o = torch.optim.AdamW([{'params': [P[n] for n in HEADS if n in P and P[n].requires_grad and n not in ('log_scale', 'prior', 'pop', 'rho')], 'weight_decay': .01}, {'params': [P[n] for n in ('log_scale', 'prior', 'pop', 'rho') if n in P and P[n].requires_grad], 'weight_decay': 0}], lr=A.fitrate, betas=(.9, A.beta2))
        t0 = time.time()
        for st in range(A.fit):
            for g_ in o.param_groups: g_['lr'] = A.fitrate * (1 - st / A.fit)
            ix = rng.integers(0, len(ys), 512 if not PR else 256); e, k = m.embs(gdrop)
            sc, _ = m.scores(hs[ix], [cut(ws[i]) for i in ix], e, k); sc = m.add_prior(sc, [ws[i] for i in ix])
            o.zero_grad(); l = loss_of(sc, ys[ix]); l.backward(); o.step()
        for q in P.values(): q.grad = None
        r = evaluate(m, V); res['fit'] = hr(r); res['fitloss'] = round(float(l), 3) if A.fit else None; res['fit s'] = round(time.time() - t0, 1)
        print(json.dumps({'tag': A.tag, 'seed': seed, 'start': res['start'], 'fit': res.get('fit'), 's': res['fit s']}), flush=True)
    lam = {'karma': (A.lam, A.lam), 'shuffled': (A.lam, A.lam), 'rec': (0, A.lam), 'gen': (A.lam, 0)}.get(arm, (0, 0)); kl = A.lamkl if arm == 'kl' else 0
    steps = int(round(A.epochs * len(TR) / A.bs)); lo = [P[n] for n in P if n not in HEADS]; nod = ('b_in', 'b_d', 'emb', 'query')
    if A.frozen:
        for n in P:
            if n not in HEADS: P[n].requires_grad_(False)
    gr = [{'params': [P[n] for n in P if n not in HEADS and n not in nod and P[n].requires_grad], 'weight_decay': A.wd, 'b': A.lr}, {'params': [P[n] for n in nod if P[n].requires_grad], 'weight_decay': 0, 'b': A.lr},
          {'params': [P[n] for n in ('w_o', 'w_e', 'w_s') if n in P and P[n].requires_grad], 'weight_decay': A.wd, 'b': A.hlr or A.lr}, {'params': [P[n] for n in ('z', 'zs') if n in P and P[n].requires_grad], 'weight_decay': A.wd, 'b': A.zlr or A.hlr or A.lr}, {'params': [P[n] for n in ('log_scale', 'prior', 'pop', 'rho') if n in P and P[n].requires_grad], 'weight_decay': 0, 'b': A.hlr or A.lr}]
    gr = [g_ for g_ in gr if g_['params']]; o = torch.optim.AdamW(gr, lr=A.lr, betas=(.9, A.beta2)); ema = {n: q.detach().clone() for n, q in P.items()} if A.ema else None
    every = max(1, steps // A.evals) if A.evals else 0; curve = []; tail = []; best = None; allp = [q for g_ in gr for q in g_['params']]; order = []; t0 = time.time(); sh = np.random.default_rng(seed + 99); rk = np.random.default_rng(seed + 7)
    for st in range(steps):
        while len(order) < A.bs: order += list(rng.permutation(len(TR)))
        ix, order = order[:A.bs], order[A.bs:]; batch = draw(ix, rng)
        yt = [ytok[b['target']] for b in batch]
        if arm == 'shuffled': yt = [ytok[int(sh.integers(N))] for b in batch]
        hid, ends, ipos = m.decode(batch, texts=yt if lam[0] else None); e, k = m.embs(gdrop); tl = [targets_of(b) for b in batch]
        sc, y, h, whole = act_loss(m, hid, ends, ipos, tl, e, k, ix)
        mt = None
        if A.multi: mt = []; [mt.extend(multi_of(TR[i], b)) for i, b in zip(ix, batch)]
        act = loss_of(sc, y, multi=mt); loss = act; gen = rec = torch.zeros(())
        if lam[0]:
            w = []; rows = []; tk = []
            for r_, t in enumerate(yt):
                for q, tok in enumerate(t): rows.append((r_, ends[r_] + q)); tk.append(tok); w.append(1 / len(t) / len(yt))
            rr = torch.tensor(rows); lg = dec.logits(hid[rr[:, 0], rr[:, 1]]); gen = (F.cross_entropy(lg, torch.tensor(tk), reduction='none') * torch.tensor(w)).sum(); loss = loss + lam[0] * gen
        if lam[1]:
            last = np.cumsum([len(t) for t in tl]) - 1; hh = h[torch.tensor(last)]; tt = yt
            if A.recall:
                pick = rk.permutation(len(h))[:A.recall]; hh = h[torch.tensor(pick)]; yy = y[torch.tensor(pick)].tolist(); tt = [ytok[i] if arm != 'shuffled' else ytok[int(sh.integers(N))] for i in yy]
            soft = F.linear(hh, P['w_d'], P['b_d']); T = max(map(len, tt)); inp = torch.zeros(len(tt), T, Hd); ids = torch.zeros(len(tt), T - 1, dtype=torch.long); tg = torch.full((len(tt), T), -100)
            for r_, t in enumerate(tt): ids[r_, :len(t) - 1] = torch.tensor(t[:-1]); tg[r_, :len(t)] = torch.tensor(t)
            hd2 = dec.hidden(torch.cat([soft[:, None], dec.vocabulary[ids]], 1), m.lora); ce = F.cross_entropy(dec.logits(hd2).flatten(0, 1), tg.flatten(), reduction='none').view(tg.shape); rec = (ce.sum(1) / (tg >= 0).sum(1)).mean(); loss = loss + lam[1] * rec
        if kl:
            tt = [ytok[int(i)] for i in sh.integers(0, N, A.bs) if int(i) not in held]; pk = pack_texts(tt, VOC, cfg.bos_id); idx, place = PAD(pk.lengths); x = dec.vocabulary[torch.tensor(pk.source)][idx]
            with torch.no_grad(): hb = dec.hidden(x).flatten(0, 1)[place]
            loss = loss + kl * divergence(dec, hb, dec.hidden(x, m.lora).flatten(0, 1)[place], pk)
        o.zero_grad(); loss.backward(); gn = torch.nn.utils.clip_grad_norm_(allp, 1.0); f = lr_at(st, steps)
        for g_ in o.param_groups: g_['lr'] = g_['b'] * f
        o.step(); tail.append(float(act))
        if ema is not None:
            d = min(A.ema, (1 + st) / (10 + st))
            for n, q in P.items(): ema[n].mul_(d).add_(q.detach(), alpha=1 - d)
        if every and (st + 1) % every == 0:
            r = evaluate(m, V); line = {'step': st + 1, 'hr': hr(r), 'act': round(float(np.mean(tail[-50:])), 3), 's': round(time.time() - t0)}
            if A.measure > 1: line |= {'half': sinks(m, V)['half'], 'drift': round(nll(m, drift_tok) - BASE['item'], 2), 'domain': round(nll(m, dom_tok) - BASE['domain'], 2)}
            curve.append(line); print(json.dumps({'tag': A.tag, 'seed': seed, 'arm': arm, **line}), flush=True)
            sco = float(np.mean([(r <= k_).mean() for k_ in (10, 50, 200)]))
            if A.patience and (best is None or sco > best[0]): best = (sco, {n: q.detach().clone() for n, q in P.items()}, st + 1)
    res |= {'steps': steps, 's/step': round((time.time() - t0) / max(1, steps), 3), 'act': [round(float(np.mean(tail[:5])), 3), round(float(np.mean(tail[-50:])), 3)] if tail else None, 'curve': curve}
    if best is not None:
        with torch.no_grad(): [P[n].copy_(q) for n, q in best[1].items()]
        res['best'] = best[2]
    r = evaluate(m, V); res['val'] = hr(r)
    if ema is not None:
        keep = {n: q.detach().clone() for n, q in P.items()}
        with torch.no_grad(): [P[n].copy_(ema[n]) for n in P]
        res['val ema'] = hr(evaluate(m, V))
    if A.rho: res['rho'] = round(float(P['rho']), 3)
    if A.pop: res['pop'] = round(float(P['pop']), 3)
    if PR: res['prior'] = [round(float(v), 2) for v in P['prior']]
    res['scale'] = round(float(P['log_scale'].exp()), 1)
    if A.measure: res |= sinks(m, V); res |= {'drift': round(nll(m, drift_tok) - BASE['item'], 2), 'domain': round(nll(m, dom_tok) - BASE['domain'], 2)}
    if A.test:
        Tt = evalset('test'); r = evaluate(m, Tt); ct = np.array([x['cold'] for x in Tt]); res['test'] = hr(r, ct); np.save(LAB / f'ranks/{A.log}-{A.tag}-{arm}-{seed}.npy', r.astype(np.float32))
    if A.save: torch.save({n: q.detach() for n, q in P.items()}, LAB / f'cache/par-{A.log}-{A.tag}-{arm}-{seed}.pt')
    res['s'] = round(time.time() - t00); print(json.dumps(res), flush=True); open(LAB / 'results.jsonl', 'a').write(json.dumps({**res, 'args': {k: v for k, v in vars(A).items() if v != p.get_default(k)}}) + '\n')
def multi_of(tr, b):
    """for each prediction row of the example: all training items of the same time as its target (later ones included)"""
    u, it, first, t, qs = tr; n0 = len(b['before']); out = []
    by = {}
    for i, tm in zip(it, t): by.setdefault(int(tm), []).append(i)
    tt = [int(v) for v in t]
    for k in range(len(b['hist']) - 1): out.append(by[tt[n0 + k + 1]])
    # the example's target time
    out.append(by[b['tt']]); return out
from karma.sequence import padding as PAD
(LAB / 'ranks').mkdir(exist_ok=True)
BASE = {'item': nll(None, drift_tok, True), 'domain': nll(None, dom_tok, True)}
if __name__ == '__main__':
    for seed in map(int, A.seeds.split(',')):
        for arm in A.arms.split(','): run(arm, seed)
