import { installProgram } from "./install";
import { TEST_PROGRAMS } from "./table";

/*
 * Gets the programs of others that long tests run into ~/.cache/kpaas/programs:
 *
 *     node dist/dev/programs/main.js [NAME [CHECKOUT]]
 *
 * All of them, or one; CHECKOUT is a clone of its project, to build it of where neither its release nor its module can be reached.
 */

async function main([name, checkout]: readonly string[]): Promise<void> {
  const names = name === undefined ? Object.keys(TEST_PROGRAMS) : [name];
  for (const each of names)
    try {
      const onProgress = (text: string): void => console.error(text);
      console.log(await installProgram(each, { onProgress, ...(checkout ? { checkout } : {}) }));
    } catch (error) {
      console.error(error instanceof Error ? error.message : String(error));
      process.exitCode = 1;
    }
}

void main(process.argv.slice(2));
