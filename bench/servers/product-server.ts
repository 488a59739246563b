// The product as it is started in production, in a process that main.ts can ask for its processor time. Settings come
// from the environment.

import { readSettings } from '../../src/config.ts';
import { createLogger } from '../../src/http/logger.ts';
import { startServer } from '../../src/start.ts';
import { answerQuestions } from '../answer-questions.ts';
import { countStatements } from './count-statements.ts';

const settings = readSettings(process.env);
const server = await startServer(settings, createLogger(settings.IDP_LOG_LEVEL));
answerQuestions({ statements: countStatements }, server.stop);
