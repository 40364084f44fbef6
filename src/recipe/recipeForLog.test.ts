import { expect, it } from 'vitest';
import { FIELDS_OF_LOG, recipeForLog } from './recipeForLog';
import { fieldsOf } from './itemInterface';
import { runSpecSchema, trainableSchema } from './runSpec';
import { differingPaths } from './specPath';

const spec = runSpecSchema.parse({});
const on = (facts: object, from = spec) => recipeForLog(from, { id: 'mine.csv', users: 600, items: 900, ...facts });

it('is the recipe itself on the sample', () => {
  expect(recipeForLog(spec, { id: 'sample', users: 3000, items: 5200, categoryNodes: 1243 })).toBe(spec);
});

it('is the same on a log like it, and three passes over its users', () => {
  const { features, objective, training } = on({ users: 3000, items: 5200, categoryNodes: 1243 });
  expect([features, objective, training]).toEqual([spec.features, spec.objective, spec.training]);
  expect(on({ categoryNodes: 40 }).training.steps).toBe(112);
  expect(on({ categoryNodes: 40 }).features.source).toBe('lm+visual');
});

it('reads words beside the language model where categories have no levels', () => {
  const { features, objective } = on({});
  expect([features.source, features.axes, features.collaborative, objective.embeddingSize]).toEqual(['lm+words', 256, 1, 512]);
  expect([objective.skipLast, objective.popularity]).toEqual([0.1, 0.5]);
  const own = { ...spec, objective: { ...spec.objective, skipLast: 0.7 } };
  expect(on({}, own).objective.skipLast).toBe(0.7);
});

it('reads the language model alone where items are too many for words', () => {
  const { features, objective } = on({ items: 4097 });
  expect([features.source, features.axes, features.collaborative, objective.embeddingSize]).toEqual(['lm', 128, 0.6, 256]);
  expect(objective.skipLast).toBe(0.3);
  const larger = { ...spec, model: { ...spec.model, id: 'some/model' } };
  expect(on({ items: 4097 }, larger)).toMatchObject({ features: { source: 'lm', axes: 256 }, objective: { embeddingSize: 512 } });
});

it('predicts baskets where the last ones are held out', () => {
  const lastBasket = { recipe: { split: { kind: 'last-basket' as const } } };
  expect(on(lastBasket).objective.positions).toBe('baskets');
  expect(on({ recipe: { split: { kind: 'time' as const } } }).objective.positions).toBe('all');
  const last = { ...spec, objective: { ...spec.objective, positions: 'last' as const } };
  expect(on(lastBasket, last).objective.positions).toBe('last');
  const semantic = runSpecSchema.parse({ objective: fieldsOf('semantic') });
  expect(on(lastBasket, semantic).objective.positions).toBe('all');
});

it('has no factors of a log whose matrix would take too long, and no category paths of too many columns', () => {
  const large = on({ users: 20_000, items: 9000, categoryNodes: 100 });
  expect([large.features.source, large.features.collaborative, large.objective.embeddingSize]).toEqual(['lm+visual', 0, 256]);
  expect(on({ users: 20_000, items: 9000, categoryNodes: 5000 }).features.source).toBe('lm');
  expect(on({ users: 4096, items: 9000 }).features.collaborative).toBe(0.6);
});

it('changes nothing else, and keeps what a recipe has of its own', () => {
  for (const facts of [
    {},
    { users: 20_000, items: 9000 },
    { categoryNodes: 9 },
    { recipe: { split: { kind: 'last-basket' } } },
  ]) {
    const other = on(facts);
    expect(trainableSchema.parse(other)).toEqual(other);
    expect(FIELDS_OF_LOG).toEqual(expect.arrayContaining(differingPaths(other, spec)));
  }
  const own = runSpecSchema.parse({
    training: { steps: 77 },
    features: { source: 'own', collaborative: 0 },
    objective: { embeddingSize: 256 },
  });
  expect(on({}, own)).toEqual(own);
});
