/** What a machine is given. */
export interface Size {
  readonly cpus: number;
  readonly memoryGiB: number;
}

/** What sizes stand for, where the file says nothing else: about the same as on other clouds. It never changes. */
export const SIZES = {
  small: { cpus: 2, memoryGiB: 2 },
  medium: { cpus: 2, memoryGiB: 8 },
  large: { cpus: 4, memoryGiB: 16 },
  xlarge: { cpus: 8, memoryGiB: 32 },
} as const satisfies Readonly<Record<string, Size>>;

/** Sizes as the plan has them, `4x16`, by their names. */
export function sizeTexts(table: Readonly<Record<string, Size>>): Record<string, string> {
  return Object.fromEntries(Object.entries(table).map(([name, { cpus, memoryGiB }]) => [name, `${cpus}x${memoryGiB}`]));
}

/** How a size of a plan reads. */
export const SIZE = /^([1-9]\d{0,2})x([1-9]\d{0,3})$/;

/** What a size of a plan stands for; undefined for what is none. */
export function parseSize(text: string): Size | undefined {
  const [, cpus, memoryGiB] = SIZE.exec(text) ?? [];
  return cpus === undefined ? undefined : { cpus: Number(cpus), memoryGiB: Number(memoryGiB) };
}
