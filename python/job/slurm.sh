#!/usr/bin/env bash
# One run:          sbatch slurm.sh
# A grid's runs:    sbatch --array=0-LAST slurm.sh      (README.md has the number)
# After scontrol requeue, or the loss of a node, a run resumes from its last checkpoint. Finished runs are not repeated.
#SBATCH --job-name=karma
#SBATCH --nodes=1
#SBATCH --ntasks-per-node=1
#SBATCH --requeue
#SBATCH --open-mode=append
#SBATCH --output=slurm-%A-%a.log
set -euo pipefail
cd "${SLURM_SUBMIT_DIR:-$(dirname "$0")}"

# Processes per node: PROCESSES if set, else one per GPU, or one on nodes without a GPU.
gpus=$(nvidia-smi --list-gpus 2>/dev/null | wc -l || true)
processes=${PROCESSES:-$((gpus > 0 ? gpus : 1))}
python=${PYTHON:-python3}

if [ "${SLURM_NNODES:-1}" -gt 1 ]; then
  head=$(scontrol show hostnames "$SLURM_JOB_NODELIST" | head -n 1)
  meeting=(--nnodes "$SLURM_NNODES" --rdzv-backend c10d --rdzv-id "$SLURM_JOB_ID" --rdzv-endpoint "$head:$((29000 + SLURM_JOB_ID % 1000))")
else
  meeting=(--standalone)
fi
srun "$python" -m karma.launch "${meeting[@]}" --nproc-per-node "$processes" --max-restarts 3 train.py \
  ${SLURM_ARRAY_TASK_ID:+--cell "$SLURM_ARRAY_TASK_ID"} ${KARMA_OPTIONS:-}
