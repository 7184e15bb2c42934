import { maskTokens, plainConnect } from "../tokens.ts";
import { type Clues, findClues } from "./clues.ts";
import { intentOf } from "./intent.ts";
import type { Thread, Understood } from "./understood.ts";

/** What was understood, and the clues behind it. */
export interface TextRead {
	readonly understood: Understood;
	readonly clues: Clues;
}

/**
 * Reads a text: everything in it first, then what it wants. Pure; total; linear in the text.
 * @param text as it came from a chat, a file or a terminal
 * @param thread what the thread already knows
 * @param nowMs the moment of asking, Unix milliseconds
 */
export function readText(text: string, thread: Thread, nowMs: number): TextRead {
	const clues = findClues(plainConnect(text) ?? maskTokens(text), thread, nowMs);
	return { clues, understood: intentOf(clues, thread, nowMs) };
}
