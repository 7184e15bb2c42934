import type { Message } from "../../message/message.ts";
import { isRefusedForm } from "./errors.ts";
import { type Form, type Part, partsOf } from "./parts.ts";

const KNOWN_MAX = 5_000;

/** Which servers refused containers of Components V2: they get plain messages from then on, for as long as the process runs. */
export class MessageForms {
	readonly #plain = new Set<string>();

	/**
	 * Sends a message in the form that the server accepts, after a rejection once more in the other form.
	 * @param server its id; null for a direct conversation
	 * @param calls IDs of the people to mention
	 */
	async say<T>(
		message: Message,
		server: string | null,
		calls: readonly string[],
		say: (parts: [Part, ...Part[]]) => Promise<T>,
	): Promise<T> {
		const key = server ?? "";
		const form: Form = this.#plain.has(key) ? "content" : "container";
		try {
			return await say(partsOf(message, form, calls));
		} catch (error) {
			if (!isRefusedForm(error)) throw error;
			const said = await say(partsOf(message, form === "content" ? "container" : "content", calls));
			// A message that was a container stays one: that one was refused as content says nothing of the server.
			if (form === "container") this.#remember(key);
			return said;
		}
	}

	#remember(key: string): void {
		if (this.#plain.size >= KNOWN_MAX) this.#plain.clear();
		this.#plain.add(key);
	}
}
