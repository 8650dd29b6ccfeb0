import type { Rotated, RotatedPlan } from "../../../model/rotated";

/** How OpenBao's own secrets are exchanged. What it stores is its users'. */
export function rotatesOf({ options = {} }: RotatedPlan): readonly Rotated[] {
  const { kind = "static" } = (options.seal ?? {}) as { readonly kind?: string };
  const seal: Rotated = {
    secret: "the key of its static seal",
    how: "never",
    reason: "every volume and every backup is read by it, and is lost without it",
    remedy:
      "let another server or a cloud keep the key (`platform.services.openbao.seal`, before the first start), which exchange it by themselves",
  };
  return [
    {
      secret: "the secret ids of its AppRoles",
      how: "overlap",
      restarts: ["takers"],
      // Who logs in by an account's tokens has none.
      takenBy: ({ secretEngine }) =>
        (secretEngine as { readonly login?: { readonly kind: string } } | undefined)?.login?.kind === "appRole",
    },
    {
      secret: "the secret id that configures it",
      how: "never",
      reason: "it may not change its own way in, so that a program that goes wrong locks nobody out",
      remedy:
        "guard the stack's state and the Secret openbao/openbao-first-start, which alone have it; it is of use from inside the pod only",
    },
    ...(kind === "static" ? [seal] : []),
  ];
}
