/** Creates Vitest's tests of campaigns: of a sample of each or, if KARMA_LONG is set, of all their cases. */
import { it } from 'vitest';
import type { Campaign } from './campaign';
import { campaignName, isWanted, longRun, tryAll, trySample } from './tryCampaign';

/** @param modules default exports by file, as `import.meta.glob` gives them */
export function testCampaigns(modules: Readonly<Record<string, unknown>>): void {
  const campaigns = Object.entries(modules).map(([file, campaign]) => [campaignName(file), campaign as Campaign] as const);
  const run = longRun();
  const wanted = campaigns.filter(([name, { sample }]) => (run === null ? sample > 0 : isWanted(run, name)));
  for (const [name, campaign] of wanted)
    it(
      `${name}: ${campaign.claim}`,
      async ({ skip }) => {
        await skipIfMissing(campaign, skip);
        await (run === null ? trySample(name, campaign, undefined) : tryAll(name, campaign, run, undefined));
      },
      run === null ? undefined : 2 ** 31 - 1,
    );
  if (run !== null && wanted.length === 0) it.skip('no campaign here was requested');
}

/** Skips a test, with the reason printed, if the machine lacks something. */
async function skipIfMissing({ missing }: Campaign, skip: (note: string) => void): Promise<void> {
  const reason = (await missing?.()) ?? null;
  if (reason === null) return;
  console.info(`left out: ${reason}`);
  skip(reason);
}
