/** The recorded runs and the sweep that the site ships, in the form that lessons read. */
import { existsSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { gunzipSync } from 'node:zlib';
import { sweepSchema } from '../experiment/grid/sweep';
import type { Evidence } from '../learn/evidence';
import { RATES_FILE, RECORDED_IDS, recordedFiles } from '../recipe/recordedFiles';
import { runRecordSchema } from '../record/runRecord';

function json(file: string): unknown {
  return JSON.parse(gunzipSync(readFileSync(path.join('public', file))).toString('utf8'));
}

export function shippedEvidence(): Evidence {
  const here = RECORDED_IDS.filter((id) => existsSync(path.join('public', recordedFiles(id).run)));
  return {
    runs: new Map(here.map((id) => [id, runRecordSchema.parse(json(recordedFiles(id).run))])),
    sweep: sweepSchema.parse(json(RATES_FILE)),
  };
}

/** Bytes of a recorded run as shipped. */
export function shippedBytes(preset: string): number {
  return readFileSync(path.join('public', recordedFiles(preset).run)).length;
}
