import { INGRESS_TITLES } from "../plan/ingress";
import type { EnvironmentPlan } from "../plan/types";
import type { Applied } from "./applied";
import { type Danger, never } from "./danger";

const PATH = "platform.ingress.kind";

/** One ingress controller in another's place. There is one address, or one pair of node ports: both run before it passes, and after. */
export function ingressDangers(applied: Applied, wanted: Applied, { platform }: EnvironmentPlan): Danger[] {
  const { ingress: was = { kind: "nginx" } } = applied;
  const { ingress: becomes = { kind: "nginx" } } = wanted;
  if (was.kind === becomes.kind) return [];
  const [from, to] = [INGRESS_TITLES[was.kind], INGRESS_TITLES[becomes.kind]];
  const { address, nodePorts } = platform.ingress;
  const what = nodePorts === undefined ? address : `the nodes' ports ${nodePorts.http} and ${nodePorts.https}`;
  if (was.beside !== becomes.kind) {
    const reason = `${from} has ${what}, and ${to} does not run yet: nobody would be answered until it does, or at all if it does not come up`;
    const remedy = `write kind: ${was.kind} to leave it, or first bring up { kind: ${was.kind}, beside: ${becomes.kind} }, which moves nothing`;
    return [never(PATH, reason, remedy, becomes.kind)];
  }
  if (becomes.beside !== was.kind) {
    const reason = `${from} gives up ${what} while it stands, and would be gone only after ${to} has asked for it`;
    return [never(PATH, reason, `write beside: ${was.kind}, and take that out once ${to} has it`, becomes.kind)];
  }
  const byCloud = nodePorts === undefined && platform.loadBalancer.kind === "cloud";
  const long = byCloud ? "for the minutes in which the cloud makes its balancer anew" : "for some seconds in between";
  return [
    {
      key: "environment",
      action: "move-ingress",
      path: PATH,
      reason: `${what} ${nodePorts === undefined ? "passes" : "pass"} from ${from} to ${to}: nobody is answered ${long}`,
      remedy: `leave it as it is: { kind: ${was.kind}, beside: ${becomes.kind} }`,
      value: becomes.kind,
    },
  ];
}
