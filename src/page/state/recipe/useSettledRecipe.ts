import { useEffect } from 'react';
import type { RunSpec } from '../../../recipe/runSpec';
import { useExperiment } from '../run/experiment';
import { check, useRecipe } from './recipe';

/**
 * Requests what depends on recipe, log and device whenever a valid recipe has stopped changing and there is a
 * device.
 * @param ask must be stable between renders
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
