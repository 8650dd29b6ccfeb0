// `npm start`: a first look. By the small simulation of Kubernetes, which is up at once, and a state that is written once, unless another is chosen.
import { createRequire } from "node:module";
import { fileURLToPath } from "node:url";

process.env.KPAAS_SANDBOX_SERVER ??= "simulated";
process.env.KPAAS_SANDBOX_STATE ??= "at-end";
const main = fileURLToPath(new URL("../dist/cli/main.js", import.meta.url));
process.argv.splice(1, 1, main, "up", "demo", "--sandbox", "--yes");
createRequire(import.meta.url)(main);
