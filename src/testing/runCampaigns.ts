/** Creates Vitest's tests of campaigns: of a sample of each or, if KARMA_LONG is set, of all their cases. */
import { it } from 'vitest';
import type { Campaign } from './campaign';
import { campaignName, isWanted, longRun, tryAll, trySample } from './tryCampaign';

/** @param modules default exports by file, as `import.meta.glob` gives them */
export function testCampaigns(modules: Readonly<Record<string, unknown>>): void {
  const campaigns = Object.entries(modules).map(([file, campaign]) => [campaignName(file), campaign as Campaign] as const);
  const run = longRun();
  if (run === null) {
    for (const [name, campaign] of campaigns.filter(([, { sample }]) => sample > 0))
      it(`${name}: ${campaign.claim}`, async ({ skip }) => {
        await skipIfMissing(campaign, skip);
        await trySample(name, campaign, undefined);
      });
    return;
  }
  const wanted = campaigns.filter(([name]) => isWanted(run, name));
  for (const [name, campaign] of wanted)
    it(
      `${name}: ${campaign.claim}`,
      async ({ skip }) => {
        await skipIfMissing(campaign, skip);
        await tryAll(name, campaign, run, undefined);
      },
      2 ** 31 - 1,
    );
  if (wanted.length === 0) it.skip('no campaign here was requested');
}

/** Skips a test, with the reason printed, if the machine lacks something. */
async function skipIfMissing({ missing }: Campaign, skip: (note: string) => void): Promise<void> {
  const reason = (await missing?.()) ?? null;
  if (reason === null) return;
  console.info(`left out: ${reason}`);
  skip(reason);
}
