/** LoRA's parameters as held by peers: one pair of matrices per projection. */
import { PROJECTIONS, type Projection } from '../../src/recipe/runSpec';
import { named, type NamedParameter, type Parameters } from '../inputs';

export interface Pair<T> {
  readonly a: T;
  readonly b: T;
}

/** A value for A [rank, in] and B [out, rank] of every layer's projections. */
export function loraPairs<T>(
  parameters: Parameters,
  make: (parameter: NamedParameter, name: string) => T,
): Record<Projection, Pair<T>>[] {
  const one = (name: string): T => make(named(parameters, name), name);
  return parameters.layout.lora.map(
    (_, layer) =>
      Object.fromEntries(
        PROJECTIONS.map((projection) => {
          const name = `lora.${layer}.${projection}`;
          return [projection, { a: one(`${name}.A`), b: one(`${name}.B`) }];
        }),
      ) as Record<Projection, Pair<T>>,
  );
}
