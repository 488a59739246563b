// The job that tells one application of one sign-out. The queue tries again after 3 s, 7 s, 20 s … when it throws.
import type { JobHelpers } from 'graphile-worker';
import type { Logger } from 'pino';
import type { LogoutNotice, TellLogout } from '../domain/logout-notice.ts';
import { toSingleLine } from '../domain/single-line.ts';

export function createLogoutTeller(tell: TellLogout, logger: Logger) {
  return async (payload: unknown, { job }: Pick<JobHelpers, 'job'>): Promise<void> => {
    const notice = payload as LogoutNotice;
    const { attempts, max_attempts: most } = job;
    try {
      await tell(notice);
      logger.info({ clientId: notice.clientId, attempts }, 'an application was told of a sign-out');
    } catch (error) {
      const reason = toSingleLine((error as Error).message);
      logger.warn(
        { clientId: notice.clientId, attempts, isLast: attempts >= most, reason },
        'an application could not be told of a sign-out',
      );
      throw new Error(reason, { cause: error });
    }
  };
}
