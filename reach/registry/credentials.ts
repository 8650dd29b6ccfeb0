import { execFile } from "node:child_process";
import { homedir } from "node:os";
import { join } from "node:path";
import { readIfThere } from "../../host/files";
import { at, fields, isFields, text } from "../../model/data";

/** How one logs in to a registry. */
export interface Login {
  readonly user: string;
  readonly password: string;
}

/** The name under which Docker keeps its own registry's log-in. */
const DOCKER = "https://index.docker.io/v1/";

/** The file that `docker login` writes. */
function configFile(env: NodeJS.ProcessEnv): string {
  return env.REGISTRY_AUTH_FILE || join(env.DOCKER_CONFIG || join(env.HOME ?? homedir(), ".docker"), "config.json");
}

/**
 * The log-in to a registry that `docker login` (or podman's, skopeo's, helm's to the same file) has kept; undefined where there is none.
 * @throws Error that names the file or the helper, and shows nothing of what they hold
 */
export async function loginOf(host: string, env: NodeJS.ProcessEnv = process.env): Promise<Login | undefined> {
  const file = configFile(env);
  const content = readIfThere(file);
  if (content === undefined) return undefined;
  const config = parsed(content, file);
  const key = host === "docker.io" ? DOCKER : host;
  const helper = text(fields(at(config, "credHelpers"))[host]) ?? text(at(config, "credsStore"));
  if (helper !== undefined) {
    const told = await askHelper(helper, key, env);
    if (told !== undefined) return told;
  }
  const kept = Object.entries(fields(at(config, "auths"))).find(([name]) => name === key || hostOf(name) === host)?.[1];
  return keptLogin(kept);
}

function parsed(content: string, file: string): unknown {
  try {
    return JSON.parse(content);
  } catch {
    // What JSON.parse says would show a piece of the file.
    throw new Error(`${file} is no JSON: log in to the registry anew`);
  }
}

function hostOf(name: string): string {
  return name.replace(/^https?:\/\//, "").replace(/\/.*$/, "");
}

function keptLogin(kept: unknown): Login | undefined {
  if (!isFields(kept)) return undefined;
  const [user = "", ...rest] = Buffer.from(text(kept.auth) ?? "", "base64")
    .toString()
    .split(":");
  if (user !== "") return { user, password: rest.join(":") };
  const [name, password] = [text(kept.username), text(kept.password)];
  return name === undefined || password === undefined ? undefined : { user: name, password };
}

/** Asks the program that keeps log-ins; undefined where it has none of that server. */
async function askHelper(helper: string, server: string, env: NodeJS.ProcessEnv): Promise<Login | undefined> {
  if (!/^[\w.-]+$/.test(helper)) throw new Error(`docker's configuration names the helper ${JSON.stringify(helper)}, which is none`);
  const program = `docker-credential-${helper}`;
  const said = await new Promise<string | undefined>((resolve, reject) => {
    const child = execFile(program, ["get"], { env, timeout: 30_000 }, (error, stdout) => {
      if (error === null) resolve(stdout);
      else if ("code" in error && error.code === "ENOENT")
        reject(new Error(`docker's configuration names ${program}, which is not on PATH`));
      else resolve(undefined);
    });
    child.stdin?.on("error", () => {});
    child.stdin?.end(`${server}\n`);
  });
  if (said === undefined) return undefined;
  const answer = parsed(said, `what ${program} says`);
  const [user, password] = [text(at(answer, "Username")), text(at(answer, "Secret"))];
  return user === undefined || password === undefined ? undefined : { user, password };
}
