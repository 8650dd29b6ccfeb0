import { spawnSync } from "node:child_process";
import { buildNodes } from "./build";
import { GATEWAY, RealNodes } from "./nodes";
import { machineProblem, missingParts } from "./parts";

const USAGE = `node dist/dev/nodes/main.js COMMAND    (KPAAS_NODES=NAME: another network of nodes; default "hand")
  build [PART…]           makes what is not in the cache: from nothing about 20 minutes of two cores
  build previous          an earlier Kubernetes too, to upgrade from: another 12 minutes
  build platform          images of what the platform's services run: another 3 minutes
  status                  what is lacking, and which nodes there are
  up NAME=ADDRESS…        boots nodes (${GATEWAY.replace(/\.\d+$/, "")}.2 and on), with network, registry and files
  off NAME…               cuts their power; their disks stay, and up boots them again
  down [NAME…]            ends these nodes, or everything
  ssh NAME [COMMAND]      as root on a node
  in COMMAND…             runs a program in the nodes' network`;

async function main([command, ...args]: readonly string[]): Promise<number> {
  const nodes = new RealNodes(process.env.KPAAS_NODES ?? "hand");
  const problem = machineProblem();
  if (problem !== undefined && command !== "build") throw new Error(problem);
  switch (command) {
    case "build":
      await buildNodes(args, (text) => console.log(text));
      return 0;
    case "status":
      for (const missing of missingParts()) console.log(`missing: ${missing}`);
      for (const name of nodes.names())
        console.log(`${name.padEnd(20)} ${nodes.addressOf(name).padEnd(16)} ${nodes.isUp(name) ? "up" : "off"}`);
      return missingParts().length === 0 ? 0 : 1;
    case "up":
      await nodes.up();
      await nodes.boot(Object.fromEntries(args.map((arg) => [arg.split("=")[0] ?? "", arg.split("=")[1] ?? ""])));
      return 0;
    case "off":
      await Promise.all(args.map((name) => nodes.powerOff(name)));
      return 0;
    case "down":
      if (args.length === 0) await nodes.down();
      await Promise.all(args.map((name) => nodes.destroy(name)));
      return 0;
    case "ssh":
      process.stdout.write(await nodes.ssh(args[0] ?? "", args.slice(1).join(" ")));
      return 0;
    case "in":
      return spawnSync("nsenter", nodes.inside(args[0] ?? "", args.slice(1)), { stdio: "inherit" }).status ?? 1;
    default:
      console.error(USAGE);
      return 2;
  }
}

main(process.argv.slice(2)).then(
  (code) => {
    process.exitCode = code;
  },
  (error: Error) => {
    console.error(error.message);
    process.exitCode = 1;
  },
);
