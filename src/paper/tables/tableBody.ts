/** Lays out a table of results in rows and columns, for all formats. Pure. */
import type { MatrixEntry } from '../../experiment/grid/matrix';
import { measureHeading, measureText, moreDigits } from '../../measures/measures';
import type { Measure } from '../../measures/measure';
import { measuresIn, placesOf, onlyMeasures, type ResultRow, type ResultsTable } from './resultsTable';

export interface TableLayout {
  readonly differences: boolean;
  /** What goes in columns; null chooses what makes the table narrower. */
  readonly columns: 'measures' | 'rows' | null;
}

/** A text of a cell, with a true minus. */
export interface BodyCell {
  readonly text: string;
  readonly bold: boolean;
  readonly place: 1 | 2 | null;
}

/** Columns under one heading; with a second line of headings if there are several. */
export interface BodyHead {
  readonly text: string;
  readonly under: readonly string[];
}

export interface TableBody {
  /** The first column holds labels, the next `lead − 1` what belongs to them. */
  readonly lead: readonly string[];
  readonly heads: readonly BodyHead[];
  readonly groups: readonly { readonly heading: string | null; readonly rows: readonly (readonly BodyCell[])[] }[];
}

const EMPTY: BodyCell = { text: '–', bold: false, place: null };
const plain = (text: string): BodyCell => ({ text, bold: false, place: null });

export function tableBody(table: ResultsTable, { differences, columns }: TableLayout): TableBody {
  const shown = onlyMeasures(
    table,
    measuresIn(table).map(({ id }) => id),
  );
  const measures = measuresIn(shown);
  const rows = shown.groups.flatMap((group) => group.rows);
  const inRows = shown.groups.length === 1 && (columns === 'rows' || (columns === null && measures.length > rows.length));
  return inRows ? measuresDown(shown, measures, differences) : rowsDown(shown, measures, differences);
}

/** `HR@10 (%) ↑` */
export function headingWithEnd(measure: Measure): string {
  return `${measureHeading(measure)}${{ higher: ' ↑', lower: ' ↓', none: '' }[measure.better ?? 'none']}`;
}

function rowsDown({ groups, tuned }: ResultsTable, measures: readonly Measure[], differences: boolean): TableBody {
  return {
    lead: tuned === null ? [''] : ['', 'Rate'],
    heads: measures.map((measure) => ({
      text: headingWithEnd(measure),
      under: differences ? ['mean ± sd', 'Δ (95 % CI)'] : [],
    })),
    groups: groups.map(({ heading, baseline, rows }) => {
      const places = measures.map((_, index) => placesOf(rows, index));
      return {
        heading,
        rows: rows.map((row, i) => [
          plain(row.label),
          ...(tuned === null ? [] : [plain(row.rate === null ? '–' : String(row.rate))]),
          ...row.entries.flatMap((entry, index) => [
            valueCell(entry, places[index]![i]!),
            ...(differences ? [differenceCell(entry, row.id === baseline)] : []),
          ]),
        ]),
      };
    }),
  };
}

function measuresDown({ groups, tuned }: ResultsTable, measures: readonly Measure[], differences: boolean): TableBody {
  const [{ rows, baseline }] = groups as [ResultsTable['groups'][number]];
  const others = differences && baseline !== null ? rows.filter(({ id }) => id !== baseline) : [];
  const name = (row: ResultRow): string => (tuned === null ? row.label : `${row.label}, rate ${row.rate ?? '–'}`);
  const values: BodyHead = { text: 'Mean ± sd', under: rows.map(name) };
  return {
    lead: [''],
    heads:
      others.length === 0
        ? rows.map((row) => ({ text: name(row), under: [] }))
        : [values, { text: 'Δ (95 % CI)', under: others.map(({ label }) => label) }],
    groups: [
      {
        heading: null,
        rows: measures.map((measure, index) => {
          const places = placesOf(rows, index);
          return [
            plain(headingWithEnd(measure)),
            ...rows.map(({ entries }, i) => valueCell(entries[index]!, places[i]!)),
            ...others.map(({ entries }) => differenceCell(entries[index]!, false)),
          ];
        }),
      },
    ],
  };
}

function minus(text: string): string {
  return text.replace('-', '−');
}

function valueCell({ measure, mean, sd, comparison }: MatrixEntry, place: 1 | 2 | null): BodyCell {
  if (mean === null) return EMPTY;
  const spread = sd === null ? '' : ` ± ${measureText(measure, sd)}`;
  return { text: `${minus(measureText(measure, mean))}${spread}`, bold: comparison?.distinguishable === true, place };
}

function differenceCell({ measure, comparison }: MatrixEntry, isBaseline: boolean): BodyCell {
  if (isBaseline) return plain('baseline');
  if (comparison === null) return EMPTY;
  const { difference, low, high, distinguishable } = comparison;
  const inDigits = (value: number, more: number): string => measureText(measure, value, more);
  const more = distinguishable && low !== null && high !== null ? moreDigits({ low, high }, inDigits) : 0;
  const shown = (value: number): string => minus(inDigits(value, more));
  const interval = low === null || high === null ? '' : ` [${shown(low)}, ${shown(high)}]`;
  return { text: `${shown(difference)}${interval}`, bold: distinguishable, place: null };
}
