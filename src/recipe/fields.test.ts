import { describe, expect, it } from 'vitest';
import { complaintsOf, sentence, sentenceWithPath } from './errorMap';
import { ARM_FIELDS, FIELDS } from './fields';
import { fieldTable } from './fieldTable';
import { PRESETS } from './presets';
import { actionLossSchema, runSpecSchema } from './runSpec';
import { fieldPaths } from './specPath';
import { valuesText } from './values';

describe('fields', () => {
  it('are those of the schema, each with words and accepted values', () => {
    expect(FIELDS.map(({ path }) => path)).toEqual(fieldPaths(PRESETS[0]!.spec).filter((path) => path !== 'arms'));
    for (const { path, label, schema } of [...FIELDS, ...ARM_FIELDS]) {
      expect(label, path).not.toBe('');
      expect(valuesText(schema), path).not.toBeNull();
    }
    const labels = FIELDS.map(({ label }) => label);
    expect(new Set(labels).size).toBe(labels.length);
  });

  it('are listed in docs/recipe.md (npx vitest run src/recipe/fields.test.ts -u writes it)', async () => {
    await expect(fieldTable()).toMatchFileSnapshot('../../docs/recipe.md');
  });
});

describe('errors', () => {
  const complaints = (spec: object) => complaintsOf(runSpecSchema.safeParse(spec).error!, runSpecSchema);

  it.each([
    [{ training: { steps: NaN } }, 'Steps must be a whole number from 1 to 100,000.'],
    [{ training: { steps: '80' } }, 'Steps must be a whole number from 1 to 100,000, not 80.'],
    [{ training: { learningRate: -1 } }, 'Learning rate must be a number above 0, not -1.'],
    [{ training: { beta1: 1 } }, 'Adam β₁ must be a number of at least 0 and below 1, not 1.'],
    [{ objective: { embeddingSize: 5 } }, 'Embedding size must be a multiple of 4 from 4 to 1,024, not 5.'],
    [{ objective: { actionLoss: 'hinge' } }, `Action loss must be one of ${actionLossSchema.options.join(', ')}, not hinge.`],
    [{ evaluation: { finalUsers: 0 } }, 'Test targets at the end must be a whole number of at least 1, not 0.'],
    [{ evaluation: { finalUsers: 'all' } }, 'Test targets at the end must be auto or a whole number of at least 1, not all.'],
    [{ evaluation: { ks: [10, 1.5] } }, 'K must be a whole number of at least 1, not 1.5.'],
    [{ lora: { targets: [] } }, 'Adapted projections must have at least 1 entry.'],
    [{ model: { baseUrl: 'nowhere' } }, 'Hub or mirror must be a URL that begins with https:// or http://.'],
    [{ name: '' }, 'Name must not be empty.'],
    [
      { data: { itemTemplate: '{colour}' } },
      'Item text y: There is no field {colour}. Use {title}, {category}, {text} or {price}.',
    ],
    [{ arms: [{ id: 'a', label: 'A', lambdaGen: -1 }] }, 'λ_gen of arm 1 must be a number of at least 0, not -1.'],
    [{ arms: [{ id: 'a' }] }, 'Label of arm 1 is missing.'],
  ])('%j gives a sentence', (spec, text) => {
    expect(complaints(spec).map(sentence)).toEqual([text]);
  });

  it('name the path if it is needed to correct a file', () => {
    expect(sentenceWithPath(complaints({ training: { steps: 0 } })[0]!)).toBe(
      'Steps (training.steps) must be a whole number from 1 to 100,000, not 0.',
    );
  });
});
