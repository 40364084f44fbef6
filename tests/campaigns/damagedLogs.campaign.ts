/** Files of every published format with up to four accidents, plain, in a ZIP or in a gzip file. */
import fc from 'fast-check';
import { gzipSync, zipSync } from 'fflate';
import { WITH_TITLES } from '../../src/testing/logSamples';
import { fileOf } from '../../src/testing/smallLogs';
import { fuzzCampaign } from '../../src/testing/campaign';
import { accident, fileBytes, expectRows, readOrRefuse, type Bytes } from '../../src/testing/damagedLogs';

const damage = fc.record({
  format: fc.nat({ max: WITH_TITLES.length - 1 }),
  which: fc.nat(),
  packed: fc.constantFrom('no', 'no', 'zip', 'gzip'),
  accidents: fc.array(accident, { minLength: 1, maxLength: 4 }),
});

export default fuzzCampaign(
  'a damaged log is refused with a reason, or read with every row accounted for',
  { cases: 30_000, sample: 30 },
  damage,
  async ({ format, which, packed, accidents }) => {
    const [name, files] = WITH_TITLES[format]!;
    const good = await Promise.all(files.map(fileBytes));
    const broken = (bytes: Bytes): Bytes => accidents.reduce((so, apply) => apply(so), bytes);
    if (packed === 'no') {
      const at = which % good.length;
      const dropped = good.map((bytes, index) => fileOf(files[index]!.name, index === at ? broken(bytes) : bytes));
      const read = await readOrRefuse(dropped, (...seen) => expectRows(name, ...seen));
      return { read: Number(read) };
    }
    const zip = packed === 'zip';
    const whole = zip ? zipSync(Object.fromEntries(files.map((file, at) => [file.name, good[at]!]))) : gzipSync(good[0]!);
    const dropped = fileOf(zip ? 'set.zip' : `${files[0]!.name}.gz`, broken(Uint8Array.from(whole)));
    const read = await readOrRefuse([dropped, ...(zip ? [] : files.slice(1))], () => Promise.resolve());
    return { 'read packed': Number(read) };
  },
);
