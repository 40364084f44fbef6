import { describe, expect, it } from 'vitest';
import { FIELD } from './fieldMark';
import { fieldsOf } from './itemInterface';
import { runSpecSchema, withFreeCodes, type RunSpec } from './runSpec';

const problems = (changes: object): string[] => {
  const parsed = runSpecSchema.safeParse(changes);
  return parsed.success
    ? []
    : parsed.error.issues.map(({ path, message }) => `${path.join('.')} ${message.replace(FIELD, '').trim()}`);
};
const semantic = fieldsOf('semantic');

describe('a recipe with semantic IDs', () => {
  it('takes no heads of features, whatever items would be made of in other interfaces', () => {
    expect(problems({ objective: semantic })).toEqual([]);
    const { objective } = runSpecSchema.parse({ objective: { ...semantic, itemInput: 'title', itemOutput: 'content' } });
    expect(withFreeCodes(objective)).toMatchObject({ itemInput: 'id', itemOutput: 'id' } satisfies Partial<RunSpec['objective']>);
  });

  it.each([
    [{ objective: { ...semantic, actionLoss: 'pairwise' } }, /^objective\.actionLoss must be full with semantic IDs/],
    [{ objective: { ...semantic, embToken: 'last-item' } }, /^objective\.embToken must be learned/],
    [{ objective: { ...semantic, interestSkip: 'features' } }, /^objective\.interestSkip must be none/],
    [{ objective: { ...semantic, headStart: 'identity' } }, /^objective\.headStart must be random/],
    [{ objective: { ...semantic, positions: 'baskets' } }, /^objective\.positions must be all or last with semantic IDs/],
    [{ objective: semantic, arms: [{ id: 'a', label: 'A', lambdaItem: 0.1 }] }, /^arms\.0\.lambdaItem must be 0/],
    [{ objective: semantic, lora: { start: 'adapter' } }, /^lora\.start must be empty/],
    [{ objective: semantic, evaluation: { protocol: 'ranking' } }, /^evaluation\.protocol must be recall/],
    [{ objective: { ...semantic, codebookSize: 1 } }, /^objective\.codebookSize must be/],
    [{ objective: { ...semantic, codeLevels: 9 } }, /^objective\.codeLevels must be/],
    [{ evaluation: { beamWidth: 0 } }, /^evaluation\.beamWidth must be/],
  ])('%j is refused with the field and what it must be', (changes, message) => {
    expect(problems(changes)).toEqual([expect.stringMatching(message)]);
  });
});
