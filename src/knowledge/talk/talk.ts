/**
 * What people say in a thread, in one language. The patterns meet a sentence in small letters, without accents, with straight quotes and
 * single blanks. Of two that fit, the first one counts.
 */
export interface Talk {
	/** ISO 639-1. */
	readonly language: string;
	/** Nothing more than thanks. */
	readonly thanks: RegExp;
	/** Look again; is it fixed? */
	readonly recheck: RegExp;
	/** Where it stands, whose side, what next. */
	readonly status: RegExp;
	/** What it was. */
	readonly solved: RegExp;
	/** Takes `solved` back: a denial, a plan, a question. */
	readonly notSolved: RegExp;
	/** What has not happened: answers no question. */
	readonly notYet: RegExp;
	/** Sentences that answer a question of the playbook. */
	readonly answers: readonly TalkAnswer[];
	/** A site without its name that fails: "our shop is down". */
	readonly siteDown: RegExp;
	/** Said of a site: it works. Wins over `fails` only where no code stands beside it. */
	readonly works: RegExp;
	readonly fails: RegExp;
}

/** A sentence of some form is this answer. */
export interface TalkAnswer {
	/** A key of `knowledge/evidence.ts`. */
	readonly key: string;
	readonly value: string;
	readonly says: RegExp;
	/** Only where this question is the open one: elsewhere the words mean too much. */
	readonly whenAsked?: true;
}

/** Words of any language for what is still to come: people mix languages, and a plan is no answer in any of them. */
export const FUTURE =
	/\b(?:tomorrow|tonight|next (?:week|month|release|sprint)|will|going to|gonna|about to|morgen|ubermorgen|nachste[nr]? (?:woche|monat)|werden|wird|geplant|manana|proxim[oa]|vamos a|amanha|semana que vem|vamos|demain|prochain\w*|bientot|allons|vont|domani|volgende week|jutro|zavtra)\b|明日|あした|来週|予定|завтра|明天/;

/** Nobody here knows, or can look: an answer to whatever is open, in the languages of this folder. As the patterns above meet a sentence. */
export const NOT_KNOWN =
	/^(?:(?:sorry|hm+|well|um+|ok),? )?(?:no idea|not sure|dunno|idk|i (?:do not|don'?t|really don'?t) (?:know|have (?:access|a clue))|(?:i|we) (?:can'?t|cannot|can not) (?:run|see|check|access|look|tell|say)\b.*|nobody knows|no clue|keine ahnung|weiss (?:ich )?nicht|ich weiss (?:es )?nicht|das weiss ich nicht|no (?:lo )?se|ni idea|nao sei|nao faco ideia|aucune idee|je ne sais pas|jsp|わかりません|分かりません|わからない)[ .!]*$/;
