// Every template as the server has it, for tests that render without one.
import { loadTemplates } from '../../src/pug/load.ts';

export const templates = await loadTemplates();
