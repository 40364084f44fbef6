"""Feature blocks of items, cached."""
from common import *
from karma.loading import load_model
from karma.texts import open_tokenizer
from karma.features import hidden_means, title_features
_m = {}
def model():
    if not _m: _m['m'] = load_model(LAB / 'job-store/model', 'wordnet-1m', 'own', torch.float32, torch.device('cpu')); _m['enc'], _m['dec'] = open_tokenizer(LAB / 'job-store/model')
    return _m['m'], _m['enc']
def lm(D, template):
    import hashlib
    p = LAB / f'cache/lm-{D.name}-{hashlib.md5(template.encode()).hexdigest()[:8]}.npy'; p.parent.mkdir(exist_ok=True)
    if not p.exists():
        m, enc = model(); np.save(p, hidden_means(m.decoder, [enc(t) for t in D.texts(template)]))
    return np.load(p).astype(np.float64)
def std(X): return (X - X.mean(0)) / (X.std(0) + 1e-6)
def whiten(X, shrink=.1, keep=None):
    """PCA whitening of standardised X: Z = X V diag(1/sqrt(l + shrink*mean l)), columns by falling l"""
    X = std(X); l, V = np.linalg.eigh(X.T @ X / len(X)); o = np.argsort(-l); l, V = l[o], V[:, o]
    if keep: l, V = l[:keep], V[:, :keep]
    return X @ V / np.sqrt(np.maximum(l, 0) + shrink * l.mean())
def scaled(X):
    """block to mean square row norm 1"""
    return X / np.sqrt((X**2).sum(1).mean())
