import { describe, expect, it, test } from 'vitest';
import { planGrid } from '../experiment/grid/plan';
import { gridSchema } from '../experiment/grid/gridSpec';
import { PRESETS } from './presets';
import { withInterface } from './itemInterface';
import { trainableSchema } from './runSpec';

const INTERFACES = ['token', 'text', 'semantic'] as const;

describe.each(PRESETS.map(({ id, spec }) => [id, spec] as const))('%s', (id, spec) => {
  // Pairs are not codes.
  const fits = INTERFACES.filter((one) => one !== 'semantic' || (id !== 'paper' && id !== 'strong'));
  it.each(fits)('can be trained with items as %s, and comes back', (itemInterface) => {
    const other = withInterface(spec, itemInterface, spec);
    expect(trainableSchema.safeParse(other).error?.issues ?? []).toEqual([]);
    expect(withInterface(other, 'token', spec)).toEqual(spec);
  });
});

it('keeps what was set otherwise', () => {
  const [{ spec }] = PRESETS as [(typeof PRESETS)[number]];
  const own = { ...spec, objective: { ...spec.objective, popularity: 0.9 } };
  expect(withInterface(withInterface(own, 'text', spec), 'token', spec)).toEqual(own);
});

test('a grid over interfaces can be planned', () => {
  const axes = [{ path: 'objective.itemInterface', values: [...INTERFACES] }];
  expect(planGrid(gridSchema.parse({ arms: ['action', 'karma'], axes, seeds: [0] }), 'sample').jobs).toHaveLength(3);
});
