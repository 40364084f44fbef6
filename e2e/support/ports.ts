/** The built page. */
export const PAGE_PORT = 41730;
/** Vite's development server, for the engine's fixtures, which are not part of the build. */
export const ENGINE_PORT = 41731;
