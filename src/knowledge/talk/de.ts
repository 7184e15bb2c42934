import type { Talk } from "./talk.ts";

/** German, the commonest. Umlauts come as their vowels, ß as ss. */
export const de: Talk = {
	language: "de",
	thanks:
		/^(?:ok|super|toll|perfekt|prima|alles klar|klasse|ah|gut|cool|ja)?[ ,!.]*(?:(?:vielen |besten |herzlichen |tausend |lieben )?dank(?:e|esehr)?\b|dankeschon|das hat (?:sehr |mir |uns )*geholfen|hat (?:sehr )?geholfen|merci\b)/,
	recheck:
		/\b(?:pruf|check|teste?|schau|probier|versuch|sieh|guck|kontrollier)\w*\b.{0,30}\b(?:nochmal|noch ?mal|noch einmal|erneut|wieder|nach|jetzt|mal)\b|\b(?:nochmal|noch ?mal|noch einmal|erneut)\b.{0,20}\b(?:pruf|check|test|schau|probier|versuch|guck|kontrollier|an)\w*|\b(?:noch ein|einen? (?:weiteren?|neuen?)) versuch\b|^(?:bitte )?(?:nochmal|noch mal|noch einmal|erneut)\b|\b(?:geht|gehts|lauft|funktioniert|klappt|tut)\b.{0,20}\b(?:jetzt|wieder|schon|nun|immer noch|noch)\b.{0,20}\?|\bist (?:es|das|die seite|der fehler|der shop|alles|das problem)\b.{0,25}\b(?:behoben|gelost|weg|wieder|repariert|online|erreichbar|ok|gefixt|da|besser|down|kaputt)\b.{0,12}\?|^(?:und jetzt|jetzt besser|besser|wieder da|immer noch (?:kaputt|down|so|da)|behoben|gefixt)\s?\?+$|\b(?:zuruckgerollt|rollback|neu gestartet|zuruckgesetzt|geandert)\b.{0,40}\b(?:geht|lauft|funktioniert|klappt|wieder)\b|^(?:(?:ok|ja|so|super|hm),? |es |das |die seite |der shop |jetzt )*(?:geht|lauft|funktioniert|klappt) (?:jetzt |nun |es )*wieder\b|^immer noch\b|\bimmer noch (?:kaputt|down|fehler|\d{3}|ein \d{3}|nicht)\b/,
	status:
		/\bwas (?:soll(?:en|te|ten)?|muss|mussen|kann|konnen|mache?n?|tun) (?:ich|wir|man)\b|\bwas (?:jetzt|nun|tun)\b|\bwo steh(?:en wir|t (?:das|es|die sache))\b|\bwas (?:ist|war) (?:(?:da|hier|denn|eigentlich|bei euch) )*(?:das|los|passiert|der stand|hier los|kaputt|die ursache|das problem|der fehler|denn)\b|\bwas bedeutet das\b|\bwie (?:geht es|gehts) weiter\b|\bwie (?:ist|lautet) der (?:stand|status)\b|^(?:stand|status|zwischenstand|lage)[ ?!.]*$|\bwer(?:'s| ist| hat)? (?:ist )?(?:schuld|verantwortlich|zustandig)\b|\bwessen (?:schuld|seite|fehler|problem)\b|\b(?:liegt|lag) (?:es|das)(?: \w+)? (?:an|bei) .{1,60}(?:\?|\boder\b)|\b(?:ist|sind) (?:es|das|wir)\b.{0,30}\boder (?:cloudflare|wir|ihr|der|die)\b|\bnachste[rn]? schritt|\bgibt es (?:was |etwas )?neue\w*|\bwarum (?:ist|geht|passiert|kommt) (?:das|es)\b/,
	solved:
		/\b(?:es|das|der fehler|das problem|die ursache|ursache|schuld|grund)\b.{0,12}\b(?:lag|war|ist)\b.{0,8}\b(?:an|am|bei|die|der|das|ein|eine|wegen|in|im)\b|^(?:ist |das ist |problem |wir haben |alles )*(?:gelost|behoben|erledigt|gefixt|repariert)\b(?:[ .!]*$|[:,;(-]| (?:durch|mit|weil|es war|es lag))|\b(?:haben|hab|habe) (?:es |den fehler |das problem |die ursache )(?:\w+ )?(?:gelost|behoben|gefunden|gefixt|repariert)\b|\b(?:fehler|ursache|problem) gefunden\b|^(?:lag|war) (?:nur |wohl )?(?:an|am|die|der|das|ein|eine)\b|\bjetzt (?:gelost|behoben|gefixt|repariert)\b/,
	notSolved:
		/\b(?:meint\w*|sagt\w*|glaub\w*|denk\w*|dacht\w*|vermut\w*|schatz\w*|angeblich|letzte[sn]? (?:mal|woche)|nicht|kein\w*|nie|noch nicht|wird|werden|wurde[n]? wir|konnte\w*|vielleicht|eventuell|moglicherweise|falls|wenn|ob|hoffentlich|morgen|bald|spater|fast)\b|\?\s*$/,
	notYet:
		/\b(?:nicht|nie|noch nicht|wird|werden|wollen|will|konnte\w*|sollte\w*|wurde[n]? gern\w*|vielleicht|eventuell|moglicherweise|falls|ob|hoffentlich|morgen|ubermorgen|bald|spater|nachste[nr]? (?:woche|monat)|geplant|planen)\b|\?\s*$/,
	answers: [
		{
			key: "origin-log",
			value: "nothing",
			says: /^(?:(?:es|das|da|der befehl|grep|die suche) (?:kommt|ist|war|zeigt|gibt|findet|liefert|kam|bringt)(?: \w+)? )?\(?(?:gar |uberhaupt )?(?:nichts|leer|nix|(?:keine?) (?:ausgabe|treffer|ergebnisse?|zeilen?|eintrage?|eintrag))(?: gefunden| da)?\)?[ .!]*$/,
			whenAsked: true,
		},
		{
			key: "what-changed",
			value: "nothing",
			says: /\b(?:nichts|gar nichts|nix) (?:\w+ ){0,3}(?:ausgerollt|installiert|aktualisiert|released|geandert|verandert|angefasst|gemacht|neues|deployt|passiert)\b|\bnichts (?:ist |wurde )?(?:geandert|neu|anders)|\b(?:keine|ohne) (?:anderung(?:en)?|updates?|deployments?|releases?)\b|\b(?:niemand|keiner) (?:hat |hatte )?(?:hier |da )?(?:etwas |was |irgendwas )?(?:geandert|angefasst|gemacht|deployt|angeruhrt|verstellt)\b|\balles (?:wie (?:immer|vorher|zuvor)|unverandert)\b/,
		},
		{
			key: "origin-log",
			value: "no-access",
			says: /\b(?:kein\w*|ohne) (?:\w+ )?(?:zugriff|zugang) (?:auf|zu) (?:die |den |das |unsere )?(?:\w*logs?|server|logdatei\w*)|\bkomm\w* nicht (?:an|auf) (?:die |den )?(?:\w*logs?|server)|\bnicht (?:mein|unser) server\b/,
		},
		{
			key: "origin-log",
			value: "nothing",
			says: /\b(?:nichts|kein eintrag|keine? (?:zeile|eintrag|anfrage|spur)n?)\b.{0,30}\b(?:im|in den|in der) (?:access|zugriffs|server)?[- ]?logs?\b(?!\.)|\blogs? (?:ist|sind|zeigt|zeigen)(?: \w+)? (?:leer|nichts)\b/,
		},
		{
			key: "who-is-hit",
			value: "signed-in",
			says: /\bnur\b.{0,30}\b(?:eingeloggt|angemeldet)\w*|\b(?:eingeloggt|angemeldet)\w*\b.{0,25}\b(?:nutzer|benutzer|kunden|user)\b/,
		},
		{
			key: "who-is-hit",
			value: "one-network-or-country",
			says: /\bnur (?:aus|in|von|uber|im) (?:dem |der |unserem |einem )?(?:buro|netz\w*|land|vpn|wlan|mobilfunk|deutschland|osterreich|schweiz|firmennetz)\b|\bnur\b.{0,20}\b(?:kunden|nutzer|user|besucher|leute|kollegen) (?:aus|in|im) \w|\b(?:geht|lauft|funktioniert)\b.{0,20}\b(?:handy|mobil|mobilfunk|zuhause|vpn|hotspot)\b/,
		},
		{
			key: "who-is-hit",
			value: "under-load",
			says: /\b(?:nur )?(?:unter|bei) (?:hoher |viel |grosser )?last\b|\bbei (?:viel|hohem) (?:traffic|andrang|verkehr)\b/,
		},
		{
			key: "who-is-hit",
			value: "everyone",
			says: /\b(?:alle (?:nutzer|kunden|benutzer|besucher|user)?|jeder|jeden|uberall|bei allen)\b.{0,25}\b(?:betroffen|fehler|sehen|haben|bekommen|\d{3})\b|\bbei allen\b|^(?:alle|jeder|uberall)[ .!]*$/,
		},
		{
			key: "edge-pattern",
			value: "random",
			says: /\b(?:zufallig|sporadisch|manchmal|gelegentlich|ab und zu|hin und wieder|kein muster|ohne muster|jede[rs]? (?:zweite|dritte|zehnte)\w*|unregelmassig)\b|\betwa (?:eine?r?|jede\w*) .{0,12}(?:von|aus) (?:zehn|\d+)/,
		},
		{
			key: "edge-pattern",
			value: "some-urls",
			says: /\bnur (?:\/\S+|(?:die |auf der |eine |diese |bestimmte |manche )(?:\w+ )?(?:seiten?|urls?|kasse|startseite|adressen?))|\b(?:der rest|alles andere|andere seiten) (?:geht|gehen|lauft|laufen|funktioniert|funktionieren|ist ok)\b/,
		},
		{
			key: "edge-pattern",
			value: "all",
			says: /\b(?:alle seiten|jede seite|die ganze (?:seite|domain|website)|der ganze shop|alles (?:ist )?(?:down|kaputt|betroffen))\b/,
		},
		{ key: "time-to-failure", value: "two-minutes", says: /\b(?:zwei|2) minuten\b(?! (?:her|zuvor))/, whenAsked: true },
		{
			key: "time-to-failure",
			value: "round-number",
			says: /\b(?:immer|genau|exakt|nach)\b.{0,15}\b(?:10|15|20|30|45|60|90|100|zehn|dreissig|sechzig) ?(?:s|sek\w*)\b|\b(?:nach|immer) (?:genau )?einer minute\b/,
		},
		{
			key: "time-to-failure",
			value: "instant",
			says: /\b(?:sofort|direkt|unmittelbar|augenblicklich|ohne verzogerung)\b/,
			whenAsked: true,
		},
		{
			key: "host-health",
			value: "restarted-or-oom",
			says: /\b(?:server|dienst|container|maschine|prozess|pod|er) (?:wurde |ist |hat |hatte )?(?:\w+ )?(?:neu gestartet|neugestartet|abgesturzt|rebootet)\b|\b(?:kein speicher|speicher (?:ist )?(?:voll|ausgegangen|aus)|out of memory)\b/,
		},
		{
			key: "host-health",
			value: "saturated",
			says: /\b(?:cpu|last|speicher|ram|platte|festplatte|load|worker)\b.{0,20}(?:\b(?:voll|hoch|am limit|am anschlag|uberlastet|ausgelastet)\b|(?:9\d|100) ?%)/,
		},
		{
			key: "host-health",
			value: "normal",
			says: /\bim grunen bereich\b|\b(?:server|cpu|last|speicher|alles) (?:ist |lauft |sieht )?(?:\w+ )?(?:normal|gut|ok|gesund|unauffallig)\b/,
			whenAsked: true,
		},
		{
			key: "what-changed",
			value: "tls-dns-or-cloudflare",
			says: /\b(?:dns|nameserver|zertifikats?|ssl|tls|cloudflare|domain)[- ]?(?:wechsel|umzug|anderung|umstellung|tausch|erneuerung)\w*\b|\b(?:dns|nameserver|zertifikat\w*|tls|ssl|cloudflare)\b.{0,40}\b(?:gehangt|gestellt|gelegt|geschaltet|angeschlossen|eingerichtet|geandert|umgestellt|erneuert|gewechselt|umgezogen|aktiviert|eingeschaltet|umgeschaltet|abgelaufen|getauscht|verschoben)\b/,
		},
		{
			key: "what-changed",
			value: "firewall-or-host",
			says: /\b(?:server|hoster|hosting|provider|firewall|ip)[- ]?(?:wechsel|umzug|anderung|umstellung|tausch|wartung)\w*\b|\b(?:firewall|waf|server|hoster|hosting|provider|fail2ban|loadbalancer|ip)\b.{0,40}\b(?:geandert|umgestellt|gewechselt|umgezogen|aktiviert|eingeschaltet|installiert|angepasst|verscharft|konfiguriert)\b/,
		},
		{
			key: "what-changed",
			value: "deploy",
			says: /\b(?:deployt|deployed|deployet|ausgerollt|released|veroffentlicht|aktualisiert|upgedatet|geupdatet|eingespielt|hochgeladen)\b|\bneue (?:version|releases?)\b|\b(?:kam|kamen|lief|liefen|hatten|machten) .{0,25}\b(?:updates?|deployments?|releases?|deploys?)\b|\b(?:update|deployment|release) (?:gemacht|gab es|war|eingespielt|durchgefuhrt)\b|\b(?:gab|hatten|war|nach) (?:es )?(?:ein|einem|das|dem) (?:update|deployment|release|deploy)\b/,
		},
	],
	siteDown:
		/\b(?:unsere?|meine?|die|der|das) (?:\w+ )?(?:webseite|website|seite|shop|webshop|homepage|internetseite|api|app|kasse|domain)\b.{0,40}\b(?:down|offline|kaputt|nicht (?:erreichbar|mehr|auf)|geht nicht|ladt nicht|lauft nicht|tot|weg|funktioniert nicht|fehler)\b/,
	works:
		/\b(?:geht|gehen|lauft|laufen|funktioniert|funktionieren|klappt|ladt|ok|erreichbar|in ordnung)\b(?! (?:nicht|gar nicht|nicht mehr|kaputt))/,
	fails: /\b(?:nicht|kaputt|fehler\w*|down|offline|abgesturzt|defekt|ausfall|gestort|storung|fallt aus|unerreichbar)\b/,
};
