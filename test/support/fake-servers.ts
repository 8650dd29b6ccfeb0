import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { PROGRAMS, type ProgramName, type Programs } from "../../sandbox/servers/record";

/** Stands for each server: etcd keeps a file, the API server answers that it is ready and knows nothing, the others wait. */
const PROGRAM = `
const { mkdirSync, appendFileSync, readFileSync } = require("node:fs");
const [name, ...args] = process.argv.slice(2);
const option = (key) => args[args.indexOf(key) + 1];
if (name === "etcd") {
  mkdirSync(option("--data-dir"), { recursive: true });
  appendFileSync(option("--data-dir") + "/starts", "x");
}
if (name === "kube-apiserver") {
  const key = readFileSync(option("--tls-private-key-file")), cert = readFileSync(option("--tls-cert-file"));
  require("node:https").createServer({ key, cert }, ({ url, headers }, response) => {
    const known = readFileSync(option("--token-auth-file"), "utf8").startsWith(String(headers.authorization).replace("Bearer ", "") + ",");
    response.writeHead(!known ? 401 : url === "/readyz" ? 200 : 404).end("{}");
  }).listen(Number(option("--secure-port")), option("--bind-address"));
}
setInterval(() => {}, 1000);
`;

/** Makes programs that stand for the servers, each at `place(name)`. */
export function fakeServers(folder: string, place: (name: ProgramName) => string = (name) => join(folder, name)): Programs {
  const script = join(folder, "server.js");
  writeFileSync(script, PROGRAM);
  const made = PROGRAMS.map((name) => {
    const path = place(name);
    mkdirSync(join(path, ".."), { recursive: true });
    writeFileSync(path, `#!/bin/sh\nexec '${process.execPath}' '${script}' ${name} "$@"\n`, { mode: 0o755 });
    return [name, path] as const;
  });
  return Object.fromEntries(made) as Programs;
}
