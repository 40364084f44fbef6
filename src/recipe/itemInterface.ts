/** What an item interface needs otherwise than the one recipe, whose items are single tokens. */
import type { RunSpec } from './runSpec';

type Objective = RunSpec['objective'];
type Needs = Partial<Pick<Objective, 'headStart' | 'embToken' | 'interestSkip' | 'popularity' | 'candidates'>>;

const NEEDS: Readonly<Record<Objective['itemInterface'], Needs>> = {
  token: {},
  text: { embToken: 'learned' },
  semantic: { headStart: 'random', embToken: 'learned', interestSkip: 'none', popularity: 0, candidates: 'all' },
};

/** Fields of the objective under an interface, itself among them. */
export function fieldsOf(itemInterface: Objective['itemInterface']): Partial<Objective> {
  return { itemInterface, ...NEEDS[itemInterface] };
}

/**
 * A recipe with another interface.
 * @param usual the recipe whose values come back where the interface before needed others
 */
export function withInterface(spec: RunSpec, itemInterface: Objective['itemInterface'], usual: RunSpec): RunSpec {
  const { objective } = spec;
  const left = Object.entries(NEEDS[objective.itemInterface]).filter(([name, value]) => objective[name as keyof Needs] === value);
  const back = Object.fromEntries(left.map(([name]) => [name, usual.objective[name as keyof Needs]]));
  return { ...spec, objective: { ...objective, ...back, ...fieldsOf(itemInterface) } };
}

export function isItemInterface(value: unknown): value is Objective['itemInterface'] {
  return typeof value === 'string' && Object.hasOwn(NEEDS, value);
}
