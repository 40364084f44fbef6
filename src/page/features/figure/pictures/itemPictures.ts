/** Pictures of items by the hash of their log and their title, requested together when first shown. */
import { create } from '../../../state/store';
import type { LogQuestions } from '../../../../runtime/protocol';
import type { Session } from '../../../state/session/session';

type Found = Awaited<ReturnType<LogQuestions['pictures']>>;

/** Null if there is none, or none can be shown. */
export const useItemPictures = create<Readonly<Record<string, Readonly<Record<string, Found[string] | null>>>>>()(() => ({}));

/** Titles about to be requested, by log. */
const waiting = new Map<string, Set<string>>();

/** Requests a picture once, together with all others requested in the same task. */
export function askPicture(
  session: Pick<Session, 'services'>,
  { id, hash }: { readonly id: string; readonly hash: string },
  title: string,
): void {
  if (useItemPictures.getState()[hash]?.[title] !== undefined) return;
  const others = waiting.get(hash);
  if (others !== undefined) {
    others.add(title);
    return;
  }
  waiting.set(hash, new Set([title]));
  setTimeout(() => {
    const titles = [...waiting.get(hash)!];
    waiting.delete(hash);
    // Pictures are optional: if there are none, nothing is reported.
    const question = session.services().logs.pictures({ id, hash, titles });
    void question
      .catch((): Found => ({}))
      .then((found) => {
        const all = Object.fromEntries(titles.map((one) => [one, found[one] ?? null]));
        useItemPictures.setState((known) => ({ ...known, [hash]: { ...known[hash], ...all } }));
      });
  });
}
