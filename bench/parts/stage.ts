// What a part of the benchmark stands on: databases, servers and the load generator, put up as it asks for them and
// taken down in the opposite order, whatever happens.
import { once } from 'node:events';
import { createServer } from 'node:net';
import { type ChildOptions, type ChildProcess, startChild } from '../child-process.ts';
import { coresOf, LOAD_CORE, pinProcesses, SERVER_CORE } from '../cores.ts';
import type { Target } from '../load/generator.ts';
import * as production from '../production.ts';
import { people } from '../world/accounts.ts';
import { plainApplication, refreshingApplication } from '../world/applications.ts';
import { type BenchDatabase, COMMON_ENVIRONMENT, createBenchDatabase } from '../world/bench-database.ts';

/** A server under test. */
export type Side = {
  name: string;
  server: ChildProcess;
  target: Target;
  /** The postmaster behind it, where it is in sight. */
  databaseProcess?: number | undefined;
  database?: BenchDatabase;
};

export type StageOptions = { quick: boolean; profile: string | undefined; spread?: boolean };

export type Stage = {
  quick: boolean;
  /** Where CPU profiles go, when they are wanted. */
  profile: string | undefined;
  /** One or the other, by the length of the run. */
  byLength<T>(full: T, quick: T): T;
  notes: string[];
  addDatabase(artefactRows?: number): Promise<BenchDatabase>;
  addProduct(name: string, database: BenchDatabase): Promise<Side>;
  addInMemory(): Promise<Side>;
  addGenerator(): Promise<ChildProcess>;
  addChild(options: ChildOptions): Promise<ChildProcess>;
};

/**
 * Runs `play` on a stage of its own.
 * @param spread everything may use every core, where the part is about all of them; else the server has one to itself
 */
export async function onStage<T>(
  { quick, profile, spread = false }: StageOptions,
  play: (stage: Stage) => Promise<T>,
): Promise<T> {
  const closers: (() => Promise<unknown> | unknown)[] = [];
  const notes = new Set<string>();
  const core = (one: number) => (spread ? undefined : one);

  const addChild = async (options: ChildOptions) => {
    const child = await startChild(options);
    closers.unshift(() => child.stop());
    return child;
  };

  const addServer = async (
    name: string,
    file: string,
    environment: Record<string, string>,
    nodeOptions: string[] = [],
  ) => {
    const [port, managementPort] = [await freePort(), await freePort()];
    const issuer = `http://127.0.0.1:${port}`;
    const server = await addChild({
      file,
      core: core(SERVER_CORE),
      nodeOptions: [...production.YOUNG_GENERATION, ...nodeOptions],
      environment: {
        ...COMMON_ENVIRONMENT,
        ...production.ENVIRONMENT,
        IDP_ISSUER: issuer,
        IDP_MANAGEMENT_PORT: String(managementPort),
        ...environment,
      },
    });
    return {
      name,
      server,
      target: { issuer, plain: plainApplication, refreshing: refreshingApplication, accounts: people() },
    };
  };

  const stage: Stage = {
    quick,
    profile,
    byLength: (full, short) => (quick ? short : full),
    get notes() {
      return [...notes];
    },
    async addDatabase(artefactRows = 0) {
      const database = await createBenchDatabase({ artefactRows });
      closers.unshift(database.drop);
      notes.add(`database: ${database.label}`);
      if (database.processIds.length > 0) {
        const before = coresOf(database.processIds[0]!);
        if (pinProcesses(database.processIds, spread ? allCores() : String(LOAD_CORE))) {
          closers.unshift(() => pinProcesses(database.processIds, before));
        } else notes.add('the database could not be kept off the core of the server');
      } else if (database.label !== 'embedded')
        notes.add('the database runs elsewhere, or out of sight: it is not pinned');
      return database;
    },
    addProduct: async (name, database) => ({
      ...(await addServer(name, './servers/product-server.ts', database.environment, production.HEAP_LIMIT)),
      databaseProcess: database.processIds[0],
      database,
    }),
    addInMemory: () => addServer('in memory', './servers/in-memory-server.ts', {}),
    addGenerator: () => addChild({ file: './load/generator.ts', core: core(LOAD_CORE) }),
    addChild,
  };

  try {
    return await play(stage);
  } finally {
    for (const close of closers) {
      try {
        await close();
      } catch (error) {
        console.error(`bench: ${(error as Error).message}`);
      }
    }
  }
}

function allCores(): string {
  return `${SERVER_CORE},${LOAD_CORE}`;
}

/** A port that nobody listens on, a moment ago. */
async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as { port: number };
  server.close();
  await once(server, 'close');
  return port;
}
