import { setTimeout as wait } from "node:timers/promises";
import { z } from "zod";
import { AnswerLostError, type CallHarbor, type HarborAnswer, type HarborCall, HarborRefusedError, NotReachedError } from "./call";

const API = "/api/v2.0";

/** How many are asked for at once: no more are given. */
const PAGE = 100;

const projectSchema = z.object({
  project_id: z.number(),
  name: z.string(),
  repo_count: z.number().default(0),
  metadata: z.object({ public: z.string().default("false") }),
});

const accessSchema = z.object({ resource: z.string(), action: z.string() });
const robotSchema = z.object({
  id: z.number(),
  /** With prefix and project: `robot$PROJECT+NAME`. */
  name: z.string(),
  description: z.string().default(""),
  disable: z.boolean().default(false),
  duration: z.number().default(-1),
  permissions: z.array(z.object({ kind: z.string(), namespace: z.string(), access: z.array(accessSchema) })).default([]),
});
const quotaSchema = z.object({ id: z.number(), hard: z.object({ storage: z.number() }) });
const errorsSchema = z.object({ errors: z.array(z.object({ message: z.string().default("") })) });

/** A project as Harbor has it. */
export type HarborProject = z.infer<typeof projectSchema>;

/** A robot account as Harbor has it. */
export type HarborRobot = z.infer<typeof robotSchema>;

/** What a project's robot account is to be. */
export interface RobotSpec {
  readonly project: string;
  /** Without prefix and project. */
  readonly name: string;
  readonly description: string;
  /** Each `RESOURCE:ACTION`. */
  readonly access: readonly string[];
}

/** Times in milliseconds; tests shorten them. */
export interface HarborTimes {
  /** How long is tried again what did not reach it. */
  readonly patience: number;
  readonly retry: number;
}

const TIMES: HarborTimes = { patience: 30_000, retry: 1_000 };

/** Harbor's API, as far as projects and their robot accounts take it. What bears repetition is repeated while its pods start anew. */
export class Harbor {
  constructor(
    private readonly call: CallHarbor,
    private readonly times = TIMES,
  ) {}

  /** A project by its name; undefined where there is none. */
  async project(name: string, signal: AbortSignal): Promise<HarborProject | undefined> {
    const { status, body } = await this.send({ method: "GET", path: `${API}/projects/${encodeURIComponent(name)}` }, signal, 404);
    return status === 404 ? undefined : projectSchema.parse(body);
  }

  /** @param quota bytes; -1 for as much as there is */
  async createProject(name: string, { isPublic, quota }: { isPublic: boolean; quota: number }, signal: AbortSignal): Promise<void> {
    const body = { project_name: name, metadata: { public: String(isPublic) }, storage_limit: quota };
    await this.send({ method: "POST", path: `${API}/projects`, body }, signal);
  }

  async publish(name: string, isPublic: boolean, signal: AbortSignal): Promise<void> {
    const body = { metadata: { public: String(isPublic) } };
    await this.send({ method: "PUT", path: `${API}/projects/${encodeURIComponent(name)}`, body }, signal);
  }

  /** Deletes a project; nothing happens where there is none. Harbor refuses (412) what holds repositories. */
  async deleteProject(name: string, signal: AbortSignal): Promise<void> {
    await this.send({ method: "DELETE", path: `${API}/projects/${encodeURIComponent(name)}` }, signal, 404);
  }

  /** Deletes all that is in a project. */
  async deleteRepositories(project: string, signal: AbortSignal): Promise<void> {
    const path = `${API}/projects/${encodeURIComponent(project)}/repositories`;
    const ask = async (): Promise<string[]> => {
      const { body } = await this.send({ method: "GET", path: `${path}?page_size=${PAGE}` }, signal);
      return z
        .array(z.object({ name: z.string() }))
        .parse(body ?? [])
        .map(({ name }) => name.slice(project.length + 1));
    };
    for (let names = await ask(); names.length > 0; names = await ask())
      // A name's slashes are encoded twice, or they would be the path's.
      for (const name of names)
        await this.send({ method: "DELETE", path: `${path}/${encodeURIComponent(encodeURIComponent(name))}` }, signal, 404);
  }

  /** What a project may hold, in bytes; undefined where Harbor counts nothing. */
  async quota(projectId: number, signal: AbortSignal): Promise<number | undefined> {
    return (await this.quotaOf(projectId, signal))?.hard.storage;
  }

  async limit(projectId: number, quota: number, signal: AbortSignal): Promise<void> {
    const known = await this.quotaOf(projectId, signal);
    if (known === undefined) throw new Error("Harbor counts no quotas: switch them on in its administration, at Project Quotas");
    await this.send({ method: "PUT", path: `${API}/quotas/${known.id}`, body: { hard: { storage: quota } } }, signal);
  }

  /** A project's robot account; undefined where there is none of that name. */
  async robot(projectId: number, name: string, signal: AbortSignal): Promise<HarborRobot | undefined> {
    const query = encodeURIComponent(`Level=project,ProjectID=${projectId}`);
    for (let page = 1; ; page += 1) {
      const path = `${API}/robots?q=${query}&page=${page}&page_size=${PAGE}`;
      const robots = z.array(robotSchema).parse((await this.send({ method: "GET", path }, signal)).body ?? []);
      const found = robots.find((each) => each.name.split("+").at(-1) === name);
      if (found !== undefined || robots.length < PAGE) return found;
    }
  }

  async createRobot(spec: RobotSpec, signal: AbortSignal): Promise<void> {
    const body = { name: spec.name, level: "project", duration: -1, disable: false, ...grantedTo(spec) };
    await this.send({ method: "POST", path: `${API}/robots`, body }, signal);
  }

  /** Gives a robot account what it is to have, and lets it in again where somebody had closed it out. */
  async changeRobot({ id, name }: HarborRobot, spec: RobotSpec, signal: AbortSignal): Promise<void> {
    const body = { id, name, level: "project", duration: -1, disable: false, ...grantedTo(spec) };
    await this.send({ method: "PUT", path: `${API}/robots/${id}`, body }, signal);
  }

  async setSecret({ id }: HarborRobot, secret: string, signal: AbortSignal): Promise<void> {
    await this.send({ method: "PATCH", path: `${API}/robots/${id}`, body: { secret } }, signal);
  }

  async deleteRobot({ id }: HarborRobot, signal: AbortSignal): Promise<void> {
    await this.send({ method: "DELETE", path: `${API}/robots/${id}` }, signal, 404);
  }

  /** Whether somebody is let in, as `docker login` asks. */
  async letsIn(user: string, password: string, signal: AbortSignal): Promise<boolean> {
    const path = "/service/token?service=harbor-registry";
    return (await this.send({ method: "GET", path, as: { user, password } }, signal, 401)).status === 200;
  }

  private async quotaOf(projectId: number, signal: AbortSignal): Promise<z.infer<typeof quotaSchema> | undefined> {
    const path = `${API}/quotas?reference=project&reference_id=${projectId}`;
    return z.array(quotaSchema).parse((await this.send({ method: "GET", path }, signal)).body ?? [])[0];
  }

  /**
   * @param expected a status besides success that is an answer
   * @throws HarborRefusedError; AnswerLostError for a creation that may have happened; NotReachedError where nobody is reached in time
   */
  private async send(call: HarborCall, signal: AbortSignal, expected?: number): Promise<HarborAnswer> {
    const end = Date.now() + this.times.patience;
    for (;;) {
      signal.throwIfAborted();
      try {
        const answer = await this.call(call, signal);
        const { status } = answer;
        if ((status >= 200 && status < 300) || status === expected) return answer;
        const refused = refusal(call, answer);
        // It starts or ends: whoever asks again does no harm, but for a creation.
        if (![502, 503, 504].includes(status) || call.method === "POST" || Date.now() > end) throw refused;
      } catch (error) {
        const again = error instanceof NotReachedError || (error instanceof AnswerLostError && call.method !== "POST");
        if (!again || Date.now() > end) throw error;
      }
      await wait(this.times.retry, undefined, { signal });
    }
  }
}

function grantedTo({ description, access, project }: RobotSpec): object {
  const permissions = access.map((each) => {
    const [resource, action] = each.split(":");
    return { resource, action };
  });
  return { description, permissions: [{ kind: "project", namespace: project, access: permissions }] };
}

function refusal(call: HarborCall, { status, body }: HarborAnswer): HarborRefusedError {
  const parsed = errorsSchema.safeParse(body);
  const reason = parsed.success ? parsed.data.errors.map(({ message }) => message).join("; ") : "";
  if (status === 401)
    return new HarborRefusedError(
      call,
      status,
      "it does not know this user by this password; one that was changed in Harbor must be set back there",
    );
  return new HarborRefusedError(call, status, reason);
}
