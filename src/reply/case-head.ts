import type { Case } from "../judge/case.ts";
import { isMeasured } from "../judge/case.ts";
import { failsElsewhere, placesBeside } from "../judge/places.ts";
import { type Block, type Button, controls, type Message, message, say, title } from "../message/message.ts";
import { bold, clock, ours, plainText, type Text, text } from "../message/text.ts";
import { roomIn, withBeside } from "./beside.ts";
import { isRecordable } from "./case-question.ts";
import { casePage, lasting, personWords, sideByCause, solvedWords, standingOf, titleOf } from "./case-words.ts";
import { casePlacesButton, failingShare } from "./places.ts";
import { FAULT, lowered, percent } from "./words.ts";

/** The head of a case: the one message that always holds the present state. */

/** Our checks met no failure, and no one has answered yet. */
export const seenWorking = (one: Case): boolean =>
	one.facts.every(({ by }) => isMeasured(by)) &&
	one.facts.some(({ key, value }) => key === "edge-pattern" && value === "not-reproduced");

/** What it is by now, beside the title of the newest check; null where nothing may be named. */
function likelyWords(one: Case): Text | null {
	const standing = standingOf(one);
	return standing.kind === "named" && standing.certainty === "likely" && one.head.mood !== "good"
		? text`likely: ${ours(lowered(titleOf(standing.first.cause)))} (${percent(standing.first.probability)})`
		: null;
}

/**
 * What other places told beside our own requests, which fail: the longest that there may be room for first.
 * @param aside what the newest check says of its requests
 */
function placesAsides(one: Case, aside: Text | undefined): readonly Text[] {
	const places = one.head.mood === "good" ? null : placesBeside(one);
	if (places === null) return [];
	if (places.failing > 0) {
		const here = text`from here and ${failingShare(places)}`;
		return aside === undefined ? [here] : [text`${aside}, also from ${failingShare(places)}`, here];
	}
	// Not every request fails, however many of our own do.
	const isEach = one.counted !== null && one.counted.failed === one.counted.of;
	return places.hereOnly && isEach ? [text`only from here, not from ${String(places.fine)} other places`] : [];
}

/** The first line, where our own requests work and other places fail. */
const elsewhereTitle = (one: Case): Block | null => {
	const places = failsElsewhere(one);
	return places === null ? null : title(text`${casePage(one)} works from here, fails from ${failingShare(places)}`);
};

/** What offers other places as the next step: they were asked. */
const isOffer = (block: Block): boolean => block.kind === "say" && plainText(block.text).endsWith("?");

const isOfPlace = (block: Block): boolean => block.kind === "note";

/** What the newest check said of whose fault it is, unless a likely cause says otherwise. */
function withSide(block: Block, one: Case): Block {
	const side = sideByCause(one);
	if (side === null || block.kind !== "say" || !plainText(block.text).includes(FAULT)) return block;
	return say(text`Cloudflare returned ${one.code} for this URL. ${bold(`${FAULT} ${side}`)} (likely).`);
}

/** The head with the state of now: what the newest check saw, the likely cause, or that it is solved. */
export function caseHead(one: Case): Message {
	const [first, ...others] = one.head.blocks;
	const rest = others.filter(({ kind }) => kind !== "buttons").map((block) => withSide(block, one));
	if (one.solved !== null) {
		const { who, cause, atMs } = one.solved;
		const how = text`by ${personWords(who)} after ${lasting(atMs - one.openedAtMs)} · ${solvedWords(cause)}`;
		return message(
			"solved",
			title(text`${casePage(one)}: solved`, how),
			...rest.filter(isOfPlace),
			controls(
				text``,
				[
					{ label: "Reopen", action: { do: "reopen", case: one.id } },
					{ label: "Report…", action: { do: "report", case: one.id } },
				],
				[],
			),
		);
	}
	const elsewhere = elsewhereTitle(one);
	if (elsewhere !== null) {
		const blocks = [elsewhere, ...rest.filter((block) => !isOffer(block)), headControls(one)];
		return withBeside({ mood: "likely", blocks }, one.beside);
	}
	const likely = likelyWords(one);
	const withAside = (aside: Text | null): Message => {
		const head = first?.kind === "title" && aside !== null ? title(first.text, aside) : first;
		const blocks = [...(head === undefined ? [] : [head]), ...rest, headControls(one)];
		return withBeside({ mood: likely === null ? one.head.mood : "likely", blocks }, one.beside);
	};
	if (likely !== null) return withAside(likely);
	const told = placesAsides(one, first?.kind === "title" ? first.aside : undefined).map(withAside);
	return told.find((head) => roomIn(head) >= 0) ?? told.at(-1) ?? withAside(null);
}

/** What the newest check saw, once a watch has seen the page recover. Pure. @param atMs Unix milliseconds */
export const recoveredHead = (one: Case, atMs: number): Message =>
	message(
		"good",
		title(text`${casePage(one)} recovered`, text`at ${clock(atMs, atMs)} after ${lasting(atMs - one.openedAtMs)} (${one.code})`),
		...one.head.blocks.filter(isOfPlace),
	);

/** Check again, watch, evidence; what is rarer behind the menu. */
function headControls(one: Case): Block {
	const works = one.head.mood === "good" && failsElsewhere(one) === null;
	const places = casePlacesButton(one.id);
	const shown: Button[] = [
		...(works ? [places] : []),
		{ label: "Check again", action: { do: "recheck", case: one.id } },
		{ label: "Watch", action: { do: "watch", url: one.url } },
		...(works ? [{ label: "Paste the error…", action: { do: "paste-form", case: one.id } } as const] : []),
		// The last ones are behind the menu where a chat shows fewer.
		...(one.evidence === null ? [] : [{ label: "Evidence", action: { do: "evidence", case: one.id } } as const]),
		...(works ? [] : [places]),
	];
	const rare: Button[] = [
		...(isRecordable(one) ? [{ label: "Record it", action: { do: "record", case: one.id } } as const] : []),
		...(works || one.facts.some(({ key }) => key === "variants")
			? []
			: [{ label: "Try other requests", action: { do: "variants", case: one.id } } as const]),
		{ label: "Follow", action: { do: "follow", case: one.id } },
		{ label: "Paste logs…", action: { do: "paste-form", case: one.id } },
		{ label: "Report…", action: { do: "report", case: one.id } },
		{ label: "Solved…", action: { do: "solved-form", case: one.id } },
	];
	return controls(text``, shown, [{ label: "⋯", options: rare }]);
}

/** The first line of the head, for where the head itself cannot be edited. */
export function headLine(one: Case): Block | null {
	const [first] = caseHead(one).blocks;
	return first?.kind === "title" ? first : null;
}
