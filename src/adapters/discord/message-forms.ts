import type { Message } from "../../message/message.ts";
import { isRefusedForm } from "./errors.ts";
import { type Form, type Part, partsOf } from "./parts.ts";

const KNOWN_MAX = 5_000;

/** A message in the form that a server takes. */
export type Written = (message: Message) => [Part, ...Part[]];

/** Which servers refused containers of Components V2: they get plain messages from then on, for as long as the process runs. */
export class MessageForms {
	readonly #plain = new Set<string>();

	/**
	 * Sends a message in the form that the server accepts, after a rejection once more in the other form.
	 * @param server its id; null for a direct conversation
	 * @param calls IDs of the people to mention
	 * @param say is given the parts, and what writes another message in the same form
	 */
	async say<T>(
		message: Message,
		server: string | null,
		calls: readonly string[],
		say: (parts: [Part, ...Part[]], written: Written) => Promise<T>,
	): Promise<T> {
		const key = server ?? "";
		const form: Form = this.#plain.has(key) ? "content" : "container";
		const saidIn = (used: Form) => {
			const written: Written = (one) => partsOf(one, used, calls);
			return say(written(message), written);
		};
		try {
			return await saidIn(form);
		} catch (error) {
			if (!isRefusedForm(error)) throw error;
			const said = await saidIn(form === "content" ? "container" : "content");
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
