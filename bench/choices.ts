/** What command line and page let choose. */
import type { BenchOptions } from './benchmark';
import { readLibraries } from './report';

const CHOICES = ['only', 'libraries', 'repeats', 'anyway', 'card', 'peak'] as const;
type Choices = Readonly<Partial<Record<(typeof CHOICES)[number], string | undefined>>>;

/** @throws RangeError saying what is wrong. */
export function readChoices({ only, libraries, repeats = '10', anyway, card, peak }: Choices): Omit<BenchOptions, 'suite'> {
  const listed = (text: string | undefined): string[] => text?.split(',').map((one) => one.trim()) ?? [];
  const rounds = Number(repeats);
  if (!Number.isInteger(rounds) || rounds < 1) throw new RangeError(`repeats ${repeats} is no number of rounds`);
  const teraflops = peak === undefined ? null : Number(peak);
  if (teraflops !== null && !(teraflops > 0 && Number.isFinite(teraflops)))
    throw new RangeError(`peak ${peak!} is no number of TFLOP/s`);
  return {
    only: listed(only),
    libraries: readLibraries(listed(libraries)),
    repeats: rounds,
    anyway: anyway !== undefined,
    card: card ?? null,
    peak: teraflops,
  };
}

/** The page's query that says the same. */
export function queryOf({ only, libraries, repeats, anyway, card, peak }: Omit<BenchOptions, 'suite'>): URLSearchParams {
  const query = new URLSearchParams({ libraries: libraries.join(), repeats: String(repeats) });
  if (only.length > 0) query.set('only', only.join());
  if (anyway) query.set('anyway', '');
  if (card !== null) query.set('card', card);
  if (peak !== null) query.set('peak', String(peak));
  return query;
}

/** Reads such a query. @throws RangeError saying what is wrong. */
export function readQuery(query: URLSearchParams): BenchOptions {
  const given = Object.fromEntries(CHOICES.map((name) => [name, query.get(name) ?? undefined]));
  return { suite: query.get('suite') === 'tiny' ? 'tiny' : 'full', ...readChoices(given) };
}
