/** Files on their way to a log, with workers that answer when a test says so. */
import { beforeEach, describe, expect, it, vi } from 'vitest';
import { filtersSchema, type LogRecipe, type SourceMapping } from '../../recipe/logRecipe';
import type { IntakeCommand, IntakeEvent } from '../../runtime/intakeProtocol';
import { startIntake } from './intakeSession';
import { EMPTY_INTAKE, useIntake } from './intakeState';

const mapping: SourceMapping = {
  name: 'log.csv',
  format: 'table',
  part: 'events',
  syntax: { kind: 'delimited', delimiter: ',', quoting: true, header: true },
  columns: ['user', 'item'],
  roles: { user: 0, item: 1 },
  timeUnit: 'day-first',
  share: null,
};
const recipeWith = (userCore: number): LogRecipe => ({
  sources: [mapping],
  filters: filtersSchema.parse({ userCore }),
  split: { kind: 'leave-last-out' },
});
const FACTS = { kinds: [], ratings: null, times: null, givenSplit: false };

/** What the page asks of a worker, and how that answers. */
class Answering {
  readonly asked: IntakeCommand[] = [];
  onmessage: ((event: MessageEvent<IntakeEvent>) => void) | null = null;
  onerror: unknown = null;
  postMessage(command: IntakeCommand): void {
    this.asked.push(command);
  }
  terminate(): void {
    this.onmessage = null;
  }
  say(event: unknown): void {
    this.onmessage?.({ data: event } as MessageEvent<IntakeEvent>);
  }
  inspected(): void {
    this.say({ type: 'inspected', sources: [{ mapping, doubts: [], rows: [], size: 1 }], missing: null });
  }
  read(suggested: LogRecipe): void {
    this.say({ type: 'read', facts: FACTS, suggested });
  }
  handedOver(): LogRecipe[] {
    return this.asked.flatMap((command) => (command.type === 'hand-over' ? [command.recipe] : []));
  }
}

function begin() {
  const workers: Answering[] = [];
  const session = startIntake(
    () => {
      const worker = new Answering();
      workers.push(worker);
      return worker as unknown as Worker;
    },
    (write) => {
      write(new MessageChannel().port1);
    },
  );
  return { session, workers };
}

beforeEach(() => {
  vi.stubGlobal('localStorage', { getItem: () => null, setItem: () => undefined });
  useIntake.setState(EMPTY_INTAKE);
  return () => {
    vi.unstubAllGlobals();
  };
});

describe('an intake', () => {
  const files = [new File([''], 'log.csv')];

  it('uses restored files with the recipe that they had, without asking', () => {
    const { session, workers } = begin();
    session.restore(files, recipeWith(7));
    workers[0]!.inspected();
    workers[0]!.read(recipeWith(3));
    expect(workers[0]!.handedOver()).toEqual([recipeWith(7)]);
    workers[0]!.say({ type: 'handed-over', name: 'log' });
    expect(useIntake.getState()).toMatchObject({ open: false, accepted: 'log' });
  });

  it('forgets the recipe of restored files that the person let go', () => {
    const { session, workers } = begin();
    session.restore(files, recipeWith(5));
    workers[0]!.inspected();
    workers[0]!.read(recipeWith(3));
    workers[0]!.say({ type: 'handed-over', name: 'log' });

    session.restore(files, recipeWith(7));
    workers[1]!.inspected();
    session.close();
    session.reopen();
    session.changeMapping(0, { roles: { user: 1, item: 0 } });
    session.goTo('report');
    workers[0]!.read({ ...recipeWith(3), sources: [{ ...mapping, roles: { user: 1, item: 0 } }] });
    expect(useIntake.getState().filters?.userCore).toBe(5);
    expect(workers[0]!.handedOver()).toHaveLength(1);
  });
});
