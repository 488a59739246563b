import { pino } from 'pino';
import { BATCH, purge } from '../../src/jobs/purge.ts';
import { openTestDatabase } from '../support/database.ts';
import { startMailServer } from '../support/smtp.ts';
import { recordingLogger, startOffice, until } from './mail-office.ts';

const silent = pino({ level: 'silent' });
const going = new AbortController().signal;

/** A table of so many rows to delete. */
function tableOf(rows: number) {
  const calls: number[] = [];
  return {
    calls,
    deleteBatch: async () => {
      const deleted = Math.min(rows, BATCH);
      rows -= deleted;
      calls.push(deleted);
      return deleted;
    },
  };
}

describe('the purge', () => {
  it('deletes batch after batch until one is not full', async () => {
    const large = tableOf(2 * BATCH + 1);
    const empty = tableOf(0);
    await purge([large.deleteBatch, empty.deleteBatch], silent, going);
    expect(large.calls).toEqual([BATCH, BATCH, 1]);
    expect(empty.calls).toEqual([0]);
  });

  it('goes on with the next table when one fails, and tells', async () => {
    const { logger, lines } = recordingLogger();
    const table = tableOf(1);
    await purge([() => Promise.reject(new Error('away')), table.deleteBatch], logger, going);
    expect(table.calls).toEqual([1]);
    expect(lines.join('')).toContain('away');
  });

  it('stops between two batches when the process stops', async () => {
    const stopping = new AbortController();
    const calls: number[] = [];
    await purge(
      [
        async () => {
          stopping.abort();
          return calls.push(BATCH) && BATCH;
        },
      ],
      silent,
      stopping.signal,
    );
    expect(calls).toHaveLength(1);
  });

  it('is a job of the queue', async () => {
    const test = await openTestDatabase();
    const server = await startMailServer();
    const table = tableOf(BATCH + 5);
    const jobs = await startOffice(test.database, server.url, { purges: [table.deleteBatch] });
    try {
      await test.database.pool.query("SELECT graphile_worker.add_job('purge', job_key => 'purge')");
      await until(() => table.calls.length >= 2);
      expect(table.calls.slice(0, 2)).toEqual([BATCH, 5]);
    } finally {
      await jobs.stop();
      await server.close();
      await test.close();
    }
  });
});
