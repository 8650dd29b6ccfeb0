import { type ChildProcessWithoutNullStreams, spawn, spawnSync } from "node:child_process";
import { once } from "node:events";
import { existsSync } from "node:fs";
import { join } from "node:path";
import { createInterface } from "node:readline";

/*
 * Real packets between network namespaces on one bridge. Each end is a process that holds its namespace: with it goes all that was made, and
 * nothing of this machine's own network is touched.
 */

const PROGRAM = join(__dirname, "..", "..", "..", "test", "support", "packets", "end.py");

export type Protocol = "tcp" | "udp" | "icmp" | "ipip" | "vrrp" | "gre" | "icmpv6";

/** A packet, or the beginning of a connection, that one end sends. */
export interface Sent {
  /** Of this batch's own. */
  readonly id: number;
  readonly protocol: Protocol;
  readonly from: string;
  readonly to: string;
  readonly port?: number;
  /** The port that it is sent from; any without it. */
  readonly sport?: number;
  /** Of ICMP; an echo without it. */
  readonly type?: number;
  /** Whether its answer is waited for. */
  readonly answer?: boolean;
}

/** Where something listens and answers what it hears. */
export type Listening = readonly [protocol: "tcp" | "udp", address: string, port: number];

/** Whether this machine can; where it cannot the tests are skipped, and say why. Called in a `before` hook. */
export function packetsForTests(this: Mocha.Context): void {
  const lacks = [
    ...(process.platform === "linux" && process.getuid?.() === 0 ? [] : ["root on Linux"]),
    ...(existsSync("/proc/net/if_inet6") ? [] : ["IPv6"]),
    ...[["nft", "--version"] as const, ["ip", "-V"] as const, ["python3", "-c", "0"] as const, ["unshare", "--net", "true"] as const]
      .filter(([program, ...args]) => spawnSync(program, args).status !== 0)
      .map(([program]) => program),
  ];
  if (lacks.length === 0) return;
  console.warn(`SKIPPED ${this.test?.parent?.fullTitle()}\nreal packets need ${lacks.join(", ")} (packages nftables, iproute2, python3)`);
  this.skip();
}

/** A process in a network namespace of its own, which does one thing after the other. */
export class End {
  private readonly waiting: ((answer: Record<string, unknown>) => void)[] = [];
  private errors = "";
  private ended: string | undefined;
  pid = 0;

  private constructor(
    readonly name: string,
    private readonly child: ChildProcessWithoutNullStreams,
  ) {
    createInterface({ input: child.stdout }).on("line", (line) => this.waiting.shift()?.(JSON.parse(line)));
    child.stderr.setEncoding("utf8").on("data", (text: string) => {
      this.errors += text;
    });
    child.on("exit", (code) => {
      this.ended = `${this.name} ended with ${code}: ${this.errors}`;
      for (const each of this.waiting.splice(0)) each({ failed: this.ended });
    });
    child.stdin.on("error", () => undefined); // how it ended says the exit
  }

  static async start(name: string): Promise<End> {
    const end = new End(name, spawn("unshare", ["--net", "python3", PROGRAM]));
    const { pid } = await end.answer<{ pid: number }>();
    end.pid = pid;
    return end;
  }

  /** Runs a script of the shell in the namespace. @throws where it fails */
  async shell(script: string, input = ""): Promise<string> {
    const { code, out, error } = await this.ask<{ code: number; out: string; error: string }>({
      do: "run",
      argv: ["sh", "-ec", script],
      input,
    });
    if (code !== 0) throw new Error(`${this.name}: ${script}: ${error}`);
    return out;
  }

  async listen(at: readonly Listening[]): Promise<void> {
    await this.ask({ do: "listen", at });
  }

  /** Sends all at once. @returns the ids of those that were answered, once all are or nothing has come for `quiet` milliseconds */
  async send(probes: readonly Sent[], quiet: number): Promise<Set<number>> {
    const { answered } = await this.ask<{ answered: number[] }>({ do: "send", probes, quiet: quiet / 1000 });
    return new Set(answered);
  }

  /** What has come past the kernel's filters since the last time, as `PROTOCOL FROM TO DETAIL`: the port, or the type of ICMP, else 0. */
  async arrived(): Promise<Set<string>> {
    const { arrived } = await this.ask<{ arrived: string[] }>({ do: "take" });
    return new Set(arrived);
  }

  /** Has the kernel forget every connection. */
  async forget(): Promise<void> {
    const { code } = await this.ask<{ code: number }>({ do: "forget" });
    if (code !== 0) throw new Error(`${this.name}: the kernel's table of connections cannot be emptied (${code})`);
  }

  async stop(): Promise<void> {
    if (this.ended !== undefined) return;
    const ended = once(this.child, "exit");
    this.child.stdin.end();
    await ended;
  }

  private ask<Answer>(command: Record<string, unknown>): Promise<Answer> {
    if (this.ended !== undefined) return Promise.reject(new Error(this.ended));
    this.child.stdin.write(`${JSON.stringify(command)}\n`);
    return this.answer();
  }

  private answer<Answer>(): Promise<Answer> {
    return new Promise((resolve, reject) => {
      this.waiting.push((answer) => (typeof answer.failed === "string" ? reject(new Error(answer.failed)) : resolve(answer as Answer)));
    });
  }
}

/** A bridge, and the ends at it. All of them know each other by their addresses alone: nothing is routed. */
export class Wire {
  readonly ends: End[] = [];

  private constructor(private readonly bridge: End) {}

  static async lay(): Promise<Wire> {
    const bridge = await End.start("bridge");
    await bridge.shell("ip link add br0 type bridge; ip link set br0 up");
    return new Wire(bridge);
  }

  /** An end with its addresses, of both families, which takes everything for its neighbour. */
  async end(name: string, addresses: readonly string[]): Promise<End> {
    const end = await End.start(name);
    const port = `port${this.ends.push(end)}`;
    await this.bridge.shell(
      `ip link add ${port} type veth peer name eth0 netns ${end.pid}; ip link set ${port} master br0; ip link set ${port} up`,
    );
    await end.shell(
      [
        "ip link set lo up",
        "ip link set eth0 up",
        ...addresses.map((each) => `ip addr add ${each.includes(":") ? `${each}/64 nodad` : `${each}/32`} dev eth0`),
        "ip route add default dev eth0",
      ].join("; "),
    );
    return end;
  }

  /** Pods of an end's, as network plugins have them: each address behind an interface of its name. The end knows the way, and answers for all. */
  async pods(host: End, addresses: Readonly<Record<string, string>>): Promise<End> {
    const pods = await End.start(`pods of ${host.name}`);
    this.ends.push(pods);
    const links = Object.entries(addresses);
    await host.shell(
      [
        "echo 1 > /proc/sys/net/ipv4/ip_forward",
        ...links.flatMap(([link, address], index) => [
          // The kernel may have made one of that name by itself.
          `ip link set ${link} name kernel-${index} 2> /dev/null || true`,
          `ip link add ${link} type veth peer name eth${index} netns ${pods.pid}`,
          `ip link set ${link} up`,
          `ip route add ${address} dev ${link}`,
          `echo 1 > /proc/sys/net/ipv4/conf/${link}/proxy_arp`,
          `echo 0 > /proc/sys/net/ipv4/neigh/${link}/proxy_delay`,
        ]),
      ].join("\n"),
    );
    await pods.shell(
      [
        "ip link set lo up",
        ...links.flatMap(([, address], index) => [
          `ip link set eth${index} up`,
          `ip addr add ${address}/32 dev eth${index}`,
          `ip route add default dev eth${index} table ${100 + index}`,
          `ip rule add from ${address} lookup ${100 + index}`,
        ]),
        "ip route add default dev eth0",
      ].join("\n"),
    );
    return pods;
  }

  async cut(): Promise<void> {
    await Promise.all([this.bridge, ...this.ends].map((end) => end.stop()));
  }
}
