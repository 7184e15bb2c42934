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
	/** The state, whose side, what next. */
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
	/** Said of a site: it works. Wins over `fails` only without a code next to it. */
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

/**
 * A sentence that asks, though its question mark is missing: of a question nothing is an answer. Meets a sentence as {@link Talk} does.
 */
export const ASKING =
	/^(?:(?:and|so|but|hey|hm+|ok(?:ay)?|sorry|also|wait|guys|und|aber|oder|y|pero|e|mas|et|mais),? )*(?:(?:did|does|do|is|are|was|were|can|could|should|would|has|have|will|didn't|doesn't|don't|isn't|aren't|wasn't|hasn't|haven't) (?:we|you|i|it|they|he|she|this|that|there|the|these|those|our|your|my|any\w*|some\w*|every\w*|no ?body)\b|who\b|whose\b|when (?:did|was|is|were|will)\b|where\b|what\b(?! (?:a|an)\b)|which\b|how (?:come|about|do|does|did|is|are|can|could|many|much|long|often)\b|why\b|(?:any|some)(?:one|body) (?:know|tried|checked|seen|see|else)\b|wer\b|hat (?:jemand|wer|einer|man|ihr)\b|habt ihr\b|ist (?:es|das|jemand)\b|gab es\b|gibt es\b|wann\b|warum\b|wieso\b|alguien\b|alguem\b|quien\b|quem\b|quando (?:foi|e)\b|cuando (?:fue|es)\b|hubo\b|houve\b|est-ce qu|quelqu'un a\b|qui a\b|y a-t-il\b)/;

/** Asks whether others see it too. Meets a sentence as {@link Talk} does. */
export const ONLY_ME =
	/^(?=.{0,90}$)(?=(?:(?:and|so|but|hey|hm+|ok(?:ay)?|also|und|aber|oder|y|pero|e|mas|et|mais),? )*(?:is|are|am|was|ist|bin|sind|geht|es|soy|somos|sou|c'est|est-ce|suis|ca)\b|.*[?？]\s*$).*(?:\b(?:only|just) (?:for |with |at |on )?(?:me|us|my \w+|our \w+)\b|\bnur (?:bei |fur |an )?(?:mir|mich|uns|ich|wir)\b|\bsolo (?:a |para |me )?(?:mi|yo|nosotros|pasa a mi)\b|\bso (?:eu|comigo|pra mim|para mim|a gente|conosco)\b|\bque (?:chez |pour )?(?:moi|nous)\b|私だけ|自分だけ|うちだけ)/;

/** Asks how many requests fail, or on which pages; a time may follow. Meets a sentence as {@link Talk} does. */
export const ASKS_NUMBERS =
	/^(?:(?:and|so|but|hey|ok(?:ay)?|please|pls),? )*(?:(?:(?:can|could) you )?(?:show|give|tell|get|send)(?: (?:me|us))? (?:the |some |more |all )?numbers|(?:what are |how about |what about )?(?:the )?numbers(?= (?:please|pls))|what are the numbers|how (?:many|much)(?: (?:of )?(?:the |our )?(?:requests?|visitors|users|people|errors|traffic|\d{3}s?)){0,2}(?: (?:are|is|do|does|did|have|get|got|we|there))*(?: (?:fail(?:s|ed|ing)?|affected|broken|hit|an error|errors?|(?:a )?\d{3}s?))?|how often (?:does|did) (?:it|this|that) (?:fail|happen)|(?:which|what) (?:other )?(?:paths?|pages?|urls?|routes?|endpoints?)(?: (?:else|are|is|do|does|also))* (?:fail(?:s|ed|ing)?|affected|broken|hit)|(?:what(?:'s| is) the )?(?:error|failure) rate|what (?:percentage|share|percent)(?: of (?:the )?requests)? fails?)(?: (?:please|pls|now|right now|here|exactly))*(?<time> (?:since|in|for|over) [\w: ]{1,30})?[\s.!?]*$/;

/** Asks since when. */
export const ASKS_SINCE = /^(?:(?:and|so|but),? )*since when(?: (?:does|did|do|is|has) (?:it|this|that)(?: \w+){0,2})?[\s.!?]*$/;

/** Asks who else sees it. */
export const OTHERS_SEE =
	/^(?:(?:and|so|but|hey|ok(?:ay)?),? )*(?:(?:is|are|does|do|can|did|has) (?:everyone|everybody|anyone(?: else)?|anybody(?: else)?|all (?:users|visitors|people)|others|other people|someone else)(?: (?:else|also))? (?:see(?:ing|s)?|get(?:ting|s)?|hav(?:e|ing)|affected|hit)\b.{0,30}|(?:who|anyone|anybody) else (?:sees?|seeing|gets?|getting|has|having|is)\b.{0,30}|is (?:it|this|that) (?:down |broken |failing )?(?:for|with) (?:everyone|everybody|others|all)\b.{0,20})$/;

/** Something was tried: that it changed nothing does not say what changed before. */
export const TRIED =
	/\b(?:(?:re-?start|reboot|clear|purg|flush|disabl|paus|revert|turn|switch|undid|roll|remov|delet|whitelist|grey-?cloud|gray-?cloud)\w*(?:ed|ing|id)\b|\btr(?:ied|ying)\b|neu ?gestartet|neustart|geleert|ausgeschaltet|deaktiviert|probiert|versucht|reinici\w+|borr\w+|desactiv\w+|desativ\w+|limp\w+|prob(?:e|amos)|tent(?:ei|amos)|redemarr\w+|vide\b|desactive\w*|essaye\w*)|再起動|試し/;

/** Of more than one kind: takes back an "only". */
export const NOT_ONLY =
	/\b(?:not|isn't|aren't|wasn't|doesn't|don't) (?:\w+ )?(?:only|just|limited|restricted|exclusively)\b|\bnicht (?:nur|bloss|ausschliesslich)\b|\bpas (?:que|seulement|uniquement|juste)\b|\bno (?:es |son |pasa )?(?:solo|solamente|unicamente)\b|\bnao (?:e |sao )?(?:so|somente|apenas)\b|(?:だけ|のみ)(?:では|じゃ)/;

/** Words of any language for what is not sure. */
export const DOUBTED =
	/\b(?:maybe|perhaps|possibly|vielleicht|eventuell|evtl|moglicherweise|womoglich|vermutlich|quizas?|tal vez|talvez|a lo mejor|peut-etre|peut etre|forse|misschien)\b|たぶん|かもしれ|おそらく/;

/** Not meant as it is said. */
export const IRONIC =
	/\b(?:ha(?:ha)+h?,? sure|yeah,? (?:right|sure)|suu+re|sure,? sure|as if|famous last words|just kidding|j\/k|na klar,? (?:haha|lol)|schon klar|ja ja|mais bien sur|si,? claro)\b|(?:^|\s)\/s$|🙄|:eye_?rolls?:|:rolling_eyes:/;

/** "Maybe" before a number is not a doubt: "maybe one in ten". */
export const ABOUT =
	/\b(?:maybe|perhaps|vielleicht|quizas?|talvez|peut-etre)(?= (?:every|each|one|two|three|half|once|\d|jede\w*|alle \d|ein\w* (?:von|aus|in)|una? de|um[a]? (?:em|de)|cada|une? (?:sur|fois)))/g;

/** Takes back what was said before it. */
export const RETRACTED =
	/\b(?:no,? wait|wait,? no(?:pe)?|scratch that|strike that|never ?mind(?: that)?|nvm|my (?:bad|mistake)|correction|i take that back|just kidding|jk|forget (?:it|what i said)|(?:ach |halt,? )?quatsch|moment,? (?:nein|doch nicht)|doch nicht|espera,? no|no,? espera|perdon,? no|nao,? espera|espera,? nao|non,? attends?|attends?,? non|ah non|je me trompe|olvidalo|esquece|vergiss es)\b|訂正|やっぱり違/g;

/** Something is excepted from a denial, or speaks against it. */
export const EXCEPTED =
	/\b(?:except(?:ing)?|apart from|aside from|other than|besides|but|only that|ausser|bis auf|abgesehen|aber|salvo|excepto|menos|aparte de|pero|exceto|fora|a nao ser|mas|sauf|hormis|a part|mais)\b|以外|除いて|ただし|が、/;

/** A short message that ends with thanks. */
export const THANKED_LAST =
	/(?<!\bno[ ,]{1,2})(?:\b(?:thanks?|thank (?:you|u)|thx|tnx|ty|tysm|cheers|danke(?:schon)?|(?:vielen|besten) dank|merci(?: beaucoup)?|(?:muchas )?gracias|(?:muito )?obrigad[oa]|valeu)(?: (?:you|a lot|a ton|so much|very much|man|mate|guys|all|again|anyway|bot|dir|euch|a todos))*|ありがとう(?:ございま(?:す|した))?)[\s.!。！]*$/;

/** Words for plans, in any language: people mix languages, and a plan is not an answer. */
export const FUTURE =
	/\b(?:(?:on|je|nous|vous) (?:va|vais|allons|allez)|(?:voy|va|van) a|(?:vou|vai) (?:fazer|subir|mudar|trocar|deployar|reverter)|pending|(?:in|under) review|in progress|awaiting|change request|ce soir|cette nuit|tout a l'heure|heute abend|heute nacht|esta noche|hoje a noite|stasera|tomorrow|tonight|next (?:week|month|release|sprint)|will|going to|gonna|about to|morgen|ubermorgen|nachste[nr]? (?:woche|monat)|werden|wird|geplant|manana|proxim[oa]|vamos a|amanha|semana que vem|vamos|demain|prochain\w*|bientot|allons|vont|domani|volgende week|jutro|zavtra)\b|明日|あした|来週|予定|завтра|明天/;

/** "No one here knows or can look": an answer to any open question, in the languages of this folder. As the patterns above meet a sentence. */
export const NOT_KNOWN =
	/^(?:(?:sorry|hm+|well|um+|ok),? )?(?:no idea|not sure|dunno|idk|i (?:do not|don'?t|really don'?t) (?:know|have (?:access|a clue))|(?:i|we) (?:can'?t|cannot|can not) (?:run|see|check|access|look|tell|say)\b.*|nobody knows|no clue|keine ahnung|weiss (?:ich )?nicht|ich weiss (?:es )?nicht|das weiss ich nicht|no (?:lo )?se|ni idea|nao sei|nao faco ideia|aucune idee|je ne sais pas|jsp|わかりません|分かりません|わからない)[ .!]*$/;

/** Fixed, and no word of what it was. */
export const FIXED =
	/^(?:(?:it'?s|it is|this is|that'?s|is|we'?re|ok|okay|now|and|finally|should be|ist|c'?est|esta|ja esta|ya esta)[ ,]+)*(?:fixed|done|all good|back up|behoben|gelost|repariert|geht wieder|resuelto|arreglado|solucionado|resolvido|corrigido|consertado|resolu|repare|corrige|直りました|直った|解決しました)(?: (?:it|that|this|now|again|for us|jetzt|ahora|agora|maintenant))*[ .!]*$/;
