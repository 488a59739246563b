// How the process is started in production, beyond its settings; the Dockerfile says the same, and why. Both sides of a
// comparison are started like this, but for the limit of the heap: the in-memory side keeps its data there.
import { join } from 'node:path';

export const YOUNG_GENERATION = ['--max-semi-space-size=8'];
export const HEAP_LIMIT = ['--max-old-space-size=512'];

export const ENVIRONMENT = {
  MALLOC_ARENA_MAX: '1',
  MALLOC_MMAP_THRESHOLD_: '33554432',
  MALLOC_TRIM_THRESHOLD_: '134217728',
  GLIBC_TUNABLES: 'glibc.malloc.hugetlb=1',
  NODE_COMPILE_CACHE: join(import.meta.dirname, 'results/compile-cache'),
};
