// What the argon2 parameters alone allow: password verifications a second, with nothing else around them, through the
// product's own hasher and on the cores this process may use.
import { availableParallelism } from 'node:os';
import { createPasswordHasher } from '../../src/crypto/password-hasher.ts';
import { answerQuestions } from '../answer-questions.ts';
import { type Load, runAtOnce } from '../load/run-at-once.ts';

const PASSWORD = 'Tournesol-42!';
const hasher = await createPasswordHasher();
const hash = await hasher.hash(PASSWORD);

answerQuestions({
  verify: ({ seconds }: Pick<Load, 'seconds'>) =>
    runAtOnce({ atOnce: availableParallelism(), seconds }, async () => {
      if (!(await hasher.verify(hash, PASSWORD))) throw new Error('the password is not right');
    }),
});
