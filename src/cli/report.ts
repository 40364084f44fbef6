/** What the CLI prints while it runs. */
import { entry, measure, measureText } from '../measures/measures';
import { baselineName } from '../measures/ranking/baselineNames';
import { groupsBySize, megabytes, MEMORY_GROUPS, type MemoryPlan } from '../record/memoryPlan';
import { TERM_IDS } from '../recipe/terms';
import type { WorkerEvent } from '../runtime/protocol';

/** What a line on an evaluation says, as far as the evaluation has it. */
const REPORTED = ['hr@10', 'cold-hr@10', 'hr@50', 'pool-hr@10', 'gauc', 'firstHalfSinkRate', 'lmDrift'];

/** A line for an event, or null for events that say nothing new. */
export function eventLine(event: WorkerEvent, steps: number): string | null {
  switch (event.type) {
    case 'progress': {
      const { stage, note, done, total } = event.progress;
      // It has steps of its own, which take as long as an arm's.
      if (stage === 'id-model')
        return done % Math.max(1, Math.round(total / 20)) === 0 ? `${baselineName('sasrec')} ${done}/${total}  ${note}` : null;
      return total > 0 && done !== total ? null : `${stage}: ${note}`;
    }
    case 'memory':
      return event.plan === null ? event.problem : memoryLine(event.plan);
    case 'step': {
      const { columns, arm } = event;
      if (columns.step % Math.max(1, Math.round(steps / 20)) !== 0) return null;
      const parts = [`action ${columns.action.toFixed(3)}`];
      for (const term of TERM_IDS) {
        const loss = columns[term];
        if (loss !== null) parts.push(`${term} ${loss.toFixed(3)}`);
      }
      return `${arm} ${columns.step}/${steps}  ${parts.join('  ')}  ${(columns.step / columns.seconds).toFixed(2)} steps/s`;
    }
    case 'evaluation': {
      const { step, population, ranking } = event.evaluation;
      const cold = ranking.cold.n === 0 ? ['cold none'] : [];
      const parts = REPORTED.flatMap((id) => {
        const { name, of, ...look } = measure(id);
        const value = of(event.evaluation);
        return value === null ? [] : [`${name} ${measureText(look, value)}`];
      });
      return `${event.arm} @${step} ${population}: ${[...parts, ...cold].join('  ')}  n ${ranking.all.n}`;
    }
    case 'started': {
      const { storage } = event.record.base;
      if (storage === undefined) return null;
      const { precision, nll, maxRelative, divergence, tokens } = storage;
      const error = `largest logit difference ${maxRelative.toExponential(1)}, KL ${divergence.toExponential(1)} nats a token`;
      return `${precision} weights: NLL ${nll.f32.toFixed(4)} → ${nll.stored.toFixed(4)} on ${tokens} tokens, ${error}`;
    }
    case 'fidelity': {
      const { all, cold, steps } = event.fidelity;
      const [low, high] = all.gainInterval.map((bound) => bound.toFixed(3));
      const gain = `${all.gain.toFixed(3)} [${low ?? ''}, ${high ?? ''}]`;
      return `${typeof event.of === 'string' ? event.of : event.of.arm}: ${entry('decodability').name} ${gain} nats a token (cold ${cold.n === 0 ? 'none' : cold.gain.toFixed(3)}), probe decoder of ${steps} steps  n ${all.n}`;
    }
    case 'device':
    case 'inspection-answer':
    case 'inspection-failed':
    case 'inspection-found':
    case 'inspection-user':
    case 'text-started':
    case 'text-grown':
    case 'text-ended':
    case 'template-preview':
    case 'experiment-parts':
    case 'adapter-opened':
    case 'adapter-refused':
    case 'text-failed':
    case 'exported':
    case 'export-failed':
    case 'phase':
    case 'log':
    case 'model':
    case 'certificate':
    case 'profile':
    case 'inference':
    case 'trained':
    case 'adapter':
    case 'fetched':
    case 'fetch-failed':
    case 'fetch-cancelled':
    case 'model-opened':
    case 'survey':
    case 'kept':
    case 'finished':
    case 'failed':
      return null;
  }
}

/** `GPU memory: 171 MB (activations 120 MB, …)`, the largest groups first. */
export function memoryLine(plan: MemoryPlan): string {
  const parts = groupsBySize(plan).map(([group, bytes]) => `${MEMORY_GROUPS[group]} ${megabytes(bytes)}`);
  return `GPU memory: ${megabytes(plan.total)} (${parts.join(', ')})`;
}
