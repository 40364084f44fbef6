/** Logs in five syntaxes with up to four broken rows. */
import { brokenLog, checkBrokenRows } from '../../src/testing/brokenRows';
import { fuzzCampaign } from '../../src/testing/campaign';

export default {
  ...fuzzCampaign(
    'of a log with broken rows what is read is what was there, and every changed or missing row is in the report',
    { cases: 10_000, sample: 40 },
    brokenLog,
    async (log) => {
      const { read, reported } = await checkBrokenRows(log);
      return { read: Number(read), refused: Number(!read), reported };
    },
  ),
  summed: ['read', 'refused', 'reported'],
};
