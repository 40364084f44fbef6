/** The measurements as tables. */
import { READING, type IntakeMeasurement } from './work';

export interface IntakeReport extends IntakeMeasurement {
  /** `csv, Node v22`. */
  readonly name: string;
  /** Largest resident memory of the process that did the work, in bytes. */
  readonly peakResident: number;
  /** Resident memory of that process before the first byte of a file was read. */
  readonly before: number;
  /** Largest JavaScript heap seen, in bytes; null if unknown. */
  readonly peakHeap: number | null;
}

export function totalSeconds({ stages }: Pick<IntakeMeasurement, 'stages'>): number {
  return stages.reduce((sum, { seconds }) => sum + seconds, 0);
}

/** Megabytes on disk per second while reading. */
export function readingSpeed({ bytes, stages }: IntakeMeasurement): number {
  return bytes / 1e6 / stages.find(({ stage }) => stage === READING)!.seconds;
}

function row(cells: readonly string[]): string {
  return `| ${cells.join(' | ')} |`;
}

/** One column per run: stages in seconds, then sums. */
export function intakeTable(reports: readonly IntakeReport[]): string {
  const stages = reports[0]?.stages.map(({ stage }) => stage) ?? [];
  const line = (name: string, of: (report: IntakeReport) => string): string => row([name, ...reports.map(of)]);
  const megabytes = (bytes: number | null): string => (bytes === null ? '–' : `${(bytes / 1e6).toFixed(0)} MB`);
  return [
    row(['', ...reports.map(({ name }) => name)]),
    row(['---', ...reports.map(() => '---')]),
    ...stages.map((stage, index) => line(stage, (report) => `${report.stages[index]!.seconds.toFixed(2)} s`)),
    line('**in all**', (report) => `**${totalSeconds(report).toFixed(1)} s**`),
    line('on disk, read at', (report) => `${megabytes(report.bytes)}, ${readingSpeed(report).toFixed(1)} MB/s`),
    line('peak resident memory', ({ peakResident }) => megabytes(peakResident)),
    line('of which there before the first byte', ({ before }) => megabytes(before)),
    line('columns of the log', ({ columns }) => megabytes(columns)),
    line('**beyond both**', ({ peakResident, before, columns }) => `**${megabytes(peakResident - before - columns)}**`),
    line('peak JavaScript heap', ({ peakHeap }) => megabytes(peakHeap)),
  ].join('\n');
}
