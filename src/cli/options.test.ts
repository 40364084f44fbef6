import { describe, expect, it } from 'vitest';
import { readOptions } from './options';
import { UsageError } from './usageError';

describe('readOptions', () => {
  it('reads the README’s example', () => {
    const options = readOptions(['--arms', 'action,karma', '--steps', '300', '--seed', '1', '--out', 'run.json']);
    expect(options?.out).toBe('run.json');
    expect(options?.spec.training.steps).toBe(300);
    expect(options?.spec.seed).toBe(1);
    expect(options?.spec.arms.map(({ id, lambdaGen, lambdaRec }) => [id, lambdaGen, lambdaRec])).toEqual([
      ['action', 0, 0],
      ['karma', 0.3, 0.3],
    ]);
  });

  it('accepts λ after a colon and any field by path', () => {
    const spec = readOptions(['--arms', 'gen:0.5', '--set', 'objective.actionLoss=pairwise', '--set', 'lora.rank=4'])?.spec;
    expect(spec?.arms[0]).toMatchObject({ lambdaGen: 0.5, lambdaRec: 0 });
    expect(spec?.objective.actionLoss).toBe('pairwise');
    expect(spec?.lora.rank).toBe(4);
  });

  it('accepts filters of a log by name, and no others', () => {
    expect(readOptions([])?.filters).toEqual({});
    const options = readOptions(['--log', 'a.csv', '--filter', 'leastRating=4', '--filter', 'repeats=first']);
    expect(options?.filters).toEqual({ leastRating: 4, repeats: 'first' });
  });

  it('profiles only on request', () => {
    expect(readOptions([])?.profile).toBe(false);
    expect(readOptions(['--profile'])?.profile).toBe(true);
  });

  it('exports only with a folder', () => {
    expect(readOptions([])).toMatchObject({ exportOnnx: null, exportMerged: null, exportGguf: null, exportBase: null });
    expect(readOptions(['--export-gguf', 'q8_0=a=b'])).toMatchObject({ exportGguf: { type: 'Q8_0', folder: 'a=b' } });
    expect(() => readOptions(['--export-gguf', 'q6_k=a'])).toThrow(
      '--export-gguf needs TYPE=FOLDER with F16 or Q8_0, not q6_k=a.',
    );
    expect(readOptions(['--export-onnx', 'arms', '--export-merged', 'merged', '--export-base', 'base'])).toMatchObject({
      exportOnnx: 'arms',
      exportMerged: 'merged',
      exportBase: 'base',
    });
  });

  it('takes a checkpoint every 15 s, or as often as requested', () => {
    expect(readOptions([])?.checkpointEvery).toBe(15);
    expect(readOptions(['--checkpoint-every', '0'])?.checkpointEvery).toBe(0);
    expect(() => readOptions(['--checkpoint-every', 'often'])).toThrow('--checkpoint-every needs a number, not often.');
  });

  it('recognises a request for help', () => {
    expect(readOptions(['--help'])).toBeNull();
  });

  it.each([
    [['--arms', 'nonsense'], /no arm nonsense/],
    [['--steps', 'many'], 'Steps (training.steps) must be a whole number from 1 to 100,000, not many.'],
    [['--set', 'training.learningRate=0'], 'Learning rate (training.learningRate) must be a number above 0, not 0.'],
    [['--set', 'objective.actionLoss=hinge'], 'must be one of pairwise, infonce, full, not hinge'],
    [['--set', 'lora.steps=3'], 'The recipe has no field lora.steps. Did you mean training.steps or'],
    [['--set', 'objective.colour=red'], /no field objective\.colour/],
    [['--model', 'folder', '--set', 'model.id=wordnet-1m'], /both name the model/],
    [['--filter', 'itemCore=5'], /--filter needs --log/],
    [['--log', 'a.csv', '--filter', 'colour=red'], /no filter colour; choose from events, leastRating/],
    [
      ['--log', 'a.csv', '--filter', 'itemCore=few'],
      '--filter Minimum events per item (itemCore) must be a whole number of at least 0, not few.',
    ],
    [['--set', 'objective'], /PATH=VALUE/],
    [['--log', 'a.csv', '--filter', 'itemCore'], /--filter needs NAME=VALUE, not itemCore/],
    [['--preset', 'huge'], /no preset huge/],
    [['--grid', 'grid.json', '--start-from', 'adapter'], /single run/],
    [['--grid', 'grid.json', '--lists', 'folder'], /single run/],
    [['--grid', 'grid.json', '--seed', '3', '--set', 'training.steps=4'], /^--seed, --set: not with --grid/],
    [['--frobnicate'], /frobnicate/],
  ])('explains %j', (args, message) => {
    expect(() => readOptions(args)).toThrow(UsageError);
    expect(() => readOptions(args)).toThrow(message);
  });
});

it('names model and log as the page does: by their names, without their paths', () => {
  const { spec } = readOptions(['--model', '/models/SmolLM2-135M/', '--log', '/logs/u1.base', '--log', 'b/u1.test'])!;
  expect(spec.model.id).toBe('local:SmolLM2-135M');
  expect(spec.data.id).toBe('u1.base+u1.test');
  expect(readOptions(['--log', 'a.csv'])!.spec.model.id).toBe('wordnet-1m');
});
