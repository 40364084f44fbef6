/** Run before each test file; files that share modules run it once. */
import './equalBytes';
import fc from 'fast-check';
import { sampleSeed } from './seed';

fc.configureGlobal({ seed: sampleSeed() | 0 });
