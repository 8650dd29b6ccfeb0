import { freemem } from "node:os";
import { delimiter, dirname, join } from "node:path";
import { type RunFolder, writePrivate } from "./ssh-config";

/** What Ansible's settings depend on. */
export interface SettingsOf {
  /** The run's folder. */
  readonly folder: string;
  readonly sshConfig: string;
  /** The checkout of kubespray. */
  readonly kubespray: string;
  /** The package's own folder `ansible/`. */
  readonly own: string;
  /** Our programs in Python. */
  readonly programs: string;
  /** Where facts of hosts are kept between runs. */
  readonly facts: string;
  readonly hosts: number;
}

/** Memory of one fork of Ansible with kubespray's variables, in bytes. */
const FORK_BYTES = 150 * 2 ** 20;

/** How many hosts are worked on at once: all of a small cluster, as many as this machine has memory for of a large one. */
export function forksFor(hosts: number, free: number = freemem()): number {
  return Math.max(5, Math.min(hosts, 100, Math.floor(free / 2 / FORK_BYTES)));
}

/** Writes Ansible's configuration into a run's folder. @returns its path */
export function writeSettings({ path, sshConfig }: RunFolder, settings: Omit<SettingsOf, "folder" | "sshConfig">): string {
  const config = join(path, "ansible.cfg");
  writePrivate(config, ansibleSettings({ folder: path, sshConfig, ...settings }));
  return config;
}

/**
 * Ansible's configuration for a run: that of kubespray's own checkout would not check host keys, and keep facts where others can write them.
 */
export function ansibleSettings({ folder, sshConfig, kubespray, own, programs, facts, hosts }: SettingsOf): string {
  const sections: Readonly<Record<string, Readonly<Record<string, string | number>>>> = {
    defaults: {
      host_key_checking: "True",
      forks: forksFor(hosts),
      timeout: 30,
      // Kept for ever: limited runs need facts of hosts that they do not work on; kubespray gathers those of the others itself.
      fact_caching: "jsonfile",
      fact_caching_connection: facts,
      fact_caching_timeout: 0,
      gathering: "implicit",
      callbacks_enabled: "kpaas_events",
      callback_plugins: join(programs, "callback"),
      stdout_callback: "default",
      display_skipped_hosts: "False",
      deprecation_warnings: "False",
      force_valid_group_names: "ignore",
      interpreter_python: "auto_silent",
      library: join(kubespray, "library"),
      roles_path: [join(own, "roles"), join(kubespray, "roles")].join(delimiter),
      local_tmp: join(folder, "tmp"),
      retry_files_enabled: "False",
      nocows: "True",
      // What modules are given can be secret, and a host's log is read by others.
      no_target_syslog: "True",
    },
    inventory: { ignore_patterns: "artifacts, credentials" },
    ssh_connection: { pipelining: "True", retries: 2, ssh_args: `-F ${sshConfig}` },
  };
  return Object.entries(sections)
    .map(([name, settings]) => [`[${name}]`, ...Object.entries(settings).map(([key, value]) => `${key} = ${value}`), ""].join("\n"))
    .join("\n");
}

/** The environment of a run: the user's, but for what would change Ansible, or is none of its business; and where a playbook keeps secrets. */
export function ansibleEnvironment(config: string, env: NodeJS.ProcessEnv = process.env): NodeJS.ProcessEnv {
  const kept = Object.entries(env).filter(([name]) => !/^(ANSIBLE_|PYTHON(?!WARNINGS)|PULUMI_|KPAAS_|VIRTUAL_ENV$)/.test(name));
  const ours = { ANSIBLE_CONFIG: config, KPAAS_RUN_FOLDER: dirname(config) };
  return { ...Object.fromEntries(kept), ...ours, LC_ALL: "C.UTF-8", PYTHONUNBUFFERED: "1", PYTHONDONTWRITEBYTECODE: "1" };
}
