// Names the variables of K-PaaS's scripts that have no row: `node dist/dev/kpaas-variables/main.js FILE…`. Ends with 1 where there are any.
import { readFileSync } from "node:fs";
import { unknownIn } from "./page";

const files = process.argv.slice(2);
if (files.length === 0) {
  console.error("Give the files of variables: FILE…");
  process.exit(2);
}
const found = files.flatMap((file) => unknownIn(readFileSync(file, "utf8")).map((name) => `${file}: ${name}`));
for (const line of found) console.log(line);
process.exit(found.length > 0 ? 1 : 0);
