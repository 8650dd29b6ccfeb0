import { z } from "zod";
import { alignedCidr, overlaps, parseAddress, parseCidr, parseRange, parseSpan } from "../ipv4";
import { labelKey, labelValue, nodeTaint, objectName } from "../kubernetes-names";
import { type Amount, quantityProblem } from "../quantity";
import { domainName, meant, meantDomain, turnedRange } from "./suggestions";
import { unusable } from "./unusable-addresses";
import { isTemplate } from "./variable-values";

/* The kinds of values environment and fleet files are made of. */

/** A DNS label of at most `max` characters. */
export const label = (what: string, max: number) =>
  z
    .string()
    .regex(/^[a-z0-9]([-a-z0-9]*[a-z0-9])?$/, `${what} must be a DNS label: lower-case letters, digits and inner hyphens`)
    .max(max, `${what} must have at most ${max} characters`);
/** The same for what hosts are named after: resolvers take a number, decimal or hexadecimal, for an address. */
export const hostLabel = (what: string, max: number) =>
  label(what, max).refine(
    (text) => !/^(\d+|0x[0-9a-f]*)$/.test(text),
    `${what} must hold a letter: a host named by a number is taken for an address`,
  );
/** A list that names nothing twice. */
export const unique = <T extends z.ZodType<string>>(element: T) =>
  z
    .array(element)
    .superRefine((items, context) => {
      items.forEach((item, index) => {
        if (items.indexOf(item) < index)
          context.addIssue({
            code: "custom",
            path: [index],
            message: "is in the list already",
            params: { remedy: "take one of the two out" },
          });
      });
    })
    .meta({ uniqueItems: true });
/** An IPv4 address. */
export const address = z.string().refine((text) => parseAddress(text) !== undefined, "must be an IPv4 address such as 10.20.1.11");
/** An IPv4 network. */
export const cidr = z.string().refine((text) => parseCidr(text) !== undefined, {
  message: "must be an IPv4 network such as 10.20.0.0/16, with no bits set beyond the prefix",
  params: { remedy: meant((text) => alignedCidr(text) ?? (parseAddress(text) === undefined ? undefined : `${text}/32`)) },
});
/** A network that machines, pods or Services can have addresses of. */
export const network = cidr.refine((text) => {
  const block = parseCidr(text);
  return !block || !unusable.some((each) => overlaps(each.block, block));
}, "must be a network of ordinary addresses: neither loopback, nor link-local, nor multicast");
/** A closed range of IPv4 addresses. */
export const range = z
  .string()
  .refine((text) => parseRange(text) !== undefined, {
    message: "must be a range of IPv4 addresses such as 10.20.0.200-10.20.0.230, the lower one first",
    params: { remedy: meant(turnedRange) },
  })
  .refine((text) => {
    const { first, last } = parseRange(text) ?? { first: 0, last: 0 };
    return last - first < 65_536;
  }, "must have at most 65536 addresses");
/** Addresses in the network that belong to others. */
export const reserved = unique(
  z
    .string()
    .refine((text) => parseSpan(text) !== undefined, {
      message: "must be an address, a range such as 10.20.0.2-10.20.0.9, the lower one first, or a network such as 10.20.0.0/28",
      params: { remedy: meant((text) => alignedCidr(text) ?? turnedRange(text)) },
    })
    .refine((text) => {
      const { first, last } = parseSpan(text) ?? { first: 0, last: 0 };
      return last - first < 65_536;
    }, "must have at most 65536 addresses"),
);
/** The resolvers of a subnet: no cloud takes more. */
export const resolvers = unique(address).max(5);
/** A domain name. `instead` says what to do with an address. */
export const domain = (instead: string) =>
  z
    .string()
    .max(253)
    .refine((text) => parseAddress(text) === undefined, { message: "is an address, no domain name", params: { remedy: instead } })
    .refine((text) => domainName.test(text), {
      message: "must be a domain name such as seoul.example.org",
      params: { remedy: meant(meantDomain) },
    })
    .refine((text) => !/(^|\.)(\d+|0x[0-9a-f]*)$/.test(text), "must not end in a number, which browsers take for an address")
    .meta({ pattern: domainName.source });
/** A name as clouds keep it: not empty, printable, with no blank at an end, where they would not find it. */
export const text = z
  .string()
  .min(1)
  .max(255)
  .refine((name) => name.trim() === name, { message: "must have no blank at its ends", params: { remedy: "take the blanks out" } })
  .refine((name) => !/[\p{C}\p{Zl}\p{Zp}]/u.test(name), "must be of printable characters");
/** A text that playbooks are told: theirs would be evaluated where they run. */
export const plainText = text.refine((name) => !isTemplate(name), {
  message: "is a template, which would be evaluated where the playbooks run",
  params: { remedy: "write the value itself" },
});
/** A name that always means the same thing. */
export const pinned = text.refine((name) => !/(^|[^a-z0-9])latest([^a-z0-9]|$)/i.test(name), {
  message: 'must be pinned: what is called "latest" changes under a running environment',
  params: { remedy: "name the one that is meant, by name or id" },
});
/** A zone, as nova takes it from those who are no administrators. */
export const zone = text.refine((name) => !name.includes(":"), {
  message: "must hold no colon: nova reads a host's name behind it",
  params: { remedy: "give the zone's name alone" },
});
/** A whole number from 1 on. */
export const positive = z.int().min(1);

/** Where a secret is found. */
export const secretReferenceSchema = z.union([
  z.strictObject({ env: z.string().regex(/^[A-Za-z_][A-Za-z0-9_]*$/, "must be the name of an environment variable") }),
  z.strictObject({ config: z.string().min(1) }),
  z.strictObject({ vault: z.string().min(1) }),
  z.strictObject({ file: z.string().min(1) }),
]);

/** Labels as Kubernetes takes them. */
export const labels = z.record(
  z
    .string()
    .regex(labelKey, "must be a label key: at most 63 letters, digits, '-', '_' and '.', with a domain and a slash before them if need be"),
  z.string().regex(labelValue, "must be a label value: at most 63 letters, digits, '-', '_' and '.'"),
);
/** A node's taint. */
export const taint = z.string().regex(nodeTaint, "must read key=value:Effect with the effect NoSchedule, PreferNoSchedule or NoExecute");
/** The description of a field that names something of the cloud. A text in the form of an id (a UUID) is taken for one. */
export const nameOrId = "Its name or id in the cloud.";

/** A server that machines call. */
export const hostOrAddress = z
  .string()
  .refine(
    (name) => (/^[\d.]+$/.test(name) ? parseAddress(name) !== undefined : objectName.test(name) && name !== "localhost"),
    "must be an IPv4 address or a host name that other machines can look up",
  );
/** The address of a web server, with a path where there is one, and without user and password. */
export const serverUrl = z
  .string()
  .regex(
    /^https?:\/\/[A-Za-z0-9]([A-Za-z0-9.-]*[A-Za-z0-9])?(:\d{1,5})?(\/[A-Za-z0-9._~/-]*)?$/,
    "must be a URL such as https://files.example.org:9000",
  );

/** The same without a slash at its end, because paths are put behind it. */
export const mirrorUrl = serverUrl.refine((url) => !url.endsWith("/"), {
  message: "must not end in a slash",
  params: { remedy: meant((url) => url.replace(/\/+$/, "")) },
});
/** A registry of images: its host, with a port where it has one, and without a scheme. */
export const registryHost = z
  .string()
  .regex(
    /^([a-z0-9]([a-z0-9-]*[a-z0-9])?\.)*[a-z0-9]([a-z0-9-]*[a-z0-9])?(:\d{1,5})?$/,
    "must be the host of a registry such as registry.example.org:5000, without https:// before it",
  )
  .refine((text) => /[.:]/.test(text), "must hold a dot or a port, or it would be taken for a part of an image's name");

/** A folder of a machine: plain, because it stands in unit files, mount options and shell lines. */
export const folder = z
  .string()
  .max(255)
  .refine((path) => /^\/([A-Za-z0-9._-]+(\/[A-Za-z0-9._-]+)*)?$/.test(path), {
    message: 'must be an absolute path of letters, digits, ".", "_", "-" and single "/"',
    params: { remedy: meant((path) => (/^\/.*[^/]\/+$/.test(path) ? path.replace(/\/+$/, "") : undefined)) },
  })
  .refine((path) => !/\/\.{1,2}(\/|$)/.test(path), {
    message: "must name its folder without . and ..",
    params: { remedy: "write the folder that is meant" },
  });
/** A disk of a host, by a name that it keeps when others come or go. */
export const device = z
  .string()
  .regex(
    /^\/dev\/disk\/by-(id|path)\/[A-Za-z0-9_.:+@=-]+$/,
    "must be a path below /dev/disk/by-id/ or /dev/disk/by-path/, which stays the disk's: names such as /dev/sdb are given anew at each start",
  );
/** Who logs in. */
export const userName = z.string().regex(/^[a-z_][-a-z0-9_]{0,31}$/, "must be a Linux user name");

/** A data volume of each machine of a pool. */
export const volume = z.strictObject({
  name: label("a volume's name", 20),
  sizeGiB: positive,
  type: text.optional().describe(nameOrId),
  mount: folder.optional(),
  fileSystem: z.enum(["ext4", "xfs"]).optional(),
});

const node = z.strictObject({
  zone: zone.optional(),
  address: address.optional(),
  size: text.optional().describe(nameOrId),
  generation: positive.optional(),
});
/** A day, or a moment with its offset: ISO 8601, as hosts and Date both read it. */
const moment = z
  .string()
  .regex(
    /^\d{4}-\d{2}-\d{2}(T\d{2}:\d{2}(:\d{2})?(Z|[+-]\d{2}:\d{2}))?$/,
    "must be a date such as 2026-03-01, or a moment with its offset such as 2026-03-01T02:00:00+09:00",
  )
  .refine((text) => !Number.isNaN(Date.parse(text)) && isDay(text.slice(0, 10)), "is no day of the calendar");

function isDay(text: string): boolean {
  return new Date(text).toISOString().startsWith(text);
}

/** What every machine of a group has had done since. */
export const maintenance = z.strictObject({ reboot: moment.optional(), patch: moment.optional() });

/** A number of machines, or a map of their keys; at least `least` of them. */
export const nodes = (least: number) =>
  z.union([
    z.int().min(least).max(5000),
    z
      .record(hostLabel("a machine's key", 40), node.nullable())
      .refine((keys) => Object.keys(keys).length >= least, "must have at least one machine"),
  ]);

/** How much of a resource a container asks for or may have: as a number or with a suffix. */
export const amount = (what: Amount) =>
  z.union([z.string(), z.number()]).superRefine((value, context) => {
    const problem = quantityProblem(what, value);
    if (problem) context.addIssue({ code: "custom", message: problem.reason, params: { remedy: problem.remedy } });
  });
const amounts = z.strictObject({ cpu: amount("cpu").optional(), memory: amount("memory").optional() });
/** What containers ask for and may have. */
export const resources = z.strictObject({ requests: amounts.optional(), limits: amounts.optional() });
/** Values of a chart, laid over ours. */
export const chartValues = z.record(z.string(), z.unknown());
const serviceOptions = z.strictObject({
  replicas: positive.max(50).optional(),
  autoscaling: z
    .strictObject({
      minReplicas: positive.min(2).max(50).optional(),
      maxReplicas: positive.min(2).max(50),
      cpuPercent: positive.min(10).max(95).optional(),
    })
    .optional(),
  resources: resources.optional(),
  nodeSelector: labels.optional(),
  tolerations: unique(taint).optional(),
  reaches: unique(cidr).optional(),
  size: z.union([positive, z.string().regex(/^[1-9]\d*(Gi|Ti)$/, "must be a number of GiB, or a quantity such as 20Gi")]).optional(),
  values: chartValues.optional(),
});
/** A service: switched on or off, or with options; `own` are those that others do not have. */
export const service = (own: z.ZodRawShape = {}) => z.union([z.boolean(), serviceOptions.extend(own)]);

/** What of it those have too that are no switch, but follow from a field of their own. */
export const serviceOptionsOfField = serviceOptions.omit({ size: true, values: true }).shape;

/** What of it the storage and the load balancer have, of whichever pods follow from what the file chooses there. */
export const podOptionsOfField = serviceOptions.pick({ resources: true, nodeSelector: true, tolerations: true, values: true }).shape;

/** What the environment file says of a service, before it is known which one. */
export type ServiceField = boolean | (z.infer<typeof serviceOptions> & Readonly<Record<string, unknown>>);

/** A path in a registry, below which there are others. */
export const registryPath = z
  .string()
  .regex(/^[a-z0-9]+([._-]+[a-z0-9]+)*(\/[a-z0-9]+([._-]+[a-z0-9]+)*)*$/, "must be a path in the registry such as charts, in lower case");
