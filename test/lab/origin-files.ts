import { readdirSync, readFileSync } from "node:fs";
import { frame } from "./frame.ts";

export type FileEnding = "fin" | "reset" | "deadline" | "tls-eof" | "tls-garbage";

/** How an origin is reached: plainly, over TLS with one of the laboratory's certificates, or not at all. */
export const SERVED = [
	"plain",
	"tls",
	"tls-untrusted",
	"tls-wrong-name",
	"tls-expired",
	"tls-origin-ca",
	"tls-origin-ca-wrong-name",
	"tls-client-certificate",
	"tls-http2-only",
	"plain-asked-with-tls",
	"silent-asked-with-tls",
	"nothing",
	"no-route",
] as const;
export type Served = (typeof SERVED)[number];

/** The looks that a file may answer in their own way; the others get the first section. */
const SECTIONS = ["again", "no-encoding", "head", "http2"] as const;
export type Section = (typeof SECTIONS)[number];

/** One misbehaving origin, as its file tells it. */
export interface OriginFile {
	readonly name: string;
	readonly what: string;
	readonly ending: FileEnding;
	/** The status that a visitor gets through the edge; NaN where the file is only asked directly. */
	readonly edge: number;
	readonly serve: Served;
	readonly bytes: Buffer;
	readonly sections: ReadonlyMap<Section, { readonly bytes: Buffer; readonly ending: FileEnding }>;
	/** Seconds by which the end of each look is told later than it came: time-outs are not waited for in tests. */
	readonly toldAfter: number;
	/** As if the look had announced no larger HTTP/2 frames than these bytes; null for what it announced. */
	readonly announced: number | null;
	/** How a second address of the same origin is served; null for no second address. */
	readonly second: Served | null;
	/** Milliseconds after a response at which it closes the connection, whatever the response says; null: as its ending says. */
	readonly closesAfterMs: number | null;
	/** Milliseconds before it answers at all; none in a file. */
	readonly afterMs?: number;
}

const folder = new URL("../origins/", import.meta.url);
const ESCAPES: Readonly<Record<string, string>> = { r: "\r", n: "\n", t: "\t", "0": "\0", "\\": "\\" };

/** The bytes that a line of an origin file stands for. */
function unescaped(line: string): string {
	const repeat = /^@repeat (\d+) (.*)$/s.exec(line);
	if (repeat) return unescaped(repeat[2] ?? "").repeat(Number(repeat[1]));
	// One frame of HTTP/2: type, flags, stream, then its payload.
	const written = /^@frame (\d+) (\d+) (\d+) ?(.*)$/s.exec(line);
	if (written) {
		const [type = 0, flags = 0, stream = 0] = written.slice(1, 4).map(Number);
		return frame(type, flags, stream, unescaped(written[4] ?? "")).toString("latin1");
	}
	return line
		.replace(/@(\d+) (.)/g, (_, count: string, char: string) => char.repeat(Number(count)))
		.replace(/\\(?:x([0-9a-f]{2})|([rnt0\\]))/gi, (_, hex: string | undefined, char: string | undefined) =>
			hex === undefined ? (ESCAPES[char ?? ""] ?? "") : String.fromCharCode(Number.parseInt(hex, 16)),
		);
}

const bytesOf = (lines: string) => Buffer.from(lines.split("\n").map(unescaped).join(""), "latin1");

function endingOf(word: string, where: string): FileEnding {
	const found = (["fin", "reset", "deadline", "tls-eof", "tls-garbage"] as const).find((one) => one === word);
	if (found === undefined) throw new Error(`${where}: ending "${word}"`);
	return found;
}

/** @param name without `.http`; with its folder where it is in one: `findings/bare-cr` */
export function readOriginFile(name: string): OriginFile {
	const text = readFileSync(new URL(`${name}.http`, folder), "utf8");
	const [top = "", ...parts] = text.split(/^---(?= |\n)/m);
	const field = (key: string) => new RegExp(`^${key}: (\\S+)$`, "m").exec(top)?.[1] ?? "";
	const ending = endingOf(field("ending"), name);
	const serve = SERVED.find((one) => one === (field("serve") || "plain"));
	if (serve === undefined) throw new Error(`${name}: serve "${field("serve")}"`);
	const sections = new Map<Section, { bytes: Buffer; ending: FileEnding }>();
	let bytes = Buffer.alloc(0);
	for (const part of parts) {
		const end = part.indexOf("\n");
		const [section = "", own = ""] = part.slice(0, end).trim().split(" ");
		const body = bytesOf(part.slice(end + 1));
		const known = SECTIONS.find((one) => one === section);
		if (section === "") bytes = body;
		else if (known === undefined) throw new Error(`${name}: section "${section}"`);
		else sections.set(known, { bytes: body, ending: own === "" ? ending : endingOf(own, name) });
	}
	const second = SERVED.find((one) => one === field("second")) ?? null;
	const toldAfter = Number(field("told-after") || "0");
	const closesAfterMs = field("closes-after") === "" ? null : Number(field("closes-after"));
	const announced = field("announced") === "" ? null : Number(field("announced"));
	const edge = field("edge") === "" ? Number.NaN : Number(field("edge"));
	return {
		name: name.replace(/^.*\//, ""),
		what: /^# (.+)$/m.exec(top)?.[1] ?? "",
		ending,
		edge,
		serve,
		bytes,
		sections,
		toldAfter,
		closesAfterMs,
		announced,
		second,
	};
}

function filesIn(under: string): OriginFile[] {
	return readdirSync(new URL(under, folder))
		.filter((file) => file.endsWith(".http"))
		.map((file) => readOriginFile(`${under}${file.slice(0, -5)}`))
		.sort((a, b) => a.name.localeCompare(b.name));
}

/** Every origin that the laboratory serves behind its edge, by name. */
export const allOriginFiles = (): OriginFile[] => filesIn("");

/** One origin for each finding, called like it. */
export const findingFiles = (): OriginFile[] => filesIn("findings/");
