import type { Told } from "../../reply/doctor.ts";
import {
	type ChatState,
	clockWords,
	dataWords,
	diskWords,
	dnsWords,
	keyWords,
	namesWords,
	outgoingWords,
	ownPortWords,
	runtimeWords,
	settingsWords,
} from "../../reply/doctor-machine.ts";

/** Of the settings. */
interface SettingsSeen {
	readonly problems: readonly { readonly say: string }[];
	readonly unknownNames: readonly { readonly name: string; readonly meant: string | null }[];
	/** What starts with them, in words. */
	readonly runs: readonly string[];
}

const NAMES_MAX = 5;

export function settingsLines({ problems, unknownNames, runs }: SettingsSeen): Told[] {
	const others = unknownNames.filter(({ meant }) => meant === null).map(({ name }) => name);
	return [
		...(problems.length > 0
			? problems.map(({ say }) => settingsWords.problem(say))
			: [runs.length === 0 ? settingsWords.terminal() : settingsWords.good(runs)]),
		...unknownNames.flatMap(({ name, meant }) => (meant === null ? [] : [namesWords.meant(name, meant)])).slice(0, NAMES_MAX),
		...(others.length === 0 ? [] : [namesWords.unknown(others.slice(0, NAMES_MAX), Math.max(0, others.length - NAMES_MAX))]),
	];
}

/** package.json's `engines`. */
const NODE_MIN = [22, 19] as const;

export function runtimeLine(version: string, node: string): Told {
	const [major = 0, minor = 0] = node.split(".").map(Number);
	const isOld = major < NODE_MIN[0] || (major === NODE_MIN[0] && minor < NODE_MIN[1]);
	return isOld ? runtimeWords.old(version, node) : runtimeWords.good(version, node);
}

/** Slack rejects signatures that are five minutes off; a clock that drifts is there soon. */
const OFF_MS_MAX = 60_000;

/** @param told how far each platform's clock is ahead of ours; null: it did not tell */
export function clockLine(told: readonly { readonly who: string; readonly aheadMs: number | null }[]): Told {
	if (told.length === 0) return clockWords.none();
	const known = told.flatMap(({ who, aheadMs }) => (aheadMs === null ? [] : [{ who, aheadMs }]));
	if (known.length === 0) return clockWords.notTold();
	const [worst] = known.toSorted((one, other) => Math.abs(other.aheadMs) - Math.abs(one.aheadMs));
	return worst !== undefined && Math.abs(worst.aheadMs) > OFF_MS_MAX
		? clockWords.wrong(worst.aheadMs, worst.who)
		: clockWords.good(known.map(({ who }) => who));
}

/** `code`: why a name was not resolved; null: it was. */
export function dnsLine(names: readonly { readonly host: string; readonly code: string | null }[]): Told {
	const failed = names.filter(({ code }) => code !== null);
	if (names.length === 0) return dnsWords.none();
	return failed.length === 0
		? dnsWords.good(names.map(({ host }) => host))
		: dnsWords.failed(
				failed.map(({ host }) => host),
				[...new Set(failed.map(({ code }) => code))].join(", "),
			);
}

/** What was tried of one host; null: every host is replaced or off. */
export interface OutgoingSeen {
	readonly host: string;
	/** `code`: why it did not connect; null: it did. */
	readonly ports: readonly { readonly port: number; readonly code: string | null }[];
}

/** Sites are on these unless somebody chose another one. */
const USUAL_PORTS: ReadonlySet<number> = new Set([80, 443]);

export function outgoingLine(seen: OutgoingSeen | null): Told {
	if (seen === null) return outgoingWords.none();
	const { host, ports } = seen;
	const closed = ports.filter(({ code }) => code !== null);
	const usual = closed.filter(({ port }) => USUAL_PORTS.has(port));
	const numbers = (some: readonly { readonly port: number }[]) => some.map(({ port }) => port);
	if (usual.length > 0)
		return outgoingWords.closed(numbers(closed), host, [...new Set(closed.map(({ code }) => code))].join(", "));
	return closed.length > 0 ? outgoingWords.alternate(numbers(closed)) : outgoingWords.good(numbers(ports), host);
}

/** HOST and one of the two ports. */
export type PortSeen =
	| { readonly kind: "none" | "unusable" }
	| { readonly kind: "free"; readonly at: string }
	/** `chats`: each one's state, as /readyz has it; empty where that is on another port. */
	| { readonly kind: "served"; readonly at: string; readonly chats: Readonly<Record<string, ChatState>> }
	| { readonly kind: "other"; readonly at: string }
	/** Something took the connection, and answered nothing. */
	| { readonly kind: "silent"; readonly at: string }
	| { readonly kind: "failed"; readonly at: string; readonly code: string };

export function portLine(name: "PORT" | "CF520_METRICS_PORT", seen: PortSeen): Told {
	switch (seen.kind) {
		case "none":
			return ownPortWords.none();
		case "unusable":
			return ownPortWords.unusable(name);
		case "free":
			return ownPortWords.free(seen.at);
		case "silent":
			return ownPortWords.silent(name, seen.at);
		case "other":
			return ownPortWords.taken(name, seen.at);
		case "served": {
			const states = new Set(Object.values(seen.chats));
			if (states.has("down") || states.has("refused")) return ownPortWords.notReady(seen.at, seen.chats);
			return states.has("starting")
				? ownPortWords.starting(seen.at, seen.chats)
				: ownPortWords.ready(seen.at, Object.keys(seen.chats));
		}
		case "failed":
			if (seen.code === "EACCES") return ownPortWords.denied(name, seen.at);
			return seen.code === "EADDRNOTAVAIL" ? ownPortWords.notHere(seen.at) : ownPortWords.failed(seen.at, seen.code);
	}
}

/** The SQLite file, and the key that opens it. */
export type DataSeen =
	| { readonly kind: "memory" }
	| { readonly kind: "unusable" }
	| { readonly kind: "missing"; readonly path: string; readonly directory: "writable" | "not-writable" | "missing" }
	| {
			readonly kind: "file";
			readonly path: string;
			readonly what: "file" | "not-a-file" | "not-a-database" | "not-closed" | "not-writable";
			/** Permissions, as `stat` has them. */
			readonly mode: number;
			/** A running process has it. */
			readonly inUse: boolean;
			/** How many migrations it has, and how many there are. */
			readonly schema: number;
			readonly schemaKnown: number;
			/** Of the program that wrote it. */
			readonly writtenBy: string | null;
	  };

export function dataLine(seen: DataSeen): Told {
	if (seen.kind === "memory") return dataWords.memory();
	if (seen.kind === "unusable") return dataWords.unusable();
	const { path } = seen;
	if (seen.kind === "missing") {
		if (seen.directory === "missing") return dataWords.noDirectory(path);
		return seen.directory === "writable" ? dataWords.willBeMade(path) : dataWords.notWritable(path);
	}
	const { what, mode, schema, schemaKnown, inUse } = seen;
	if (what === "not-a-file") return dataWords.notAFile(path);
	if (what === "not-writable") return dataWords.notWritable(path);
	if (what === "not-a-database") return dataWords.notADatabase(path);
	if (what === "not-closed") return dataWords.notClosed(path);
	if (schema > schemaKnown) return dataWords.newer(path, seen.writtenBy);
	if ((mode & 0o077) !== 0) return dataWords.othersMayRead(path, (mode & 0o777).toString(8));
	return schema < schemaKnown ? dataWords.older(path) : dataWords.good(path, inUse);
}

/** The key of what is stored. */
export interface KeySeen {
	/** CF520_KEY. */
	readonly own: "usable" | "unusable" | "absent";
	/** The one beside the file. */
	readonly beside: "usable" | "broken" | "not-readable" | "absent";
	/** There is something that it has to open. */
	readonly stored: boolean;
	/** null: nothing was tried. */
	readonly opens: boolean | null;
}

export function keyLine({ own, beside, stored, opens }: KeySeen, isKept: boolean): Told {
	if (own === "unusable") return keyWords.unusable();
	if (own === "usable") {
		if (opens === false) return keyWords.other("CF520_KEY");
		return opens === true ? keyWords.ownMatches() : keyWords.own();
	}
	if (!isKept) return keyWords.none();
	if (beside === "broken") return keyWords.broken();
	if (beside === "not-readable") return keyWords.notReadable();
	if (beside === "absent") return stored ? keyWords.missing() : keyWords.willBeMade();
	if (opens === false) return keyWords.other("the .key file");
	return opens === true ? keyWords.besideMatches() : keyWords.beside();
}

const FREE_BYTES_MIN = 100e6;

/** @param bytes null: it could not be read */
export function diskLine(bytes: number | null): Told {
	if (bytes === null) return diskWords.notTold();
	return bytes < FREE_BYTES_MIN ? diskWords.full(bytes) : diskWords.good(bytes);
}
