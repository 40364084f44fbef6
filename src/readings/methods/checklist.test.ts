import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { runRecordSchema, type RunRecord } from '../../record/runRecord';
import { smallRecord } from '../../testing/smallRecord';
import { count } from '../format';
import { describeRun, type RunEntry } from '../runs/runEntry';
import { checklist, checklistMarkdown, missingOf, missingSentence, type ChecklistItem } from './checklist';
import { methodsParagraph } from './methodsParagraph';

const recorded = runRecordSchema.parse(JSON.parse(readFileSync('tests/records/action-karma.json', 'utf8')));

const entry = (record: RunRecord): RunEntry => describeRun(record, { status: 'finished' });
const at = (seed: number, learningRate = recorded.spec.training.learningRate, arms = recorded.spec.arms): RunRecord => ({
  ...recorded,
  createdAt: `2026-01-01T00:00:0${seed}.000Z`,
  spec: { ...recorded.spec, seed, arms, training: { ...recorded.spec.training, learningRate } },
  arms: recorded.arms.filter(({ id }) => arms.some((arm) => arm.id === id)),
});
const item = (items: readonly ChecklistItem[], topic: string): ChecklistItem => items.find((one) => one.topic === topic)!;

describe('the checklist of a run', () => {
  it('says which products were checked, as the methods paragraph does, if the record has them', () => {
    const said = /1,234 matrix products of the run’s shapes/;
    const checked = { ...recorded, checked: { products: 1234 } };
    expect(item(checklist(checked, []), 'Model check').answer).toMatch(said);
    expect(methodsParagraph(checked)).toMatch(said);
    const { checked: _, ...unchecked } = checked;
    expect(item(checklist(unchecked, []), 'Model check').answer).not.toMatch(/matrix products/);
    expect(methodsParagraph(unchecked)).not.toMatch(/matrix products/);
  });

  it('is filled from the record, and says what it lacks', () => {
    const items = checklist(recorded, []);
    const { data, model } = recorded;
    expect(item(items, 'Data').answer).toContain(`${count(data.users)} users, ${count(data.items)} items`);
    expect(item(items, 'Data').answer).toContain(data.hash.slice(0, 12));
    expect(item(items, 'Versions').answer).toContain(model.hash.slice(0, 12));
    expect(item(items, 'Tuning of popularity')).toMatchObject({
      answer: 'All training events.',
      missing: 'shorter windows, tried on validation targets',
    });
    expect(item(items, 'Tuning of zero-shot').missing).toBeNull();
    expect(item(items, 'Tuning of item-kNN')).toMatchObject({ answer: expect.stringContaining('100 neighbours') as string });
    expect(item(items, 'Seeds').missing).toContain('three seeds');
    expect(new Set(items.map(({ topic }) => topic)).size).toBe(items.length);
    for (const { answer, missing } of items) {
      expect(answer === '' && missing === null).toBe(false);
      expect(answer).not.toMatch(/undefined|null|NaN|\[object|\.\.|; \./);
    }
  });

  it('counts the settings tried for each arm, only on this log and model', () => {
    const [action, karma] = recorded.spec.arms;
    const elsewhere = { ...at(3, 7e-3), data: { ...recorded.data, hash: 'other' } };
    const saved = [at(0), at(1), at(2, 2e-4), at(4, 4e-4, [karma!]), elsewhere].map(entry);
    const items = checklist(recorded, saved);
    const [least, most] = [item(items, `Tuning of ${action!.label}`), item(items, `Tuning of ${karma!.label}`)];
    expect(least.answer).toMatch(/^2 settings .* differ in Learning rate\.$/);
    expect(least.missing).toBe('as many trials as the arm that had most, 3');
    expect(most.answer).toMatch(/^3 settings .* differ in Learning rate\.$/);
    expect(most.missing).toBeNull();
    expect(item(checklist(recorded, []), `Tuning of ${action!.label}`).missing).toContain('how the learning rate');
  });

  it('says how the trained baseline was tuned, or that it was not', () => {
    const facts = { steps: 350, learningRate: 3e-3, seconds: 1, parameters: 9 };
    const spec = { ...recorded.spec, evaluation: { ...recorded.spec.evaluation, sasrecSteps: 1000 } };
    const { popularity } = recorded.baselines;
    const of = (rates: readonly number[]): ChecklistItem => {
      const tried = rates.map((learningRate) => ({ setting: { learningRate, step: 350 }, hr: learningRate }));
      const tuning = rates.length === 0 ? {} : { tuning: { targets: 900, k: 10, tried, chosen: rates.length - 1 } };
      const baselines = { ...recorded.baselines, sasrec: { ...popularity, ...facts, ...tuning } };
      return item(checklist({ ...recorded, spec, baselines }, []), 'Tuning of SASRec-size');
    };
    expect(of([1e-3, 3e-3])).toMatchObject({
      answer:
        'Peak learning rate 0.003, 350 steps of at most 1,000: the best state and the best of 2 rates by HR@10 on 900 validation targets.',
      missing: null,
    });
    expect(of([3e-3]).missing).toContain('other learning rates');
    expect(of([])).toMatchObject({
      answer: 'Peak learning rate 0.003, 350 steps.',
      missing: 'other settings, tried on validation targets',
    });
  });

  it('counts the seeds of its recipe', () => {
    const others = [1, 2, 3].map((seed) => entry(at(recorded.spec.seed + seed)));
    const { answer, missing } = item(checklist({ ...recorded, complete: true }, others), 'Seeds');
    expect(answer).toContain('among the saved runs');
    expect(missing).toBeNull();
  });

  it('warns of curves on test targets, of a run that was stopped, and of an older record', () => {
    const { spec } = recorded;
    const watching = (watch: 'test' | 'validation'): RunRecord => ({
      ...recorded,
      spec: { ...spec, evaluation: { ...spec.evaluation, watch } },
    });
    expect(item(checklist(watching('test'), []), 'What settings were chosen by').missing).toContain('has seen the test targets');
    expect(item(checklist(watching('validation'), []), 'What settings were chosen by').missing).toBeNull();
    const old = checklist({ ...smallRecord(), complete: false }, []);
    expect(item(old, 'Training').missing).toContain('the run was stopped');
    expect(item(old, 'Leak audit')).toMatchObject({ answer: '', missing: expect.stringContaining('audit') as string });
    expect(item(old, 'Model check').missing).not.toBeNull();
  });

  it('is a list in Markdown, and a sentence of the methods paragraph', () => {
    const items = checklist(recorded, []);
    const text = checklistMarkdown(recorded, items);
    expect(text.match(/^- \[x\] /gm)).toHaveLength(items.length - missingOf(items).length);
    expect(text.match(/^- \[ \] .*\*Missing: /gm)).toHaveLength(missingOf(items).length);
    const sentence = missingSentence(items)!;
    expect(methodsParagraph(recorded, sentence)).toContain(` ${sentence} Tags:`);
    expect(methodsParagraph(recorded)).not.toContain('Not settled');
    expect(missingSentence([{ topic: 'x', answer: 'y', missing: null }])).toBeNull();
  });
});
