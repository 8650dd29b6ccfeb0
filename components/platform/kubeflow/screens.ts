import type { Shared } from "./args";
import { inside, NAMES, PORTS } from "./names";
import type { Screen } from "./parts/part";
import { partsOf } from "./parts/parts";
import { NOTHING } from "./who";

/** The programs that are met through the gate. The dashboard comes last: what is nobody else's is its. */
export function screensOf(shared: Pick<Shared, "parts">): Screen[] {
  return [
    { name: NAMES.ui, port: PORTS.ui, path: "/pipeline" },
    ...partsOf(shared).flatMap(({ screen }) => screen ?? []),
    { name: NAMES.dashboard, port: PORTS.dashboard, path: "/" },
  ];
}

/** Where requests for the host go. What the proxies of the mesh make of the log-in's own paths is the log-in's. */
export function routesOf(shared: Shared, host: string, namespace: string): Record<string, unknown> {
  const to = (name: string, number: number) => [{ destination: { host: inside(name, namespace), port: { number } } }];
  const http = screensOf(shared).map(({ name, port, path, rest }) => ({
    match: [{ uri: { prefix: path } }],
    ...(rest ? { rewrite: { uri: "/" }, headers: { request: { set: { "x-forwarded-prefix": path.slice(0, -1) } } } } : {}),
    route: to(name, port),
  }));
  return {
    hosts: [host],
    gateways: [shared.gateway.gateway],
    http: [{ match: [{ uri: { prefix: "/oauth2/" } }], route: to(NAMES.gate, PORTS.login) }, ...http],
  };
}

const PIPELINES = ["pipelines", "experiments", "runs", "recurringruns", "artifacts", "executions"].map((page) => ({
  type: "item",
  link: `/pipeline/#/${page}`,
  text: page === "recurringruns" ? "Recurring Runs" : `${page[0]?.toUpperCase()}${page.slice(1)}`,
}));

/** What the dashboard shows: the parts that are there. */
export function linksOf(shared: Pick<Shared, "parts">): Record<string, string> {
  const links = partsOf(shared).flatMap((part) => part.links ?? []);
  const section = { type: "section", icon: "kubeflow:pipeline-centered", text: "Pipelines", items: PIPELINES };
  const quick = [
    ...links.flatMap((each) => each.quick ?? []),
    { link: "/pipeline/#/pipelines", desc: "Kubeflow Pipelines", text: "Upload a Pipeline" },
  ];
  const documentation = [
    { link: "https://www.kubeflow.org/docs/components/pipelines/", desc: "Documentation of Pipelines", text: "Kubeflow Pipelines" },
  ];
  return {
    [NOTHING]: "",
    settings: JSON.stringify({ DASHBOARD_FORCE_IFRAME: true }),
    links: JSON.stringify({
      ...{
        menuLinks: [...links.map(({ menu }) => menu), section],
        externalLinks: [],
        quickLinks: quick,
        documentationItems: documentation,
      },
    }),
  };
}
