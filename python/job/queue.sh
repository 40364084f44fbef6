#!/usr/bin/env bash
# Trains the runs of a grid one after the other on this machine, in the order of cells.json, at the lowest priority.
# When stopped and started again, it continues: finished runs are skipped, and an unfinished one resumes from its last checkpoint.
#   nohup ./queue.sh [OPTIONS of karma.train] > queue.log 2>&1 &
set -euo pipefail
cd "$(dirname "$0")"
python=${PYTHON:-python3}
runs=$("$python" -c 'import json; print(len(json.load(open("cells.json"))))')
for ((run = 0; run < runs; run++)); do
  nice -n 19 "$python" train.py --cell "$run" "$@" || echo "run $run ended with $?; the next one follows"
done
