import assert from "node:assert/strict";
import { gridLines, type Message } from "../src/message/message.ts";

/** The most that people have to read: words of visible text, without code blocks and labels of controls. */
export interface Budget {
	readonly words: number;
	/** Messages; null: not counted. */
	readonly messages: number | null;
	/** Its tables; absent: not counted. */
	readonly tables?: { readonly count: number; readonly rows: number; readonly columns?: number };
}

export const BUDGETS = {
	/** The state of a case. */
	head: { words: 60, messages: 1 },
	/** Head and first question of a 520. */
	first: { words: 150, messages: 2 },
	/** What changed, with the next question. */
	delta: { words: 50, messages: 1 },
	healthy: { words: 45, messages: 1 },
	/** 521, 522, 525 and the other codes that say it themselves. */
	otherCode: { words: 110, messages: 2 },
	ray: { words: 60, messages: 1 },
	evidence: { words: 150, messages: 1, tables: { count: 1, rows: 6, columns: 40 } },
	/** `status`, `account`. */
	status: { words: 45, messages: 1 },
	/** `status` as a handover. */
	handover: { words: 90, messages: 1 },
	explain: { words: 140, messages: 1 },
	help: { words: 110, messages: 1 },
	/** In public; the statements are in the file. */
	report: { words: 40, messages: 1 },
	/** `from` places: the table has every place. `numbers` and `connect` are not there yet, and not measured. */
	places: { words: 60, messages: 1, tables: { count: 1, rows: 8 } },
	numbers: { words: 80, messages: 1, tables: { count: 1, rows: 6 } },
	connect: { words: 70, messages: 1 },
	/** A whole incident of five human steps. */
	incident: { words: 700, messages: null },
} as const satisfies Readonly<Record<string, Budget>>;

/** `npm start -- demo`. */
export const DEMO_LINES = 60;

/**
 * What does not hold yet, by kind: names of incidents and replies. It only shrinks: an entry that holds fails the test that checks it.
 */
export const NOT_YET: Readonly<Record<string, string>> = {};

/**
 * Fails when a check does not hold, and for an entry of NOT_YET when it does.
 * @param decides whether this run decides that an entry has to go; others only have to hold
 * @returns what is wrong, null for nothing
 */
export function holds(kind: string, name: string, check: () => void, decides = true): string | null {
	const wrong = wrongWith(check);
	const isListed = (NOT_YET[kind] ?? "").split(" ").includes(name);
	if (!isListed) return wrong === null ? null : `${kind} of ${name}: ${wrong}`;
	return wrong === null && decides ? `${kind} of ${name} holds now: take it out of NOT_YET in test/budgets.ts` : null;
}

/** What a check says; null: it holds. */
export function wrongWith(check: () => void): string | null {
	try {
		check();
		return null;
	} catch (error) {
		return error instanceof Error ? (error.message.split("\n")[0] ?? "") : String(error);
	}
}

/** Whether these messages are within a budget; throws where they are not. */
export function within(
	kind: keyof typeof BUDGETS,
	read: readonly { readonly words: number; readonly message?: Message }[],
): void {
	const { words, messages, tables: allowed }: Budget = BUDGETS[kind];
	const total = read.reduce((sum, one) => sum + one.words, 0);
	assert.ok(total <= words, `${total} words of ${words}`);
	if (messages !== null) assert.ok(read.length <= messages, `${read.length} messages of ${messages}`);
	if (allowed === undefined) return;
	const { count, rows, columns } = tables(read.flatMap(({ message }) => message ?? []));
	assert.ok(count <= allowed.count, `${count} tables of ${allowed.count}`);
	assert.ok(rows <= allowed.rows, `${rows} rows of ${allowed.rows}`);
	assert.ok(columns <= (allowed.columns ?? Number.POSITIVE_INFINITY), `${columns} columns of ${allowed.columns}`);
}

/** How many tables there are, the widest line and the most rows of one, without its header. */
function tables(messages: readonly Message[]): { readonly count: number; readonly columns: number; readonly rows: number } {
	const all = messages.flatMap(({ blocks }) =>
		blocks.flatMap((block) => {
			const lines = block.kind === "table" ? block.lines : block.kind === "grid" ? gridLines(block) : [];
			return lines.length === 0 ? [] : [{ columns: Math.max(...lines.map((line) => line.length)), rows: lines.length - 1 }];
		}),
	);
	return {
		count: all.length,
		columns: Math.max(0, ...all.map(({ columns }) => columns)),
		rows: Math.max(0, ...all.map(({ rows }) => rows)),
	};
}
