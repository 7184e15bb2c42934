import { judgeConfiguration } from "../judge/configuration.ts";
import { type AccountFact, judgeRay, judgeShares, type Numbers } from "../judge/shares.ts";
import { isOnPlatform } from "../knowledge/platforms.ts";
import type { Message } from "../message/message.ts";
import type { Text } from "../message/text.ts";
import type { Question } from "../read/text/question.ts";
import {
	accountMessage,
	accountsOff,
	adminsInPrivate,
	connectByOperator,
	connected,
	connectFailed,
	connectMessage,
	disconnected,
	fromSettings,
	globalKeyRefused,
	type LastRefused,
	memberUnknown,
	notAToken,
	notConnected,
	numbersNotHere,
	onlyTheHost,
	platformsZone,
	refusedBeside,
	refusedWords,
	tokenFormButton,
	tokenTyped,
	told,
	tooManyAccounts,
	unreadableWords,
	withForm,
} from "../reply/account.ts";
import { notAdmin, noWorkspace } from "../reply/admin.ts";
import { configurationWords, numbersReply, numbersWords, type RayWords, rayNumbersWords } from "../reply/numbers.ts";
import { accountsOfServers } from "../reply/personal.ts";
import type { Question as AccountQuestion } from "../services/cloudflare/cloudflare.ts";
import { type Configuration, isRefused, type Refused, type Shares } from "../services/cloudflare/shares.ts";
import type { AccountsContext, DeskContext } from "./context.ts";
import type { Conversation } from "./conversation.ts";
import { type Ended, ended, endPrivately } from "./outcome.ts";
import type { ResumableConversation } from "./resumable.ts";
import type { Access, AccessOwner, AccessState } from "./stores.ts";
import { tell } from "./tell.ts";

/** A token that a question may use. */
interface Usable {
	readonly token: string;
	readonly zoneId: string;
	readonly zoneName: string;
	/** Tells accesses apart. */
	readonly key: string;
	/** As it is kept; null: the operator's own. */
	readonly kept: Access | null;
	readonly state: AccessState;
	/** Its zone could not be found out just now, and why. */
	readonly failed?: Refused;
}

/** The numbers of a connected zone, for an answer about a host. */
export interface AccountNumbers {
	/** In so many words at most, but for the first sentence. */
	readonly say: (maxWords: number) => Text;
	readonly evidence: readonly AccountFact[];
	/** Since when what was asked about fails, Unix milliseconds; null: the numbers do not say, or are about other failures. */
	readonly beganAtMs: number | null;
	/** null: there are none, and `say` says why. */
	readonly numbers: Numbers | null;
	/** The row of the Ray ID that was asked about; null: none was, or nothing can be said of it. */
	readonly row: RayWords | null;
}

/** What the numbers are asked for. */
interface About {
	/** What failed; its host is asked about, and Workers may run on its path. */
	readonly url: string;
	/** null: nobody knows, and the most frequent one is meant. */
	readonly code: number | null;
	/** A request of its own; the numbers are those around it. Absent or null: those up to now. */
	readonly ray?: { readonly id: string; readonly receivedAtMs: number } | null;
	/** A direct request has shown that the origin takes HTTP/2. */
	readonly speaksHttp2?: boolean;
}
/** What the thread knows of the host that `numbers` asks about. */
export interface Known {
	/** null: unknown. */
	readonly code: number | null;
	/** The page that failed; null: unknown. */
	readonly url: string | null;
	readonly rays: readonly string[];
	readonly speaksHttp2: boolean;
}
const NOTHING_KNOWN: Known = { code: null, url: null, rays: [], speaksHttp2: false };
/** The page that it is about; null: the site, which people name by its host alone. */
const pathOf = ({ url }: Pick<About, "url">): string | null => {
	const { pathname } = new URL(url);
	return pathname === "/" ? null : pathname;
};
const hostOf = ({ url }: Pick<About, "url">): string => new URL(url).hostname;

const HOUR_MS = 3_600_000;
const DAY_MS = 24 * HOUR_MS;
/** Fewer fails say little: a day may have more. */
const WIDEN_UNDER_FAILS = 20;
/** What is asked for where nobody knows better. */
const USUAL_CODE = 520;
/** One or two of a code are strays. */
const OTHER_CODE_ROWS_MIN = 3;
const SHARES_KEPT_MS = 60_000;
const SHARES_KEPT_MAX = 200;
/** One may be a slip of Cloudflare's own. */
const REFUSED_AFTER = 3;
const REFUSALS_MAX = 1_000;
/** An API token: the prefixed form, or the older one. */
const TOKEN = /^(?:cf(?:ut|at)_[A-Za-z0-9_-]{20,120}|[A-Za-z0-9_-]{40})$/;
const GLOBAL_KEY = /^(?:cfk_.*|[0-9a-f]{37})$/is;
const TERMINAL: AccessOwner = { platform: "terminal", workspace: "terminal" };

type Asker = Pick<
	Conversation<Message>,
	"platform" | "workspace" | "room" | "isOutsider" | "isOfPerson" | "isFullMember" | "isShared" | "isAdmin"
>;
type AccountVerb = Extract<Question, { kind: "connect" | "disconnect" | "account" | "numbers" }>;

/** The owners' Cloudflare accounts: who connects them, and for whom they speak. */
export class Accounts {
	readonly #context: DeskContext;
	/** Shares of the same host and window, as they are asked or known. */
	readonly #shares = new Map<string, { readonly atMs: number; readonly found: Promise<Shares | Refused> }>();
	/** How often Cloudflare has refused a token in a row. */
	readonly #refusals = new Map<string, number>();
	/** Accesses whose end was told. */
	readonly #announced = new Set<string>();
	/** Of the operator's own token, which is in no store. */
	#ownState: AccessState = { kind: "working" };
	/** The zones that it has answered for: which ones it covers is asked of a host at a time. */
	readonly #ownZones = new Set<string>();
	/** The last answer of each access, where it was none. */
	readonly #last = new Map<string, LastRefused>();

	constructor(context: DeskContext) {
		this.#context = context;
	}

	/** `connect`, `disconnect`, `account`, `numbers`. */
	async answer(question: AccountVerb, conversation: ResumableConversation, known: Known = NOTHING_KNOWN): Promise<Ended> {
		const { accounts } = this.#context;
		if (question.kind === "connect" && question.hasMore)
			return endPrivately(
				question.hasToken ? tokenTyped(conversation).message : onlyTheHost(question.target.host),
				conversation,
				"refused",
			);
		if (accounts == null) return endPrivately(accountsOff, conversation, "refused");
		if (question.kind === "numbers") return this.#numbers(question, conversation, known);
		if (conversation.isOfPerson === true) return endPrivately(accountsOfServers, conversation, "refused");
		const isTerminal = conversation.platform === "terminal";
		if (conversation.workspace === null && (!isTerminal || question.kind === "connect"))
			return endPrivately(question.kind === "connect" ? connectByOperator("terminal") : noWorkspace, conversation, "refused");
		if (!conversation.canReplyPrivately) return endPrivately(adminsInPrivate, conversation, "refused");
		// Who has the terminal is the operator.
		const admin = isTerminal ? "yes" : await adminOf(conversation);
		if (admin !== "yes") {
			this.#context.metrics.refused("not-admin");
			return endPrivately(notAdmin(admin === "unknown", conversation.platform), conversation, "refused");
		}
		const owner = ownerOf(conversation);
		switch (question.kind) {
			case "connect": {
				if (isOnPlatform(question.target.host)) return endPrivately(told(platformsZone(known.rays)), conversation, "refused");
				const form = accounts.tokenForm?.(conversation, question.target.host) ?? null;
				const message =
					form === null ? connectByOperator(owner.workspace.replace(" ", ":")) : connectMessage(question.target.host, form);
				return endPrivately(message, conversation, "answered");
			}
			case "disconnect":
				return endPrivately(await this.#disconnect(question.target.host, owner), conversation, "answered");
			case "account":
				return endPrivately(await this.#list(owner, conversation.platform === "terminal"), conversation, "answered");
		}
	}

	/**
	 * A token from the private form: used for this zone alone, and shown nowhere.
	 * @param who the person's name
	 * @returns what to tell the person alone
	 */
	async submitted(host: string, token: string, asker: Asker, who: string): Promise<Message> {
		const { accounts, now, stores, log } = this.#context;
		if (accounts == null) return accountsOff;
		if (asker.workspace === null) return noWorkspace;
		const admin = await adminOf(asker);
		if (admin !== "yes") return notAdmin(admin === "unknown", asker.platform);
		const given = token.trim();
		if (GLOBAL_KEY.test(given)) return withForm(globalKeyRefused, host, tokenFormButton(host));
		if (!TOKEN.test(given)) return withForm(notAToken, host, tokenFormButton(host));
		const owner = ownerOf(asker);
		// Not yet known by its zone: what it costs counts for the workspace.
		const found = await accounts.client.connect({ key: `connect ${keyOf(owner)}`, token: given }, host);
		if (isRefused(found)) return connectFailed(found, host, now(), tokenFormButton(host));
		if (found.numbers !== null) return connectFailed(found.numbers, host, now(), tokenFormButton(host));
		const { zone, verified } = found;
		const access: Access = {
			...owner,
			zoneId: zone.id,
			zoneName: zone.name,
			token: given,
			tokenId: verified.id,
			plan: zone.plan,
			by: who,
			atMs: now(),
			state: { kind: "working" },
		};
		if (!(await stores.accesses.put(access))) return tooManyAccounts;
		log({ event: "account-connected", audit: true, platform: owner.platform, workspace: owner.workspace, zone: zone.name });
		const settings = await accounts.client.question({ key: accessKey(access), token: given }).configuration(zone.id);
		return connected(zone, host, verified, !isRefused(settings) && !settings.isPartly, stores.accesses.durable);
	}

	/**
	 * The numbers of a host for an answer about it, where an account of this workspace covers it and may speak here.
	 * @param signal ends it
	 * @returns null: nothing is said. Never rejects
	 */
	async numbersFor(about: About, asker: Asker, signal?: AbortSignal): Promise<AccountNumbers | null> {
		try {
			if ((await this.#speaks(asker)) !== "here") return null;
			const access = await this.#accessFor(hostOf(about), ownerOf(asker), signal);
			// Whether that host is of its zone at all is not known then.
			if (access === null || "unreadable" in access || access.failed !== undefined) return null;
			return await this.#told(access, about, signal);
		} catch (error) {
			this.#failed(error);
			return null;
		}
	}

	/**
	 * The bot was removed from a workspace: nothing of its tokens stays in memory.
	 * @param forget deletes what is stored of it
	 * @returns how many tokens that were
	 */
	async left<T>(owner: AccessOwner, forget: () => Promise<T>): Promise<{ readonly done: T; readonly zones: number }> {
		const { accounts, stores } = this.#context;
		const known = await stores.accesses.of(owner);
		const done = await forget();
		for (const one of known) {
			if ("unreadable" in one) continue;
			accounts?.client.forget(accessKey(one));
			this.#forget(accessKey(one));
		}
		return { done, zones: known.length };
	}

	/**
	 * Forgets a host, and with it the tokens of zones at or below it.
	 * @param forget deletes what is stored about it
	 * @returns the zones of which a token was deleted, and one above it that stays connected; null: none does
	 */
	async forgetting<T>(
		host: string,
		conversation: Pick<Asker, "platform" | "workspace">,
		forget: () => Promise<T>,
	): Promise<{ readonly done: T; readonly deleted: readonly string[]; readonly stays: string | null }> {
		const { accesses } = this.#context.stores;
		const owner = ownerOf(conversation);
		const readable = async () => (await accesses.of(owner)).flatMap((one) => ("unreadable" in one ? [] : [one]));
		const before = await readable();
		const done = await forget();
		const left = new Set((await readable()).map(({ zoneId }) => zoneId));
		const gone = before.filter(({ zoneId }) => !left.has(zoneId));
		for (const one of gone) {
			this.#context.accounts?.client.forget(accessKey(one));
			this.#forget(accessKey(one));
			this.#context.log({ event: "account-disconnected", audit: true, ...owner, zone: one.zoneName });
		}
		const above = before.find((one) => left.has(one.zoneId) && covers(one.zoneName, host));
		return { done, deleted: gone.map(({ zoneName }) => zoneName), stays: above?.zoneName ?? null };
	}

	#failed(error: unknown): void {
		this.#context.log({ event: "account-failed", error: error instanceof Error ? error.name : "unknown" });
	}

	async #numbers(
		question: Extract<Question, { kind: "numbers" }>,
		conversation: ResumableConversation,
		known: Known,
	): Promise<Ended> {
		const { now } = this.#context;
		const speaks = await this.#speaks(conversation);
		if (speaks === "no") {
			const isUnknown = !conversation.isOutsider && (await conversation.isFullMember()) === "unknown";
			const why = isUnknown && conversation.platform === "slack" ? memberUnknown : numbersNotHere;
			return endPrivately(why, conversation, "refused");
		}
		const { host } = question.target;
		const access = await this.#accessFor(host, ownerOf(conversation));
		if (access === null && isOnPlatform(host)) return endPrivately(told(platformsZone(known.rays)), conversation, "refused");
		if (access === null) return endPrivately(notConnected(host), conversation, "refused");
		if ("unreadable" in access) return endPrivately(told(unreadableWords), conversation, "refused");
		const refused = stateRefusal(access.state, now()) ?? access.failed ?? null;
		const sinceMs = access.state.kind === "refused" ? access.state.sinceMs : null;
		const by = access.kept === null ? "operator" : "admins";
		const why = (of: Refused) => told(refusedWords(of, access.zoneName, now(), sinceMs, by));
		if (refused !== null) return endPrivately(why(refused), conversation, "refused");
		const url = known.url ?? question.target.url;
		const { code } = known;
		const found = await this.#sharesOf(access, { url, code }, question.sinceMs);
		await this.#note(access, isRefused(found) ? found : null);
		if (isRefused(found)) return endPrivately(why(found), conversation, "refused");
		const { numbers } = judgeShares(found);
		const settings = await this.#configuration(access);
		const judged =
			settings === null
				? null
				: judgeConfiguration(settings, { url, beganAtMs: numbers.beganAtMs, speaksHttp2: known.speaksHttp2 });
		const reply = numbersReply(
			numbers,
			now(),
			judged === null || numbers.fails.estimate === 0 ? [] : [configurationWords(judged, now())],
			question.sinceMs,
		);
		if (speaks === "alone") return endPrivately(reply.head, conversation, "answered");
		await tell(reply, conversation);
		return ended("answered", reply);
	}

	async #told(access: Usable, about: About, signal?: AbortSignal): Promise<AccountNumbers | null> {
		const { accounts, now } = this.#context;
		if (accounts == null || !isUsable(access.state, now())) return null;
		const { ray = null } = about;
		// Both are one question: what the zone lets us ask is read once, and four requests are all.
		const question = this.#question(accounts, access, signal);
		const [found, row] = await Promise.all([
			this.#sharesOf(access, about, null, question),
			ray === null ? null : question.ray(access.zoneId, ray.id, ray.receivedAtMs),
		]);
		const answers = row === null ? [found] : [found, row];
		const answered = answers.find((one) => !isRefused(one));
		const state = await this.#note(access, answered === undefined && isRefused(found) ? found : null);
		const rowWords =
			row === null || isRefused(row) || ray === null ? null : rayNumbersWords(row, hostOf(about), now() - ray.receivedAtMs);
		const ofRow = row === null || isRefused(row) ? [] : judgeRay(row, { host: hostOf(about), code: about.code ?? USUAL_CODE });
		if (isRefused(found)) {
			const isRowAlone = rowWords !== null;
			// A token that is refused is told once; every other reason costs a sentence each time.
			if (!isRowAlone && state.kind === "refused" && this.#announced.has(access.key)) return null;
			if (state.kind === "refused") this.#announced.add(access.key);
			const sinceMs = state.kind === "refused" ? state.sinceMs : null;
			const by = access.kept === null ? "operator" : "admins";
			const why = (max: number): Text => refusedBeside(refusedWords(found, access.zoneName, now(), sinceMs, by), found, max);
			return { say: (max) => (isRowAlone ? [] : why(max)), evidence: ofRow, numbers: null, beganAtMs: null, row: rowWords };
		}
		const { numbers, evidence } = judgeShares(found, pathOf(about));
		// Where none fails, or another page does, or with another code, the numbers are not about what failed.
		const isOfIt = numbers.fails.estimate > 0 && evidence.length > 0 && numbers.code === (about.code ?? USUAL_CODE);
		const settings = numbers.fails.estimate === 0 ? null : await this.#configuration(access, signal);
		const judged = settings === null ? null : judgeConfiguration(settings, { ...about, beganAtMs: numbers.beganAtMs });
		const setting = judged === null || judged.changed === null ? null : configurationWords(judged, now());
		const ofShares = [
			...(isOfIt ? evidence : []),
			...(judged?.evidence ?? []).filter(({ key }) => isOfIt || key !== "what-changed"),
		];
		const isOfRow = ({ key }: AccountFact) => ofRow.some((one) => one.key === key);
		return {
			say: (max) => numbersWords(numbers, now(), setting, max),
			evidence: [...ofShares.filter((one) => !isOfRow(one)), ...ofRow],
			numbers,
			beganAtMs: isOfIt ? numbers.beganAtMs : null,
			row: rowWords,
		};
	}

	/** For whom an account may speak: to all of this place, to the asker alone, or not at all. */
	async #speaks(asker: Asker): Promise<"here" | "alone" | "no"> {
		if (asker.isOutsider || asker.isOfPerson === true) return "no";
		if (asker.platform !== "terminal" && asker.workspace === null) return "no";
		const member = await asker.isFullMember();
		// A server of Discord has members and nothing less; its token is the operator's, who named that server.
		const isMember = member === "yes" || (member === "unknown" && asker.platform === "discord");
		if (!isMember) return "no";
		if (!((await asker.isShared?.()) ?? asker.room.hasOutsiders)) return "here";
		return (await asker.isAdmin()) === "yes" ? "alone" : "no";
	}

	async #disconnect(host: string, owner: AccessOwner): Promise<Message> {
		const { accesses } = this.#context.stores;
		const access = await this.#accessFor(host, owner);
		if (access === null) return notConnected(host);
		if ("unreadable" in access) {
			await accesses.remove(owner, host);
			return disconnected(host);
		}
		if (access.kept === null) return fromSettings(access.zoneName);
		await accesses.remove(owner, access.zoneName);
		this.#context.log({ event: "account-disconnected", audit: true, ...owner, zone: access.zoneName });
		this.#context.accounts?.client.forget(access.key);
		this.#forget(access.key);
		return disconnected(access.zoneName);
	}

	async #list(owner: AccessOwner, isTerminal: boolean): Promise<Message> {
		const { accounts, stores, now } = this.#context;
		const all = await stores.accesses.of(owner);
		const rows = all.flatMap((one) => ("unreadable" in one ? [] : [{ ...one, last: this.#last.get(accessKey(one)) ?? null }]));
		const { own } = accounts ?? { own: null };
		const ownRow =
			own === null || own.platform !== owner.platform || own.workspace !== owner.workspace
				? []
				: (this.#ownZones.size === 0 ? [null] : [...this.#ownZones]).map((zoneName) => ({
						zoneName,
						plan: null,
						tokenId: null,
						by: null,
						state: this.#ownState,
						last: this.#last.get(ownKey(owner)) ?? null,
					}));
		return accountMessage([...rows, ...ownRow], all.length - rows.length, now(), isTerminal);
	}

	/** The access of a workspace that covers a host, the closest zone first; null: none. */
	async #accessFor(
		host: string,
		owner: AccessOwner,
		signal?: AbortSignal,
	): Promise<Usable | { readonly unreadable: true } | null> {
		const { accounts, stores } = this.#context;
		if (accounts == null) return null;
		const all = await stores.accesses.of(owner);
		const [closest] = all
			.flatMap((one) => ("unreadable" in one || !covers(one.zoneName, host) ? [] : [one]))
			.sort((a, b) => b.zoneName.length - a.zoneName.length);
		if (closest !== undefined) {
			const { token, zoneId, zoneName, state } = closest;
			return { token, zoneId, zoneName, key: accessKey(closest), kept: closest, state };
		}
		const { own } = accounts;
		if (own !== null && own.platform === owner.platform && own.workspace === owner.workspace) {
			const key = ownKey(owner);
			const usable = { token: own.token, key, kept: null, state: this.#ownState };
			const zone = isUsable(this.#ownState, this.#context.now())
				? await accounts.client.question({ key, token: own.token }, signal).zoneOf(host)
				: null;
			if (zone === null) return { ...usable, zoneId: "", zoneName: host };
			if (!isRefused(zone)) {
				this.#ownZones.add(zone.name);
				return { ...usable, zoneId: zone.id, zoneName: zone.name };
			}
			if (zone.kind === "zone-not-reached") return null;
			const unknown = { ...usable, zoneId: "", zoneName: host };
			return { ...unknown, state: await this.#note(unknown, zone), failed: zone };
		}
		return all.some((one) => "unreadable" in one) ? { unreadable: true } : null;
	}

	#question(accounts: AccountsContext, { key, token }: Usable, signal?: AbortSignal): AccountQuestion {
		return accounts.client.question({ key, token }, signal);
	}

	/**
	 * The shares of a host: the last hour, or around a time; a day where there are few fails.
	 * @param sinceMs how long back, as the person said it; null: they did not
	 */
	async #sharesOf(
		access: Usable,
		about: About,
		sinceMs: number | null,
		question: AccountQuestion | null = null,
	): Promise<Shares | Refused> {
		const { accounts, now } = this.#context;
		if (accounts == null) return { kind: "unreachable" };
		const asks = question ?? this.#question(accounts, access);
		const host = hostOf(about);
		const around = about.ray?.receivedAtMs ?? null;
		const toMs = around === null ? now() : Math.min(now(), around + HOUR_MS / 2);
		const fromMs = around === null ? toMs - (sinceMs ?? HOUR_MS) : around - HOUR_MS / 2;
		// In the same minute it is the same window.
		const minute = Math.floor(toMs / SHARES_KEPT_MS);
		const at = [access.key, access.zoneId, host, about.code, around ?? minute, sinceMs].join("\0");
		const known = this.#shares.get(at);
		if (known !== undefined && now() - known.atMs < SHARES_KEPT_MS) return known.found;
		const ask = (from: number, to: number, code = about.code ?? USUAL_CODE) =>
			asks.shares(access.zoneId, { host, code, fromMs: from, toMs: to });
		const found = (async () => {
			const usual = await ask(fromMs, toMs);
			const other = about.code !== null || isRefused(usual) ? null : codeInstead(usual);
			const first = other === null ? usual : await ask(fromMs, toMs, other);
			if (isRefused(first) || sinceMs !== null || first.fails.n >= WIDEN_UNDER_FAILS) return first;
			const wider = await ask(toMs - DAY_MS, toMs, first.code);
			// A day without more of them is no better, and its minutes are of another time.
			return isRefused(wider) || wider.fails.n <= first.fails.n ? first : wider;
		})();
		this.#shares.set(at, { atMs: now(), found });
		const [oldest] = this.#shares.keys();
		if (this.#shares.size > SHARES_KEPT_MAX && oldest !== undefined) this.#shares.delete(oldest);
		// What did not come is asked again.
		void found.then((shares) => {
			if (isRefused(shares)) this.#shares.delete(at);
		});
		return found;
	}

	async #configuration(access: Usable, signal?: AbortSignal): Promise<Configuration | null> {
		const { accounts } = this.#context;
		if (accounts == null) return null;
		const found = await this.#question(accounts, access, signal).configuration(access.zoneId);
		return isRefused(found) ? null : found;
	}

	/**
	 * Notes what an answer says of an access: refused three times in a row, it is asked no more.
	 * @param refused null: it answered
	 */
	async #note(access: Usable, refused: Refused | null): Promise<AccessState> {
		const { now, stores } = this.#context;
		const put = async (state: AccessState): Promise<AccessState> => {
			if (access.kept === null) this.#ownState = state;
			else await stores.accesses.note(access.kept, state);
			return state;
		};
		if (refused === null) this.#last.delete(access.key);
		else this.#last.set(access.key, { refused, atMs: now() });
		const [first] = this.#last.keys();
		if (this.#last.size > REFUSALS_MAX && first !== undefined) this.#last.delete(first);
		if (refused === null || (refused.kind !== "refused" && refused.kind !== "no-right")) {
			if (refused?.kind === "limited") return put({ kind: "limited", untilMs: refused.untilMs });
			if (refused !== null) return access.state;
			this.#forget(access.key);
			return access.state.kind === "working" ? access.state : put({ kind: "working" });
		}
		const count = (this.#refusals.get(access.key) ?? 0) + 1;
		this.#refusals.set(access.key, count);
		const [oldest] = this.#refusals.keys();
		if (this.#refusals.size > REFUSALS_MAX && oldest !== undefined) this.#refusals.delete(oldest);
		return count < REFUSED_AFTER ? access.state : put({ kind: "refused", sinceMs: now() });
	}

	#forget(key: string): void {
		this.#last.delete(key);
		this.#refusals.delete(key);
		this.#announced.delete(key);
	}
}

const keyOf = ({ platform, workspace }: AccessOwner): string => `${platform} ${workspace}`;
const ownKey = (owner: AccessOwner): string => `own ${keyOf(owner)}`;
const accessKey = (access: Access): string => `${keyOf(access)} ${access.zoneId} ${access.atMs}`;
const ownerOf = ({ platform, workspace }: Pick<Asker, "platform" | "workspace">): AccessOwner =>
	workspace === null ? TERMINAL : { platform, workspace };
const covers = (zoneName: string, host: string): boolean => host === zoneName || host.endsWith(`.${zoneName}`);

/** Whether somebody decides about accounts: an admin who is of this workspace. A person brought the bot along, or is a guest: they are not. */
const adminOf = async (asker: Asker): Promise<"yes" | "no" | "unknown"> =>
	asker.isOutsider || (await asker.isFullMember()) === "no" ? "no" : asker.isAdmin();

/** The code that the host fails with where none is a 520, and it is no stray; null: as it was asked. */
function codeInstead({ fails, statuses }: Shares): number | null {
	if (fails.estimate > 0) return null;
	const rows = new Map<number, number>();
	for (const { of, count } of statuses ?? []) rows.set(of.edge, (rows.get(of.edge) ?? 0) + count.n);
	const [most] = [...rows].filter(([, n]) => n >= OTHER_CODE_ROWS_MIN).sort(([, a], [, b]) => b - a);
	return most?.[0] ?? null;
}

/** Why an access is not asked just now; null: it is. */
function stateRefusal(state: AccessState, nowMs: number): Refused | null {
	if (state.kind === "refused") return { kind: "refused" };
	return state.kind === "limited" && state.untilMs > nowMs ? state : null;
}
const isUsable = (state: AccessState, nowMs: number): boolean => stateRefusal(state, nowMs) === null;
