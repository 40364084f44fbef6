/** The history in the inspector, and the models' answers; not part of a record. */
import { create } from '../store';
import type { HistoryQuestion, InspectedItem, InspectionAnswer, ItemsFound } from '../../../record/inspection';
import { sentenceOf } from '../../../runtime/failure';
import { Latest } from '../../../runtime/rpc/latest';
import type { ModelQuery } from '../../../runtime/protocol';
import { unansweredFor, type Services } from '../run/trainingLink';

export interface InspectionState {
  /** Hash of the log to which the items belong. */
  readonly log: string;
  /** Oldest first. */
  readonly items: readonly InspectedItem[];
  readonly query: string;
  /** The user whose history it was, and the item that came next; null for a history built by hand. */
  readonly user: string | null;
  /** The recipe's ID of that user's log. */
  readonly userLog: string | null;
  readonly target: InspectedItem | null;
  /** Items found for a text, until those of the next one arrive, and what was searched (`searchedOf`). */
  readonly found: ({ readonly searched: string; readonly text: string } & ItemsFound) | null;
  readonly answer: InspectionAnswer | null;
  /** `reading`: lists and attention have arrived, texts have not. */
  readonly state: 'idle' | 'asking' | 'reading' | 'done' | 'failed';
  readonly problem: string | null;
}

export const NOTHING_INSPECTED: InspectionState = {
  log: '',
  items: [],
  query: '',
  user: null,
  userLog: null,
  target: null,
  found: null,
  answer: null,
  state: 'idle',
  problem: null,
};

export const useInspection = create<InspectionState>()(() => NOTHING_INSPECTED);

/** Changes the history by hand: it is then no user's, unless only its query changed. */
export function setHistory(items: readonly InspectedItem[]): void {
  useInspection.setState({
    items,
    user: null,
    userLog: null,
    target: null,
    ...(items.length === 0 && { answer: null, state: 'idle', problem: null }),
  });
}

/**
 * Adds an item that was found. A history of another log is no longer of use: its items are numbered
 * differently.
 */
export function addFound(item: InspectedItem): void {
  const { found, log, items, query } = useInspection.getState();
  if (found === null) return;
  if (found.log === log) setHistory([...items, item]);
  else useInspection.setState({ ...NOTHING_INSPECTED, found, query, log: found.log, items: [item] });
}

/** Which catalogue a question is about: of a log as the recipe reads it, or of a recorded run. */
export function searchedOf({ spec, recorded = null }: ModelQuery): string {
  return JSON.stringify([recorded, spec.data]);
}

/** Only the last question of each kind is answered, in `useInspection`. */
export interface InspectionSession {
  /** Items whose title has all these words. */
  readonly find: (text: string, limit: number, whom: ModelQuery) => void;
  /**
   * Takes the history before a user's test item, a random user's if none is named, if it is wanted when it
   * arrives.
   */
  readonly takeUser: (user: string | null, whom: ModelQuery, wanted?: () => boolean) => void;
  /** Asks what the models make of a history. */
  readonly ask: (question: HistoryQuestion, whom: ModelQuery) => void;
}

export function startInspection(services: () => Pick<Services, 'inspection'>): InspectionSession {
  const finding = new Latest();
  const taking = new Latest();
  const asking = new Latest();
  /** Number of users drawn, so that each time another one is. */
  let draws = 0;

  async function answered(
    question: Promise<unknown>,
    failed: Partial<InspectionState> = {},
    awaited = (): boolean => true,
  ): Promise<void> {
    try {
      await question;
    } catch (error) {
      const failure = unansweredFor(error);
      if (failure !== null && awaited()) useInspection.setState({ ...failed, problem: sentenceOf(failure) });
    }
  }

  async function find(text: string, limit: number, whom: ModelQuery): Promise<void> {
    const found = await finding.ask((signal) => services().inspection.find({ text, limit, ...whom }, { signal }));
    if (found !== null) useInspection.setState({ found: { ...found, text, searched: searchedOf(whom) } });
  }

  async function takeUser(user: string | null, whom: ModelQuery, wanted = (): boolean => true): Promise<void> {
    const draw = ++draws;
    useInspection.setState({ state: 'asking' });
    const history = await taking.ask((signal) => services().inspection.user({ user, draw, ...whom }, { signal }));
    if (history === null) return;
    useInspection.setState(wanted() ? { ...history, userLog: whom.spec.data.id, problem: null } : { state: 'idle' });
  }

  async function ask(question: HistoryQuestion, whom: ModelQuery): Promise<void> {
    useInspection.setState({ state: 'asking', problem: null });
    const onPart = (answer: InspectionAnswer): void => {
      if (useInspection.getState().items.length === 0) return;
      const read = answer.models.every(({ texts }) => texts !== null);
      useInspection.setState({ answer, state: read ? 'done' : 'reading' });
    };
    await asking.ask((signal) => services().inspection.history({ question, ...whom }, { signal, onPart }));
  }

  return {
    find: (...asked) => void answered(find(...asked)),
    takeUser: (...asked) => void answered(takeUser(...asked), { state: 'failed' }),
    // Whatever is wrong with a history that is gone, such as one of the log before, nobody asks for it any
    // more.
    ask: (question, whom) =>
      void answered(ask(question, whom), { state: 'failed' }, () => useInspection.getState().log === question.log),
  };
}
