/**
 * Text of files and hosts as a terminal may have it: control characters are written out, since some move the cursor, or hide what was said. SSH
 * ends its lines with a carriage return, which says nothing.
 */
export function printable(text: string): string {
  const lines = text.replace(/\r+(?=\n|$)/g, "");
  // biome-ignore lint/suspicious/noControlCharactersInRegex: these are what is looked for
  return lines.replace(/[\u0000-\u0008\u000b-\u001f\u007f-\u009f]/g, (each) => `\\x${each.charCodeAt(0).toString(16).padStart(2, "0")}`);
}
