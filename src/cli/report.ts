/** What the CLI prints while it runs. */
import type { Checkpoints } from '../experiment/train/checkpoints';
import { decodability } from '../measures/entries/decodability';
import { measure, measureText } from '../measures/measures';
import { baselineName } from '../measures/ranking/baselineNames';
import { numbersText, precisionText } from '../record/fileStorage';
import { cutSentence } from '../record/measuringCut';
import { groupsBySize, megabytes, MEMORY_GROUPS, type MemoryPlan } from '../record/memoryPlan';
import { TERM_IDS } from '../recipe/terms';
import type { WorkerEvent } from '../runtime/protocol';

/** Measures in the line about an evaluation, if it has them. */
const REPORTED = ['hr@10', 'cold-hr@10', 'hr@50', 'pool-hr@10', 'gauc', 'firstHalfSinkRate', 'lmDrift'];

type Line<Type extends WorkerEvent['type']> = (event: Extract<WorkerEvent, { type: Type }>, steps: number) => string | null;

/** Which events are printed, and how. */
const LINES: { readonly [Type in WorkerEvent['type']]?: Line<Type> } = {
  progress: ({ progress: { stage, note, done, total } }) => {
    // This stage has its own steps, which take as long as an arm's.
    if (stage === 'id-model')
      return done % Math.max(1, Math.round(total / 20)) === 0 ? `${baselineName('sasrec')} ${done}/${total}  ${note}` : null;
    return total > 0 && done !== total ? null : `${stage}: ${note}`;
  },
  memory: ({ plan, problem, precision, fileStorage }) => {
    if (plan === null) return problem;
    const stored = precision === undefined ? '' : `; frozen weights: ${precisionText(precision, fileStorage)}`;
    return memoryLine(plan) + stored;
  },
  step: ({ columns, arm }, steps) => {
    if (columns.step % Math.max(1, Math.round(steps / 20)) !== 0) return null;
    const parts = [`action ${columns.action.toFixed(3)}`];
    for (const term of TERM_IDS) {
      const loss = columns[term];
      if (loss !== null) parts.push(`${term} ${loss.toFixed(3)}`);
    }
    return `${arm} ${columns.step}/${steps}  ${parts.join('  ')}  ${(columns.step / columns.seconds).toFixed(2)} steps/s`;
  },
  silence: ({ silence }) =>
    silence === null
      ? 'the GPU answers again'
      : Math.round(silence.waited) % 10 === 0
        ? `the GPU has not answered for ${Math.round(silence.waited)} s; the longest that it took before is ${Math.ceil(silence.longest)} s`
        : null,
  warning: ({ arm, warning }) => `${arm} @${warning.step}: ${warning.text}`,
  evaluation: ({ arm, evaluation }) => {
    const { step, population, targets } = evaluation;
    const cold = targets.cold === undefined ? ['cold none'] : [];
    const parts = REPORTED.flatMap((id) => {
      const { name, of, ...look } = measure(id);
      const value = of(evaluation);
      return value === null ? [] : [`${name} ${measureText(look, value)}`];
    });
    return `${arm} @${step} ${population}: ${[...parts, ...cold].join('  ')}  n ${targets.all}`;
  },
  started: ({ record }) => {
    const { storage, fileStorage } = record.base;
    const lines: string[] = [];
    if (storage !== undefined) {
      const { nll, maxRelative, divergence, tokens } = storage;
      const error = `largest logit difference ${maxRelative.toExponential(1)}, KL ${divergence.toExponential(1)} nats per token`;
      lines.push(
        `weights in ${numbersText(storage, fileStorage)}: NLL ${nll.f32.toFixed(4)} → ${nll.stored.toFixed(4)} on ${tokens} tokens, ${error}`,
      );
    }
    if (record.cut) lines.push(cutSentence(record.cut));
    return lines.length === 0 ? null : lines.join('\n');
  },
  fidelity: ({ of, fidelity }) => {
    const all = decodability.at(fidelity, 'all');
    if (all === null) return null;
    const interval = all.interval ? ` [${all.interval.map((bound) => bound.toFixed(3)).join(', ')}]` : '';
    const gain = `${all.value.toFixed(3)}${interval}`;
    const cold = decodability.at(fidelity, 'cold');
    return `${typeof of === 'string' ? of : of.arm}: ${decodability.all.name} ${gain} nats per token (cold ${cold === null ? 'none' : cold.value.toFixed(3)}), probe decoder of ${fidelity.steps} steps  n ${all.n}`;
  },
};

/** The line for an event, or null if it says nothing new. */
export function eventLine(event: WorkerEvent, steps: number): string | null {
  const line = LINES[event.type] as Line<WorkerEvent['type']> | undefined;
  return line?.(event, steps) ?? null;
}

/** The cost of the run's checkpoints. */
export function checkpointLine({ cost: { taken, ms, writing, bytes }, problem }: Checkpoints): string {
  const each = `${taken} of ${megabytes(bytes)}, which delayed training by ${Math.round(ms)} ms and were written beside it in ${Math.round(writing)} ms`;
  return `checkpoints: ${each}${problem === null ? '' : `; not saved: ${problem}`}`;
}

/** `GPU memory: 171 MB (activations 120 MB, …)`, largest groups first. */
export function memoryLine(plan: MemoryPlan): string {
  const parts = groupsBySize(plan).map(([group, bytes]) => `${MEMORY_GROUPS[group]} ${megabytes(bytes)}`);
  return `GPU memory: ${megabytes(plan.total)} (${parts.join(', ')})`;
}
