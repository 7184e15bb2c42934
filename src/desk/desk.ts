import type { CauseId } from "../knowledge/causes/list.ts";
import { checkOrigin } from "../looks/guard.ts";
import type { Message } from "../message/message.ts";
import type { DeskAction } from "../read/action.ts";
import { mayAskIn, type Policy } from "../read/policy.ts";
import type { Target } from "../read/text/target.ts";
import { YOU } from "../reply/case-words.ts";
import { misreadReply, problemWords, refusedReply } from "../reply/misread.ts";
import { Accounts } from "./accounts.ts";
import { answeringStores } from "./answering-stores.ts";
import { loggedWorkspace } from "./audit.ts";
import { CaseActions } from "./case-actions.ts";
import { CaseThreads } from "./case-threads.ts";
import type { DeskContext } from "./context.ts";
import type { Conversation, ConversationOpener } from "./conversation.ts";
import { type Arrival, Handling } from "./handle.ts";
import { Hearing, type Overheard } from "./hearing.ts";
import { type Home, homeOf, likelyCauses } from "./home.ts";
import { inTurn } from "./in-turn.ts";
import { AcceptedQuestions, type Resumable } from "./inbox.ts";
import { Looking } from "./looking.ts";
import { type OriginAsker, whyNoOrigin } from "./may-look.ts";
import type { Outcome } from "./outcome.ts";
import { OtherPlaces } from "./places.ts";
import { isAnsweredEverywhere, isAnsweredPrivately, readBeginning, type StepAsked } from "./request.ts";
import { Replicas, type Sharing } from "./sharing.ts";
import { StoreAway } from "./stores.ts";
import { UnknownPresses } from "./tenants.ts";
import { TextReading } from "./text-reading.ts";
import { mayBeTalk } from "./thread-talk.ts";
import { WatchRounds } from "./watch-rounds.ts";
import { Watching } from "./watching.ts";
import { withTimeout } from "./with-timeout.ts";

export interface Desk {
	/**
	 * Stores what arrived before it is acknowledged, so that it is answered even after a crash.
	 * @param event the chat's own id of it: a second delivery is null
	 * @param body what the adapter needs to resume it
	 * @param workspace where it was asked, as {@link Conversation.workspace}
	 * @returns the id of the question
	 */
	accept(event: string, platform: string, body: unknown, workspace?: string | null): Promise<string | null>;
	/** There is nothing to answer: a form was opened, say. */
	drop(id: string): Promise<void>;
	/** What a process before this one accepted and did not finish; the adapter resumes it. */
	unfinished(platform: string): Promise<readonly Resumable[]>;
	/** At the start of a process with chats: services say whether they accept the operator's tokens. Never rejects. */
	begin(): Promise<void>;
	/** Connects or disconnects a chat: messages without a question are then sent, or wait. */
	connect(platform: string, open: ConversationOpener): void;
	disconnect(platform: string): void;
	/** What a chat does where several processes answer it; null: this one has the store to itself. */
	readonly sharing: Sharing | null;
	/** Does some work that only one process may do at a time, after those that are at it. What it throws comes back. */
	inTurn<T>(name: string, work: () => Promise<T>): Promise<T>;
	/** Whether the admins made answers in this workspace private. */
	privateByDefault(workspace: string | null): Promise<boolean>;
	/**
	 * Whether the answer to a text will only be for the asker, as far as its beginning can tell; for chats that must say so first. In the
	 * thread of a case, talk is public; where admins disabled the channel, nothing is. Rejects with StoreAway alone.
	 * @param text null: files come with it, which may be anything
	 */
	isPrivate(
		text: string | null,
		conversation: Pick<Conversation<Message>, "location" | "workspace" | "channel">,
	): Promise<boolean>;
	/**
	 * What a message without a mention is for the bot; anything only where an admin allowed that. Nothing else is stored.
	 * @param byBot written by another app
	 */
	hears(text: string, conversation: Conversation<Message>, byBot: boolean): Promise<Overheard | null>;
	/** The site whose origin a text asks about without naming its address: to be asked for in a private form. */
	wantsAddress(text: string, asker: OriginAsker): Promise<Target | null>;
	/** Why a question about an origin cannot be taken, in one plain sentence for the form itself; null when it can. Pure. */
	addressProblem(text: string): string | null;
	/** What this person has open in a workspace: what they asked, follow or watch, and nothing else. */
	home(asker: string, workspace: string | null): Promise<Home>;
	/** The causes to choose from when a case is closed, the likeliest first. Never rejects. */
	likelyCauses(caseId: string, conversation: Conversation<Message>): Promise<readonly CauseId[]>;
	/**
	 * Takes a token from the private form: past questions, stores of questions, and logs.
	 * @param who the person's name
	 * @returns what to tell the person alone. Rejects when the token cannot be kept
	 */
	connectZone(host: string, token: string, conversation: Conversation<Message>, who: string): Promise<Message>;
	/**
	 * The bot was removed from a workspace: everything that is kept of it is deleted, and what is under way there ends. Whether it really was
	 * removed, and not installed anew since, the chat has to know.
	 * @param atMs when, Unix milliseconds; absent: now
	 * @returns rejects when the store cannot delete it
	 */
	workspaceLeft(platform: string, workspace: string, atMs?: number): Promise<void>;
	/** What the admins of a workspace decided, to be shown to an admin. */
	settings(workspace: string | null): Promise<Policy>;
	/**
	 * Handles one question, a text or a button, to its end. Never rejects: after an internal error, the person is told.
	 * @param who the person's name, as the chat shows it
	 */
	handle(what: string | DeskAction, conversation: Conversation<Message>, who?: string, asked?: Arrival): Promise<Outcome>;
	/** The same for a step of a workflow, which hears how it ended (`Arrival.finish`). */
	step(what: StepAsked, conversation: Conversation<Message>, asked: Arrival): Promise<Outcome>;
	/** Resolves when nothing is watched for a chat any more. */
	watchesEnded(platform: string): Promise<void>;
	/** How many questions are open, and how many of them wait for something. */
	depth(): { readonly open: number; readonly looking: number; readonly waiting: number };
	/** Takes no more questions, ends what runs within `ms`, and tells the rest that they were interrupted. */
	stop(ms: number): Promise<void>;
}

/** What is not known on a broken disk does not count; while the database is away, nothing is decided. */
function unlessAway(error: unknown): null {
	if (error instanceof StoreAway) throw error;
	return null;
}

const WHO_MAX_CHARS = 80;
/** Of the time for stopping: what is left for telling people. */
const TELLING_MS = 2_000;

/** The one place that orders I/O: question in, reply out. */
export function openDesk(given: DeskContext): Desk {
	const { sweepMs } = given.stores;
	const replicas = sweepMs === null ? null : new Replicas(given.stores, sweepMs, given);
	const context = { ...given, stores: replicas === null ? answeringStores(given.stores, given.log) : replicas.stores };
	const { now, rules, stores } = context;
	const stopping = new AbortController();
	const running = new Set<Promise<unknown>>();
	const inbox = new AcceptedQuestions(context);
	const looking = new Looking(context, stopping.signal);
	const places = new OtherPlaces(context, context.globalping);
	const texts = new TextReading(context, stopping.signal);
	const threads = new CaseThreads(context);
	const unknown = new UnknownPresses(now);
	const actions = new CaseActions(context, looking, threads, unknown);
	const hearing = new Hearing(context, threads);
	const rounds = new WatchRounds(context, looking, (caseId, atMs, conversation) => threads.recovered(caseId, atMs, conversation));
	const watching = new Watching(context, rounds, unknown);
	const accounts = new Accounts(context);
	const handling = new Handling(
		{ context, accounts, texts, looking, places, threads, actions, watching },
		stopping.signal,
		replicas,
	);
	const run = <T>(work: Promise<T>): Promise<T> => {
		running.add(work);
		void work.finally(() => running.delete(work));
		return work;
	};
	return {
		accept: (event, platform, body, workspace = null) => inbox.accept(event, platform, body, workspace),
		drop: (id) => stores.inbox.end(id),
		unfinished: (platform) => inbox.unfinished(platform),
		begin: () => places.start(),
		connect: (platform, open) => rounds.connect(platform, open),
		disconnect: (platform) => {
			rounds.disconnect(platform);
			replicas?.leaveOff(platform);
		},
		sharing: replicas,
		inTurn: (name, work) => inTurn(context, name, work),
		privateByDefault: async (workspace) => (await stores.policies.of(workspace)).privately,
		isPrivate: async (text, conversation) => {
			const read = text === null ? null : readBeginning(text, now());
			const policy = await stores.policies.of(conversation.workspace).catch(unlessAway);
			const isHere = policy === null || mayAskIn(policy, conversation.channel);
			if (!isHere && (read === null || !isAnsweredEverywhere(read))) return true;
			if (text === null || read === null || !isAnsweredPrivately(read)) return false;
			return !mayBeTalk(read, text) || (await threads.newestHere(conversation).catch(unlessAway)) === null;
		},
		hears: (text, conversation, byBot) => hearing.hears(text, conversation, byBot),
		wantsAddress: async (text, asker) => {
			const question = readBeginning(text, now());
			if (question.kind !== "origin" || question.addresses.length > 0) return null;
			return (await whyNoOrigin(stores, question.target.host, asker)) === null ? question.target : null;
		},
		addressProblem: (text) => {
			const question = readBeginning(text, now());
			if (question.kind === "misread") return problemWords(misreadReply(question));
			if (question.kind !== "origin" || question.addresses.length === 0)
				return problemWords(misreadReply({ kind: "misread", why: "origin-address" }));
			for (const { address, port } of question.addresses) {
				const checked = checkOrigin(question.target, address, port ?? question.target.port, rules);
				if ("why" in checked) return problemWords(refusedReply(checked));
			}
			return null;
		},
		home: (asker, workspace) => homeOf(context, asker, workspace),
		likelyCauses: (caseId, conversation) => likelyCauses(context, caseId, conversation),
		connectZone: (host, token, conversation, who) => accounts.submitted(host, token, conversation, who.slice(0, WHO_MAX_CHARS)),
		workspaceLeft: async (platform, workspace, atMs = now()) => {
			const owner = { platform, workspace };
			const { done, zones } = await accounts.left(owner, () => stores.forgetWorkspace(owner));
			await rounds.forgotten();
			const left = { platform, workspace: loggedWorkspace(workspace), leftAt: new Date(atMs).toISOString() };
			context.log({ event: "workspace-left", audit: true, ...left, ...done, zones });
		},
		settings: (workspace) => stores.policies.of(workspace),
		handle: (what, conversation, who = conversation.platform === "terminal" ? YOU : "", asked = {}) =>
			run(handling.handle(what, conversation, who.slice(0, WHO_MAX_CHARS), asked)),
		step: (what, conversation, asked) => run(handling.handle(what, conversation, "", asked)),
		watchesEnded: (platform) => rounds.allEnded(platform),
		depth: () => ({ open: context.limits.open, looking: looking.depth, waiting: handling.waiting + texts.waiting }),
		stop: async (ms) => {
			handling.close();
			rounds.close();
			replicas?.close();
			const patience = Math.max(0, ms - TELLING_MS);
			await withTimeout(Promise.allSettled(running), patience);
			stopping.abort();
			await withTimeout(Promise.allSettled([...running, rounds.stop()]), ms - patience);
			await replicas?.settle();
			// A later process resumes at once, another one now.
			await stores.inbox.release();
		},
	};
}
