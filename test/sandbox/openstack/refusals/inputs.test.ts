import { refusesToCreate } from "../refused";

refusesToCreate([
  {
    what: "an unknown input, naming the near one",
    type: "network",
    inputs: () => ({ adminStateup: true }),
    says: /"adminStateup" is not expected here. Did you mean "adminStateUp"/,
  },
  { what: "a missing input", type: "port", inputs: () => ({}), says: /"networkId" is required/ },
  { what: "a value of the wrong kind", type: "volume", inputs: () => ({ size: "10" }), says: /expected a number, got a string/ },
  {
    what: "a slash in a server's metadata",
    type: "instance",
    inputs: async (c) => ({ ...c.machine((await c.base()).port), metadata: { "a.io/b": "c" } }),
    says: /400: .*'a\.io\/b' was unexpected/,
  },
  {
    what: "more metadata than nova keeps",
    type: "instance",
    inputs: async (c) => ({
      ...c.machine((await c.base()).port),
      metadata: Object.fromEntries(Array.from({ length: 129 }, (_, index) => [`k${index}`, "v"])),
    }),
    says: /Maximum number of metadata items/,
  },
  {
    what: "a comma in a volume's metadata",
    type: "volume",
    inputs: () => ({ size: 1, metadata: { "a,b": "c" } }),
    says: /'a,b' was unexpected/,
  },
  {
    what: "a value of metadata that is too long",
    type: "volume",
    inputs: () => ({ size: 1, metadata: { a: "x".repeat(256) } }),
    says: /at most 255/,
  },
  { what: "a tag that is too long", type: "network", inputs: () => ({ tags: ["x".repeat(256)] }), says: /exceeds maximum length of 255/ },
  { what: "two tags that differ in capitals", type: "network", inputs: () => ({ tags: ["a=b", "A=b"] }), says: /Duplicate items/ },
  {
    what: "too many tags",
    type: "network",
    inputs: () => ({ tags: Array.from({ length: 51 }, (_, index) => `t${index}`) }),
    says: /limit of 50/,
  },
  { what: "a name that is too long", type: "network", inputs: () => ({ name: "x".repeat(256) }), says: /exceeds maximum length of 255/ },
  { what: "a blank at the end of a key pair's name", type: "keypair", inputs: () => ({ name: "a " }), says: /Leading or trailing spaces/ },
  {
    what: "more resolvers than a subnet has",
    type: "subnet",
    inputs: async (c) => ({
      networkId: (await c.create("network", {})).id,
      cidr: "10.0.0.0/24",
      dnsNameservers: ["1", "2", "3", "4", "5", "6"].map((last) => `192.0.2.${last}`),
    }),
    says: /exceeds the limit 5/,
  },
  {
    what: "more address pairs than a port has",
    type: "port",
    inputs: async (c) => ({
      networkId: (await c.base()).network.id,
      allowedAddressPairs: Array.from({ length: 11 }, (_, index) => ({ ipAddress: `192.0.2.${index}` })),
    }),
    says: /exceeds the maximum 10/,
  },
]);
