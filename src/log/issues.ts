import { LogError, type LogIssue } from './types';

/** `ratings.csv, line 3, column timestamp: …` */
export function describeIssue({ file, line, column, message }: LogIssue): string {
  const place = [file, ...(line > 0 ? [`line ${line}`] : []), ...(column === undefined ? [] : [`column ${column}`])];
  return `${place.join(', ')}: ${message}`;
}

/** The error for a file that cannot be read, or read further. @param line counted from 1; 0 when it is about the file as a whole */
export function refuse(file: string, message: string, line = 0): LogError {
  return new LogError(`${file}${line > 0 ? `, line ${line}` : ''}: ${message}`, [{ file, line, message }]);
}
