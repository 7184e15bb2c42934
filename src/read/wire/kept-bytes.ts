/** The beginning of what arrives, in one piece of memory that grows by doubling: no object is kept per piece. */
export class KeptBytes {
	readonly #maxBytes: number;
	#memory: Buffer = NO_BYTES;
	#length = 0;

	/** @param maxBytes what comes beyond is dropped */
	constructor(maxBytes: number) {
		this.#maxBytes = maxBytes;
	}

	/** Copies what there is room for: the caller may use its memory again. */
	push(piece: Uint8Array): void {
		const part = piece.length <= this.#maxBytes - this.#length ? piece : piece.subarray(0, this.#maxBytes - this.#length);
		if (part.length === 0) return;
		const wanted = this.#length + part.length;
		if (this.#length === 0) this.#memory = Buffer.from(part);
		else {
			if (wanted > this.#memory.length) {
				const larger = Buffer.allocUnsafeSlow(Math.min(this.#maxBytes, Math.max(wanted, this.#memory.length * 2, LEAST_BYTES)));
				larger.set(this.#memory.subarray(0, this.#length));
				this.#memory = larger;
			}
			this.#memory.set(part, this.#length);
		}
		this.#length = wanted;
	}

	get length(): number {
		return this.#length;
	}

	/** There is no room for more. */
	get full(): boolean {
		return this.#length >= this.#maxBytes;
	}

	/** What was kept, in memory of its own size; for the end. */
	take(): Uint8Array {
		const { bytes } = this;
		// Small memory is part of a larger pool; larger memory may have grown well beyond what came.
		const waste = this.#memory.buffer.byteLength - this.#length;
		return waste > this.#length / 4 ? new Uint8Array(bytes) : new Uint8Array(bytes.buffer, bytes.byteOffset, bytes.length);
	}

	/** What was kept so far; good until the next piece is pushed. */
	get bytes(): Buffer {
		return this.#memory.length === this.#length ? this.#memory : this.#memory.subarray(0, this.#length);
	}
}

const LEAST_BYTES = 1_024;
const NO_BYTES = Buffer.alloc(0);
