const base = Number(process.env.KARMA_TEST_PORT ?? 41730);

/** The built page. KARMA_TEST_PORT shifts all ports, so that two checkouts can be tested at the same time. */
export const PAGE_PORT = base;
/** Vite's development server, for the engine's fixtures, which are not part of the build. */
export const ENGINE_PORT = base + 1;
/** The built page again, on a server that a test can stop. */
export const STOPPABLE_PORT = base + 2;
/**
 * The page of the npm package, and the folder that it is installed in. Each takes a later one if it is taken.
 */
export const PACKAGE_PORT = base + 40;
export const EMPTY_FOLDER_PORT = base + 70;
