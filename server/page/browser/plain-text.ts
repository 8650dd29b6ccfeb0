// biome-ignore lint/suspicious/noControlCharactersInRegex: these are what it is about.
const COLOURS = /\u001b\[[0-?]*[ -/]*[@-~]|\u001b\][^\u0007\u001b]*(?:\u0007|\u001b\\)/g;
// biome-ignore lint/suspicious/noControlCharactersInRegex: these are what it is about. The last ones turn the direction of a line.
const CONTROLS = /[\u0000-\u0008\u000b-\u001f\u007f-\u009f\u202a-\u202e\u2066-\u2069]/g;

/** What a program has said, without what steers a terminal. */
export function plainText(text: string): string {
  return text.replace(COLOURS, "").replace(CONTROLS, "");
}
