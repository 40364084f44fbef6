import { expect, it } from 'vitest';
import { PRESETS } from '../recipe/presets';
import { writeRecipe } from '../recipe/recipeFile';
import { readOwnJson } from './readRecord';
import { logNotice, type LogsOnPage, type NamedLog } from './logNotice';

const sample: NamedLog = { id: 'sample', name: 'WordNet General Store', hash: 'aa'.repeat(32) };
const kitchen: NamedLog = { id: 'kitchen', name: 'kitchen', hash: 'bb'.repeat(32) };
const nothing: LogsOnPage = { shown: null, dataId: 'sample', opened: null, wanted: null };

it('says nothing if record, recipe and link are of one log', () => {
  expect(logNotice(nothing)).toEqual([]);
  // The sample's hash is known once it has been read.
  expect(logNotice({ ...nothing, shown: sample })).toEqual([]);
  expect(logNotice({ ...nothing, shown: sample, opened: sample })).toEqual([]);
  const wanted = { name: null, hash: kitchen.hash };
  expect(logNotice({ shown: kitchen, dataId: 'kitchen', opened: kitchen, wanted })).toEqual([]);
});

it('says which log the figure is of when another log is opened, even one of the same name', () => {
  const [said] = logNotice({ ...nothing, shown: sample, dataId: 'kitchen', opened: kitchen });
  expect(said).toContain('a run on the log “WordNet General Store” (SHA-256 aaaaaaaaaaaa…)');
  expect(said).toContain('set to “kitchen”');
  const changed = { ...kitchen, hash: 'cc'.repeat(32) };
  expect(logNotice({ ...nothing, shown: kitchen, dataId: 'kitchen', opened: changed })).toHaveLength(2);
});

it('says which log a recipe was made on until it is open, by hash if that is known', () => {
  const fromLink = { name: null, hash: kitchen.hash };
  const [said] = logNotice({ ...nothing, wanted: fromLink });
  expect(said).toContain('made for a log with SHA-256 bbbbbbbbbbbb…');
  expect(said).toContain('until then a run uses “WordNet General Store”');
  const other = { ...kitchen, hash: 'cc'.repeat(32) };
  expect(
    logNotice({ ...nothing, dataId: 'kitchen', opened: other, wanted: { name: 'kitchen', hash: kitchen.hash } }),
  ).toHaveLength(1);
  expect(logNotice({ ...nothing, dataId: 'kitchen', opened: kitchen, wanted: { name: 'kitchen', hash: null } })).toEqual([]);
});

it('finds the log that a recipe file was made on; older files only name it, and the sample needs none', () => {
  const spec = PRESETS[0]!.spec;
  const own = { ...spec, data: { ...spec.data, id: 'kitchen' } };
  const log = { name: 'kitchen', hash: 'bb'.repeat(32) };
  expect(readOwnJson(writeRecipe(own, log))).toMatchObject({ kind: 'recipe', log });
  expect(readOwnJson(writeRecipe(own, null))).toMatchObject({ log: { name: 'kitchen', hash: null } });
  expect(readOwnJson(writeRecipe(spec, null))).toMatchObject({ log: null });
});
