import { useEffect } from 'react';
import type { RunSpec } from '../../recipe/runSpec';
import { useExperiment } from '../state/experiment';
import { check, useRecipe } from '../state/recipe';

/**
 * Asks what depends on recipe, log and device whenever a valid recipe has come to rest and there is a device.
 * @param ask stays the same from one drawing to the next
 * @param settled milliseconds without a change before it is called
 */
export function useSettledRecipe(ask: (spec: RunSpec) => void, settled: number): void {
  const draft = useRecipe((recipe) => recipe.draft);
  const ready = useExperiment((experiment) => experiment.device.state === 'ready');
  const log = useExperiment((experiment) => experiment.log?.summary.hash ?? null);
  useEffect(() => {
    const { spec } = check(draft);
    if (!ready || spec === null) return;
    const timer = setTimeout(() => {
      ask(spec);
    }, settled);
    return () => {
      clearTimeout(timer);
    };
  }, [ask, settled, draft, ready, log]);
}
