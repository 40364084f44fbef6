import type { LogIssue } from './types';

/** `ratings.csv, line 3, column timestamp: …` */
export function describeIssue({ file, line, column, message }: LogIssue): string {
  const place = [file, ...(line > 0 ? [`line ${line}`] : []), ...(column === undefined ? [] : [`column ${column}`])];
  return `${place.join(', ')}: ${message}`;
}
