import { readdirSync, readFileSync } from "node:fs";

/** One misbehaving origin, as its file tells it. */
export interface OriginFile {
	readonly name: string;
	readonly what: string;
	readonly ending: "fin" | "reset" | "deadline";
	/** The status that a visitor gets through the edge. */
	readonly edge: number;
	readonly bytes: Buffer;
	/** Milliseconds before it answers at all; none in a file. */
	readonly afterMs?: number;
}

const folder = new URL("../origins/", import.meta.url);
const ESCAPES: Readonly<Record<string, string>> = { r: "\r", n: "\n", t: "\t", "0": "\0", "\\": "\\" };

/** The bytes that a line of an origin file stands for. */
function unescaped(line: string): string {
	const repeat = /^@repeat (\d+) (.*)$/s.exec(line);
	if (repeat) return unescaped(repeat[2] ?? "").repeat(Number(repeat[1]));
	return line
		.replace(/@(\d+) (.)/g, (_, count: string, char: string) => char.repeat(Number(count)))
		.replace(/\\(?:x([0-9a-f]{2})|([rnt0\\]))/gi, (_, hex: string | undefined, char: string | undefined) =>
			hex === undefined ? (ESCAPES[char ?? ""] ?? "") : String.fromCharCode(Number.parseInt(hex, 16)),
		);
}

export function readOriginFile(name: string): OriginFile {
	const [top = "", ...rest] = readFileSync(new URL(`${name}.http`, folder), "utf8").split(/^---\n/m);
	const field = (key: string) => new RegExp(`^${key}: (\\S+)$`, "m").exec(top)?.[1] ?? "";
	const ending = field("ending");
	if (ending !== "fin" && ending !== "reset" && ending !== "deadline") throw new Error(`${name}.http: ending "${ending}"`);
	const bytes = Buffer.from(rest.join("---\n").split("\n").map(unescaped).join(""), "latin1");
	return { name, what: /^# (.+)$/m.exec(top)?.[1] ?? "", ending, edge: Number(field("edge")), bytes };
}

/** Every origin file, by name. */
export function allOriginFiles(): OriginFile[] {
	return readdirSync(folder)
		.filter((file) => file.endsWith(".http"))
		.map((file) => readOriginFile(file.slice(0, -5)))
		.sort((a, b) => a.name.localeCompare(b.name));
}
