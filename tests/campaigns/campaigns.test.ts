/** Campaigns that open no device; see src/testing/campaign.ts. */
import { testCampaigns } from '../../src/testing/runCampaigns';

testCampaigns(
  import.meta.glob(['/src/**/*.campaign.ts', '/tests/**/*.campaign.ts', '!/**/*.{gpu,page}.campaign.ts'], {
    eager: true,
    import: 'default',
  }),
);
