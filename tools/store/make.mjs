// Vite's loader runs the TypeScript below without a build step of its own.
import { runnerImport } from 'vite';

const { module } = await runnerImport(new URL('./makeStore.ts', import.meta.url).pathname);
module.makeStore();
