import { act, screen, within } from '@testing-library/react';
import { beforeEach, describe, expect, it } from 'vitest';
import { show } from '../../../testing/component';
import { USERS_AND_ITEMS } from '../../../testing/sourceMapping';
import { IntakeDialog } from './IntakeDialog';
import { filtersSchema, type SourceMapping } from '../../../recipe/logRecipe';
import { EMPTY_INTAKE, useIntake, type IntakeState } from '../../state/session/intakeState';
import type { SeenSource } from '../../../runtime/intakeProtocol';

const source: SeenSource = {
  mapping: USERS_AND_ITEMS,
  doubts: [],
  reasons: ['the header names user and item'],
  roleReasons: {},
  timeReason: '',
  leastRating: null,
  yieldsTo: [],
  rows: [],
  size: 1000,
};
const OPENED: IntakeState = { ...EMPTY_INTAKE, open: true, files: ['log.csv'], sources: [source], mappings: [USERS_AND_ITEMS] };

describe('the dialog of a log', () => {
  let asked: string[] = [];
  const note = (name: string) => (): void => {
    asked.push(name);
  };
  const intake = {
    goTo: (step: IntakeState['step']) => {
      asked.push(step);
      useIntake.setState({ step });
    },
    close: note('close'),
    use: note('use'),
    cancelReading: note('cancel'),
  };
  const steps = (): HTMLButtonElement[] =>
    within(screen.getByRole('list', { name: 'Steps' })).getAllByRole<HTMLButtonElement>('button');
  const button = (name: string): HTMLButtonElement => screen.getByRole('button', { name });
  const become = (change: Partial<IntakeState>): void => {
    act(() => {
      useIntake.setState(change);
    });
  };

  beforeEach(() => {
    asked = [];
    useIntake.setState(EMPTY_INTAKE);
  });

  it('opens no step without its content, and uses no log that was not read', async () => {
    useIntake.setState({ ...EMPTY_INTAKE, open: true, busy: 'inspecting', files: ['log.csv'] });
    const user = show(<IntakeDialog />, { intake });
    expect(screen.queryByRole('list', { name: 'Steps' })).toBeNull();
    expect(screen.getByRole('status').textContent).toBe('Inspecting the files…');

    become({ ...OPENED, step: 'files', mappings: [{ ...USERS_AND_ITEMS, roles: { user: 0 } }] });
    expect(steps().map(({ disabled }) => disabled)).toEqual([false, false, true, true, true, true]);
    expect(screen.getByRole('status').textContent).toBe('Choose the columns for user and item.');

    become({ ...OPENED, step: 'files' });
    expect(steps().some(({ disabled }) => disabled)).toBe(false);
    expect(screen.queryByRole('button', { name: 'Use this log' })).toBeNull();
    await user.click(button('Next: Columns'));
    await user.click(button('Back'));
    await user.click(button('Back'));
    expect(asked).toEqual(['columns', 'files', 'check']);
    expect(screen.queryByRole('list', { name: 'Steps' })).toBeNull();
    expect(button('Use this log').disabled).toBe(true);
    await user.click(button('Change columns, filters, split'));
    expect(asked.at(-1)).toBe('columns');
    await user.click(button('Read with these columns'));
    expect(asked.at(-1)).toBe('check');
    await user.click(button('Cancel'));
    expect(asked.at(-1)).toBe('close');
  });

  it('shows how far it has read, stops, and offers to read again', async () => {
    const progress = { done: 500, total: 1000, file: 'log.csv', events: 1234 };
    useIntake.setState({ ...OPENED, step: 'report', busy: 'reading', progress });
    const user = show(<IntakeDialog />, { intake });
    expect(screen.getByRole('progressbar').getAttribute('value')).toBe('500');
    expect(screen.getByRole('status').textContent).toBe('Reading 50 % · 1,234 events');
    await user.click(button('Stop reading'));
    become({ busy: null, progress: null });
    await user.click(button('Read them'));
    expect(asked).toEqual(['cancel', 'report']);
  });

  it('offers no split by time if the files have no times', () => {
    const facts = { events: 4, users: 1, items: 4, kinds: [], ratings: null, times: null, givenSplit: false };
    const read = {
      ...OPENED,
      readAs: [USERS_AND_ITEMS],
      facts: facts as unknown as IntakeState['facts'],
      split: { kind: 'leave-last-out' } as const,
    };
    useIntake.setState({ ...read, filters: filtersSchema.parse({}), step: 'split' });
    show(<IntakeDialog />, { intake });
    const radio = (name: RegExp): HTMLInputElement => screen.getByRole('radio', { name });
    expect(radio(/^One cut-off time.*These files have no times/).disabled).toBe(true);
    expect(radio(/^Leave last out/).disabled).toBe(false);
    become({ facts: { ...read.facts, times: { from: 1, to: 2 } } as unknown as IntakeState['facts'] });
    expect(radio(/^One cut-off time/).disabled).toBe(false);
  });

  it('does not speak of file order where the order of a line says whose it is and when', () => {
    const lines: SourceMapping = {
      ...USERS_AND_ITEMS,
      name: 'lines.csv',
      columns: ['order', 'item'],
      roles: { order: 0, item: 1 },
      timeUnit: 'order',
    };
    const orders: SourceMapping = {
      ...USERS_AND_ITEMS,
      name: 'orders.csv',
      part: 'orders',
      columns: ['order', 'user', 'day'],
      roles: { order: 0, user: 1, time: 2 },
      timeUnit: 'date',
    };
    const sources = [lines, orders].map((mapping) => ({ ...source, mapping }));
    useIntake.setState({ ...OPENED, sources, mappings: [lines, orders], step: 'columns' });
    show(<IntakeDialog />, { intake });
    const linesText = screen.getByRole('region', { name: 'lines.csv' }).textContent;
    expect(linesText.match(/as its order says/g)).toHaveLength(2);
    expect(linesText).not.toContain('file order');
    become({ mappings: [lines, { ...orders, roles: { order: 0, user: 1 } }] });
    expect(screen.getByRole('region', { name: 'lines.csv' }).textContent).toContain('file order');
  });

  it('says why files are not a log, and that the previous one is kept', () => {
    useIntake.setState({ ...EMPTY_INTAKE, open: true, refusal: { message: 'empty.csv is empty.', issues: [] } });
    show(<IntakeDialog />, { intake });
    expect(screen.getByRole('alert').textContent).toContain('empty.csv is empty.');
    // Not again in the status: it would be heard twice.
    expect(screen.getByRole('alert').textContent).toContain('The previous log stays loaded.');
    expect(screen.getByRole('status').textContent).toBe('');
  });
});
