import { type ChildProcess, execFileSync, spawn, spawnSync } from "node:child_process";
import { chmodSync, existsSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { networkInterfaces } from "node:os";
import { delimiter, join } from "node:path";
import { setTimeout as pause } from "node:timers/promises";
import { MEMBER_CONFIG, MEMBER_OPTIONS, memberHost, PRIMARY, rootClient } from "../../components/platform/mariadb/galera";
import { freePorts } from "./real-server";

const PROGRAMS = [
  "mariadbd",
  "mariadb-install-db",
  "mariadb",
  "mariadb-dump",
  "mariadb-check",
  "mariadb-backup",
  "mbstream",
  "socat",
] as const;

/** What Galera's servers are made of: programs by name, the library, and an address of this machine that is not its own end of the line. */
export interface GaleraPrograms {
  readonly programs: Readonly<Record<(typeof PROGRAMS)[number], string>>;
  readonly library: string;
  readonly address: string;
}

/** Where Debian has the library, or whoever runs the tests. */
const LIBRARIES = [process.env.KPAAS_TEST_GALERA ?? "", "/usr/lib/galera/libgalera_smm.so"];

/** The programs of three servers that form a group. Where one is missing, the tests are skipped and say so; called in a `before` hook. */
export function galeraForTests(this: Mocha.Context): GaleraPrograms {
  const folders = [...(process.env.PATH ?? "").split(delimiter), "/usr/sbin"];
  const find = (name: string) => folders.map((folder) => join(folder, name)).find((path) => existsSync(path));
  const found = [...PROGRAMS, "wsrep_sst_mariabackup" as const].map((name) => [name, find(name)] as const);
  const library = LIBRARIES.find((path) => path !== "" && existsSync(path));
  // Root is told apart by where it comes from: from 127.0.0.1 it is on its own machine.
  const address = Object.values(networkInterfaces())
    .flat()
    .find((each) => each?.family === "IPv4" && !each.internal)?.address;
  const missing = [
    ...found.flatMap(([name, path]) => (path === undefined ? [name] : [])),
    ...(library === undefined ? ["libgalera_smm.so"] : []),
    ...(address === undefined ? ["address beside 127.0.0.1"] : []),
  ];
  if (missing.length > 0) {
    const how = "install mariadb-server, mariadb-client, mariadb-backup, galera-4 and socat";
    console.warn(`SKIPPED ${this.test?.parent?.fullTitle()}\nno ${missing.join(", ")}: ${how}`);
    this.skip();
  }
  return { programs: Object.fromEntries(found) as GaleraPrograms["programs"], library: library ?? "", address: address ?? "" };
}

/**
 * Makes what the operator makes for members: an authority, their certificate, and one for whoever logs in as root; what the platform has them show
 * clients, with what signed that; and what everybody trusts of both.
 */
export function makeMemberCertificates(folder: string, address: string): void {
  mkdirSync(folder, { recursive: true });
  const openssl = (line: string) => execFileSync("openssl", line.split(" "), { cwd: folder, stdio: "pipe" });
  const made = "req -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -days 30";
  const signed = `${made} -CA ca.crt -CAkey ca.key`;
  openssl(`${made} -subj /CN=mariadb-ca -keyout ca.key -out ca.crt`);
  openssl(`${made} -subj /CN=mariadb-CA/O=K-PaaS -keyout authority.key -out authority.crt`);
  const shown = `-addext subjectAltName=IP:${address},DNS:localhost -addext extendedKeyUsage=serverAuth`;
  openssl(`${made} -CA authority.crt -CAkey authority.key -subj /CN=mariadb-primary ${shown} -keyout shown.key -out shown.crt`);
  writeFileSync(join(folder, "bundle.crt"), ["ca.crt", "authority.crt"].map((name) => readFileSync(join(folder, name), "utf8")).join(""));
  openssl(`${signed} -subj /CN=mariadb -addext subjectAltName=IP:${address},DNS:localhost -keyout server.key -out server.crt`);
  openssl(`${signed} -subj /CN=mariadb-client -addext subjectAltName=DNS:mariadb-client -keyout client.key -out client.crt`);
  openssl(`${made} -subj /CN=stranger -keyout stranger.key -out stranger.crt`);
}

/** Who asks. */
export interface Login {
  readonly user: string;
  readonly password: string;
  /** What proves who it is. @default its password alone */
  readonly certificate?: string;
  /** Whose certificates it takes; `nobody` has no TLS. @default those of the authority that clients are told of */
  readonly trusts?: "authority" | "ca" | "bundle" | "nobody";
  /** @default the machine's address */
  readonly host?: string;
}

/** How a member starts. */
interface Start {
  /** Whether the group begins with it. @default it joins the others */
  readonly begins?: boolean;
  /** The name of another certificate that it shows the others. @default the one that members have */
  readonly as?: string;
  /** As earlier versions had it: its operator's certificate for everybody, and nobody trusted but who signed that. @default as it is now */
  readonly former?: boolean;
}

/** One of the members, with the settings that the operator writes for it beside ours. */
export class GaleraMember {
  private process: ChildProcess | undefined;
  private readonly folder: string;
  log = "";

  private constructor(
    private readonly made: GaleraPrograms,
    private readonly root: string,
    readonly name: string,
    private readonly ports: readonly number[],
    private readonly group: readonly number[],
  ) {
    this.folder = join(root, name);
  }

  /** As many members as named, none of which runs. */
  static async group(made: GaleraPrograms, root: string, names: readonly string[]): Promise<GaleraMember[]> {
    const ports = await freePorts(names.length * 4);
    const own = names.map((_, index) => ports.slice(index * 4, index * 4 + 4));
    const groupPorts = own.map(([, port = 0]) => port);
    return names.map((name, index) => new GaleraMember(made, root, name, own[index] ?? [], groupPorts));
  }

  get port(): number {
    return this.ports[0] ?? 0;
  }

  get socket(): string {
    return join(this.folder, "socket");
  }

  private settings(password: string, { as, former = false }: Start): string {
    const { address, library } = this.made;
    const [port, group, increments, whole] = this.ports;
    const tls = (name: string) => join(this.root, "tls", name);
    // What the operator mounts at `/etc/pki`.
    const [trusted, shown, toOthers] = former ? ["ca.crt", "server", "server"] : ["bundle.crt", "shown", as ?? "client"];
    const options = {
      "gmcast.listen_addr": `tcp://${address}:${group}`,
      "ist.recv_addr": `${address}:${increments}`,
      "socket.ssl": "true",
      "socket.ssl_ca": tls(trusted),
      ...MEMBER_OPTIONS,
      "socket.ssl_cert": tls(`${toOthers}.crt`),
      "socket.ssl_key": tls(`${toOthers}.key`),
    };
    return [
      "[mariadb]",
      `bind_address=127.0.0.1,${address}`,
      `port=${port}`,
      `datadir=${join(this.folder, "data")}`,
      `socket=${this.socket}`,
      `pid_file=${join(this.folder, "pid")}`,
      "default_storage_engine=InnoDB",
      "binlog_format=row",
      "innodb_autoinc_lock_mode=2",
      `ssl_cert=${tls(`${shown}.crt`)}`,
      `ssl_key=${tls(`${shown}.key`)}`,
      `ssl_ca=${tls(trusted)}`,
      "tls_version=TLSv1.3",
      MEMBER_CONFIG,
      "[mariadb]",
      "wsrep_on=ON",
      "wsrep_cluster_name=mariadb-operator",
      `wsrep_cluster_address="gcomm://${this.group.map((each) => `${address}:${each}`).join(",")}"`,
      "wsrep_slave_threads=1",
      `wsrep_node_address="${address}:${group}"`,
      `wsrep_node_name="${this.name}"`,
      `wsrep_provider=${library}`,
      `wsrep_provider_options="${Object.entries(options)
        .map(([key, value]) => `${key}=${value}`)
        .join(";")}"`,
      'wsrep_sst_method="mariabackup"',
      `wsrep_sst_auth="root:${password}"`,
      `wsrep_sst_receive_address="${address}:${whole}"`,
      "[sst]",
      "encrypt=3",
      `tca=${tls(trusted)}`,
      `tcert=${tls("client.crt")}`,
      `tkey=${tls("client.key")}`,
      "",
    ].join("\n");
  }

  /** Starts it, on an empty folder the first time. Gives whether it became one of the group. */
  async start(password: string, how: Start = {}): Promise<boolean> {
    const { begins = false } = how;
    const { programs } = this.made;
    const data = join(this.folder, "data");
    const owner = process.getuid?.() === 0 ? ["--user=root"] : [];
    if (!existsSync(data)) {
      mkdirSync(data, { recursive: true });
      chmodSync(data, 0o700);
      const options = [`--datadir=${data}`, "--auth-root-authentication-method=normal", "--skip-test-db", ...owner];
      const first = spawnSync(programs["mariadb-install-db"], ["--no-defaults", ...options], { encoding: "utf8" });
      if (first.status !== 0) throw new Error(`mariadb-install-db: ${first.stdout}${first.stderr}`);
    }
    const file = join(this.folder, "my.cnf");
    writeFileSync(file, this.settings(password, how), { mode: 0o600 });
    const options = [`--defaults-file=${file}`, ...(begins ? ["--wsrep-new-cluster"] : []), ...owner];
    const env = { ...process.env, WSREP_SST_OPT_REMOTE_AUTH: "mariadb-client:" };
    const server = spawn(programs.mariadbd, options, { stdio: ["ignore", "ignore", "pipe"], env });
    this.process = server;
    this.log = "";
    server.stderr.setEncoding("utf8").on("data", (text: string) => {
      this.log += text;
    });
    for (let tries = 0; tries < 900; tries++) {
      if (/Synchronized with group, ready for connections/.test(this.log) && /ready for connections\.\n/.test(this.log)) return true;
      if (server.exitCode !== null || server.signalCode !== null) return false;
      await pause(100);
    }
    return false;
  }

  /** Runs statements: what they print, or the server's refusal. */
  query(sql: string, { user, password, certificate, trusts = "authority", host = this.made.address }: Login): string {
    const tls = (name: string) => join(this.root, "tls", name);
    const shown = certificate === undefined ? [] : [`--ssl-cert=${tls(`${certificate}.crt`)}`, `--ssl-key=${tls(`${certificate}.key`)}`];
    const verified = ["--ssl-verify-server-cert", `--ssl-ca=${tls(`${trusts}.crt`)}`, ...shown];
    // By `127.0.0.1` clients look for that name, which no certificate has.
    const proof = trusts === "nobody" || host === "127.0.0.1" ? ["--skip-ssl"] : verified;
    const at = host === "socket" ? [`--socket=${this.socket}`] : [`--host=${host}`, `--port=${this.port}`, "--protocol=tcp", ...proof];
    const options = ["--no-defaults", ...at, `--user=${user}`, "--batch", "--skip-column-names", "--execute", sql];
    const { stdout, stderr } = spawnSync(this.made.programs.mariadb, options, {
      encoding: "utf8",
      env: { ...process.env, MYSQL_PWD: password },
      timeout: 60_000,
    });
    return `${stdout}${/ERROR.*/.exec(stderr)?.[0] ?? ""}`.trim();
  }

  /** Has an account be in the middle of a statement for a minute: what it is told at the end of its connection. */
  hold({ user, password, host = this.made.address }: Login): Promise<string> {
    const at = ["--no-defaults", `--host=${host}`, `--port=${this.port}`, "--protocol=tcp", "--skip-ssl", `--user=${user}`];
    const client = spawn(this.made.programs.mariadb, [...at, "--skip-reconnect", "--execute", "SELECT SLEEP(60)"], {
      env: { ...process.env, MYSQL_PWD: password },
      stdio: ["ignore", "ignore", "pipe"],
    });
    let said = "";
    client.stderr.on("data", (text) => (said += text));
    return new Promise((resolve) => client.once("close", () => resolve(said.trim())));
  }

  /**
   * Runs a job's script as its pod does, against this member as the one that leads; gives what it said of a failure.
   * @param members those that it may ask by their names
   */
  runJob(script: (folder: string) => string, files: Readonly<Record<string, string>>, members: readonly GaleraMember[] = []): string {
    const folder = join(this.root, "job");
    mkdirSync(folder, { recursive: true });
    for (const [name, content] of Object.entries(files)) writeFileSync(join(folder, name), this.mapped(content), { mode: 0o600 });
    // Here they differ by port.
    const asked = members.reduce((text, { port }, index) => text.replaceAll(memberHost(index, "mariadb"), String(port)), script(folder));
    const command = asked.replaceAll('--host="$host"', `--host=${this.made.address} --port="$host"`);
    const { status, stderr } = spawnSync("sh", ["-ec", command], { encoding: "utf8", timeout: 60_000 });
    execFileSync("rm", ["-r", folder]);
    return status === 0 ? "" : stderr;
  }

  /** A client's settings with this machine's places in the pod's stead. */
  private mapped(settings: string): string {
    const tls = (name: string) => join(this.root, "tls", name);
    return settings
      .replace(`host=${PRIMARY.host}`, `host=${this.made.address}`)
      .replace(`port=${PRIMARY.port}`, `port=${this.port}`)
      .replace(String(PRIMARY.ca), tls("authority.crt"))
      .replace("/certificate/tls.crt", tls("client.crt"))
      .replace("/certificate/tls.key", tls("client.key"));
  }

  /** Settings by which root works on it. */
  rootSettings(password: string): string {
    return rootClient(password);
  }

  /** How its programs are run on its own machine: `PATH` with clients that take its socket. */
  clients(): string {
    const bin = join(this.folder, "bin");
    mkdirSync(bin, { recursive: true });
    for (const name of ["mariadb", "mariadb-dump", "mariadb-check"] as const) {
      writeFileSync(join(bin, name), `#!/bin/sh\nexec ${this.made.programs[name]} --no-defaults --socket=${this.socket} "$@"\n`);
      chmodSync(join(bin, name), 0o755);
    }
    return `${bin}:${process.env.PATH}`;
  }

  /** Where the group's history ends in its data, as a server says that does not join. */
  position(): number {
    const file = join(this.folder, "my.cnf");
    const { stderr } = spawnSync(this.made.programs.mariadbd, [`--defaults-file=${file}`, "--wsrep-recover", "--user=root"], {
      encoding: "utf8",
    });
    return Number(/Recovered position: [0-9a-f-]+:(\d+)/.exec(stderr)?.[1] ?? -1);
  }

  /** Says that the group may begin with it. */
  mayBegin(): void {
    const file = join(this.folder, "data", "grastate.dat");
    execFileSync("sed", ["-i", "s/safe_to_bootstrap: 0/safe_to_bootstrap: 1/", file]);
  }

  /** Ends it as a lost machine does, or as it would itself. */
  async end(signal: "SIGKILL" | "SIGTERM" = "SIGKILL"): Promise<void> {
    const server = this.process;
    if (server === undefined || server.exitCode !== null || server.signalCode !== null) return;
    const ended = new Promise((resolve) => server.once("exit", resolve));
    server.kill(signal);
    await ended;
  }
}
