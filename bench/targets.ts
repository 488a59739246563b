// What the benchmark promises, and whether a run kept it.
import type { Summary } from './figures.ts';

export type Target = {
  /** (a) to (f) of the benchmark. */
  name: string;
  figure: number;
  unit: '' | 'MB' | '%' | 'ms';
  /** One of the two. */
  atLeast?: number;
  atMost?: number;
};

export type PartResult = {
  rows: { what: string; atOnce: number; side: string; summary: Summary }[];
  targets: Target[];
  /** What a reader must know to judge the figures. */
  notes: string[];
};

export function holds({
  figure,
  atLeast = Number.NEGATIVE_INFINITY,
  atMost = Number.POSITIVE_INFINITY,
}: Target): boolean {
  return figure >= atLeast && figure <= atMost;
}
