/**
 * Good files of every format, damaged at random, give a clear error or a log that accounts for every row; the
 * campaign `damagedLogs` tries more.
 */
import fc from 'fast-check';
import { gzipSync, zipSync } from 'fflate';
import { describe, expect, it } from 'vitest';
import { accident, fileBytes, expectRows, readOrRefuse, type Bytes } from '../../testing/damagedLogs';
import { fileOf } from '../../testing/smallLogs';
import { WITH_TITLES } from '../../testing/logSamples';

describe.each(WITH_TITLES)('%s, damaged', (name, files) => {
  it('is refused, or every row is accounted for', async () => {
    const good = await Promise.all(files.map(fileBytes));
    let read = 0;
    await fc.assert(
      fc.asyncProperty(fc.nat(), fc.array(accident, { maxLength: 3 }), async (which, accidents) => {
        const damaged = good.map((bytes, at) =>
          at === which % good.length ? accidents.reduce((so, apply) => apply(so), bytes) : bytes,
        );
        const dropped = damaged.map((bytes, at) => fileOf(files[at]!.name, bytes));
        const ok = await readOrRefuse(dropped, (...seen) => expectRows(name, ...seen));
        if (ok) read++;
      }),
      { numRuns: 40 },
    );
    // Both outcomes must occur for the test to mean anything.
    expect(read).toBeGreaterThan(1);
  });

  it('is refused or read when damaged after compression', async () => {
    const good = await Promise.all(files.map(fileBytes));
    const zip = zipSync(Object.fromEntries(files.map((file, at) => [file.name, good[at]!])));
    const gz = gzipSync(good[0]!);
    await fc.assert(
      fc.asyncProperty(fc.boolean(), fc.array(accident, { minLength: 1, maxLength: 2 }), async (zipped, accidents) => {
        const damaged = accidents.reduce<Bytes>((so, apply) => apply(so), Uint8Array.from(zipped ? zip : gz));
        const rest = zipped ? [] : files.slice(1);
        await readOrRefuse([fileOf(zipped ? 'set.zip' : `${files[0]!.name}.gz`, damaged), ...rest], () => Promise.resolve());
      }),
      { numRuns: 20 },
    );
  });
});
