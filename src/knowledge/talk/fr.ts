import type { Talk } from "./talk.ts";

/** French, the commonest. Without accents. */
export const fr: Talk = {
	language: "fr",
	thanks:
		/^(?:ok|super|parfait|genial|ah|top|oui|tres bien|nickel)?[ ,!.]*(?:(?:un grand |mille |grand )?merci\b|je (?:te|vous) remercie|(?:ca|cela) (?:m'|nous )?a (?:beaucoup |bien )?aide)/,
	recheck:
		/\b(?:verifi\w+|re-?verifi\w+|test\w+|retest\w+|regard\w+|essa\w+|reessa\w+|control\w+|check\w*|revoi\w*)\b.{0,30}\b(?:encore|a nouveau|de nouveau|maintenant|une fois|encore une fois)\b|\b(?:tu peux|vous pouvez|peux-tu|pouvez-vous|merci de) (?:re)?-?(?:verifi|test|essay|control)\w*|^(?:s'il (?:te|vous) plait,? )?(?:re-?essa\w+|re-?verifi\w+|retest\w+|recheck\w*|encore une fois|a nouveau|de nouveau|encore)\b|\b(?:ca|c'est|cela|est-ce que|est-ce|le site|tout)\b.{0,25}\b(?:marche|fonctionne|repare|resolu|corrige|regle|revenu|mieux|bon|en ligne|retabli|remarche)\b.{0,15}\?|^(?:et maintenant|maintenant|mieux|c'est bon|toujours (?:en panne|pareil|ko|casse))\s?\?+$|^(?:ca|c'est|le site|la page)? ?(?:est )?(?:toujours|encore) (?:en panne|pareil|ko|down|casse|une erreur|la|pas|\d{3}|en erreur)|^(?:(?:c'est bon|ok|oui|super|ah|bon),? )*(?:ca |le site |tout )?(?:re)?(?:marche|fonctionne)(?: a nouveau| de nouveau| maintenant| bien| mieux)*[ .!]*$|\b(?:rollback|revenu en arriere|redemarre|annule)\b.{0,40}\b(?:marche|fonctionne|mieux|maintenant)\b/,
	status:
		/\bque (?:dois|doit|devons|puis|faire|faut|peut|pouvons|se passe|signifie)\b|\bqu'est-ce (?:que|qui|qu'|que c'est)\b|\bquoi faire\b|\bon fait quoi\b|\bje fais quoi\b|\bet maintenant,? (?:quoi|que|on|je)\b|\bc'est quoi\b|^(?:statut|etat|status|resume|des nouvelles|du nouveau)[ ?!.]*$|\bou en (?:est|sommes)\b|\bquel est (?:l'etat|le (?:statut|probleme)|la cause)\b|\b(?:prochaine|etape suivante)\b.{0,8}\b(?:etape)?\b|\bqui (?:est )?(?:responsable|en cause|fautif)\b|\b(?:a qui )?la faute (?:de|a) qui\b|\ba qui la faute\b|\bc'est (?:la faute |le probleme |de |chez |un probleme )*(?:nous|notre|a nous|cloudflare|de cloudflare|mon|ma|le serveur|l'origine)\b.{0,40}(?:\?|\bou\b)|\b(?:vient|viendrait)(?:-il)? (?:de|du) (?:chez )?(?:nous|cloudflare|notre|serveur).{0,40}(?:\?|\bou\b)|\bpourquoi (?:ca|cela|est|y a)\b|\bcomment (?:on |je )?(?:resoudre|corriger|reparer|regler)\b/,
	solved:
		/\b(?:c'etait|c'est|cela venait|ca venait|le probleme (?:etait|venait)|la cause (?:etait|est)|il s'agissait)\b (?:bien |du a |a cause |de )?(?:le|la|les|l'|un|une|du|de|notre|waf|pare-feu|firewall|php|dns)\s?\b|^(?:c'est |probleme |voila,? |tout est )*(?:resolu|corrige|repare|regle)\b(?:[ .!]*$|[:,;(-]| (?:avec|par|c'etait|parce))|\b(?:on a|nous avons|j'ai) (?:resolu|corrige|repare|trouve (?:le|la) (?:probleme|cause|coupable))\b/,
	notSolved:
		/\b(?:crois|croit|pense\w*|dit|disent|suppose\w*|soupconne\w*|pas|jamais|ni|encore|si|peut-etre|pourrait|sera|quand|demain|bientot|presque|espere)\b|\?\s*$/,
	notYet:
		/\b(?:pas|jamais|demain|bientot|plus tard|allons|vais|va|vont|prevu\w*|prochain\w*|pourrait|devrait|peut-etre|si|voulons|esperons)\b|\?\s*$/,
	answers: [
		{
			key: "origin-log",
			value: "nothing",
			says: /^(?:(?:ca|cela|il|la commande|grep) (?:n'|ne )?(?:affiche|renvoie|donne|trouve|retourne)(?: pas)? )?\(?(?:rien(?: du tout)?|vide|(?:aucune?|pas de) (?:resultats?|sortie|lignes?|entrees?|correspondances?))\)?[ .!]*$/,
			whenAsked: true,
		},
		{
			key: "what-changed",
			value: "nothing",
			says: /\brien (?:n'a |n'est |de |ne )?(?:\w+ )?(?:change|nouveau|modifie|bouge|touche)\b|\b(?:n'avons|n'ai|n'a|a) (?:strictement )?rien (?:\w+ )?(?:change|modifie|touche|fait|deploye)\b|\b(?:aucun|pas de|sans) (?:changement|modification|mise a jour|deploiement)s?\b|\bpersonne n'a (?:rien )?(?:touche|change|modifie)\b/,
		},
		{
			key: "origin-log",
			value: "no-access",
			says: /\b(?:pas|sans) (?:d'|l'|un )?acces (?:aux|au|a) (?:les |l')?(?:logs?|journaux|serveur)|\bpas (?:mon|notre) serveur\b/,
		},
		{
			key: "origin-log",
			value: "nothing",
			says: /\b(?:rien|aucune? (?:ligne|entree|trace|requete))\b.{0,25}\bdans (?:les |le |l')?(?:access[ -]?)?(?:logs?|journaux|journal)\b(?!\.)/,
		},
		{
			key: "who-is-hit",
			value: "signed-in",
			says: /\b(?:seulement|uniquement|que|seuls)\b.{0,30}\b(?:connecte|identifie|authentifie|logue)\w*/,
		},
		{
			key: "who-is-hit",
			value: "one-network-or-country",
			says: /\b(?:seulement|uniquement) (?:depuis|en|au|avec|dans) (?:le |la |notre |un )?(?:bureau|reseau|pays|vpn|wifi|france|belgique|suisse|canada|mobile)\b|\b(?:seulement|uniquement|que|seuls)\b.{0,25}\b(?:clients|utilisateurs|visiteurs|gens|personnes) (?:en|au|aux|depuis|du|d'|de (?!la\b|l'))\s?\w|\b(?:marche|fonctionne)\b.{0,20}\b(?:telephone|mobile|4g|5g|vpn|maison)\b/,
		},
		{
			key: "who-is-hit",
			value: "under-load",
			says: /\bsous (?:forte )?charge\b|\b(?:beaucoup de|fort) trafic\b|\bheures? de pointe\b/,
		},
		{ key: "who-is-hit", value: "everyone", says: /\btous les (?:utilisateurs|clients|visiteurs)\b|\btout le monde\b/ },
		{
			key: "edge-pattern",
			value: "random",
			says: /\b(?:aleatoire\w*|au hasard|parfois|de temps en temps|par intermittence|intermittent\w*|sporadique\w*|sans logique|une? (?:requete )?sur (?:dix|\d+|deux|trois))\b/,
		},
		{
			key: "edge-pattern",
			value: "some-urls",
			says: /\b(?:seulement|uniquement|juste) (?:sur )?(?:\/\S+|(?:la |une |cette |certaines |quelques )(?:\w+ )?(?:page|url|route)s?\b|le checkout)|\b(?:le reste|les autres) (?:marche|fonctionne|va)\w*/,
		},
		{ key: "edge-pattern", value: "all", says: /\b(?:toutes les (?:pages|urls|requetes)|tout le site|le site entier)\b/ },
		{
			key: "time-to-failure",
			value: "round-number",
			says: /\b(?:toujours|exactement|apres|au bout de|pile)\b.{0,20}\b(?:10|15|20|30|45|60|90|100) ?(?:s|secondes)\b|\bau bout d'une minute\b/,
		},
		{
			key: "time-to-failure",
			value: "instant",
			says: /\b(?:tout de suite|immediat\w*|instantane\w*|aussitot)\b/,
			whenAsked: true,
		},
		{
			key: "host-health",
			value: "saturated",
			says: /\b(?:cpu|charge|memoire|ram|disque|serveur)\b.{0,25}(?:\b(?:plein\w*|sature\w*|a fond|surcharge\w*|elevee?)\b|(?:9\d|100) ?%)/,
		},
		{
			key: "host-health",
			value: "restarted-or-oom",
			says: /\b(?:serveur|conteneur|service|processus) (?:a|s'est) (?:redemarre|plante|crashe)\b|\bplus de memoire\b/,
		},
		{
			key: "what-changed",
			value: "tls-dns-or-cloudflare",
			says: /\b(?:changement|migration|renouvellement|passage) (?:de|du|d'|des|a|vers) ?(?:le |la |les )?(?:dns|certificat|ssl|tls|cloudflare|domaine)\b|\b(?:change|modifie|renouvele|deplace|bascule|migre|active|installe|passe)\w*\b.{0,40}\b(?:dns|certificat|ssl|tls|cloudflare|serveurs de noms|domaine)\b/,
		},
		{
			key: "what-changed",
			value: "firewall-or-host",
			says: /\b(?:changement|migration|maintenance|demenagement) (?:de|du|d'|des|a|vers|chez) ?(?:le |la |les |l')?(?:pare-feu|firewall|waf|hebergeur|hebergement|serveur|ip)\b|\b(?:change|modifie|deplace|migre|active|installe|configure)\w*\b.{0,40}\b(?:pare-feu|firewall|waf|hebergeur|hebergement|serveur|ip)\b/,
		},
		{
			key: "what-changed",
			value: "deploy",
			says: /\b(?:deploy(?!ing\b)\w+|deploie\w*|deploiement|mis en (?:ligne|production|prod)|mise en (?:ligne|production|prod)|mise a jour|mis a jour|publie|livre|nouvelle version)\b/,
		},
	],
	siteDown:
		/\b(?:mon|ma|notre|le|la) (?:\w+ )?(?:site|page|boutique|api|domaine|appli\w*|portail)\b.{0,40}\b(?:en panne|ne (?:marche|fonctionne|repond|charge|s'ouvre) (?:pas|plus)|down|hors ligne|inaccessible|en erreur|tombe\w*|mort)\b/,
	works: /\b(?:marche|fonctionne|charge bien|va bien|est ok|repond bien)\b(?! (?:pas|plus|mal))/,
	fails: /\b(?:ne \w+ (?:pas|plus)|en panne|erreurs?|plante\w*|casse\w*|hors ligne|inaccessible|problemes?|down)\b/,
};
