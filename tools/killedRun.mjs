// A small run that a test kills: see src/testing/killedRun.ts. The arguments are its folder and the features'
// folder.
import { withModule } from './viteRunner.mjs';

await withModule('/src/testing/killedRun.ts', ({ runToBeKilled }) => runToBeKilled(...process.argv.slice(2)));
// Dawn's worker threads would keep the process alive.
process.exit(0);
