import type { Modules } from "./modules";
import type { Sink } from "./sink";

/** The commands below these are all of an environment, in the sandbox too; but those that are named otherwise. */
const GROUPS = ["cluster", "state"];
const OF_NONE = ["state list"];
/** Those below these are of many environments. */
const GROUPS_OF_MANY = ["fleet", "airgap"];
const NOT_IN_SANDBOX = ["state secrets", "fleet export"];

/** Commands whose first word names an environment. */
const OF_ENVIRONMENT = ["check", "plan", "lock", "preview", "up", "rotate", "refresh", "destroy", "outputs", "kubeconfig", "ssh"];

/** Those of them that take `--sandbox`. */
const IN_SANDBOX = ["preview", "up", "rotate", "refresh", "destroy", "outputs", "kubeconfig"];

/**
 * Commands that a text names, as one has to type them here: the environment by the path or name that this command line has for it, and
 * in the sandbox where that is where it is. Whoever words a remedy knows neither.
 */
export class Typed {
  private readonly references = new Map<string, string>();
  private readonly sandbox: boolean;
  /** The file of the fleet, where one was named. */
  private readonly fleet: string | undefined;

  constructor(argv: readonly string[]) {
    this.sandbox = argv.includes("--sandbox");
    const isFile = (word: string, at: number) =>
      at > 1 && /\.ya?ml$/.test(word) && !/^--(output|plan|report|save)$/.test(argv[at - 1] ?? "");
    this.fleet = argv[0] === "fleet" && argv[1] !== "export" ? argv.find(isFile) : undefined;
  }

  /** `kpaas …` as it has to be typed. */
  readonly command = (line: string): string => {
    const [program = "", ...typed] = line.split(" ");
    const [verb, ...rest] = withVerb(typed);
    if (program !== "kpaas" || rest.includes("--help")) return line;
    if (verb.startsWith("fleet ")) return this.ofFleet(verb, rest);
    if (!takes(OF_ENVIRONMENT, verb, OF_NONE)) return line;
    const words = rest.map((word) => this.named(word));
    const [only] = this.references.size === 1 ? [...this.references.values()] : [];
    // Nothing but options: a command of any environment, which here is of this one.
    if (only !== undefined && verb !== "ssh" && words[0]?.startsWith("-") !== false) words.unshift(quoted(only));
    const strays = this.sandbox && takes(IN_SANDBOX, verb, NOT_IN_SANDBOX) && words.length > 0 && !words.includes("--sandbox");
    return [program, verb, ...words, ...(strays ? ["--sandbox"] : [])].join(" ");
  };

  private ofFleet(verb: string, rest: readonly string[]): string {
    const file = this.fleet === undefined || verb === "fleet export" || rest.includes(quoted(this.fleet)) ? [] : [quoted(this.fleet)];
    const strays = this.sandbox && !NOT_IN_SANDBOX.includes(verb) && !["--sandbox", "--via"].some((option) => rest.includes(option));
    return ["kpaas", verb, ...file, ...rest, ...(strays ? ["--sandbox"] : [])].join(" ");
  }

  /** A text with the commands in backquotes as they have to be typed. */
  readonly text = (text: string): string => text.replace(/`(kpaas [^`\n]+)`/g, (_all, line: string) => `\`${this.command(line)}\``);

  /** A sink for people. */
  sink(sink: Sink): Sink {
    return {
      write: (text) => sink.write(this.text(text)),
      get isTTY() {
        return sink.isTTY === true;
      },
      get columns() {
        return sink.columns ?? 0;
      },
      get rows() {
        return sink.rows ?? 0;
      },
    };
  }

  /** The parts of the program, which tell here what the environments that they load are called. */
  modules(modules: Modules): Modules {
    return {
      ...modules,
      environments: async () => {
        const environments = await modules.environments();
        return {
          ...environments,
          loadEnvironment: (reference, ...rest) => {
            const loaded = environments.loadEnvironment(reference, ...rest);
            this.references.set(loaded.name, reference);
            return loaded;
          },
        };
      },
    };
  }

  private named(word: string): string {
    const reference = this.references.get(word);
    return reference === undefined ? word : quoted(reference);
  }
}

/** The words of a command line, those that name the command made one. */
export function withVerb(words: readonly string[]): [verb: string, ...rest: string[]] {
  const names = [...GROUPS, ...GROUPS_OF_MANY].includes(words[0] ?? "") && words[1] !== undefined && !words[1].startsWith("-") ? 2 : 1;
  return [words.slice(0, names).join(" "), ...words.slice(names)];
}

function takes(commands: readonly string[], verb: string, but: readonly string[]): boolean {
  return commands.includes(verb) || (GROUPS.some((group) => verb.startsWith(`${group} `)) && !but.includes(verb));
}

/** A command line, its words quoted where a shell would part them. */
export function commandLine(words: readonly string[]): string {
  return ["kpaas", ...words.filter((word) => word !== "").map(quoted)].join(" ");
}

function quoted(word: string): string {
  return /^[\w@%+=:,./-]+$/.test(word) ? word : `'${word.replaceAll("'", "'\\''")}'`;
}
