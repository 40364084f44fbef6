import { beforeEach, expect, it } from 'vitest';
import type { ItemsFound } from '../../../record/inspection';
import { runSpecSchema } from '../../../recipe/runSpec';
import { QuestionFailed, type CallOptions } from '../../../runtime/rpc/connect';
import { calledOff } from '../../../runtime/rpc/messages';
import { NOTHING_INSPECTED, startInspection, useInspection, type InspectionSession } from './inspection';

const SPEC = runSpecSchema.parse({});
const turn = (): Promise<void> => new Promise((resolve) => setTimeout(resolve));

/** A session whose searches are answered when the test says so, by their text. */
function begin(): { readonly session: InspectionSession; readonly answers: Map<string, (found: ItemsFound | Error) => void> } {
  const answers = new Map<string, (found: ItemsFound | Error) => void>();
  const find = ({ text }: { readonly text: string }, { signal }: CallOptions<never> = {}): Promise<ItemsFound> =>
    new Promise((resolve, reject) => {
      signal?.addEventListener('abort', () => {
        reject(calledOff());
      });
      answers.set(text, (found) => {
        if (found instanceof Error) reject(found);
        else resolve(found);
      });
    });
  const refuse = (): Promise<never> => Promise.reject(new Error('not asked'));
  return { session: startInspection(() => ({ inspection: { find, user: refuse, history: refuse } })), answers };
}

const found = (title: string): ItemsFound => ({ log: 'log', items: [{ item: 1, title, category: '', pixels: null }], total: 1 });

beforeEach(() => {
  useInspection.setState(NOTHING_INSPECTED);
});

it('shows items of the last text searched, and until they arrive those of the previous one', async () => {
  const { session, answers } = begin();
  session.find('tea', 3, { spec: SPEC });
  answers.get('tea')!(found('tea chest'));
  await turn();
  expect(useInspection.getState().found).toMatchObject({ text: 'tea', total: 1 });
  session.find('teapot', 3, { spec: SPEC });
  session.find('teacup', 3, { spec: SPEC });
  expect(useInspection.getState().found?.text).toBe('tea');
  answers.get('teapot')!(found('teapot'));
  await turn();
  expect(useInspection.getState().found?.text).toBe('tea');
  answers.get('teacup')!(found('teacup'));
  await turn();
  expect(useInspection.getState().found).toMatchObject({ text: 'teacup', items: [{ title: 'teacup' }] });
});

it('says why there is no answer', async () => {
  const { session, answers } = begin();
  session.find('tea', 3, { spec: SPEC });
  answers.get('tea')!(new QuestionFailed({ code: 'log', message: 'The log is not open.', advice: 'Open it.', detail: '' }));
  await turn();
  expect(useInspection.getState()).toMatchObject({ problem: 'The log is not open. Open it.', found: null });
});
