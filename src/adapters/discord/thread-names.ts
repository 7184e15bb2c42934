import { type Message, SIGN } from "../../message/message.ts";
import { plainText } from "../../message/text.ts";

/** Discord: characters of a thread's name (https://discord.com/developers/docs/resources/channel). */
const NAME_MAX_CHARS = 100;

/**
 * A thread's name: the state's sign and the problem, short enough for the list of channels. Pure.
 * @param head the message with the state
 */
export function threadName({ mood, blocks }: Message): string {
	const told = blocks.find((block) => block.kind === "title") ?? blocks.find((block) => block.kind === "say");
	const words = told === undefined ? "cf520" : plainText(told.text);
	const [sentence = words] = words.split(/(?<=[^.]{8})\. /, 1);
	const short = sentence.replace(/\.$/, "").replace(/ fails with (?=\d{3}\b)/, ": ");
	const sign = SIGN[mood];
	const name = sign === null || short.startsWith(sign) ? short : `${sign} ${short}`;
	return name.length <= NAME_MAX_CHARS ? name : `${name.slice(0, NAME_MAX_CHARS - 2).replace(/\s+\S*$/, "")} …`;
}

/** Discord gives a thread two names in ten minutes at most: of several wanted meanwhile only the newest counts. */
export class ThreadNames {
	/** The next name of a thread whose last one is on its way. */
	readonly #wanted = new Map<string, string | null>();

	/**
	 * Names a thread when the rate limit allows. Not awaited; failures are ignored.
	 * @param rename may take as long as Discord wants
	 */
	want(thread: string, name: string, rename: (name: string) => Promise<void>): void {
		const onItsWay = this.#wanted.has(thread);
		this.#wanted.set(thread, name);
		if (!onItsWay) void this.#work(thread, rename);
	}

	async #work(thread: string, rename: (name: string) => Promise<void>): Promise<void> {
		for (let name = this.#wanted.get(thread) ?? null; name !== null; name = this.#wanted.get(thread) ?? null) {
			this.#wanted.set(thread, null);
			await rename(name).catch(() => {});
		}
		this.#wanted.delete(thread);
	}
}
