/** Stands for a glob that cannot be read: it matches nothing, and nobody knows what it would. */
export const ILLEGIBLE = "";

/** Whether a name is of a pattern, in which `*` stands for any number of characters. */
export function matches(glob: string, name: string): boolean {
  const pattern = glob.split("*").map((part) => part.replace(/[\\^$.|?+()[\]{}]/g, "\\$&"));
  return new RegExp(`^${pattern.join(".*")}$`).test(name);
}
