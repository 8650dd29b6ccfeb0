import { z } from "zod";
import { readInputs } from "../inputs";
import type { Properties } from "../rpc/provider";
import type { CallHarbor } from "./call";
import { Harbor, type HarborTimes } from "./harbor";
import type { HarborLogin } from "./https";

const loginSchema = z.object({
  harborUrl: z.string().min(1),
  harborUser: z.string().min(1),
  harborPassword: z.string().min(1),
  harborCa: z.string().min(1),
});

/** The Harbor that a provider was told of. Nobody is called before something in it is made. */
export class HarborAccess {
  private known: Harbor | undefined;

  /** @param caller makes what carries calls there */
  constructor(
    private readonly caller: (login: HarborLogin) => CallHarbor,
    private readonly times?: HarborTimes,
  ) {}

  /** Takes what the provider's configuration says of it, where it says anything. */
  configure(args: Properties): void {
    if (!("harborUrl" in args)) return;
    const { harborUrl: url, harborUser: user, harborPassword: password, harborCa: ca } = readInputs(loginSchema, args);
    this.known = new Harbor(this.caller({ url, user, password, ca }), this.times);
  }

  /** @throws Error where the provider was told of none */
  get harbor(): Harbor {
    if (this.known === undefined)
      throw new Error("its provider was not told of a Harbor: give it one by `new HarborProvider(…)` and the option `provider`");
    return this.known;
  }
}
