import type { Talk } from "./talk.ts";

/** Portuguese, the commonest. Without accents. */
export const pt: Talk = {
	language: "pt",
	thanks:
		/^(?:ok|beleza|perfeito|otimo|legal|ah|sim|valeu,?|show)?[ ,!.]*(?:(?:muito )?obrigad[oa]\b|valeu\b|agradec\w+|(?:isso )?(?:ajudou|ajudaste)(?: muito| bastante)?[ .!]*$|brigad[oa]\b)/,
	recheck:
		/\b(?:verifi\w+|chec\w+|test[ae]\w*|olh[ae]\w*|tent[ae]\w*|confir[ae]\w*|confer[ei]\w*|prov[ae]|ve)\b.{0,30}\b(?:de novo|novamente|outra vez|agora|mais uma vez)\b|^(?:por favor,? )?(?:de novo|novamente|outra vez|mais uma vez)\b|\b(?:ja )?(?:esta|foi|ficou|funciona|voltou|carrega|resolveu|consertou)\b.{0,20}\b(?:corrigid[oa]|resolvid[oa]|consertad[oa]|arrumad[oa]|funcionando|agora|ja|bem|melhor|no ar|fora|de novo)\b.{0,12}\?|^(?:e agora|agora|melhorou|ja voltou|ja funciona|resolveu|voltou|continua (?:igual|fora|caido|com erro))\b.{0,12}\?+$|^(?:ainda|continua) (?:(?:esta|estou|estamos) )?(?:com|fora|caido|dando|da|igual|quebrado|sem)\b|^(?:ja |agora )?(?:voltou|funciona|esta funcionando)(?: de novo| agora| novamente| a funcionar)?[ .!]*$|\b(?:revertemos|fizemos rollback|reiniciamos|voltamos)\b.{0,40}\b(?:funciona|voltou|agora|melhor)\b/,
	status:
		/\bo que (?:eu |nos |a gente )?(?:faco|fazemos|fazer|devo|devemos|posso|podemos|tenho que|e isso|e isto|significa|aconteceu|esta acontecendo|houve|se passa|agora)\b|\be agora,? o que\b|\bque faco\b|^(?:status|situacao|estado|resumo|novidades)[ ?!.]*$|\bqual (?:e |o )*(?:o |a )?(?:status|situacao|problema|proximo|causa)\b|\bproximo passo\b|\bde quem e (?:a culpa|o problema|o erro)\b|\bquem (?:e (?:o )?(?:culpado|responsavel)|tem culpa)\b|\b(?:e|problema e|culpa e|seria) (?:culpa |problema |o problema )*(?:noss[oa]|da cloudflare|do cloudflare|meu|minha|do servidor|da gente)\b.{0,40}(?:\?|\bou\b)|\bpor ?que (?:isso|isto|acontece|da|esta)\b|\bcomo (?:eu )?(?:resolvo|resolvemos|arrumo|corrijo|conserto)\b/,
	solved:
		/\b(?:era|foi|foram|o problema (?:era|foi|estava)|a causa (?:era|foi))\b (?:por |culpa |causa |n)?(?:o|a|os|as|um|uma|do|da|no|na|nosso|nossa|waf|firewall|php|dns)\b|^(?:ja (?:esta )?|problema |tudo |pronto,? )*(?:resolvid[oa]|corrigid[oa]|consertad[oa]|solucionad[oa])\b(?:[ .!]*$|[:,;(-]| (?:com|por|era|porque))|\b(?:resolvemos|consertamos|corrigimos|achamos (?:o|a) (?:problema|causa|erro)|encontramos (?:o|a) (?:problema|causa|erro))\b/,
	notSolved:
		/\b(?:acho|acham?os|diz|dizem|disse\w*|penso|suponho|suspeit\w+|nao|nunca|nem|ainda|se|talvez|pode|poderia|sera|quando|amanha|logo|quase|espero|tomara)\b|\?\s*$/,
	notYet:
		/\b(?:nao|nunca|ainda nao|amanha|logo|depois|mais tarde|vamos|vou|vai|iremos|planej\w+|proxim[oa]|poderia\w*|deveria\w*|talvez|se|queremos|tomara)\b|\?\s*$/,
	answers: [
		{
			key: "origin-log",
			value: "nothing",
			says: /^(?:(?:nao )?(?:sai|mostra|devolve|imprime|retorna|encontra|aparece|aparece|deu) )?\(?(?:nada|vazio|(?:sem|nenhum[a]?) (?:resultados?|saida|linhas?|entradas?))\)?[ .!]*$/,
			whenAsked: true,
		},
		{
			key: "what-changed",
			value: "nothing",
			says: /\b(?:nao (?:mudamos|mudou|mudei|alteramos|alteramos|mexemos|mexi|fizemos|tocamos)) (?:em )?nada\b|\bnada (?:mudou|foi (?:mudado|alterado)|de novo|novo)\b|\b(?:nao houve|sem) (?:nenhuma )?(?:mudanca|alterac)\w*|\bninguem (?:mexeu|mudou|alterou)\b/,
		},
		{
			key: "origin-log",
			value: "no-access",
			says: /\b(?:nao (?:tenho|temos)|sem) acesso (?:a|ao|aos|as) ?(?:os |o )?(?:logs?|registros?|servidor)|\bnao (?:consigo|conseguimos) (?:ver|acessar|ler) (?:os |o )?(?:logs?|registros?)|\bnao e (?:meu|nosso) servidor\b/,
		},
		{
			key: "origin-log",
			value: "nothing",
			says: /\b(?:nao (?:ha|tem|aparece)|nada|nenhuma? (?:entrada|linha|registro))\b.{0,25}\b(?:no|nos|em) (?:access[ -]?)?logs?\b(?!\.)/,
		},
		{
			key: "who-is-hit",
			value: "signed-in",
			says: /\b(?:so|somente|apenas)\b.{0,30}\b(?:logad|autenticad|conectad|com login|sessao iniciada|com sessao)\w*/,
		},
		{
			key: "who-is-hit",
			value: "one-network-or-country",
			says: /\b(?:so|somente|apenas) (?:d[aeo]|n[ao]|pel[ao]|em|com) (?:nossa |nosso )?(?:escritorio|rede|pais|vpn|wifi|brasil|portugal|celular|empresa)\b|\b(?:so|somente|apenas)\b.{0,25}\b(?:clientes|usuarios|visitantes|pessoas|gente) (?:d[aeo]|em|n[ao]) (?!(?:app|loja|site|plano)\b)\w|\b(?:funciona|carrega|abre)\b.{0,20}\b(?:celular|telemovel|4g|5g|vpn|casa)\b/,
		},
		{
			key: "who-is-hit",
			value: "under-load",
			says: /\b(?:com|sob) (?:muita |alta )?carga\b|\b(?:muito|alto) trafego\b|\bhorario de pico\b/,
		},
		{
			key: "who-is-hit",
			value: "everyone",
			says: /\b(?:todos os (?:usuarios|clientes|visitantes)|todo mundo|toda a gente)\b|^(?:para |com )?todos[ .!]*$/,
		},
		{
			key: "edge-pattern",
			value: "random",
			says: /\b(?:aleatori[oa]\w*|as vezes|de vez em quando|intermitente\w*|esporadic\w*|sem padrao|uma? (?:em|a) cada \w+)\b/,
		},
		{
			key: "edge-pattern",
			value: "some-urls",
			says: /\b(?:so|somente|apenas) (?:em |n[ao] )?(?:\/\S+|(?:a |uma |essa |esta |algumas )?(?:\w+ )?(?:pagina|url|rota)s?\b|o checkout)|\b(?:o resto|as outras|o restante) (?:funciona|carrega|esta|vai)m?\b/,
		},
		{ key: "edge-pattern", value: "all", says: /\b(?:todas as (?:paginas|urls|requisicoes)|o site (?:todo|inteiro))\b/ },
		{
			key: "time-to-failure",
			value: "round-number",
			says: /\b(?:sempre|exatamente|depois de|apos|aos)\b.{0,20}\b(?:10|15|20|30|45|60|90|100) segundos\b|\bum minuto exato\b/,
		},
		{ key: "time-to-failure", value: "instant", says: /\b(?:na hora|imediat\w+|instantane\w+)\b/, whenAsked: true },
		{
			key: "host-health",
			value: "saturated",
			says: /\b(?:cpu|carga|memoria|ram|disco|servidor)\b.{0,25}(?:\b(?:chei[oa]|satura\w+|no limite|no maximo|sobrecarregad[oa]|alta)\b|(?:9\d|100) ?%)/,
		},
		{
			key: "host-health",
			value: "restarted-or-oom",
			says: /\b(?:servidor|container|servico|processo) (?:reiniciou|caiu|travou)\b|\bsem memoria\b/,
		},
		{
			key: "what-changed",
			value: "tls-dns-or-cloudflare",
			says: /\b(?:troca|mudanca|migracao|renovacao) (?:de|do|da|para|no) (?:o |a |os )?(?:dns|certificado|ssl|tls|cloudflare|dominio)\b|\b(?:mud\w+|troc\w+|renov\w+|pass\w+|migr\w+|atualiz\w+|ativ\w+|instal\w+|alter\w+)\b.{0,40}\b(?:dns|certificado|ssl|tls|cloudflare|nameservers?|dominio)\b/,
		},
		{
			key: "what-changed",
			value: "firewall-or-host",
			says: /\b(?:troca|mudanca|migracao|manutencao) (?:de|do|da|para|no) (?:o |a |os )?(?:firewall|waf|hospedagem|servidor|provedor|ip)\b|\b(?:mud\w+|troc\w+|migr\w+|ativ\w+|instal\w+|configur\w+|alter\w+)\b.{0,40}\b(?:firewall|waf|hospedagem|servidor|provedor|ip)\b/,
		},
		{
			key: "what-changed",
			value: "deploy",
			says: /\b(?:deploy(?!ing\b)\w*|implanta\w+|implantou|publicamos|publiquei|subimos|lancamos|atualizamos|atualizei|atualizou|foi atualizad[oa]|instalamos|instalei|atualizacao|nova versao|versao nova)\b/,
		},
	],
	siteDown:
		/\b(?:meu|minha|nosso|nossa|o|a) (?:\w+ )?(?:site|pagina|loja|api|dominio|portal|app)\b.{0,40}\b(?:fora do ar|caiu|caid[oa]|nao (?:funciona|carrega|abre|responde)|com erro|offline)\b/,
	works: /\b(?:funciona|funcionam|carrega|esta ok|abre normal\w*|responde)\b/,
	fails: /\b(?:nao (?:funciona|carrega|abre|responde)\w*|fora do ar|caiu|caid[oa]|falh[ao]\w*|erros?|quebrad[oa]|problemas?)\b/,
};
