import { MOST_BYTES, NAME } from "../rights";
import { bad, gone, type ProjectRow, projectOf, Refusal, type Route, type ServedCall } from "./rows";

/** What Harbor answers of projects, repositories and quotas, with its refusals in its words (2.14.0). */
export const PROJECT_ROUTES: readonly Route[] = [
  ["GET", /^projects\/([^/]+)$/, ({ rows, named: [name = ""] }) => ({ body: shown(name, projectOf(rows, name)) })],
  ["POST", /^projects$/, created],
  [
    "PUT",
    /^projects\/([^/]+)$/,
    ({ rows, named: [name = ""], body }) => {
      const project = projectOf(rows, name);
      const { public: isPublic } = (body.metadata ?? {}) as { public?: string };
      if (isPublic !== undefined) project.public = isPublic;
      return {};
    },
  ],
  [
    "DELETE",
    /^projects\/([^/]+)$/,
    ({ rows, named: [name = ""] }) => {
      const { id, repositories } = projectOf(rows, name);
      if (repositories.length > 0) throw new Refusal(412, "PRECONDITION", "the project contains repositories, can not be deleted");
      delete rows.projects[name];
      for (const robot of Object.values(rows.robots)) if (robot.projectId === id) delete rows.robots[robot.id];
      return {};
    },
  ],
  [
    "GET",
    /^projects\/([^/]+)\/repositories$/,
    ({ rows, named: [name = ""], query }) => {
      const shownOnes = projectOf(rows, name).repositories.slice(0, Number(query.get("page_size") ?? 10));
      return { body: shownOnes.map((each) => ({ name: each })) };
    },
  ],
  [
    "DELETE",
    /^projects\/([^/]+)\/repositories\/([^/]+)$/,
    ({ rows, named: [name = "", repository = ""] }) => {
      const project = projectOf(rows, name);
      const full = `${name}/${decodeURIComponent(repository)}`;
      if (!project.repositories.includes(full)) throw gone(`repository ${full}`);
      project.repositories = project.repositories.filter((each) => each !== full);
      return {};
    },
  ],
  [
    "GET",
    /^quotas$/,
    ({ rows, query }) => {
      const [project] = Object.values(rows.projects).filter(({ id }) => String(id) === query.get("reference_id"));
      return { body: project === undefined ? [] : [{ id: project.id, hard: { storage: project.quota } }] };
    },
  ],
  [
    "PUT",
    /^quotas\/(\d+)$/,
    ({ rows, named: [id], body }) => {
      const project = Object.values(rows.projects).find((each) => String(each.id) === id);
      if (project === undefined) throw gone(`quota ${id}`);
      project.quota = limitOf((body.hard as { storage?: unknown } | undefined)?.storage);
      return {};
    },
  ],
];

function created({ rows, body }: ServedCall): { status: number } {
  const name = String(body.project_name ?? "");
  const { public: isPublic = "false" } = (body.metadata ?? {}) as { public?: string };
  if (name.length > 255 || name === "") throw bad(`Project name ${name} is illegal in length. (greater than 255 or less than 1)`);
  if (!NAME.test(name)) throw bad("project name is not in lower case or contains illegal characters");
  if (!["true", "false"].includes(isPublic)) throw bad(`metadata.public should only be 'true' or 'false', but got: '${isPublic}'`);
  const quota = limitOf(body.storage_limit);
  if (rows.projects[name] !== undefined) throw new Refusal(409, "CONFLICT", `The project named ${name} already exists`);
  rows.projects[name] = { id: rows.next++, public: isPublic, quota, repositories: [] };
  return { status: 201 };
}

function limitOf(value: unknown): number {
  const limit = Number(value);
  if (!(limit > 0) && limit !== -1) throw bad(`invalid non-positive value for quota limit, value=${limit}`);
  if (limit > MOST_BYTES) throw bad(`exceeded 1024TB, which is 1125899906842624 Bytes, value=${limit}`);
  return limit;
}

const shown = (name: string, { id, public: isPublic, repositories }: ProjectRow): object => ({
  project_id: id,
  name,
  repo_count: repositories.length,
  metadata: { public: isPublic },
});
