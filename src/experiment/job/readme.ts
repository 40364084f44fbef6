/** The README of a job's folder: three commands, and what they produce. */
import { modelName, originOf } from '../../model/modelOrigin';
import type { RunSpec } from '../../recipe/runSpec';
import { onOneLine } from '../../recipe/texts';

export interface ReadmeFacts {
  readonly spec: RunSpec;
  /** Runs of the grid; null for a single one. */
  readonly runs: number | null;
  readonly log: string;
  readonly withModel: boolean;
  /** Whether features of the items are in the job. */
  readonly withFeatures: boolean;
  /** Whether texts of the model's domain are. */
  readonly withDomain: boolean;
}

export function readme({ spec, runs, log, withModel, withFeatures, withDomain }: ReadmeFacts): string {
  const arms = onOneLine(spec.arms.map(({ label }) => label).join(', '));
  const name = onOneLine(modelName(spec.model.id));
  const elsewhere =
    originOf(spec.model) === 'hub'
      ? `${name} from the hub, or a folder by \`--model\``
      : `${name}, whose folder \`--model\` names`;
  const model = withModel ? `\`model/\` (${name})` : elsewhere;
  const one = runs === null;
  return `# ${onOneLine(spec.name)}

${one ? 'One run' : `${runs} runs of a grid`} on ${onOneLine(log)}: ${arms}; ${spec.training.steps} steps of ${spec.training.batchSize} users. Exported from KARMA Playground.

    python3 -m pip install --no-deps -r requirements.lock        # in addition to PyTorch and NumPy; a small model does not need it
    python3 -m karma.launch --standalone --nproc-per-node 2 train.py${one ? '' : ' --cell 0'}        # here, on two processes${one ? '' : ': the first run'}
    sbatch ${one ? '' : `--array=0-${runs - 1} `}slurm.sh                                    # on a cluster${one ? '' : ': all runs'}

The result is ${one ? '`run/run.json`' : '`runs/*.run.json`'}: open ${one ? 'it' : 'them'} in the page${one ? '' : ' as a grid'}. Every arm’s adapter is in ${one ? '`run/arms/*/adapter`' : '`runs/*/arms/*/adapter`'}, in PEFT’s layout.
Killed or requeued, a run continues from its last checkpoint; started again once it is finished, it does nothing.

| | |
|---|---|
| \`recipe.json\`${one ? '' : ', `cells.json`'} | what is trained |
| \`log/\` | the log as columns, with hashes and split; \`mapping.json\` says how files became the log |
| model | ${model} |
${withFeatures ? '| `cache/` | features of the items, from which their codes are computed |\n' : ''}${withDomain ? '| `domain.json` | texts on which domain drift is measured |\n' : ''}${spec.lora.start === null ? '' : `| \`start/\` | the adapter that all arms start from, ${onOneLine(spec.lora.start)} |\n`}| \`karma/\` | the trainer: \`python3 -m karma.train --help\` |
| \`slurm.sh\`, \`sky.yaml\`, \`Dockerfile\` | Slurm, SkyPilot, a container |
`;
}
