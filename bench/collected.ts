/** The results of `bench/results/`, and what is made from them: the table of docs/bench.md, and the engine's table of known GPUs. */
import { readdir, readFile, writeFile } from 'node:fs/promises';
import path from 'node:path';
import type { KnownCard } from '../src/engine/gemm/knownCards';
import type { TimedTile } from '../src/engine/gemm/ratings';
import { loadProblem } from './idle';
import { LIBRARIES, LIBRARY_NAMES } from './library';
import {
  benchReportSchema,
  cardName,
  caseLabel,
  markdownTable,
  rateOf,
  ratioIn,
  ratioText,
  type BenchReport,
  type TableRow,
} from './report';

export const KNOWN_CARDS_FILE = 'src/engine/gemm/knownCards.json';

const BEGIN = '<!-- npm run bench -- --collect writes what follows -->';
const END = '<!-- until here -->';

/** Reports in the order of their names, which begin with their dates. @throws Error naming a file that is no report */
export async function readResults(root: string): Promise<readonly BenchReport[]> {
  const folder = path.join(root, 'bench/results');
  const files = (await readdir(folder)).filter((file) => file.endsWith('.json')).sort();
  return Promise.all(
    files.map(async (file) => {
      try {
        return benchReportSchema.parse(JSON.parse(await readFile(path.join(folder, file), 'utf8')));
      } catch (cause) {
        throw new Error(`bench/results/${file} is no report of the benchmark`, { cause });
      }
    }),
  );
}

/** A row per report and case. */
export function collectedRows(reports: readonly BenchReport[]): TableRow[] {
  return reports.flatMap((report) =>
    report.cases.map((result) => {
      const { entries } = result;
      const ours = entries.find(({ library }) => library === 'ours');
      const rate = ours && rateOf(result, ours, report.peak);
      const peers = LIBRARIES.filter((library) => library !== 'ours').map((library): [string, string] => {
        const peer = entries.find((entry) => entry.library === library);
        const ratio = peer === undefined ? null : ratioIn(result, peer);
        return [`${LIBRARY_NAMES[library]}, × ours`, ratio === null ? '' : ratioText(ratio)];
      });
      return {
        card: cardName(report),
        program: `${report.runtime}, ${report.date}`,
        case: caseLabel(result),
        'ours, ms': figures(ours?.medianMs),
        'GFLOP/s': figures(rate?.gflops),
        '% of peak': rate?.percent?.toFixed(1) ?? '',
        ...Object.fromEntries(peers),
      };
    }),
  );
}

/** The document with the table of these reports. @throws Error if it has no place for it */
export function withResults(document: string, reports: readonly BenchReport[]): string {
  const [begin, end] = [document.indexOf(BEGIN), document.indexOf(END)];
  if (begin < 0 || end < begin) throw new Error(`docs/bench.md lacks the lines ${BEGIN} and ${END}`);
  const rows = collectedRows(reports);
  const content = rows.length === 0 ? 'No result has been collected yet.' : markdownTable(rows);
  return `${document.slice(0, begin + BEGIN.length)}\n${content}\n${document.slice(end)}`;
}

/** Fastest tiles that are kept for a product: more than one, since a product of other extents may fit another better. */
const KEPT_TILES = 3;

/**
 * The table of known GPUs: of each vendor and architecture, the newest result whose machine was idle when tiles were timed. Software adapters, and
 * those that do not say what they are, have none.
 */
export function knownCards(reports: readonly BenchReport[]): KnownCard[] {
  const newest = new Map<string, KnownCard>();
  for (const { adapter, card, runtime, date, tiles, cases } of reports) {
    const { vendor, architecture, fallback } = adapter;
    if (fallback || vendor === '' || architecture === '' || tiles === undefined) continue;
    // Tiles are timed right before the first calibration.
    if (cases[0] === undefined || loadProblem(cases[0].calibrations[0]) !== null) continue;
    const name = `${vendor} ${architecture}`;
    const known = newest.get(name);
    if (known !== undefined && known.date > date) continue;
    newest.set(name, { vendor, architecture, card: card ?? name, runtime, date, tiles: fastestTiles(tiles) });
  }
  return [...newest].sort(([a], [b]) => (a < b ? -1 : 1)).map(([, known]) => known);
}

/** The first few ratings of every product, which are in the order of speed. */
function fastestTiles(tiles: readonly TimedTile[]): TimedTile[] {
  const counts = new Map<string, number>();
  return tiles.filter(({ at }) => {
    const product = JSON.stringify(at);
    const count = (counts.get(product) ?? 0) + 1;
    counts.set(product, count);
    return count <= KEPT_TILES;
  });
}

/** The table of known GPUs as its file holds it. */
export function knownCardsText(reports: readonly BenchReport[]): string {
  return `${JSON.stringify(knownCards(reports), null, 2)}\n`;
}

/** Writes both tables. @returns how many reports there are, and how many GPUs are known */
export async function collect(root: string): Promise<{ readonly results: number; readonly cards: number }> {
  const file = path.join(root, 'docs/bench.md');
  const reports = await readResults(root);
  await writeFile(file, withResults(await readFile(file, 'utf8'), reports));
  await writeFile(path.join(root, KNOWN_CARDS_FILE), knownCardsText(reports));
  return { results: reports.length, cards: knownCards(reports).length };
}

/** Three significant digits, without an exponent. */
function figures(value: number | null | undefined): string {
  return value == null ? '' : value.toLocaleString('en', { maximumSignificantDigits: 3, minimumSignificantDigits: 3 });
}
