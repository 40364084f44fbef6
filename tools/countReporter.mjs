// Counts tests for tools/test.mjs, and lists what failed, and what was skipped and why, in the file
// `KARMA_COUNTS`: a reporter of Vitest and of Playwright.
import { writeFileSync } from 'node:fs';

export default class CountReporter {
  counts = { passed: 0, failed: [], skipped: [] };

  /** Vitest's. */
  onTestRunEnd(modules) {
    for (const module of modules)
      for (const test of module.children.allTests()) {
        const { state, note } = test.result();
        this.#count(`${module.relativeModuleId}: ${test.fullName}`, state, note);
      }
    this.onEnd();
  }

  /** Playwright's. */
  onTestEnd(test, { status }) {
    const skip = test.annotations.find(({ type }) => type === 'skip');
    this.#count(test.titlePath().slice(2).join(' › '), status, skip?.description);
  }

  onEnd() {
    writeFileSync(process.env.KARMA_COUNTS, JSON.stringify(this.counts));
  }

  #count(name, state, reason) {
    if (state === 'skipped') this.counts.skipped.push({ name, reason: reason ?? '' });
    else if (state === 'passed') this.counts.passed += 1;
    else this.counts.failed.push(name);
  }
}
