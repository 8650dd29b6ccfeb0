import { mkdirSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { PROGRAMS, type ProgramName, type Programs } from "../../sandbox/servers/record";

/** Answers whoever has the token that it is ready, and knows nothing else. */
const API_SERVER = `
const { readFileSync } = require("node:fs");
const args = process.argv.slice(2);
const option = (name) => args[args.indexOf(name) + 1];
const key = readFileSync(option("--tls-private-key-file")), cert = readFileSync(option("--tls-cert-file"));
require("node:https").createServer({ key, cert }, ({ url, headers }, response) => {
  const token = String(headers.authorization).replace("Bearer ", "");
  const known = readFileSync(option("--token-auth-file"), "utf8").startsWith(token + ",");
  response.writeHead(!known ? 401 : url === "/readyz" ? 200 : 404).end("{}");
}).listen(Number(option("--secure-port")), option("--bind-address"));
`;

/** Makes programs that stand for the servers, each at `place(name)`: etcd keeps a file, the API server answers, the others wait. */
export function fakeServers(folder: string, place: (name: ProgramName) => string = (name) => join(folder, name)): Programs {
  const script = join(folder, "api-server.js");
  writeFileSync(script, API_SERVER);
  const scripts: Readonly<Record<string, string>> = {
    etcd: "mkdir -p etcd; printf x >> etcd/starts; exec sleep 1000",
    "kube-apiserver": `exec '${process.execPath}' '${script}' "$@"`,
  };
  const made = PROGRAMS.map((name) => {
    const path = place(name);
    mkdirSync(dirname(path), { recursive: true });
    writeFileSync(path, `#!/bin/sh\n${scripts[name] ?? "exec sleep 1000"}\n`, { mode: 0o755 });
    return [name, path] as const;
  });
  return Object.fromEntries(made) as Programs;
}
