/** Sizes that journals and conferences require. */

export type FontName = 'sans' | 'serif';

export interface FigurePreset {
  readonly id: string;
  readonly label: string;
  /** Millimetres of one column and of the whole width of the text. */
  readonly one: number;
  readonly two: number;
  readonly font: FontName;
  /** Points. */
  readonly size: number;
}

/**
 * Widths of `\columnwidth` and `\textwidth` of acmart (sigconf), IEEEtran (journal) and neurips, whose single
 * column is halved; for Nature, its guide to figures.
 */
export const FIGURE_PRESETS: readonly FigurePreset[] = [
  { id: 'acm', label: 'ACM', one: 84.7, two: 177.9, font: 'sans', size: 8 },
  { id: 'ieee', label: 'IEEE', one: 88.9, two: 181.9, font: 'serif', size: 8 },
  { id: 'neurips', label: 'NeurIPS', one: 68.6, two: 139.7, font: 'serif', size: 8 },
  { id: 'nature', label: 'Nature', one: 89, two: 183, font: 'sans', size: 7 },
];

export const SIZES = [7, 8, 9] as const;

export const POINTS_PER_MM = 72 / 25.4;
