import { describe, expect, it } from 'vitest';
import { loadedRevision, modelName, originOf, parseDatasetId, parseModelId } from './modelOrigin';

describe('originOf', () => {
  it.each([
    ['wordnet-1m', 'embedded'],
    ['HuggingFaceTB/SmolLM2-135M', 'hub'],
    ['local:my folder', 'dropped'],
  ])('%s is %s', (id, origin) => {
    expect(originOf({ id })).toBe(origin);
  });

  it.each(['gpt2', 'a/b/c', '../etc', 'org/na me'])('refuses %j', (id) => {
    expect(() => originOf({ id })).toThrow(/is not a model ID/);
  });
});

describe('parseModelId', () => {
  it.each([
    [' wordnet-1m ', { id: 'wordnet-1m' }],
    ['org/name', { id: 'org/name', revision: 'main' }],
    ['org/name@v1.0', { id: 'org/name', revision: 'v1.0' }],
    ['https://huggingface.co/org/name', { id: 'org/name', revision: 'main', baseUrl: 'https://huggingface.co' }],
    ['https://mirror.lan:8080/org/name/tree/dev', { id: 'org/name', revision: 'dev', baseUrl: 'https://mirror.lan:8080' }],
  ])('reads %j', (text, parsed) => {
    expect(parseModelId(text)).toEqual(parsed);
  });

  it.each(['', 'name', 'org/name@', 'https://huggingface.co/org', 'https://', 'org/name/tree/main'])('cannot read %j', (text) => {
    expect(parseModelId(text)).toBeNull();
  });
});

describe('parseDatasetId', () => {
  it.each([
    ['org/name@v1', { id: 'org/name', revision: 'v1' }],
    ['datasets/org/name', { id: 'org/name', revision: 'main' }],
    ['https://huggingface.co/datasets/org/name', { id: 'org/name', revision: 'main', baseUrl: 'https://huggingface.co' }],
    ['http://mirror.lan:8080/datasets/org/name/tree/dev', { id: 'org/name', revision: 'dev', baseUrl: 'http://mirror.lan:8080' }],
  ])('reads %j', (text, parsed) => {
    expect(parseDatasetId(text)).toEqual(parsed);
  });

  it.each(['', 'wordnet-1m', 'name', 'https://huggingface.co/datasets/name'])('cannot read %j', (text) => {
    expect(parseDatasetId(text)).toBeNull();
  });
});

it('names what was loaded: the commit of a hub’s model, no revision for one from elsewhere', () => {
  expect(loadedRevision({ id: 'a/b', version: 'c0ffee' }, 'main')).toBe('c0ffee');
  expect(loadedRevision({ id: 'a/b' }, 'main')).toBe('main');
  expect(loadedRevision({ id: 'local:b', version: 'c0ffee' }, 'main')).toBeNull();
  expect([modelName('local:b'), modelName('a/b')]).toEqual(['b', 'a/b']);
});
