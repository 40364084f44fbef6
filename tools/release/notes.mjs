// `node tools/release/notes.mjs`: what the changelog says of this version, for the release's page.
import { root, withModule } from '../viteRunner.mjs';

await withModule('/tools/release/problems.ts', ({ releaseNotes }) => console.info(releaseNotes(root)));
