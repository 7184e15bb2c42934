import { type Block, command, note } from "../message/message.ts";
import { code, type Text, text } from "../message/text.ts";

/** What a printed command leaves open, and how to fill it in: values of a query are masked, and a name is not known here. */
const OPEN: readonly (readonly [placeholder: string, words: Text])[] = [
	["***", text`Replace ${code("***")} with the real values.`],
	["tcp port 8080", text`Replace 8080 with the port that accepts plain HTTP.`],
	["capture FILE", text`Replace ${code("FILE")} with the recording's name.`],
	["ORIGIN-NAME", text`Replace ${code("ORIGIN-NAME")} with that name.`],
];

/** What to fill in before a command is run; null where it runs as it is. */
export const fillIn = (line: string): Text | null => OPEN.find(([placeholder]) => line.includes(placeholder))?.[1] ?? null;

/** A command to run, under what it is for, with what has to be filled in. Pure. */
export function toRun(about: Text, line: string): Block[] {
	const fill = fillIn(line);
	return [command(about, line), ...(fill === null ? [] : [note(fill)])];
}
