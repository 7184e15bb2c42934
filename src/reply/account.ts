import { NEEDED_KEYS, PERMISSIONS, tokenLink, WELCOME_KEYS } from "../knowledge/analytics.ts";
import { wordsInText } from "../message/count-words.ts";
import { type Button, buttons, list, type Message, message, note, say, title } from "../message/message.ts";
import { ask, bold, clock, code, join, link, type Text, text, utc } from "../message/text.ts";
import type { Refused, Verified, Zone } from "../services/cloudflare/shares.ts";

const ID_SHOWN_CHARS = 4;
/** Cloudflare's page about a token that leaked. */
const ROLL_PAGE = "https://developers.cloudflare.com/fundamentals/api/how-to/roll-token/";
const RAYS_MAX = 5;

/** What is said of a token in a message. */
export const tokenWords: Text = text`That looks like a Cloudflare API token. I did not use it. Roll it now, because anyone here could have copied it. I cannot delete your message: delete it yourself.`;
export const tokenMessage: Message = message("neutral", say(tokenWords), note(text`How: ${link(ROLL_PAGE, "roll a token")}`));

/** The same where no one else reads what was typed, but a history may hold it. */
const typedAloneWords: Text = text`That looks like a Cloudflare API token. I did not use it. Roll it now, because it was typed where it may be kept.`;
const typedAlone: Message = message("neutral", say(typedAloneWords), note(text`How: ${link(ROLL_PAGE, "roll a token")}`));

/**
 * What is said of a token by how it was typed: at a terminal, and by a command or a direct message of Discord, no one else reads it. Slack's
 * conversations do not tell a command from a message.
 */
export const tokenTyped = (where: {
	readonly platform: string;
	readonly canReplyPrivately: boolean;
}): { readonly words: Text; readonly message: Message } =>
	where.platform === "terminal" || (where.platform === "discord" && where.canReplyPrivately)
		? { words: typedAloneWords, message: typedAlone }
		: { words: tokenWords, message: tokenMessage };

/** Something stood behind the host that is no token: it may be a secret all the same, and is not repeated. */
export const onlyTheHost = (host: string): Message =>
	message("neutral", say(text`Write only the host, because anything after it could be a secret: ${ask(`connect ${host}`)}`));

/**
 * Where a token can be given in a private form.
 * @param form opens it
 */
/** Words of the private form for a token. */
export const TOKEN_FORM = {
	title: "Connect a zone",
	label: "Cloudflare API token",
	hint: "It is checked at once, used for this zone only, and never shown",
	submit: "Connect",
} as const;
/** Opens it. */
export const tokenFormButton = (host: string): Button => ({ label: "Enter the token…", action: { do: "token-form", host } });

export const connectMessage = (host: string, form: Button): Message =>
	message(
		"neutral",
		title(text`Connect ${code(host)}`),
		say(
			text`Create ${link(tokenLink(NEEDED_KEYS), "a token that only reads")} in Cloudflare. There, choose this one zone, and an end in 90 days.`,
		),
		say(
			text`Welcome too: ${link(tokenLink([...NEEDED_KEYS, ...WELCOME_KEYS]), "settings, Workers routes and certificates")}, for exact fixes.`,
		),
		buttons(text`Then enter it in the private form.`, form),
		note(text`I check it at once, use it for this zone only, and never show it.`),
	);

/** Where the chat has no private form for it. */
export const connectByOperator = (workspace: string): Message =>
	message(
		"neutral",
		say(
			text`I take no tokens here. The operator sets ${code("CF520_CLOUDFLARE_TOKEN")}, and ${code(`CF520_CLOUDFLARE_WORKSPACE=${workspace}`, 80)}, for one zone.`,
		),
		say(
			text`Create ${link(tokenLink(NEEDED_KEYS), "a token that only reads")} in Cloudflare. There, choose one zone, and an end in 90 days.`,
		),
	);

/** What a new token turned out to be. */
/** @param host that was asked for: its numbers come next, not those of the zone's own name */
export const connected = (zone: Zone, host: string, verified: Verified, settings: boolean, durable: boolean): Message =>
	message(
		"good",
		title(text`${zone.name} is connected`),
		say(
			settings
				? text`The token can read ${code(zone.name)}'s numbers and settings.`
				: text`The token can read ${code(zone.name)}'s numbers, but not its settings.`,
		),
		verified.canMore ? say(text`${bold("It can do more than I need.")} Create one with these permissions only.`) : null,
		zone.isActive ? null : say(text`The zone is not active at Cloudflare, so its numbers may be empty.`),
		durable ? null : note(text`Without ${code("CF520_KEY")}, I forget the token when I restart.`),
		buttons(text`Now: ${ask(`numbers ${host}`)}`, {
			label: "Show the numbers",
			action: { do: "ask", text: `numbers ${host}` },
		}),
	);

/** A token that was not taken, and the way back to the form. */
export const withForm = ({ blocks, ...rest }: Message, host: string, form: Button): Message => ({
	...rest,
	blocks: [...blocks, buttons(text`Another token: ${ask(`connect ${host}`)}`, form)],
});

/** Nothing was connected, and why. */
export const connectFailed = (refused: Refused, host: string, nowMs: number, form: Button): Message =>
	withForm(
		message("neutral", title(text`${code(host)} is not connected`), say(notConnectedWords(refused, host, nowMs))),
		host,
		form,
	);

function notConnectedWords(refused: Refused, host: string, nowMs: number): Text {
	switch (refused.kind) {
		case "refused":
			return refused.of === "address"
				? OTHER_ADDRESS
				: text`Cloudflare has refused this token. Copy it again, or create another.`;
		case "unreachable":
			return text`Cloudflare's API gave no usable answer, so I could not check the token. I did not keep it.`;
		case "limited":
			return text`Cloudflare's limit of requests is reached, so I could not check the token. Try again at ${clock(refused.untilMs, nowMs)}.`;
		default:
			return refusedWords(refused, host, nowMs);
	}
}

/** A token may be limited to addresses; neither theirs nor ours is named. */
const OTHER_ADDRESS: Text = text`The token is limited to other IP addresses than mine. Change its client IP filter at Cloudflare.`;

/** A key that can do everything. */
export const globalKeyRefused: Message = message(
	"neutral",
	say(
		text`That is a global API key, which can do everything. I did not use it. Roll it, and create an API token that only reads.`,
	),
);

/** What was typed is no token. */
export const notAToken: Message = message(
	"neutral",
	say(text`That is not an API token. Copy it from Cloudflare again: it is shown once.`),
);

/** Not kept: the workspace has too many. */
export const tooManyAccounts: Message = message(
	"neutral",
	say(text`This workspace has too many connected zones. Disconnect one first: ${ask("account")} lists them.`),
);

export const disconnected = (host: string): Message =>
	message("neutral", say(text`I deleted the token for ${code(host)} here. Delete it at Cloudflare too: I cannot revoke it.`));

export const notConnected = (host: string): Message =>
	message("neutral", say(text`${code(host)} is not connected. An admin can change that: ${ask(`connect ${host}`)}`));

/** The token is in the settings, where no admin of a chat can delete it. */
export const fromSettings = (host: string): Message =>
	message(
		"neutral",
		say(text`The operator set the token for ${code(host)}. Ask them to unset ${code("CF520_CLOUDFLARE_TOKEN")}.`),
	);

export const accountsOff: Message = message(
	"neutral",
	say(text`Cloudflare accounts are turned off here, by ${code("CF520_CLOUDFLARE_URL")}.`),
);

/** Numbers are for people of the workspace alone. */
export const numbersNotHere: Message = message(
	"neutral",
	say(text`I show an account's numbers only to full members of its workspace, and not in shared channels.`),
);

/** Slack does not say who is one. */
export const memberUnknown: Message = message(
	"neutral",
	say(text`I cannot see who is a full member here, so I show no numbers. The operator can grant ${code("users:read")}.`),
);

export const adminsInPrivate: Message = message("neutral", say(text`My reply would be public here. Use the command instead.`));

/** One connected zone, as `account` lists it. */
export interface AccountRow {
	/** null: of the operator's own token, not yet known. */
	readonly zoneName: string | null;
	readonly plan: string | null;
	/** Of the token, not the token. */
	readonly tokenId: string | null;
	/** null: the operator, in the settings. */
	readonly by: string | null;
	readonly atMs?: number;
	/** Its last answer, where it was none. */
	readonly last?: LastRefused | null;
	readonly state:
		| { readonly kind: "working" }
		| { readonly kind: "refused"; readonly sinceMs: number }
		| { readonly kind: "limited"; readonly untilMs: number };
}

/** An answer that was none, and when. */
export interface LastRefused {
	readonly refused: Refused;
	readonly atMs: number;
}

const ROWS_MAX = 4;

/**
 * @param unreadable so many are kept that nobody can read any more
 * @param byOperator a token can only be set by the operator
 */
export function accountMessage(rows: readonly AccountRow[], unreadable: number, nowMs: number, byOperator = false): Message {
	const lost = unreadable === 0 ? null : say(unreadableWords);
	if (rows.length === 0)
		return message(
			"neutral",
			lost ??
				say(
					byOperator
						? text`No zone is connected. To connect one, set ${code("CF520_CLOUDFLARE_TOKEN")}.`
						: text`No zone is connected. To connect one: ${ask("connect shop.example")}`,
				),
		);
	return message(
		"neutral",
		title(rows.length === 1 ? text`1 connected zone` : text`${rows.length} connected zones`),
		list(rows.slice(0, ROWS_MAX).map((row) => rowWords(row, nowMs))),
		rows.length <= ROWS_MAX ? null : note(text`And ${rows.length - ROWS_MAX} more.`),
		lost,
	);
}

function rowWords({ zoneName, plan, tokenId, by, atMs, state, last = null }: AccountRow, nowMs: number): Text {
	const told = `${stateWords(state, nowMs)}${state.kind === "refused" ? "" : lastWords(last, nowMs)}`;
	if (by === null || zoneName === null || atMs === undefined) {
		const set = text`set by the operator in ${code("CF520_CLOUDFLARE_TOKEN")}`;
		return zoneName === null
			? text`A zone ${set}${told}. Which one shows with the first ${ask("numbers shop.example")}`
			: text`${code(zoneName)}: ${set}${told}`;
	}
	const of = plan === null ? "" : ` (${plan})`;
	const token = tokenId === null ? "" : `, token ${tokenId.slice(0, ID_SHOWN_CHARS)}…`;
	const since = `since ${utc(atMs).slice(0, 10)} by ${by}`;
	return text`${code(zoneName)}${of}: ${since}${token}${told}`;
}

const LAST: Readonly<Record<Refused["kind"], string>> = {
	"no-right": "the token lacked a permission",
	refused: "Cloudflare refused the token",
	limited: "",
	"zone-not-reached": "the token did not cover it",
	"too-old": "",
	unreachable: "Cloudflare's API gave no usable answer",
};
function lastWords(last: LastRefused | null, nowMs: number): string {
	const words = last === null ? "" : LAST[last.refused.kind];
	return last === null || words === "" ? "" : `, at ${clock(last.atMs, nowMs)} ${words}`;
}

function stateWords(state: AccountRow["state"], nowMs: number): string {
	switch (state.kind) {
		case "working":
			return "";
		case "refused":
			return `, refused since ${clock(state.sinceMs, nowMs)}`;
		case "limited":
			return state.untilMs <= nowMs ? "" : `, at its limit until ${clock(state.untilMs, nowMs)}`;
	}
}

/** The key of the store changed. */
export const unreadableWords: Text = text`I can no longer read a stored token, because ${code("CF520_KEY")} changed. Connect the zone again.`;

/**
 * Why there are no numbers, and what to do.
 * @param by who can change the token
 */
export function refusedWords(
	refused: Refused,
	zoneName: string,
	nowMs: number,
	sinceMs: number | null = null,
	by: "admins" | "operator" = "admins",
): Text {
	switch (refused.kind) {
		case "no-right": {
			const what = {
				zone: "this zone",
				analytics: "this zone's analytics",
				settings: "its settings",
				routes: "its Workers routes",
			} as const;
			return text`The token may not read ${what[refused.needs]}. It needs ${PERMISSIONS[refused.needs]}.`;
		}
		case "refused": {
			if (refused.of === "address") return OTHER_ADDRESS;
			const since = sinceMs === null ? "" : ` since ${clock(sinceMs, nowMs)}`;
			return by === "operator"
				? text`Cloudflare has refused the token${since}. The operator can set a new one: ${code("CF520_CLOUDFLARE_TOKEN")}.`
				: text`Cloudflare has refused the token${since}. A new one: ${ask(`connect ${zoneName}`)}`;
		}
		case "limited":
			return text`Cloudflare's limit of requests is reached. I can ask again at ${clock(refused.untilMs, nowMs)}.`;
		case "zone-not-reached":
			return text`This token does not cover ${code(zoneName)}, or the zone belongs to another account.`;
		case "too-old":
			return text`Cloudflare no longer has the numbers of that time for this plan.`;
		case "unreachable":
			return text`Cloudflare's API gave no usable answer, so there are no numbers.`;
	}
}

/** The same beside an answer, in so many words at most as far as that can be. */
export function refusedBeside(whole: Text, refused: Refused, maxWords: number): Text {
	return wordsInText(whole) <= maxWords ? whole : text`${BRIEFLY[refused.kind]}`;
}

const BRIEFLY: Readonly<Record<Refused["kind"], string>> = {
	"no-right": "The account's token may not read this.",
	refused: "Cloudflare has refused the account's token.",
	limited: "Cloudflare's limit of requests is reached.",
	"zone-not-reached": "The account's token does not cover this zone.",
	"too-old": "Numbers of that time are no longer kept.",
	unreachable: "Cloudflare's API gave no usable answer.",
};

/** A zone of a platform: somebody else's account. */
export const platformsZone = (rays: readonly string[]): Text =>
	rays.length === 0
		? text`That zone is not yours to read. Send a Ray ID to the platform's support.`
		: text`That zone is not yours to read. Send these Ray IDs to the platform's support: ${join(
				rays.slice(0, RAYS_MAX).map((ray) => text`${code(ray)}`),
				", ",
			)}.`;

/** A text as one private message. */
export const told = (words: Text): Message => message("neutral", say(words));
