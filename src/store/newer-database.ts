/** A newer version of the program wrote the database: what it means by its tables is not known here. */
export class NewerDatabase extends Error {
	override readonly name = "NewerDatabase";
	/** Of the program that wrote it; null: it is not noted. */
	readonly version: string | null;

	constructor(version: string | null) {
		super("the database is of a newer version");
		this.version = version;
	}
}
