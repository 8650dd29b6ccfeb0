// Takes out of a checkout's node_modules what neither the service nor the programs of clouds need: all that is only for developing. Peers are for
// developing too, by package.json, and stay.
import { execFileSync } from "node:child_process";
import { readFileSync, writeFileSync } from "node:fs";

const FILES = ["package.json", "package-lock.json"];
const before = FILES.map((file) => readFileSync(file, "utf8"));
const { dependencies, devDependencies, peerDependencies, ...rest } = JSON.parse(before[0]);
const peers = Object.fromEntries(Object.keys(peerDependencies).map((name) => [name, devDependencies[name]]));
writeFileSync("package.json", JSON.stringify({ ...rest, dependencies: { ...dependencies, ...peers } }));
execFileSync("npm", ["prune", "--ignore-scripts", "--no-audit", "--no-fund"], { stdio: "inherit" });
// The versions that they pin are read from there.
for (const [index, file] of FILES.entries()) writeFileSync(file, before[index]);
