/** Figures as people read them. */
import type { Summary } from './statistics.ts';

export function shortNumber(value: number): string {
  if (value >= 1e9) return `${shortNumber(value / 1e9)} G`;
  if (value >= 1e6) return `${shortNumber(value / 1e6)} M`;
  if (value >= 10_000) return `${shortNumber(value / 1000)} k`;
  return value >= 100 ? String(Math.round(value)) : String(Number(value.toPrecision(3)));
}

export function milliseconds(value: number): string {
  if (value < 1000) return `${shortNumber(value)} ms`;
  return `${value < 100_000 ? (value / 1000).toFixed(2) : Math.round(value / 1000)} s`;
}

export function bytes(value: number): string {
  if (value >= 1e9) return `${(value / 1e9).toFixed(2)} GB`;
  return value >= 1e6 ? `${(value / 1e6).toFixed(2)} MB` : `${(value / 1000).toFixed(1)} kB`;
}

export type Unit = 'milliseconds' | 'bytes';

export function inUnit(value: number, unit: Unit): string {
  return unit === 'bytes' ? bytes(value) : milliseconds(value);
}

/** A median of times with least and greatest. */
export function spread({ median, min, max }: Summary): string {
  return `${milliseconds(median)} (${milliseconds(min)} – ${milliseconds(max)})`;
}
