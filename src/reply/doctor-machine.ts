import { show } from "../message/show.ts";
import { fix, listed, note, off, ok, unknown } from "./doctor.ts";

const NAME_MAX_CHARS = 60;

/** The settings themselves. */
export const settingsWords = {
	good: (runs: readonly string[]) => ok("settings", `${runs.join(", ")}.`),
	terminal: () =>
		note(
			"settings",
			"No chat token is set, so `npm start` opens the terminal.",
			"Set the tokens of Slack or Discord to start a bot.",
		),
	/** @param problem one or two sentences: what is wrong, and what to do */
	problem: (problem: string) => {
		const [, what = problem, todo = "Change it, or unset it."] = /^(.*?\.) (?=[A-Z])(.*)$/s.exec(problem) ?? [];
		return fix("settings", what, todo);
	},
};

export const namesWords = {
	meant: (name: string, meant: string) =>
		fix("names", `${show(name, NAME_MAX_CHARS)} is not a setting, so it has no effect.`, `Rename it to ${meant}, or remove it.`),
	unknown: (names: readonly string[], more: number) =>
		note(
			"names",
			`Not settings of cf520, without effect: ${names.map((name) => show(name, NAME_MAX_CHARS)).join(", ")}${more === 0 ? "" : ` and ${more} more`}.`,
			"Check their spelling in README.md, Settings.",
		),
};

export const runtimeWords = {
	good: (version: string, node: string) => ok("runtime", `cf520 ${version} on Node.js ${node}.`),
	old: (version: string, node: string) =>
		fix(
			"runtime",
			`cf520 ${version} needs Node.js 22.19 or newer, and this is ${show(node)}.`,
			"Install Node.js 24, or start with npm start, which brings it.",
		),
};

/** How far apart clocks are, as far as a second more or less does not matter. */
function apart(ms: number): string {
	const seconds = Math.round(Math.abs(ms) / 10_000) * 10;
	if (seconds < 120) return `${seconds} s`;
	return seconds < 7_200 ? `${Math.round(seconds / 60)} min` : `${Math.round(seconds / 3_600)} h`;
}

export const clockWords = {
	good: (who: readonly string[]) => ok("clock", `The clock agrees with ${listed(who)}.`),
	wrong: (aheadMs: number, who: string) =>
		fix(
			"clock",
			`The clock is ${apart(aheadMs)} ${aheadMs > 0 ? "behind" : "ahead of"} ${who}'s. From 5 min on, signed requests are rejected.`,
			"Set it by NTP, for example with `timedatectl set-ntp true`.",
		),
	notTold: () => unknown("clock", "No platform told its time.", "Compare `date -u` with another machine."),
	none: () => off("clock", "No platform or service is set up that tells the time."),
};

export const dnsWords = {
	good: (hosts: readonly string[]) => ok("dns", `The name servers resolve ${listed(hosts)}.`),
	failed: (hosts: readonly string[], code: string) =>
		fix(
			"dns",
			`The name servers do not resolve ${listed(hosts)} (${code}).`,
			"Check /etc/resolv.conf, and outgoing UDP and TCP to port 53.",
		),
	none: () => off("dns", "Only IP addresses are set, so no name is resolved."),
};

const portWords = (ports: readonly number[]): string => `${ports.length === 1 ? "port" : "ports"} ${listed(ports.map(String))}`;

export const outgoingWords = {
	good: (ports: readonly number[], host: string) => ok("outgoing", `TCP to ${portWords(ports)} of ${host} is open.`),
	closed: (ports: readonly number[], host: string, code: string) =>
		fix(
			"outgoing",
			`TCP to ${portWords(ports)} of ${host} does not connect (${code}).`,
			"Allow it in the firewall. Sites on such a port cannot be checked.",
		),
	alternate: (ports: readonly number[]) =>
		note(
			"outgoing",
			`TCP to ports 80 and 443 is open, but not to ${portWords(ports)}.`,
			"Allow it in the firewall to check sites on such a port.",
		),
	none: () => off("outgoing", "Every host is replaced or off, so no port is tried."),
};

const PORT_NOTE = "Set PORT for /healthz, /readyz and /metrics.";

/** A chat of a cf520 that runs, as /readyz has it. */
export type ChatState = "ready" | "starting" | "down" | "refused";
const STATE_WORDS: Readonly<Record<ChatState, string>> = {
	ready: "is ready",
	starting: "is starting",
	down: "is not connected",
	refused: "rejects its token",
};
const CHAT_NAMES: Readonly<Record<string, string>> = { slack: "Slack", discord: "Discord" };
const chatNames = (chats: readonly string[]): string => listed(chats.map((chat) => CHAT_NAMES[chat] ?? chat));
const stateWords = (states: Readonly<Record<string, ChatState>>): string =>
	listed(
		Object.entries(states)
			.filter(([, state]) => state !== "ready")
			.map(([chat, state]) => `${CHAT_NAMES[chat] ?? chat} ${STATE_WORDS[state]}`),
	);

/** HOST and PORT. */
export const ownPortWords = {
	none: () => note("port", "PORT is not set, so nothing shows whether cf520 runs.", PORT_NOTE),
	unusable: (name: string) =>
		unknown("port", `${name} or HOST is not usable as it is set.`, "Fix the settings first, then run doctor again."),
	free: (at: string) => ok("port", `${at} is free. No cf520 is running there.`),
	ready: (at: string, chats: readonly string[]) =>
		ok("port", `cf520 is running on ${at}${chats.length === 0 ? "" : `, ready in ${chatNames(chats)}`}.`),
	notReady: (at: string, states: Readonly<Record<string, ChatState>>) =>
		fix(
			"port",
			`cf520 is running on ${at}, but ${stateWords(states)}.`,
			"Read its log for start-failed and token-refused, and the lines below.",
		),
	starting: (at: string, states: Readonly<Record<string, ChatState>>) =>
		unknown(
			"port",
			`cf520 is running on ${at}, but ${stateWords(states)}.`,
			"Run doctor again in a minute, or read its log for start-failed.",
		),
	taken: (name: string, at: string) =>
		fix("port", `Another program uses ${at}.`, `Choose another ${name}, or stop that program.`),
	silent: (name: string, at: string) =>
		unknown(
			"port",
			`Something listens on ${at}, but /healthz does not respond.`,
			`If it is cf520, read its log and restart it. Otherwise choose another ${name}.`,
		),
	denied: (name: string, at: string) => fix("port", `I may not listen on ${at}.`, `Choose a ${name} above 1023.`),
	notHere: (at: string) =>
		fix(
			"port",
			`HOST is not an IP address of this machine (${at}).`,
			"Set HOST to 127.0.0.1, 0.0.0.0 or an IP address of its own.",
		),
	failed: (at: string, code: string) => unknown("port", `${at} cannot be opened (${code}).`, "Start cf520, and read its log."),
};

const gigabytes = (bytes: number): string =>
	bytes >= 1e9 ? `${(bytes / 1e9).toFixed(bytes < 1e10 ? 1 : 0)} GB` : `${Math.max(0, Math.floor(bytes / 1e6))} MB`;

/** The SQLite file. `path` is the operator's own. */
export const dataWords = {
	memory: () =>
		note(
			"data",
			"CF520_DATA is not set: cases, watches and open questions end with the process.",
			"Set CF520_DATA to a file in a directory that stays.",
		),
	unusable: () => unknown("data", "CF520_DATA is not usable as it is set.", "Fix the settings first, then run doctor again."),
	willBeMade: (path: string) => ok("data", `${show(path)} will be created at the first start.`),
	noDirectory: (path: string) =>
		fix("data", `The directory of ${show(path)} does not exist.`, "Create it, and give it to the user that cf520 runs as."),
	notWritable: (path: string) =>
		fix(
			"data",
			`I may not write to ${show(path)} or its directory.`,
			"Give both to the user that cf520 runs as, or run doctor as that user.",
		),
	notAFile: (path: string) =>
		fix("data", `${show(path)} is not a file.`, "Set CF520_DATA to a file, such as /data/cf520.sqlite."),
	othersMayRead: (path: string, mode: string) =>
		fix("data", `Other users may open ${show(path)} (mode ${mode}).`, "Run chmod 600 on it, on its -wal and on its .key."),
	notADatabase: (path: string) =>
		fix("data", `${show(path)} is not a cf520 database.`, "Move it aside, or set another CF520_DATA."),
	newer: (path: string, version: string | null) =>
		fix(
			"data",
			`${show(path)} was written by ${version === null ? "a newer cf520" : `cf520 ${show(version, 20)}`}.`,
			"Keep the file, and start the newer version.",
		),
	older: (path: string) => ok("data", `${show(path)} is of an earlier version. The next start converts it.`),
	good: (path: string, inUse: boolean) =>
		ok("data", `${show(path)} is up to date${inUse ? ", and in use by a running cf520" : ""}.`),
	notClosed: (path: string) =>
		unknown(
			"data",
			`${show(path)} was not closed in order, so I did not read it.`,
			"Start cf520: it completes the file. Then run doctor again.",
		),
};

export const keyWords = {
	own: () => ok("key", "CF520_KEY is usable: 32 bytes."),
	ownMatches: () => ok("key", "CF520_KEY opens what is stored."),
	besideMatches: () => ok("key", "The .key file next to CF520_DATA opens what is stored."),
	willBeMade: () => ok("key", "It will be created next to CF520_DATA at the first start."),
	beside: () => ok("key", "The .key file next to CF520_DATA is usable."),
	none: () => off("key", "CF520_KEY is not set, and nothing is stored."),
	other: (name: string) =>
		fix(
			"key",
			`What is stored was encrypted with another key than ${name}.`,
			"Restore the former key. With this one, old cases, watches and settings stay unreadable.",
		),
	missing: () =>
		fix(
			"key",
			"The .key file next to CF520_DATA is missing, so what is stored cannot be read.",
			"Restore it from the backup, or set the former CF520_KEY.",
		),
	broken: () =>
		fix("key", "The .key file next to CF520_DATA is not a cf520 key.", "Restore the right one, or move it aside for a new one."),
	notReadable: () =>
		fix("key", "I may not read the .key file next to CF520_DATA.", "Give it to the user that cf520 runs as, mode 600."),
	unusable: () => unknown("key", "CF520_KEY is not usable as it is set.", "Fix the settings first, then run doctor again."),
};

export const diskWords = {
	good: (bytes: number) => ok("disk", `${gigabytes(bytes)} are free where CF520_DATA is.`),
	full: (bytes: number) =>
		fix(
			"disk",
			`Only ${gigabytes(bytes)} are free where CF520_DATA is.`,
			"Free at least 100 MB: on a full disk nothing is stored, and no watch begins.",
		),
	notTold: () => unknown("disk", "How much is free where CF520_DATA is cannot be read.", "Run `df -h` there."),
};
