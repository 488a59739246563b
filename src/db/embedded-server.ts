// The thread that holds the embedded database: PostgreSQL compiled to WebAssembly behind a Unix socket, so that the
// event loop that answers people never waits for a query to be computed. Started by db/embedded.ts only.
import { parentPort, workerData } from 'node:worker_threads';
import { PGlite } from '@electric-sql/pglite';
import { PGLiteSocketServer } from '@electric-sql/pglite-socket';

const { dataFolder, socketPath } = workerData as { dataFolder?: string; socketPath: string };

const database = await PGlite.create(dataFolder === undefined ? {} : { dataDir: dataFolder });
const server = new PGLiteSocketServer({ db: database, path: socketPath, maxConnections: 200 });
await server.start();
parentPort!.postMessage('ready');

parentPort!.once('message', async () => {
  await server.stop();
  await database.close();
  parentPort!.close();
});
