/**
 * Version of the API and of what `--json` prints, by Semantic Versioning: a key more is a minor version, a key that goes
 * or means something else a major one, with a path of its own. `test/api/schema-file.test.ts` holds it to that.
 */
export const API_VERSION = '1.0.0';
