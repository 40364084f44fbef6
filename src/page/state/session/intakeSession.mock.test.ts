/** From files to a log, with workers that answer when a test tells them to. */
import { beforeEach, describe, expect, it, vi } from 'vitest';
import { ONLINE_RETAIL } from '../../../log/siteLogs';
import { filtersSchema, type LogRecipe, type SourceMapping } from '../../../recipe/logRecipe';
import { USERS_AND_ITEMS } from '../../../testing/sourceMapping';
import type { FromServices, ToServices } from '../../../runtime/rpc/messages';
import { IntakeSession } from './intakeSession';
import { EMPTY_INTAKE, useIntake } from './intakeState';

const mapping: SourceMapping = { ...USERS_AND_ITEMS, format: 'table', timeUnit: 'day-first' };
const recipeWith = (userCore: number): LogRecipe => ({
  sources: [mapping],
  filters: filtersSchema.parse({ userCore }),
  split: { kind: 'leave-last-out' },
});
const FACTS = { kinds: [], ratings: null, times: null, givenSplit: false };

/** The page's questions to a worker, and its answers. */
class Answering {
  readonly #asked: Extract<ToServices, { type: 'call' }>[] = [];
  #listener: ((event: MessageEvent<FromServices>) => void) | null = null;
  onerror: unknown = null;
  addEventListener(_: 'message', listener: (event: MessageEvent<FromServices>) => void): void {
    this.#listener = listener;
  }
  postMessage(message: ToServices): void {
    if (message.type === 'call') this.#asked.push(message);
  }
  terminate(): void {
    this.#listener = null;
  }
  /** Answers the last question to a method. */
  async answer(method: string, answer: unknown): Promise<void> {
    const { id } = this.#asked.findLast((call) => call.method === method)!;
    this.#listener?.({ data: { type: 'answer', id, answer } } as MessageEvent<FromServices>);
    await new Promise((resolve) => setTimeout(resolve));
  }
  inspected(): Promise<void> {
    return this.answer('inspect', {
      sources: [{ mapping, doubts: [], rows: [], size: 1 }],
      pictures: { files: 0, bytes: 0 },
      missing: null,
      guess: null,
    });
  }
  read(suggested: LogRecipe): Promise<void> {
    return this.answer('read', { facts: FACTS, suggested });
  }
  handedOver(): unknown[] {
    return this.#asked.flatMap(({ method, ask }) => (method === 'handOver' ? [(ask as { recipe: LogRecipe }).recipe] : []));
  }
}

function begin() {
  const workers: Answering[] = [];
  const session = new IntakeSession(
    () => {
      const worker = new Answering();
      workers.push(worker);
      return worker as unknown as Worker;
    },
    (write) => {
      void write(new MessageChannel().port1).catch(() => undefined);
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

  it('uses restored files with their recipe, without asking', async () => {
    const { session, workers } = begin();
    session.restore(files, recipeWith(7));
    await workers[0]!.inspected();
    await workers[0]!.read(recipeWith(3));
    expect(workers[0]!.handedOver()).toEqual([recipeWith(7)]);
    await workers[0]!.answer('handOver', 'log');
    expect(useIntake.getState()).toMatchObject({ open: false, accepted: 'log' });
  });

  describe('of a log of the site', () => {
    /** Answers requests for its files once told to. */
    function site(answered: Promise<void>, status = 200) {
      const fetched = vi.fn<(url: string, init: RequestInit) => Promise<Response>>(async (url) => {
        await answered;
        return new Response(url.endsWith('.json') ? JSON.stringify(recipeWith(7)) : 'rows', { status });
      });
      vi.stubGlobal('fetch', fetched);
      return fetched;
    }
    const settled = (): Promise<void> => new Promise((resolve) => setTimeout(resolve, 20));

    it('fetches it when asked, and uses it with its recipe', async () => {
      const fetched = site(Promise.resolve());
      const { session, workers } = begin();
      expect(fetched).not.toHaveBeenCalled();
      session.openSite(ONLINE_RETAIL);
      expect(useIntake.getState()).toMatchObject({ open: true, busy: 'downloading', files: ['online-retail.parquet'] });
      await settled();
      expect(fetched.mock.calls.map(([url]) => url)).toEqual([
        '/datasets/online-retail/online-retail.parquet',
        '/datasets/online-retail/recipe.json',
      ]);
      await workers[0]!.inspected();
      await workers[0]!.read(recipeWith(3));
      expect(workers[0]!.handedOver()).toEqual([recipeWith(7)]);
    });

    it('says what is missing', async () => {
      site(Promise.resolve(), 404);
      const { session, workers } = begin();
      session.openSite(ONLINE_RETAIL);
      await settled();
      const { busy, refusal } = useIntake.getState();
      expect([busy, refusal?.message]).toEqual([
        null,
        'datasets/online-retail/online-retail.parquet could not be fetched (HTTP 404).',
      ]);
      expect(workers).toHaveLength(0);
    });

    it('does not come back after it was cancelled, nor replaces files opened meanwhile', async () => {
      let answer = (): void => undefined;
      site(
        new Promise((resolve) => {
          answer = resolve;
        }),
      );
      const { session, workers } = begin();
      session.openSite(ONLINE_RETAIL);
      session.close();
      session.open(files);
      answer();
      await settled();
      expect(workers).toHaveLength(1);
      expect(useIntake.getState()).toMatchObject({ busy: 'inspecting', files: ['log.csv'] });
    });
  });

  it('forgets the recipe of restored files that the user discarded', async () => {
    const { session, workers } = begin();
    session.restore(files, recipeWith(5));
    await workers[0]!.inspected();
    await workers[0]!.read(recipeWith(3));
    await workers[0]!.answer('handOver', 'log');

    session.restore(files, recipeWith(7));
    await workers[1]!.inspected();
    session.close();
    session.reopen();
    session.changeMapping(0, { roles: { user: 1, item: 0 } });
    session.goTo('report');
    await workers[0]!.read({ ...recipeWith(3), sources: [{ ...mapping, roles: { user: 1, item: 0 } }] });
    expect(useIntake.getState().filters?.userCore).toBe(5);
    expect(workers[0]!.handedOver()).toHaveLength(1);
  });

  it('adds candidate sets dropped alone to the log in use', async () => {
    const { session, workers } = begin();
    const sets = new File(['1\t2 3'], 'log.random');
    const candidates = { ...mapping, name: 'log.random', part: 'candidates' };
    const seen = {
      sources: [{ mapping: candidates, doubts: [], rows: [], size: 1 }],
      missing: 'These are candidate sets.',
      guess: null,
    };
    session.open([sets]);
    await workers[0]!.answer('inspect', seen);
    expect(useIntake.getState()).toMatchObject({ files: ['log.random'], missing: 'These are candidate sets.' });

    session.restore(files, recipeWith(5));
    await workers[1]!.inspected();
    await workers[1]!.read(recipeWith(3));
    await workers[1]!.answer('handOver', 'log');
    session.open([sets]);
    await workers[2]!.answer('inspect', seen);
    expect(useIntake.getState()).toMatchObject({ open: true, busy: 'inspecting', files: ['log.csv', 'log.random'] });
    expect(workers).toHaveLength(4);
  });

  it('adds candidate sets to a log from a hub, and those of a dataset to a log', async () => {
    const { session, workers } = begin();
    const place = { id: 'org/shop', revision: 'main', baseUrl: 'http://hub' };
    const found = { sources: [{ mapping, doubts: [], rows: [], size: 1 }], missing: null, guess: null };
    const candidates = { ...mapping, name: 'log.random', part: 'candidates' };
    const seen = {
      sources: [{ mapping: candidates, doubts: [], rows: [], size: 1 }],
      missing: 'These are candidate sets.',
      guess: null,
    };
    session.openDataset(place, ['log.csv']);
    await workers[0]!.answer('open', { ...found, files: [new File([''], 'shop/log.csv')] });
    await workers[0]!.read(recipeWith(3));
    session.use();
    await workers[0]!.answer('handOver', 'log');
    session.openDataset(place, ['log.random']);
    await workers[1]!.answer('open', { ...seen, files: [new File([''], 'shop/log.random')] });
    expect(useIntake.getState()).toMatchObject({ busy: 'inspecting', files: ['shop/log.csv', 'shop/log.random'] });
    expect(workers).toHaveLength(3);
  });
});
