import { isGoodSecret, NAME, RIGHTS } from "../rights";
import {
  bad,
  gone,
  type HarborRows,
  hashOf,
  type PermissionRow,
  projectOf,
  Refusal,
  type RobotRow,
  type Route,
  type ServedCall,
} from "./rows";

/** What the name of every account begins with. */
const PREFIX = "robot$";

/** What Harbor answers of robot accounts, with its refusals in its words (2.14.0). */
export const ROBOT_ROUTES: readonly Route[] = [
  [
    "GET",
    /^robots$/,
    ({ rows, query }) => {
      const projectId = Number(/ProjectID=(\d+)/.exec(query.get("q") ?? "")?.[1]);
      const [page, size] = [Number(query.get("page") ?? 1), Number(query.get("page_size") ?? 10)];
      const robots = Object.values(rows.robots).filter((each) => each.projectId === projectId);
      return { body: robots.slice((page - 1) * size, page * size).map(shown) };
    },
  ],
  ["POST", /^robots$/, created],
  [
    "PUT",
    /^robots\/(\d+)$/,
    ({ rows, named: [id = ""], body }) => {
      const robot = robotOf(rows, id);
      checkRobot(body);
      const permissions = body.permissions as readonly PermissionRow[];
      if (projectOf(rows, permissions[0]?.namespace ?? "").id !== robot.projectId) throw bad("cannot update the project id of robot");
      if (body.level !== "project" || body.name !== `${PREFIX}${robot.name}`) throw bad("cannot update the level or name of robot");
      Object.assign(robot, { description: body.description ?? "", disable: body.disable === true, duration: body.duration, permissions });
      return {};
    },
  ],
  [
    "PATCH",
    /^robots\/(\d+)$/,
    ({ rows, named: [id = ""], body }) => {
      const robot = robotOf(rows, id);
      const secret = String(body.secret ?? "");
      if (!isGoodSecret(secret))
        throw bad(
          "the secret must be 8-128, inclusively, characters long with at least 1 uppercase letter, 1 lowercase letter and 1 number",
        );
      robot.hash = hashOf(secret);
      return { body: { secret: "" } };
    },
  ],
  [
    "DELETE",
    /^robots\/(\d+)$/,
    ({ rows, named: [id = ""] }) => {
      robotOf(rows, id);
      delete rows.robots[id];
      return {};
    },
  ],
];

/** Whether an account is let in. */
export function isKnownRobot({ robots }: HarborRows, user: string, password: string): boolean {
  return Object.values(robots).some(({ name, hash, disable }) => `${PREFIX}${name}` === user && hash === hashOf(password) && !disable);
}

function created({ rows, body }: ServedCall): { status: number; body: object } {
  const { name, description, duration, permissions } = body as Readonly<
    Pick<RobotRow, "name" | "description" | "duration" | "permissions">
  >;
  if (!NAME.test(name)) throw bad("robot name is not in lower case or contains illegal characters");
  checkRobot(body);
  const project = permissions[0]?.namespace ?? "";
  const { id: projectId } = projectOf(rows, project);
  const full = `${project}+${name}`;
  if (Object.values(rows.robots).some((each) => each.name === full))
    throw new Refusal(409, "CONFLICT", `robot account ${projectId}:${full} already exists`);
  const id = rows.next++;
  // Its first secret is Harbor's own, told once.
  const secret = hashOf(`${id}`).slice(0, 32);
  rows.robots[id] = {
    id,
    projectId,
    name: full,
    description: description ?? "",
    disable: false,
    duration,
    hash: hashOf(secret),
    permissions,
  };
  return { status: 201, body: { id, name: `${PREFIX}${full}`, secret } };
}

function checkRobot({ level, duration, permissions = [] }: Readonly<Record<string, unknown>>): void {
  const given = permissions as readonly PermissionRow[];
  if (duration !== -1 && !(Number(duration) > 0))
    throw bad(`bad request error duration input: ${duration}, duration must be either -1(Never) or a positive integer`);
  if (level !== "project" && level !== "system") throw bad(`bad request error level input: ${level}`);
  if (given.length === 0) throw bad("bad request empty permission");
  if (level === "project" && given.length > 1) throw bad("bad request permission");
  for (const { kind, access } of given) {
    if (access.length === 0) throw bad("bad request empty access");
    if (kind !== "project") throw bad(`bad request permission level: ${kind}`);
    for (const { resource, action } of access)
      if (!RIGHTS.has(`${resource}:${action}`)) throw bad(`bad request permission: ${resource}:${action}`);
  }
}

function robotOf(rows: HarborRows, id: string): RobotRow {
  const robot = rows.robots[id];
  if (robot === undefined) throw gone(`robot account ${id}`);
  return robot;
}

const shown = ({ id, name, description, disable, duration, permissions }: RobotRow): object => ({
  ...{ id, name: `${PREFIX}${name}`, level: "project", editable: true, description, disable, duration, permissions },
});
