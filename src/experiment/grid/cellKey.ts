/** One name for one result: what an arm's numbers depend on, hashed. */
import packageJson from '../../../package.json';
import type { ArmSpec, RunSpec } from '../../recipe/runSpec';
import { sha256Hex } from '../../storage/sha256';

/**
 * Two arms with the same key have the same numbers on the same adapter, whatever the run's other arms, its name or the arm's label.
 * A switch that an arm cannot feel (text of a random item without a text loss) makes no difference.
 * @param log hash of the log; `sample` stands for the sample store, which comes with the app
 */
export function cellKey(spec: RunSpec, arm: ArmSpec, log: string, appVersion: string = packageJson.version): string {
  const feels = { gen: arm.lambdaGen > 0, text: arm.lambdaGen > 0 || arm.lambdaRec > 0 };
  const facts = {
    ...without(spec, 'name', 'arms'),
    appVersion,
    data: { ...without(spec.data, 'id'), log },
    model: without(spec.model, 'baseUrl'),
    arm: { ...without(arm, 'id', 'label'), shuffledText: feels.text && arm.shuffledText },
    objective: { ...spec.objective, hideEmbFromText: feels.gen && spec.objective.hideEmbFromText },
  };
  return sha256Hex(canonicalJson(facts)).slice(0, 16);
}

function without<T extends object, K extends keyof T>(value: T, ...keys: readonly K[]): Omit<T, K> {
  return Object.fromEntries(Object.entries(value).filter(([key]) => !keys.includes(key as K))) as Omit<T, K>;
}

/** JSON with the keys of every object in order. */
export function canonicalJson(value: unknown): string {
  return JSON.stringify(value, (_, part: unknown) =>
    typeof part === 'object' && part !== null && !Array.isArray(part)
      ? Object.fromEntries(Object.entries(part).sort(([a], [b]) => (a < b ? -1 : 1)))
      : part,
  );
}

/** What `cellKey` takes for a log: the sample's hash is not known before it is read. */
export function logName(id: string, hash: string): string {
  return id === 'sample' ? 'sample' : hash;
}
