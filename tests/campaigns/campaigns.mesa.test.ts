/** Campaigns that open a device; see src/testing/campaign.ts. */
import { testCampaigns } from '../../src/testing/runCampaigns';

testCampaigns(import.meta.glob(['/src/**/*.gpu.campaign.ts', '/tests/**/*.gpu.campaign.ts'], { eager: true, import: 'default' }));
