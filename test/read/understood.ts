import { readFileSync } from "node:fs";
import { understand } from "../../src/judge/understand.ts";
import type { Thread, Understood } from "../../src/read/text/understood.ts";

/** A text, and what a sharp person insists on. */
export interface TextCase {
	readonly id: string;
	readonly family: string;
	readonly text: string;
	readonly thread?: {
		readonly url?: string;
		readonly code?: string;
		readonly rays?: string[];
		readonly from?: string;
		readonly to?: string;
		readonly asks?: string;
	};
	readonly now?: string;
	readonly note?: string;
	readonly want: Readonly<Record<string, unknown>>;
}

export const textCases = (name: string): TextCase[] =>
	readFileSync(new URL(`../fixtures/${name}`, import.meta.url), "utf8")
		.trim()
		.split("\n")
		.map((line) => JSON.parse(line) as TextCase);

const DEFAULT_NOW = Date.parse("2026-11-24T09:30:00.000Z");

export function readCase({ text, thread = {}, now }: TextCase): Understood {
	const ms = (at: string | undefined) => (at === undefined ? null : Date.parse(at));
	const known: Thread = { ...thread, fromMs: ms(thread.from), toMs: ms(thread.to) };
	return understand(text, known, now === undefined ? DEFAULT_NOW : Date.parse(now));
}

const url = (value: unknown) => (typeof value === "string" ? new URL(value).href : value);
const sorted = (values: readonly unknown[]) => [...values].map((one) => JSON.stringify(one)).sort();
const list = <T>(value: T | readonly T[]): readonly T[] => (Array.isArray(value) ? (value as readonly T[]) : [value as T]);
type Values = Readonly<Record<string, unknown>>;

/** What is not as it has to be, a line each. The rules stand in the fixture's origin: scalars equal, lists as sets, what is not named is free. */
export function differences(got: Understood, { want }: TextCase): string[] {
	const out: string[] = [];
	const miss = (field: string, wanted: unknown, has: unknown) =>
		out.push(`${field}: wanted ${JSON.stringify(wanted)}, got ${JSON.stringify(has)}`);
	for (const [field, wanted] of Object.entries(want)) {
		const has = (got as unknown as Values)[field];
		switch (field) {
			case "may":
				break;
			case "intent":
				if (!list(wanted).includes(has)) miss(field, wanted, has);
				break;
			case "target":
				if (url(has) !== url(wanted)) miss(field, wanted, has);
				break;
			case "site":
				if (![got.target, ...got.candidates].map(url).includes(url(wanted))) miss(field, wanted, [got.target, ...got.candidates]);
				break;
			case "candidates":
				if (String(sorted(got.candidates.map(url))) !== String(sorted((wanted as string[]).map(url)))) miss(field, wanted, has);
				break;
			case "rays": {
				const rays = wanted as { id: string; colo?: string | null }[];
				const ok =
					rays.length === got.rays.length &&
					rays.every((ray) => got.rays.some((one) => one.id === ray.id && (ray.colo === undefined || ray.colo === one.colo)));
				if (!ok) miss(field, wanted, has);
				break;
			}
			case "errorTime":
				if (
					wanted === null ? has !== null : has === null || Math.abs(Date.parse(String(has)) - Date.parse(String(wanted))) >= 1_000
				)
					miss(field, wanted, has);
				break;
			case "logs": {
				const ok = Array.isArray(wanted)
					? got.logs.length === 0
					: (wanted as { has: string[] }).has.every((id) => got.logs.includes(id));
				if (!ok) miss(field, wanted, has);
				break;
			}
			case "response":
			case "answer": {
				const ok =
					wanted === null
						? has === null
						: has !== null && Object.entries(wanted as Values).every(([key, value]) => (has as Values)[key] === value);
				if (!ok) miss(field, wanted, has);
				break;
			}
			case "evidence": {
				const may = (want.may as string[] | undefined) ?? [];
				const need = wanted as Record<string, unknown>;
				const evidence: Values = got.evidence;
				const ok =
					Object.entries(need).every(([key, value]) => String(list(evidence[key])) === String(list(value))) &&
					Object.keys(got.evidence).every((key) => key in need || may.includes(key));
				if (!ok) miss(field, wanted, has);
				break;
			}
			case "not":
				out.push(...forbidden(got, wanted as Values));
				break;
			default:
				if (JSON.stringify(has) !== JSON.stringify(wanted)) miss(field, wanted, has);
		}
	}
	return out;
}

function forbidden(got: Understood, not: Values): string[] {
	const out: string[] = [];
	const hosts = [got.target, ...got.candidates].flatMap((one) => (one === null ? [] : [new URL(one).hostname]));
	for (const [field, values] of Object.entries(not)) {
		const has = (got as unknown as Values)[field];
		const told = () => out.push(`not ${field}: ${JSON.stringify(values)}, got ${JSON.stringify(has)}`);
		if (field === "hosts") {
			for (const host of values as string[]) if (hosts.includes(host.toLowerCase())) told();
		} else if (field === "rays") {
			if (got.rays.some(({ id }) => (values as string[]).includes(id))) told();
		} else if (field === "logs") {
			if (got.logs.some((id) => (values as string[]).includes(id))) told();
		} else if (field === "evidence" && Array.isArray(values)) {
			if (values.some((key) => String(key) in got.evidence)) told();
		} else if (field === "evidence" || field === "response" || field === "answer") {
			const pairs = Object.entries(values as Values);
			// Of an answer, all the pairs together; of the others, each.
			const held = pairs.filter(([key, value]) => has !== null && (has as Values)[key] === value);
			if (field === "answer" ? held.length === pairs.length : held.length > 0) told();
		} else if (list(values).includes(has)) told();
	}
	return out;
}
