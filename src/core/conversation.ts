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
	/** Where this is told: how to find the head message again, and which thread it is; null for what cannot be told. */
	where(): { readonly ref: string | null; readonly place: string | null };
	/** Who asks, as a key for limits; null for nobody in particular (a terminal). */
	readonly asker: string | null;
	/** Replaces a head message of an earlier conversation, found by its `ref`; nothing when it is gone. */
	edit(ref: string, head: M): Promise<void>;
	/** Adds a text file in the thread; rejects where files cannot be sent. */
	attach(name: string, content: string): Promise<void>;
	/** Offers only the person who asked a private form for the address of this site's origin; what they write comes back as a question. */
	askAddress(url: string, why: M): Promise<void>;
}
