/** What is stored was sealed with another key than the one that is given, and that one must not be used on it. */
export class OtherKey extends Error {
	override readonly name = "OtherKey";

	constructor() {
		super("what is stored was sealed with another key");
	}
}
