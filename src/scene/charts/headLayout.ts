/**
 * Layout of a layer × head table, in CSS pixels: numbers in cells as wide as they need, or cells that only
 * have colours. Pure.
 */

export interface HeadLayout {
  /** Width of a cell. */
  readonly column: number;
  /** Height of a cell. */
  readonly row: number;
  /** Size of the numbers; null if cells are too narrow for them. */
  readonly font: number | null;
  /** Every so many heads have a heading, and every so many layers a name. */
  readonly every: { readonly heads: number; readonly layers: number };
}

export interface HeadTable {
  /** [layer][head], −1 to 1. */
  readonly values: readonly (readonly number[])[];
  /** Width that is enough if numbers fit. */
  readonly width: number;
  /** Width that there is. */
  readonly room: number;
}

/** Width of the layers' names. */
export const MARGIN = 22;
/** Below this, numbers are written shorter. */
const USUAL = 10.5;
const SIZES = [
  { font: USUAL, row: 18 },
  { font: 9, row: 14 },
] as const;
const WITHOUT_NUMBERS = 10;
/** Ems of a character in wide sans-serif fonts. */
const EMS: Readonly<Record<string, number>> = { '.': 0.33, '−': 0.84 };
const DIGIT = 0.64;
const PADDING = 1;
/** Width of `H10`, and a gap; height of a name. */
const HEADING = 24;
const NAME = 12;

/**
 * Signs do not count in the choice of a size, so that tables of differences have the rows of those beside
 * them; their numbers may be left out.
 */
export function layOutHeads({ values, width, room }: HeadTable): HeadLayout {
  const heads = Math.max(1, values[0]?.length ?? 0);
  const columnIn = (whole: number): number => Math.max(1, Math.floor((whole - MARGIN) / heads));
  const fits = (font: number, column: number, shown: HeadTable['values']): boolean => widest(shown, font) + PADDING <= column;
  const sizes = values.map((row) => row.map(Math.abs));
  const choices = [{ ...SIZES[0], column: columnIn(width) }, ...SIZES.map((size) => ({ ...size, column: columnIn(room) }))];
  const chosen = choices.find(({ font, column }) => fits(font, column, sizes));
  const { column, row, font } = chosen ?? { column: columnIn(room), row: WITHOUT_NUMBERS, font: null };
  return {
    ...{ column, row },
    font: font !== null && fits(font, column, values) ? font : null,
    every: { heads: Math.ceil(HEADING / column), layers: Math.ceil(NAME / row) },
  };
}

function widest(values: HeadTable['values'], font: number): number {
  const emsOf = (value: number): number =>
    Array.from(compactShareText(value, font)).reduce((sum, character) => sum + (EMS[character] ?? DIGIT), 0);
  return font * Math.max(0, ...values.flatMap((row) => row.map(emsOf)));
}

/**
 * 0.42 → `.42`; the leading zero is redundant in a table of shares, and so are a small 1’s decimals.
 * @param font size of the numbers
 */
export function compactShareText(value: number, font: number = USUAL): string {
  const text = Math.abs(value)
    .toFixed(2)
    .replace(/^0(?=\.)/, '')
    .replace(/^1\.00$/, font < USUAL ? '1' : '1.00');
  return value < 0 && Number(text) !== 0 ? `−${text}` : text;
}
