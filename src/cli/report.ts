/** What the CLI prints while it runs. */
import { tableMean } from '../measures/sinks/sinks';
import { sinksOf } from '../measures/sinks/userSinks';
import { groupsBySize, megabytes, MEMORY_GROUPS, type MemoryPlan } from '../record/memoryPlan';
import { TERM_IDS } from '../recipe/terms';
import type { WorkerEvent } from '../runtime/protocol';
import { percent } from './finalTable';

/** A line for an event, or null for events that say nothing new. */
export function eventLine(event: WorkerEvent, steps: number): string | null {
  switch (event.type) {
    case 'progress': {
      const { stage, note, done, total } = event.progress;
      // It has steps of its own, which take as long as an arm's.
      if (stage === 'id-model')
        return done % Math.max(1, Math.round(total / 20)) === 0 ? `SASRec-size ${done}/${total}  ${note}` : null;
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
      const { ranking, pool, gauc } = event.evaluation;
      const { all, cold } = ranking;
      const at = (values: Record<string, number>, k: string): string => percent(values[k]);
      const pooled = pool ? `sampled-pool HR@10 ${at(pool.all.hr, '10')}  ` : '';
      const auc = gauc ? `gAUC ${gauc.value.toFixed(3)}  ` : '';
      const sinks = tableMean(sinksOf(event.evaluation).itemSinkRate).toFixed(3);
      return `${event.arm} @${event.evaluation.step} ${event.evaluation.population}: HR@10 ${at(all.hr, '10')} (cold ${at(cold.hr, '10')})  HR@50 ${at(all.hr, '50')}  ${pooled}${auc}item sinks ${sinks}  n ${all.n}`;
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
      return `${typeof event.of === 'string' ? event.of : event.of.arm}: decodability gain ${gain} nats a token (cold ${cold.gain.toFixed(3)}), probe decoder of ${steps} steps  n ${all.n}`;
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
