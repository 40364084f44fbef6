import { describe, expect, it } from 'vitest';
import { smallRecord } from '../../testing/smallRecord';
import { readRecord } from './readRecord';

describe('readRecord', () => {
  it('reads back what Export writes', () => {
    const record = smallRecord();
    expect(readRecord(JSON.stringify(record))).toEqual({ kind: 'record', record });
  });

  it('says what is wrong', () => {
    expect(readRecord('{')).toMatchObject({ kind: 'unreadable' });
    expect(readRecord(JSON.stringify({ ...smallRecord(), probes: undefined }))).toMatchObject({
      kind: 'unreadable',
      reason: 'probes is missing.',
    });
  });
});
