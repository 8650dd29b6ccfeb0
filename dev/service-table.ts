import { z } from "zod";
import { entryOf, findRelease, knownReleases } from "../model/catalog";
import * as kinds from "../model/environment/fields";
import { fieldOf, offererOf, type Registry } from "../model/registry";
import type { ServiceDefinition } from "../model/service";
import { instances, pageOf, thereByDefault } from "./services/page";

/** The services as a table of Markdown, as docs/environment-file.md holds it. */
export function serviceTable(registry: Registry): string {
  const rows = Object.values(registry.services).map((service) => `| ${cells(service, registry).join(" | ")} |`);
  return [
    "| field | what it is | there by default | instances | takes of | keeps | options of its own |",
    `|${"---|".repeat(7)}`,
    ...rows,
  ].join("\n");
}

function cells(service: ServiceDefinition, registry: Registry): string[] {
  const services = Object.values(registry.services);
  const { title, about, replicas, keeps, needs = {}, options } = service;
  const release = findRelease(knownReleases[0] ?? "");
  // A cloud's own part has as many versions as there are clouds.
  const version = release && !service.cloudPart ? ` ${entryOf(service, release, "").version}` : "";
  return [
    `\`${fieldOf(service)}\``,
    `[${title}](services/${pageOf(service)})${version}: ${about}`,
    thereByDefault(service, registry),
    instances(replicas),
    Object.keys(needs)
      .map((kind) => `${kind}: ${offererOf(kind, services)?.title ?? (kind === "trust" ? "`platform.tls`" : "nobody")}`)
      .join(", "),
    keeps ?? "",
    Object.entries(options?.(z, kinds) ?? {})
      .map(([name, option]) => `\`${name}\`: ${"description" in option ? String(option.description).replace(/\.$/, "") : ""}`)
      .join("; "),
  ];
}
