// `npm run verify:llm -- FOLDER|FILE.gguf`: see docs/models.md.
import { findPython } from './python.mjs';
import { root, withModule } from './viteRunner.mjs';

const args = process.argv.slice(2);
const python = args.length === 0 || args.includes('--help') ? null : (process.env.KARMA_PYTHON ?? findPython(() => false).python);
const code = await withModule('/src/verify/main.ts', ({ verifyMain }) => verifyMain(args, root, python));
// Dawn's worker threads would keep the process alive.
process.exit(code);
