/** The layers of an environment, each on top of the one before. */
export const LAYERS = ["infrastructure", "cluster", "platform"] as const;

/** What one of three stacks holds. */
export type Layer = (typeof LAYERS)[number];

/** The name of the stack that holds a layer; of the whole environment without one. */
export function stackName(environment: string, layer?: Layer): string {
  return layer === undefined ? environment : `${environment}.${layer}`;
}

/** The name of the stack that is held while anything is done with an environment that three stacks hold. No environment and no layer has it. */
export function heldStackName(environment: string): string {
  return `${environment}.held`;
}

/** The environment and layer a stack's name selects. */
export function parseStackName(stack: string): { readonly environment: string; readonly layer?: Layer } {
  const layer = LAYERS.find((each) => stack.endsWith(`.${each}`));
  return layer === undefined ? { environment: stack } : { environment: stack.slice(0, -layer.length - 1), layer };
}
