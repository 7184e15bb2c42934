import { NotPosted } from "../../desk/conversation.ts";
import type { Message } from "../../message/message.ts";
import { type SlackContext, type SlackPlace, workspaceOf } from "./context.ts";
import { SlackConversation } from "./conversation.ts";

/**
 * The channel of a workflow's step, as a conversation. The event names no person, and an ID among the inputs would prove nothing, so no
 * one can be told anything privately: the answer is public, or the step fails with the reason.
 */
export class StepConversation extends SlackConversation {
	override readonly asker: string | null = null;
	override readonly channel: string;
	/** What the step was given is no ID of a channel. */
	readonly #isNoChannel: boolean;
	readonly #log: SlackContext["log"];
	/** Where the head is, is unknown: nothing more is posted. */
	#isLost = false;

	constructor(context: SlackContext, place: SlackPlace) {
		super(context, { ...place, responseUrl: null, alone: false });
		this.#isNoChannel = place.channel === "";
		this.#log = context.log;
		// Of a workspace's own, for its limits and decisions: such a step is in none of its channels.
		this.channel = place.channel === "" ? `workflows of ${workspaceOf(place)}` : place.channel;
	}

	/** Rejects with NotPosted where it cannot be posted. */
	override async begin(message: Message): Promise<void> {
		const why = this.#isNoChannel ? "place" : await this.beginPublicly(message);
		if (why !== null) throw new NotPosted(why);
	}

	override resumeAt(ref: string | null): void {
		if (ref !== null) super.resumeAt(ref);
		else {
			this.#isLost = true;
			this.#log({ event: "step-posted-unsure" });
		}
	}

	override async followUp(message: Message): Promise<string | null> {
		return this.#isLost ? null : super.followUp(message);
	}

	override async attach(name: string, content: string, about: string): Promise<void> {
		if (!this.#isLost) await super.attach(name, content, about);
	}

	override async replyPrivately(): Promise<void> {}

	override async askAddress(): Promise<void> {}

	override async isAdmin(): Promise<"no"> {
		return "no";
	}

	override async isFullMember(): Promise<"no"> {
		return "no";
	}
}
