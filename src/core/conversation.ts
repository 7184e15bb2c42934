/**
 * The port through which an answer reaches people. Every adapter implements it and passes one contract suite. A conversation belongs
 * to one question; what it is given is free of any platform's markup.
 * @template M a neutral message
 */
export interface Conversation<M> {
	/** Opens the head message; called at most once, before `update` and `followUp`. */
	begin(head: M): Promise<void>;
	/** Shows how far it is in the head message; may be left out where edits are scarce. */
	progress(head: M): Promise<void>;
	/** Replaces the head message in place. */
	update(head: M): Promise<void>;
	/** Adds a message in the thread under the head. */
	followUp(message: M): Promise<void>;
	/** Tells only the person who asked. */
	privateReply(message: M): Promise<void>;
	/** Offers only the person who asked a private form for the address of this site's origin; what they write comes back as a question. */
	askAddress(url: string, why: M): Promise<void>;
}
