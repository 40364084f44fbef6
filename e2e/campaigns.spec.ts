/** Campaigns on the built page; see src/testing/campaign.ts. */
import { test } from '@playwright/test';
import { isWanted, longRun, tryAll, trySample } from '../src/testing/tryCampaign';
import pageFaults from '../tests/campaigns/pageFaults.page.campaign';
import soak from '../tests/campaigns/soak.page.campaign';

const CAMPAIGNS = { pageFaults, soak };
const long = longRun();

for (const [name, campaign] of Object.entries(CAMPAIGNS)) {
  if (long === null ? campaign.sample === 0 : !isWanted(long, name)) continue;
  test(`${name}: ${campaign.claim}`, async ({ browser, baseURL }) => {
    test.setTimeout(long === null ? 1_800_000 : 0);
    const bench = { browser, url: baseURL! };
    if (long === null) await trySample(name, campaign, bench);
    else await tryAll(name, campaign, long, bench);
  });
}
