/** The dialog's state: what an answer of the intake worker changes, and what it does not. */
import { describe, expect, it } from 'vitest';
import type { RawLogFacts } from '../../../log/intake/overview';
import { filtersSchema, type LogFilters, type SourceMapping } from '../../../recipe/logRecipe';
import type { SeenSource } from '../../../runtime/intakeProtocol';
import {
  EMPTY_INTAKE,
  foldIntake,
  isRead,
  isReadable,
  isUsable,
  recipeOf,
  type IntakeState,
  type IntakeEvent,
} from './intakeState';

const MAPPING: SourceMapping = {
  name: 'log.csv',
  format: 'table',
  part: 'events',
  syntax: { kind: 'delimited', delimiter: ',', quoting: true, header: true },
  columns: ['user', 'item', 'time', 'title'],
  roles: { user: 0, item: 1, time: 2, title: 3 },
  timeUnit: 'seconds',
  share: null,
};

const seen = (change: Partial<SourceMapping> = {}): SeenSource => ({
  mapping: { ...MAPPING, ...change },
  reasons: [],
  roleReasons: {},
  timeReason: '',
  doubts: [],
  leastRating: null,
  yieldsTo: [],
  rows: [],
  size: 10,
});

const FACTS: RawLogFacts = {
  sources: [],
  events: 9,
  users: 3,
  items: 4,
  kinds: [
    { name: 'view', events: 6 },
    { name: 'buy', events: 3 },
  ],
  ratings: { least: 1, most: 5 },
  times: { first: 1, last: 9 },
  longestHistory: 3,
  withoutTitle: 0,
  givenSplit: true,
  tail: [],
};

function readEvent(facts: Partial<RawLogFacts> = {}, filters: Partial<LogFilters> = {}): Extract<IntakeEvent, { type: 'read' }> {
  return {
    type: 'read',
    facts: { ...FACTS, ...facts },
    suggested: { sources: [MAPPING], filters: filtersSchema.parse(filters), split: { kind: 'leave-last-out' } },
  };
}

const inspected = (sources: readonly SeenSource[] = [seen()]): IntakeState =>
  foldIntake(
    { ...EMPTY_INTAKE, open: true, busy: 'inspecting' },
    { type: 'inspected', sources, pictures: { files: 0, bytes: 0 }, missing: null, guess: null },
  );
const read = (): IntakeState => foldIntake({ ...inspected(), busy: 'reading' }, readEvent());

const KEPT = { read: 9, used: 9, users: 3, items: 4, leftOut: [], tail: [] };
const SPLIT = {
  catalogue: 4,
  train: { users: 3, events: 3 },
  validation: { users: 3, targets: 3 },
  test: { users: 3, targets: 3, cold: 0 },
  history: { users: 0, events: 0 },
  withoutTarget: 0,
  bins: [],
  examples: [],
};
const ANSWERS: readonly IntakeEvent[] = [
  { type: 'kept', kept: KEPT },
  { type: 'found', findings: [] },
  { type: 'split', split: SPLIT, audit: [], problem: null },
];

describe('foldIntake', () => {
  it('can be used once read, asked and answered', () => {
    const intake = read();
    expect(isReadable(intake) && isRead(intake)).toBe(true);
    expect(recipeOf(intake)).toEqual({ sources: [MAPPING], filters: filtersSchema.parse({}), split: { kind: 'leave-last-out' } });
    const asked = foldIntake(intake, { type: 'asked' });
    expect(isUsable(asked)).toBe(false);
    const answered = ANSWERS.reduce(foldIntake, asked);
    expect(answered).toMatchObject({ kept: KEPT, preview: SPLIT, pending: false, problem: null });
    expect(isUsable(answered)).toBe(true);
    expect(isUsable({ ...answered, mappings: [{ ...MAPPING, timeUnit: 'milliseconds' }] })).toBe(false);
  });

  it('opens at the question, at the columns if they were guessed or are in doubt, else at the files', () => {
    expect(inspected().step).toBe('check');
    expect(inspected([{ ...seen(), doubts: ['Day first or month first?'] }]).step).toBe('columns');
    const unknown = seen({ part: 'ignored', roles: {} });
    expect(inspected([unknown]).step).toBe('files');
    const guess = { source: 1, mapping: { ...MAPPING, name: 'b.csv' }, roleReasons: { user: 'a guess' }, timeReason: 'digits' };
    const guessed = foldIntake(
      { ...EMPTY_INTAKE, open: true, busy: 'inspecting' },
      {
        type: 'inspected',
        sources: [seen({ part: 'items' }), { ...unknown, mapping: { ...unknown.mapping, name: 'b.csv' } }],
        pictures: { files: 0, bytes: 0 },
        missing: 'It has no columns recognised as users and items.',
        guess,
      },
    );
    expect(guessed).toMatchObject({ step: 'columns', missing: null, guessed: 'b.csv' });
    expect(guessed.mappings.map(({ part }) => part)).toEqual(['items', 'events']);
    expect(guessed.sources.map(({ mapping: { part } }) => part)).toEqual(['items', 'ignored']);
    expect(guessed.sources[1]).toMatchObject({ roleReasons: { user: 'a guess' }, timeReason: 'digits' });
    expect(isReadable(guessed)).toBe(true);
  });

  it('replaces only the source that was inspected again', () => {
    const again = seen({ name: 'b.csv', timeUnit: 'date' });
    const intake = foldIntake(inspected([seen(), seen({ name: 'b.csv' })]), { type: 'looked-again', source: 1, seen: again });
    expect(intake.mappings).toEqual([MAPPING, again.mapping]);
    expect(intake.sources[1]).toBe(again);
  });

  it('keeps filters that the user chose, if they still make sense', () => {
    const chosen: LogFilters = filtersSchema.parse({ events: ['buy'], leastRating: 3, from: 2, to: 8, userCore: 5 });
    const intake: IntakeState = { ...read(), filters: chosen, split: { kind: 'given' } };
    expect(foldIntake(intake, readEvent())).toMatchObject({ filters: chosen, split: { kind: 'given' } });
    const less = { kinds: [{ name: 'view', events: 9 }], ratings: null, times: null, givenSplit: false };
    expect(foldIntake(intake, readEvent(less))).toMatchObject({
      filters: { ...chosen, events: null, leastRating: null, from: null, to: null },
      split: { kind: 'leave-last-out' },
    });
    // Nothing was chosen: what suits the log now.
    expect(foldIntake(read(), readEvent({}, { leastRating: 4 })).filters?.leastRating).toBe(4);
  });

  it('ends the current activity, and nothing else', () => {
    const reading: IntakeState = { ...inspected(), busy: 'reading' };
    expect(foldIntake(reading, { type: 'cancelled' }).busy).toBeNull();
    expect(foldIntake({ ...read(), busy: 'handing-over' }, { type: 'cancelled' }).busy).toBe('handing-over');
    expect(foldIntake(reading, { type: 'refused', message: 'no', issues: [] })).toMatchObject({
      busy: null,
      refusal: { message: 'no', issues: [] },
      mappings: reading.mappings,
    });
  });

  it('closes when the log is handed over', () => {
    const over: IntakeEvent = { type: 'handed-over', name: 'log' };
    expect(foldIntake({ ...read(), busy: 'handing-over' }, over)).toMatchObject({ open: false, accepted: 'log', busy: null });
  });
});
