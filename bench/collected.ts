/** The results of `bench/results/`, and the table of docs/bench.md that is made from them. */
import { readdir, readFile, writeFile } from 'node:fs/promises';
import path from 'node:path';
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

/** Writes the table. @returns how many reports there are */
export async function collect(root: string): Promise<number> {
  const file = path.join(root, 'docs/bench.md');
  const reports = await readResults(root);
  await writeFile(file, withResults(await readFile(file, 'utf8'), reports));
  return reports.length;
}

/** Three significant digits, without an exponent. */
function figures(value: number | null | undefined): string {
  return value == null ? '' : value.toLocaleString('en', { maximumSignificantDigits: 3, minimumSignificantDigits: 3 });
}
