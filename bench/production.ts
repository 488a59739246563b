// How the product's process is started in production, beyond its settings; the Dockerfile says the same. Without these the
// process is as fast but holds 480 MB: V8 lets garbage pile up in proportion to the memory of the machine, and glibc keeps
// the 19 MiB of each password hash, once for every thread.

export const NODE_OPTIONS = ['--max-semi-space-size=16', '--max-old-space-size=256'];

export const ENVIRONMENT = { MALLOC_MMAP_THRESHOLD_: '1000000' };
